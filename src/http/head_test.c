// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_client.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"

static enum request_outcome ok(struct request *r, UNUSED void *ctx) {
    reply_status(r, 204);
    return REQUEST_DONE;
}

static const struct http_route routes[] = {
    {.method = "POST", .path = "/p", .handler = ok, .body_limit = 100},
    {.method = "GET", .path = "/", .handler = ok},
};

// Heads that two readers may read differently, rubbish, and what is odd but fine. Status 0: closed without a word.
static const struct {
    const char *request;
    int status;
    bool closed;
} heads[] = {
    {"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400, true},
    {"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
     true},
    {"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 400, true},
    {"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
     400, true},
    {"POST /p HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, true},
    {"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", 400, true},
    {"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 5x\r\n\r\n", 400, true},
    {"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", 413, true},
    {"POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000000000000000\r\n\r\n", 413, true},
    {"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, true},
    {"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 400, true},
    {"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n", 400, true},
    {"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 413,
     true},
    {"POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n"
     "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
     "\r\n2\r\nxx\r\n0\r\n\r\n",
     413, false},
    {"POST /p HTTP/1.1\r\nHost: x\r\nExpect: something\r\nContent-Length: 1\r\n\r\n", 417, true},
    {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, true},
    {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505, true},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, true},
    {"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400, true},
    {"GET / a b HTTP/1.1\r\nHost: x\r\n\r\n", 0, true},
    {"\x16\x03\x01\x02\r\n\r\n", 0, true}, // TLS on a plain port
    {"GET / HTTP/1.0\r\n\r\n", 204, true},
    {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 204, true},
    {"GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", 204, false},
    {"GET /?%41=1 HTTP/1.1\r\nHost: x\r\n\r\n", 204, false},
    {"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 405, false},
};

TEST(http_head_that_is_ambiguous_is_refused_and_closed) {
    struct http *h = test_server(routes, ARRAY_LEN(routes), NULL);
    static struct test_reply reply;
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        int fd = test_connect(h);
        test_send(fd, str_from(heads[i].request));
        test_receive(fd, false, &reply);
        if (reply.status != heads[i].status)
            fail_msg("%s\n→ %d", heads[i].request, reply.status);
        if (heads[i].closed && !test_is_closed(fd))
            fail_msg("%s\nis still open", heads[i].request);
        if (!heads[i].closed) {
            test_send(fd, STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
            if (!test_receive(fd, false, &reply) || reply.status != 204)
                fail_msg("%s\nspoils the next request", heads[i].request);
        }
        close(fd);
    }
    http_close(h, US_PER_SECOND);
}

TEST(http_head_has_a_size) {
    struct http *h = test_server(routes, ARRAY_LEN(routes), NULL);
    static struct test_reply reply;
    static const struct {
        size_t bytes;
        bool fits;
    } sizes[] = {{8 * KIB, true}, {80 * KIB, false}, {MIB, false}};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        for (int in_line = 0; in_line < 2; in_line++) {
            CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(2 * MIB);
            strbuf_adds(&sb, in_line ? "GET /?q=" : "GET / HTTP/1.1\r\nHost: x\r\nX-Long: ");
            for (size_t k = 0; k < sizes[i].bytes; k++)
                strbuf_addc(&sb, 'a');
            strbuf_adds(&sb, in_line ? " HTTP/1.1\r\nHost: x\r\n\r\n" : "\r\n\r\n");
            int fd = test_connect(h);
            test_send(fd, strbuf_str(&sb));
            test_receive(fd, false, &reply);
            if (sizes[i].fits ? reply.status != 204 : reply.status / 100 == 2)
                fail_msg("%zu bytes: %d", sizes[i].bytes, reply.status);
            close(fd);
        }
    }
    http_close(h, US_PER_SECOND);
}

static const struct {
    const char *sent;
    bool kept;
} ids[] = {
    {"abc-DEF_1.2", true}, {"a", true},   {"a b", false},
    {"<x>", false},        {"回", false}, {"a/b", false},
};

TEST(http_head_request_id_is_the_client_s_if_it_is_plain) {
    struct http *h = test_server(routes, ARRAY_LEN(routes), NULL);
    static struct test_reply reply;
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        char text[256];
        snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: x\r\nX-Request-Id: %s\r\n\r\n",
                 ids[i].sent);
        test_ask(h, text, &reply);
        struct str id = test_header(&reply, "X-Request-Id");
        if (str_eq(id, str_from(ids[i].sent)) != ids[i].kept || id.len == 0 || id.len > 100)
            fail_msg("%s → %.*s", ids[i].sent, STR_ARG(id));
    }
    char first[32] = "";
    for (int i = 0; i < 2; i++) { // ours are never the same
        test_ask(h, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", &reply);
        struct str id = test_header(&reply, "X-Request-Id");
        assert_int_equal(id.len, 16);
        assert_false(str_eq(id, str_from(first)));
        snprintf(first, sizeof first, "%.*s", STR_ARG(id));
    }
    http_close(h, US_PER_SECOND);
}
