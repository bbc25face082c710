// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_client.h"

#include <unistd.h>

#include "base/clock.h"

static enum request_outcome ok(struct request *r, UNUSED void *ctx) {
    reply_status(r, 204);
    return REQUEST_DONE;
}

static bool swallow(UNUSED struct request *r, UNUSED struct str piece, UNUSED struct error *err) {
    usleep(350000); // longer than the deadline of its route
    return true;
}

static const struct http_route routes[] = {
    {.method = "POST", .path = "/short", .handler = ok, .body_limit = 1000, .deadline_ms = 300},
    {.method = "POST", .path = "/long", .handler = ok, .body_limit = MIB, .deadline_ms = 600000},
    {.method = "POST",
     .path = "/sink",
     .handler = ok,
     .body_limit = MIB,
     .deadline_ms = 300,
     .sink = swallow},
};

static const struct http_options quick = {
    .head_deadline_ms = 300, .keep_alive_ms = 400, .rate_window_ms = 500};

#define DOTS "................................................................................"

static const struct {
    const char *at_once, *slowly;
} lorises[] = {
    {"", "GET /" DOTS DOTS DOTS DOTS " HTTP/1.1\r\n"},
    {"GET / HTTP/1.1\r\nHost: x\r\nX: ", DOTS DOTS DOTS DOTS "\r\n"},
    {"POST /short HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n", DOTS DOTS DOTS DOTS},
    {"POST /short HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n900\r\n",
     DOTS DOTS DOTS DOTS},
    // its route gives it ten minutes, but it must come at a rate
    {"POST /long HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n", DOTS DOTS DOTS DOTS},
};

// All at once, a byte each 20 ms, for 1.2 s: by then the server must have said so and closed.
TEST(http_deadline_cuts_who_is_slow_but_never_idle) {
    struct http *h = test_server(routes, ARRAY_LEN(routes), &quick);
    static struct test_reply reply;
    int fds[ARRAY_LEN(lorises)];
    for (size_t i = 0; i < ARRAY_LEN(lorises); i++) {
        fds[i] = test_connect(h);
        test_send(fds[i], str_from(lorises[i].at_once));
    }
    for (size_t at = 0; at < 60; at++) {
        for (size_t i = 0; i < ARRAY_LEN(lorises); i++)
            test_send(fds[i], str_make(lorises[i].slowly + at, 1));
        usleep(20000);
    }
    int64_t began = clock_monotonic_us();
    for (size_t i = 0; i < ARRAY_LEN(lorises); i++) {
        bool answered = test_receive(fds[i], false, &reply);
        if (answered && (reply.status != 408 || !str_has(reply.body, STR("\"status\":408"))))
            fail_msg("case %zu: status %d", i, reply.status);
        if (!test_is_closed(fds[i]) || clock_monotonic_us() - began > US_PER_SECOND)
            fail_msg("case %zu: still open", i);
        close(fds[i]);
    }
    http_close(h, US_PER_SECOND);
}

TEST(http_deadline_lets_who_is_in_time_finish) {
    struct http *h = test_server(routes, ARRAY_LEN(routes), &quick);
    int fd = test_connect(h);
    test_send(fd, STR("POST /short HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"));
    for (int i = 0; i < 5; i++) {
        usleep(20000);
        test_send(fd, STR("a"));
    }
    static struct test_reply reply;
    assert_true(test_receive(fd, false, &reply));
    assert_int_equal(reply.status, 204);
    close(fd);
    http_close(h, US_PER_SECOND);
}

// As many connections as may be, all idle: who comes next is served nevertheless.
TEST(http_deadline_makes_room_when_idle_ones_fill_the_house) {
    struct http_options more = {.max_connections = 10, .threads = 1};
    struct http *h = test_server(routes, ARRAY_LEN(routes), &more);
    static struct test_reply reply;
    int fds[10];
    for (size_t i = 0; i < ARRAY_LEN(fds); i++)
        fds[i] = test_connect(h);
    usleep(50000);
    test_ask(h, "POST /short HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", &reply);
    assert_int_equal(reply.status, 204);
    for (size_t i = 0; i < ARRAY_LEN(fds); i++)
        close(fds[i]);
    http_close(h, US_PER_SECOND);
}

TEST(http_deadline_does_not_count_the_time_of_a_sink) {
    struct http *h = test_server(routes, ARRAY_LEN(routes), &quick);
    int fd = test_connect(h);
    CLEANUP(strbuf_done) struct strbuf body = strbuf_init(MIB);
    while (body.len < 100 * KIB)
        strbuf_adds(&body, DOTS);
    char head[128];
    snprintf(head, sizeof head, "POST /sink HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
             body.len);
    test_send(fd, str_from(head));
    test_send(fd, strbuf_str(&body));
    struct test_reply reply;
    assert_true(test_receive(fd, false, &reply));
    assert_int_equal(reply.status, 204);
    close(fd);
    http_close(h, US_PER_SECOND);
}

TEST(http_deadline_closes_an_idle_connection) {
    struct http *h = test_server(routes, ARRAY_LEN(routes), &quick);
    int fd = test_connect(h), silent = test_connect(h);
    test_send(fd, STR("POST /short HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"));
    struct test_reply reply;
    assert_true(test_receive(fd, false, &reply));
    int64_t began = clock_monotonic_us();
    assert_true(test_is_closed(fd));
    assert_true(test_is_closed(silent));
    assert_true(clock_monotonic_us() - began < 3 * US_PER_SECOND);
    close(fd);
    close(silent);
    http_close(h, US_PER_SECOND);
}
