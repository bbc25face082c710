// SPDX-License-Identifier: Apache-2.0
#include "http/inner.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/http_client.h"

static enum request_outcome taken(struct request *r, UNUSED void *ctx) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
    strbuf_adds(&sb, "taken over");
    reply_take(r, 200, "text/plain", &sb);
    if (sb.len)
        abort();
    return REQUEST_DONE;
}

// The last reply counts, the headers of the first stay.
static enum request_outcome twice(struct request *r, UNUSED void *ctx) {
    reply_json(r, 200, STR("{}"));
    reply_header(r, "X-One", STR("1"));
    struct error err;
    error_set(&err, ERROR_CONFLICT, "已变", "changed");
    reply_problem(r, &err);
    return REQUEST_DONE;
}

static enum request_outcome redirect(struct request *r, UNUSED void *ctx) {
    reply_redirect(r, 303, STR("/there?a=b"));
    return REQUEST_DONE;
}

static enum request_outcome cookie(struct request *r, UNUSED void *ctx) {
    reply_status(r, 204);
    reply_cookie(r, "sid", STR("v1"), 60);
    return REQUEST_DONE;
}

static enum request_outcome nothing(UNUSED struct request *r, UNUSED void *ctx) {
    return REQUEST_DONE;
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/taken", .handler = taken},
    {.method = "GET", .path = "/twice", .handler = twice},
    {.method = "GET", .path = "/redirect", .handler = redirect},
    {.method = "GET", .path = "/cookie", .handler = cookie},
    {.method = "GET", .path = "/nothing", .handler = nothing},
};

static const struct {
    const char *request;
    int status;
    const char *name, *value;
} asked[] = {
    {"GET /taken HTTP/1.1\r\nHost: x\r\n\r\n", 200, "Content-Length", "10"},
    {"GET /twice HTTP/1.1\r\nHost: x\r\n\r\n", 409, "X-One", "1"},
    {"GET /redirect HTTP/1.1\r\nHost: x\r\n\r\n", 303, "Location", "/there?a=b"},
    {"GET /cookie HTTP/1.1\r\nHost: x\r\n\r\n", 204, "Set-Cookie",
     "sid=v1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"},
    {"GET /cookie HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: https\r\n\r\n", 204, "Set-Cookie",
     "sid=v1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"},
    {"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 500, "Content-Type", "application/problem+json"},
};

TEST(http_reply_is_what_the_handler_set_last) {
    struct http *h = test_server(routes, ARRAY_LEN(routes), NULL);
    static struct test_reply reply;
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        test_ask(h, asked[i].request, &reply);
        if (reply.status != asked[i].status ||
            !str_eq(test_header(&reply, asked[i].name), str_from(asked[i].value)))
            fail_msg("%s\n→ %.*s", asked[i].request, STR_ARG(reply.head));
    }
    http_close(h, 1000000);
}

static const struct str injections[] = {
    STR_INIT("a\r\nSet-Cookie: x=1"),
    STR_INIT("a\nb"),
    STR_INIT("a\rb"),
    STR_INIT("a\0b"),
};

// A value that splits the head in two is our bug and ends the program, rather than anybody's session.
TEST(http_reply_header_never_takes_a_line_break) {
    for (size_t i = 0; i < ARRAY_LEN(injections); i++) {
        pid_t child = fork();
        if (child == 0) {
            struct request r = {0};
            reply_header(&r, "X-A", injections[i]);
            _exit(0);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
}
