// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_client.h"

#include <stdatomic.h>

#include "base/clock.h"

static void freed(void *state) {
    atomic_fetch_add((_Atomic int *)state, 1);
}

// Everything a handler can ask for, in one line.
static enum request_outcome tell(struct request *r, void *ctx) {
    if (request_ctx(r) != ctx)
        abort();
    struct arena *a = request_arena(r);
    struct str query = STR("");
    for (size_t i = 0; i < request_n_query(r); i++)
        query = arena_printf(a, "%.*s%.*s:%.*s,", STR_ARG(query), STR_ARG(request_query_name(r, i)),
                             STR_ARG(request_query_value(r, i)));
    reply_bytes(r, 200, "text/plain",
                arena_printf(a, "%.*s %.*s %s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%s",
                             STR_ARG(request_method(r)), STR_ARG(request_path(r)),
                             request_route(r)->path, STR_ARG(request_param(r, "id")),
                             STR_ARG(query), STR_ARG(request_query(r, "a")),
                             STR_ARG(request_header(r, "x-one")), STR_ARG(request_cookie(r, "sid")),
                             STR_ARG(request_peer(r)), request_lang(r) == LANG_ZH ? "zh" : "en"));
    return REQUEST_DONE;
}

static enum request_outcome tell_user(struct request *r, UNUSED void *ctx) {
    reply_bytes(r, 200, "text/plain", str_from(request_user(r)));
    return REQUEST_DONE;
}

static bool sign_in(struct request *r, void *ctx) {
    request_set_state(r, ctx, freed);
    struct str key = request_header(r, "X-Key");
    if (!key.len && request_route(r)->about) {
        struct error err;
        error_set(&err, ERROR_FORBIDDEN, "请登录", "sign in");
        reply_problem_status(r, 401, "no_login", &err, NULL, 0);
        return false;
    }
    request_set_user(r, (void *)(uintptr_t)arena_str(request_arena(r), key).ptr);
    return true;
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/tell/{id}", .handler = tell},
    {.method = "GET", .path = "/user", .handler = tell_user, .about = "needs a key"},
    {.method = "GET", .path = "/user/quick", .handler = tell_user, .about = "too", .quick = true},
};

#define HEAD " HTTP/1.1\r\nHost: x\r\n"

static const struct {
    const char *request;
    int status;
    const char *body; // "": does not matter
} asked[] = {
    {"GET /tell/7?a=1&b=%20&a=2" HEAD "X-One: v\r\nCookie: x=1; sid=s\r\n\r\n", 200,
     "GET /tell/7 /tell/{id}|7|a:1,b: ,a:2,|1|v|s|127.0.0.1|zh"},
    {"GET /tell/%2B" HEAD "\r\n", 200, "GET /tell/%2B /tell/{id}|+|||||127.0.0.1|zh"},
    {"GET /user" HEAD "X-Key: k\r\n\r\n", 200, "k"},
    {"GET /user/quick" HEAD "X-Key: k\r\n\r\n", 200, "k"},
    {"GET /user" HEAD "\r\n", 401, ""},
    {"GET /user/quick" HEAD "\r\n", 401, ""},
};

TEST(http_request_gives_its_parts) {
    _Atomic int n_freed = 0;
    struct http_options more = {.ctx = (void *)&n_freed, .before = sign_in};
    struct http *h = test_server(routes, ARRAY_LEN(routes), &more);
    static struct test_reply reply;
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        test_ask(h, asked[i].request, &reply);
        if (reply.status != asked[i].status ||
            (*asked[i].body && !str_eq(reply.body, str_from(asked[i].body))))
            fail_msg("%s\n→ %d %.*s", asked[i].request, reply.status, STR_ARG(reply.body));
    }
    http_close(h, US_PER_SECOND);
    assert_int_equal(n_freed, ARRAY_LEN(asked)); // the state of each, once
}

static const struct {
    const char *header, *lang;
} langs[] = {
    {"zh-CN,zh;q=0.9,en;q=0.8", "zh"},
    {"en-US,en;q=0.9,zh-CN;q=0.8", "en"},
    {"en", "en"},
    {"zh;q=0.5, en;q=0.5", "zh"},
    {"fr", "zh"},
    {"fr, en;q=0.1", "en"},
    {"EN-gb", "en"},
    {"en;q=0", "en"}, // worse than nothing, but it is all that is named
    {"en;q=x, zh", "zh"},
    {",;,", "zh"},
};

TEST(http_request_language_is_the_heavier) {
    struct http *h = test_server(routes, ARRAY_LEN(routes), NULL);
    static struct test_reply reply;
    for (size_t i = 0; i < ARRAY_LEN(langs); i++) {
        char text[256];
        snprintf(text, sizeof text, "GET /tell/1" HEAD "Accept-Language: %s\r\n\r\n",
                 langs[i].header);
        test_ask(h, text, &reply);
        if (!str_ends(reply.body, str_from(langs[i].lang)))
            fail_msg("%s: %.*s", langs[i].header, STR_ARG(reply.body));
    }
    http_close(h, US_PER_SECOND);
}
