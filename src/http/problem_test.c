// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_client.h"

#include "base/json.h"

static const struct {
    enum error_code code;
    int status;
    const char *name;
} codes[] = {
    {ERROR_USAGE, 400, "usage"},
    {ERROR_INVALID, 400, "invalid"},
    {ERROR_FORMAT, 400, "format"},
    {ERROR_LIMIT, 413, "limit"},
    {ERROR_NOT_FOUND, 404, "not_found"},
    {ERROR_FORBIDDEN, 403, "forbidden"},
    {ERROR_CONFLICT, 409, "conflict"},
    {ERROR_UNSUPPORTED, 415, "unsupported"},
    {ERROR_UNAVAILABLE, 503, "unavailable"},
    {ERROR_NO_SPACE, 507, "no_space"},
    {ERROR_IO, 500, "io"},
    {ERROR_CANCELLED, 503, "cancelled"},
    {ERROR_INTERNAL, 500, "internal"},
};

static enum request_outcome by_code(struct request *r, UNUSED void *ctx) {
    int64_t i;
    if (!str_to_int64(request_param(r, "i"), &i))
        abort();
    struct error err;
    error_set(&err, codes[i].code, "秘密在 %s", "the secret is in %s", "/var/lib/x");
    reply_problem(r, &err);
    return REQUEST_DONE;
}

static enum request_outcome with_params(struct request *r, UNUSED void *ctx) {
    struct error err;
    error_set(&err, ERROR_INVALID, "两处有误", "two things are wrong");
    const struct invalid_param params[] = {
        {STR("scores[2].value"), {"不是数字", "not a number"}},
        {STR("filter[\"channel\"]"), {"没有此列", "no such column"}},
    };
    reply_problem_status(r, 422, "two_wrong", &err, params, 2);
    return REQUEST_DONE;
}

static enum request_outcome with_field(struct request *r, UNUSED void *ctx) {
    struct error err;
    error_set(&err, ERROR_INVALID, "太长", "too long");
    error_field(&err, "text");
    reply_problem(r, &err);
    return REQUEST_DONE;
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/code/{i}", .handler = by_code},
    {.method = "GET", .path = "/params", .handler = with_params},
    {.method = "GET", .path = "/field", .handler = with_field},
};

static void assert_member(const struct json *j, const char *key, const char *expected) {
    assert_str(json_str(json_get(j, key)), expected);
}

TEST(http_problem_status_follows_the_code_and_hides_what_broke_inside) {
    struct http *h = test_server(routes, ARRAY_LEN(routes), NULL);
    static struct test_reply reply;
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        char text[256];
        snprintf(text, sizeof text,
                 "GET /code/%zu HTTP/1.1\r\nHost: x\r\nX-Request-Id: r.1\r\n\r\n", i);
        test_ask(h, text, &reply);
        struct json *j;
        struct error err;
        if (!json_parse(reply.body, &j, &err))
            fail_msg("%s: %.*s", err.en, STR_ARG(reply.body));
        assert_int_equal(reply.status, codes[i].status);
        assert_int_equal(json_int(json_get(j, "status"), 0), codes[i].status);
        assert_member(j, "code", codes[i].name);
        assert_member(j, "type", "about:blank");
        assert_member(j, "requestId", "r.1");
        assert_true(json_str(json_get(j, "title")).len > 0);
        assert_int_equal(str_has(reply.body, STR("/var/lib")), codes[i].status != 500);
        json_free(j);
    }
    http_close(h, 1000000);
}

TEST(http_problem_names_each_wrong_parameter_in_the_reader_s_language) {
    struct http *h = test_server(routes, ARRAY_LEN(routes), NULL);
    static struct test_reply reply;
    test_ask(h, "GET /params HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\n\r\n", &reply);
    struct json *j;
    assert_true(json_parse(reply.body, &j, NULL));
    assert_member(j, "type", "/problems/two_wrong");
    assert_member(j, "detail", "two things are wrong");
    const struct json *params = json_get(j, "invalid_params");
    assert_int_equal(json_len(params), 2);
    assert_member(json_at(params, 1), "name", "filter[\"channel\"]");
    assert_member(json_at(params, 1), "reason", "no such column");
    assert_str(test_header(&reply, "Content-Language"), "en");
    json_free(j);
    test_ask(h, "GET /field HTTP/1.1\r\nHost: x\r\n\r\n", &reply);
    assert_true(json_parse(reply.body, &j, NULL));
    params = json_get(j, "invalid_params");
    assert_int_equal(json_len(params), 1);
    assert_member(json_at(params, 0), "name", "text");
    assert_member(json_at(params, 0), "reason", "太长");
    json_free(j);
    http_close(h, 1000000);
}
