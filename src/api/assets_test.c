// SPDX-License-Identifier: Apache-2.0
#include "api/assets.h"

#include "base/clock.h"
#include "tests/support/http_client.h"
#include "tests/support/test.h"

static const struct asset table[] = {
    {.path = "/assets/index-A1.js", .type = "text/javascript", .immutable = true},
    {.path = "/icon.svg", .type = "image/svg+xml"},
    {.path = "/index.html", .type = "text/html"},
};

static const struct {
    const char *path;
    enum asset_answer answer;
    const char *file;
} chosen[] = {
    {"/", ASSET_PAGE, "/index.html"},
    {"/index.html", ASSET_FILE, "/index.html"},
    {"/assets/index-A1.js", ASSET_FILE, "/assets/index-A1.js"},
    {"/icon.svg", ASSET_FILE, "/icon.svg"},
    {"/feedback", ASSET_PAGE, "/index.html"},
    {"/feedback/0192-ab", ASSET_PAGE, "/index.html"},
    {"/v1.2/notes", ASSET_PAGE, "/index.html"}, // a dot, but not in the last part
    {"/apiary", ASSET_PAGE, "/index.html"},
    {"/api/docs", ASSET_PAGE, "/index.html"},
    {"/api/docs/x", ASSET_NONE, NULL},
    {"/assets/index-OLD.js", ASSET_NONE, NULL}, // of the version before: no page in its place
    {"/assets/x", ASSET_NONE, NULL},
    {"/robots.txt", ASSET_NONE, NULL},
    {"/../etc/passwd.txt", ASSET_NONE, NULL},
    {"/api", ASSET_NONE, NULL},
    {"/api/v1/nothing", ASSET_NONE, NULL},
    {"/v1/nothing", ASSET_NONE, NULL},
};

TEST(asset_choose_gives_files_pages_and_nothing) {
    for (size_t i = 0; i < ARRAY_LEN(chosen); i++) {
        const struct asset *a;
        enum asset_answer answer =
            asset_choose(table, ARRAY_LEN(table), str_from(chosen[i].path), &a);
        if (answer != chosen[i].answer ||
            (chosen[i].file && (!a || strcmp(a->path, chosen[i].file) != 0)))
            fail_msg("%s: %d, %s", chosen[i].path, (int)answer, a ? a->path : "no file");
    }
}

TEST(asset_choose_says_that_the_console_was_not_built) {
    const struct asset *a;
    assert_int_equal(asset_choose(table, 0, STR("/feedback"), &a), ASSET_UNBUILT);
    assert_int_equal(asset_choose(table, 0, STR("/icon.svg"), &a), ASSET_NONE);
}

TEST(asset_table_is_sorted_and_whole) {
    bool has_index = n_console_assets == 0;
    for (size_t i = 0; i < n_console_assets; i++) {
        const struct asset *a = &console_assets[i];
        assert_true(i == 0 || strcmp(console_assets[i - 1].path, a->path) < 0);
        assert_true(a->gzip_bytes > 18 && a->plain_bytes > 0 && strlen(a->hash) == 16);
        assert_memory_equal(a->gzip, "\x1f\x8b", 2);
        has_index = has_index || strcmp(a->path, "/index.html") == 0;
    }
    assert_true(has_index);
}

TEST(asset_routes_answer_pages_under_a_strict_policy) {
    struct http_route list[2];
    for (size_t i = 0; i < asset_routes.n; i++)
        list[i] = (struct http_route){.method = asset_routes.rows[i].method,
                                      .path = asset_routes.rows[i].path,
                                      .handler = asset_routes.rows[i].handler,
                                      .quick = asset_routes.rows[i].quick};
    struct http *h = test_server(list, ARRAY_LEN(list), NULL);
    static struct test_reply reply;
    test_ask(h, "GET /customers/1?q=a HTTP/1.1\r\nHost: x\r\n\r\n", &reply);
    assert_int_equal(reply.status, 200);
    assert_str(test_header(&reply, "Content-Type"), "text/html; charset=utf-8");
    assert_str(test_header(&reply, "Cache-Control"), "no-cache");
    assert_true(
        str_starts(test_header(&reply, "Content-Security-Policy"), STR("default-src 'none'")));
    assert_true(str_find(reply.body, STR("Huisheng")) != STR_NONE);
    test_ask(h, "GET /api/v1/nothing HTTP/1.1\r\nHost: x\r\n\r\n", &reply);
    assert_int_equal(reply.status, 404);
    assert_str(test_header(&reply, "Content-Type"), "application/problem+json");
    http_close(h, US_PER_SECOND);
}
