// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_client.h"

#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

struct counter {
    _Atomic int made, freed;
    _Atomic size_t bytes; // produced
};

struct export {
    struct counter *counter;
    size_t left;
    bool too_large;
};

static bool produce(void *ctx, struct strbuf *out) {
    struct export *e = ctx;
    if (e->too_large)
        while (!out->overflow)
            strbuf_adds(out, "too large");
    static const char row[] = "0123456789abcde\n";
    for (int i = 0; i < 4096 && e->left; i++, e->left--)
        strbuf_adds(out, row);
    atomic_fetch_add(&e->counter->bytes, out->len);
    return e->left > 0;
}

static void done(void *ctx) {
    struct export *e = ctx;
    atomic_fetch_add(&e->counter->freed, 1);
    free(e);
}

static enum request_outcome export_rows(struct request *r, void *ctx) {
    struct export *e = NEW(struct export);
    int64_t rows;
    if (!str_to_int64(request_query(r, "rows"), &rows))
        rows = 0;
    *e = (struct export){ctx, (size_t)rows, request_query(r, "bad").len > 0};
    atomic_fetch_add(&e->counter->made, 1);
    reply_stream(r, 200, "text/csv", produce, done, e);
    if (request_query(r, "instead").len)
        reply_status(r, 204);
    return REQUEST_DONE;
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/rows", .handler = export_rows},
};

static const struct {
    const char *request;
    int status;
    size_t bytes;
} asked[] = {
    {"GET /rows?rows=0 HTTP/1.1\r\nHost: x\r\n\r\n", 200, 0},
    {"GET /rows?rows=1 HTTP/1.1\r\nHost: x\r\n\r\n", 200, 16},
    {"GET /rows?rows=10000 HTTP/1.1\r\nHost: x\r\n\r\n", 200, 160000},
    {"GET /rows?rows=100 HTTP/1.0\r\nHost: x\r\n\r\n", 200, 1600},
    {"HEAD /rows?rows=100 HTTP/1.1\r\nHost: x\r\n\r\n", 200, 0},
    {"GET /rows?rows=100&instead=1 HTTP/1.1\r\nHost: x\r\n\r\n", 204, 0},
};

TEST(http_stream_comes_whole_and_is_freed_once) {
    struct counter counter = {0};
    struct http_options more = {.ctx = &counter};
    struct http *h = test_server(routes, ARRAY_LEN(routes), &more);
    static struct test_reply reply;
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        test_ask(h, asked[i].request, &reply);
        if (reply.status != asked[i].status || reply.body.len != asked[i].bytes)
            fail_msg("%s: %d, %zu bytes", asked[i].request, reply.status, reply.body.len);
    }
    http_close(h, US_PER_SECOND);
    assert_int_equal(counter.made, ARRAY_LEN(asked));
    assert_int_equal(counter.freed, counter.made);
}

TEST(http_stream_is_made_no_faster_than_it_is_read) {
    struct counter counter = {0};
    struct http_options more = {.ctx = &counter};
    struct http *h = test_server(routes, ARRAY_LEN(routes), &more);
    int fd = test_connect(h);
    test_send(fd, STR("GET /rows?rows=100000000 HTTP/1.1\r\nHost: x\r\n\r\n")); // 1.6 GB
    size_t before = 0;
    for (int i = 0; i < 100; i++) { // until the sockets are full
        usleep(100000);
        size_t now = atomic_load(&counter.bytes);
        if (now == before && now)
            break;
        before = now;
    }
    assert_true(before > 0 && before < 64 * MIB);
    close(fd); // and hang up in the middle
    http_close(h, 2 * US_PER_SECOND);
    assert_int_equal(counter.freed, 1);
}

TEST(http_stream_with_a_piece_too_large_ends_visibly_broken) {
    struct counter counter = {0};
    struct http_options more = {.ctx = &counter};
    struct http *h = test_server(routes, ARRAY_LEN(routes), &more);
    int fd = test_connect(h);
    test_send(fd, STR("GET /rows?bad=1&rows=5 HTTP/1.1\r\nHost: x\r\n\r\n"));
    char all[4096];
    size_t n = 0;
    ssize_t got;
    while (n < sizeof all && (got = recv(fd, all + n, sizeof all - n, 0)) > 0)
        n += (size_t)got;
    assert_true(str_has(str_make(all, n), STR("chunked")));
    assert_false(str_ends(str_make(all, n), STR("0\r\n\r\n"))); // no last chunk
    close(fd);
    http_close(h, US_PER_SECOND);
    assert_int_equal(counter.freed, 1);
}
