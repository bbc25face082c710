// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_client.h"

#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"

static enum request_outcome echo(struct request *r, UNUSED void *ctx) {
    reply_bytes(r, 200, "text/plain", request_body(r));
    return REQUEST_DONE;
}

static enum request_outcome hello(struct request *r, UNUSED void *ctx) {
    struct str name = request_param(r, "name");
    reply_json(r, 200, arena_printf(request_arena(r), "{\"hello\":\"%.*s\"}", STR_ARG(name)));
    return REQUEST_DONE;
}

static void *finish_later(void *arg) {
    struct request *r = arg;
    usleep(1000);
    reply_json(r, 201, STR("{\"kept\":true}"));
    request_finish(r);
    return NULL;
}

static enum request_outcome keep(struct request *r, UNUSED void *ctx) {
    pthread_t t;
    if (pthread_create(&t, NULL, finish_later, r) != 0)
        abort();
    pthread_detach(t);
    return REQUEST_KEPT;
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/", .handler = echo},
    {.method = "GET", .path = "/hello/{name}", .handler = hello},
    {.method = "POST", .path = "/echo", .handler = echo, .body_limit = 100},
    {.method = "POST", .path = "/quick", .handler = echo, .body_limit = 100, .quick = true},
    {.method = "POST", .path = "/keep", .handler = keep, .body_limit = 100},
    {.method = "POST", .path = "/keep/quick", .handler = keep, .body_limit = 100, .quick = true},
};

// Request bytes → status, a header that must be there, the body ("" if it does not matter).
static const struct {
    const char *request;
    int status;
    const char *name, *value, *body;
} asked[] = {
    {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 200, "Content-Type", "text/plain", ""},
    {"GET /hello/%E5%9B%9E%2F?a=b HTTP/1.1\r\nHost: x\r\n\r\n", 200, "Content-Type",
     "application/json", "{\"hello\":\"回/\"}"},
    {"GET http://x/hello/a HTTP/1.1\r\nHost: x\r\n\r\n", 200, NULL, NULL, "{\"hello\":\"a\"}"},
    {"HEAD /hello/a HTTP/1.1\r\nHost: x\r\n\r\n", 200, "Content-Length", "13", ""},
    {"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404, "Content-Type", "application/problem+json",
     ""},
    {"DELETE /echo HTTP/1.1\r\nHost: x\r\n\r\n", 405, "Allow", "POST, OPTIONS", ""},
    {"OPTIONS /hello/a HTTP/1.1\r\nHost: x\r\n\r\n", 204, "Allow", "GET, HEAD, OPTIONS", ""},
    {"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 204, NULL, NULL, ""},
    {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", 200, NULL, NULL, "hello"},
    {"POST /echo HTTP/1.1\r\nHost: x\r\n\r\n", 200, "Content-Length", "0", ""},
    {"POST /quick HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", 200, NULL, NULL, "hello"},
    {"POST /keep HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx", 201, NULL, NULL,
     "{\"kept\":true}"},
    {"POST /keep/quick HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx", 201, NULL, NULL,
     "{\"kept\":true}"},
    {"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
     "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
     200, NULL, NULL, "abcde"},
    {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n"
     "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123"
     "4567890",
     413, NULL, NULL, ""},
    {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx", 413, NULL, NULL, ""},
    {"POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
     200, NULL, NULL, "hello"},
    {"POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 500\r\n\r\n", 413,
     "Connection", "close", ""},
    {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
     400, "Connection", "close", ""},
    {"GET / HTTP/1.1\r\n\r\n", 400, NULL, NULL, ""},
    {"GET /?a=%ff HTTP/1.1\r\nHost: x\r\n\r\n", 400, "Content-Type", "application/problem+json",
     ""},
    {"GET /hello/%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400, NULL, NULL, ""},
};

TEST(http_server_answers_raw_requests) {
    struct http *h = test_server(routes, ARRAY_LEN(routes), NULL);
    struct test_reply reply;
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        test_ask(h, asked[i].request, &reply);
        bool ok = reply.status == asked[i].status &&
                  (!asked[i].name ||
                   str_eq(test_header(&reply, asked[i].name), str_from(asked[i].value))) &&
                  (!*asked[i].body || str_eq(reply.body, str_from(asked[i].body)));
        if (!ok)
            fail_msg("%s\n→ %.*s%.*s", asked[i].request, STR_ARG(reply.head), STR_ARG(reply.body));
    }
    http_close(h, US_PER_SECOND);
}
