// SPDX-License-Identifier: Apache-2.0
#include "http/router.h"

#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/test.h"

static enum request_outcome nothing(UNUSED struct request *r, UNUSED void *ctx) {
    return REQUEST_DONE;
}

#define ROUTE(m, p)                                                                                \
    { .method = m, .path = p, .handler = nothing }

static const struct http_route routes[] = {
    ROUTE("GET", "/"),
    ROUTE("GET", "/feedback"),
    ROUTE("POST", "/feedback"),
    ROUTE("GET", "/feedback/{id}"),
    ROUTE("POST", "/feedback/import"),
    ROUTE("GET", "/feedback/{id}/similar"),
    ROUTE("GET", "/a/{x}/b"),
    ROUTE("GET", "/a/y/c"),
    ROUTE("GET", "/assets/{path*}"),
    ROUTE("HEAD", "/own-head"),
    ROUTE("GET", "/own-head"),
};

// Expected: path of the route, or "405", or "404"; the first parameter.
static const struct {
    const char *method, *path, *expected, *param;
} cases[] = {
    {"GET", "/", "/", ""},
    {"GET", "/feedback", "/feedback", ""},
    {"HEAD", "/feedback", "/feedback", ""},
    {"HEAD", "/feedback/import", "405", ""},
    {"PUT", "/feedback", "405", ""},
    {"GET", "/feedback/7", "/feedback/{id}", "7"},
    {"POST", "/feedback/import", "/feedback/import", ""},
    {"GET", "/feedback/7/similar", "/feedback/{id}/similar", "7"},
    {"GET", "/feedback/", "404", ""}, // an empty segment is no id
    {"GET", "/feedback/%E5%9B%9E%2f1", "/feedback/{id}", "回/1"},
    {"GET", "/a/y/b", "/a/{x}/b", "y"}, // the literal way ends in nothing: back, and the other
    {"GET", "/a/y/c", "/a/y/c", ""},
    {"GET", "/assets/css/main.css", "/assets/{path*}", "css/main.css"},
    {"GET", "/assets/", "/assets/{path*}", ""},
    {"GET", "/assets", "404", ""},
    {"GET", "/assets/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4",
     "/assets/{path*}", "1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4"},
    {"GET", "/feedback/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4/5/6/7/8/9/0/1/2/3/4", "404",
     ""},
    {"GET", "", "404", ""},
    {"GET", "feedback", "404", ""},
    {"GET", "//feedback", "404", ""},
    {"get", "/feedback", "405", ""}, // methods are case-sensitive
};

TEST(http_router_finds_the_most_literal_route) {
    struct router *r = router_new(routes, ARRAY_LEN(routes));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_done) struct arena a = {0};
        struct route_match m =
            router_find(r, &a, str_from(cases[i].method), str_from(cases[i].path));
        const char *found = m.route ? m.route->path : m.path_known ? "405" : "404";
        struct str param = m.route ? m.params[0] : STR("");
        if (strcmp(found, cases[i].expected) != 0 || !str_eq(param, str_from(cases[i].param)))
            fail_msg("%s %s → %s, %.*s", cases[i].method, cases[i].path, found, STR_ARG(param));
    }
    router_free(r);
}

TEST(http_router_lists_what_a_path_allows) {
    struct router *r = router_new(routes, ARRAY_LEN(routes));
    CLEANUP(arena_done) struct arena a = {0};
    assert_str(router_allow(r, &a, STR("/feedback")), "GET, HEAD, POST, OPTIONS");
    assert_str(router_allow(r, &a, STR("/feedback/import")), "POST, OPTIONS");
    assert_str(router_allow(r, &a, STR("/own-head")), "HEAD, GET, OPTIONS");
    router_free(r);
}

TEST(http_router_knows_the_index_of_a_parameter) {
    static const struct http_route route = ROUTE("GET", "/a/{x}/b/{yy}/{z*}");
    assert_int_equal(router_param_index(&route, STR("x")), 0);
    assert_int_equal(router_param_index(&route, STR("yy")), 1);
    assert_int_equal(router_param_index(&route, STR("z")), 2);
    assert_int_equal(router_param_index(&route, STR("y")), -1);
}

// Tables that are our own mistake.
static const struct http_route wrong[][2] = {
    {ROUTE("GET", "/a"), ROUTE("GET", "/a")},
    {ROUTE("GET", "/a/{x}"), ROUTE("GET", "/a/{y}")},
    {ROUTE("GET", "a"), ROUTE("GET", "/b")},
    {ROUTE("GET", "/a{x}"), ROUTE("GET", "/b")},
    {ROUTE("GET", "/{x*}/a"), ROUTE("GET", "/b")},
    {{.method = "GET", .path = "/a"}, ROUTE("GET", "/b")},
};

TEST(http_router_refuses_a_table_that_contradicts_itself) {
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        pid_t child = fork();
        if (child == 0) {
            if (!freopen("/dev/null", "w", stderr))
                _exit(1);
            router_free(router_new(wrong[i], 2));
            _exit(0);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (!WIFSIGNALED(status))
            fail_msg("table %zu was accepted", i);
    }
}
