// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_client.h"

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

static enum request_outcome listen_to(struct request *r, void *ctx) {
    reply_events(r, ctx, request_query(r, "topic"));
    return REQUEST_DONE;
}

static enum request_outcome changed_mind(struct request *r, void *ctx) {
    reply_events(r, ctx, STR("a"));
    reply_status(r, 204);
    return REQUEST_DONE;
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/stream", .handler = listen_to},
    {.method = "GET", .path = "/mind", .handler = changed_mind},
};

// A stream as a browser reads it: without the sizes of the chunks.
struct reader {
    int fd;
    size_t left; // of the present chunk
    size_t at, len;
    char buf[16 * 1024];
};

static bool raw_byte(struct reader *r, char *ret) {
    if (r->at == r->len) {
        ssize_t n = recv(r->fd, r->buf, sizeof r->buf, 0);
        if (n <= 0)
            return false;
        r->at = 0;
        r->len = (size_t)n;
    }
    *ret = r->buf[r->at++];
    return true;
}

static bool next_byte(struct reader *r, char *ret) {
    char line[16];
    size_t n = 0;
    while (!r->left) {
        if (n == sizeof line - 1 || !raw_byte(r, &line[n]))
            return false;
        if (line[n++] != '\n')
            continue;
        line[n] = '\0';
        if (n > 2) { // not the end of the chunk before
            r->left = (size_t)strtoull(line, NULL, 16);
            if (!r->left)
                return false; // the last chunk
        }
        n = 0;
    }
    r->left--;
    return raw_byte(r, ret);
}

// Connects and waits for the first comment, after which nothing published is missed.
static struct reader subscribe(const struct http *h, const char *topic) {
    struct reader r = {.fd = test_connect(h)};
    char text[2048];
    snprintf(text, sizeof text, "GET /stream?topic=%s HTTP/1.1\r\nHost: x\r\n\r\n", topic);
    test_send(r.fd, str_from(text));
    size_t n = 0;
    while (n < sizeof text - 1 && raw_byte(&r, text + n)) {
        text[++n] = '\0';
        if (n > 4 && strcmp(text + n - 4, "\r\n\r\n") == 0)
            break;
    }
    assert_non_null(strstr(text, "text/event-stream"));
    char comment[3];
    for (int i = 0; i < 3; i++)
        assert_true(next_byte(&r, &comment[i]));
    assert_memory_equal(comment, ":\n\n", 3);
    return r;
}

// The data of the events up to `end`, each with a space after it.
static bool read_until(struct reader *r, const char *end, struct strbuf *ret) {
    CLEANUP(strbuf_done) struct strbuf line = strbuf_init(64 * KIB);
    char c;
    while (next_byte(r, &c)) {
        if (c != '\n') {
            strbuf_addc(&line, c);
            continue;
        }
        struct str s = strbuf_str(&line);
        if (str_starts(s, STR("data: "))) {
            strbuf_add(ret, str_slice(s, 6, s.len));
            strbuf_addc(ret, ' ');
            if (str_eq(str_slice(s, 6, s.len), str_from(end)))
                return true;
        }
        strbuf_reset(&line);
    }
    return false;
}

TEST(http_events_come_in_order_to_those_who_listen) {
    struct event_hub *hub = event_hub_new();
    struct http_options more = {.ctx = hub};
    struct http *h = test_server(routes, ARRAY_LEN(routes), &more);
    struct reader readers[] = {subscribe(h, "a"), subscribe(h, "b"), subscribe(h, "a")};
    event_publish(hub, STR("nobody"), "x", STR("0"));
    for (int i = 1; i <= 200; i++) {
        char data[16];
        snprintf(data, sizeof data, "%d", i);
        event_publish(hub, i % 2 ? STR("a") : STR("b"), "n", str_from(data));
        if (i % 50 == 0)
            usleep(20000);
    }
    CLEANUP(strbuf_done) struct strbuf odd = strbuf_init(64 * KIB);
    CLEANUP(strbuf_done) struct strbuf even = strbuf_init(64 * KIB);
    for (int i = 1; i <= 200; i++)
        strbuf_addf(i % 2 ? &odd : &even, "%d ", i);
    for (int i = 0; i < 3; i++) {
        CLEANUP(strbuf_done) struct strbuf got = strbuf_init(64 * KIB);
        assert_true(read_until(&readers[i], i == 1 ? "200" : "199", &got));
        assert_str(strbuf_str(&got), strbuf_cstr(i == 1 ? &even : &odd));
    }
    // the end of the server is the end of the streams, at once
    int64_t began = clock_monotonic_us();
    http_close(h, 10 * US_PER_SECOND);
    assert_true(clock_monotonic_us() - began < 3 * US_PER_SECOND);
    for (int i = 0; i < 3; i++) {
        assert_true(test_is_closed(readers[i].fd));
        close(readers[i].fd);
    }
    event_hub_free(hub);
}

TEST(http_events_drop_a_listener_that_does_not_read) {
    struct event_hub *hub = event_hub_new();
    struct http_options more = {.ctx = hub};
    struct http *h = test_server(routes, ARRAY_LEN(routes), &more);
    struct reader lazy = subscribe(h, "a"), keen = subscribe(h, "a");
    int small = 64 * 1024;
    setsockopt(lazy.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    static char data[32 * 1024];
    memset(data, 'x', sizeof data);
    // more than any socket buffer holds and 256 events
    CLEANUP(strbuf_done) struct strbuf got = strbuf_init(64 * MIB);
    for (int i = 0; i < 600; i++) {
        event_publish(hub, STR("a"), "n", str_make(data, sizeof data));
        event_publish(hub, STR("a"), "n", STR("end"));
        strbuf_reset(&got);
        assert_true(read_until(&keen, "end", &got));
        assert_int_equal(got.len, sizeof data + 5);
    }
    assert_true(test_is_closed(lazy.fd)); // after what had been sent
    event_publish(hub, STR("a"), "n", STR("still"));
    assert_true(read_until(&keen, "still", &got));
    close(lazy.fd);
    close(keen.fd);
    http_close(h, US_PER_SECOND);
    event_hub_free(hub);
}

TEST(http_events_survive_listeners_that_hang_up) {
    struct event_hub *hub = event_hub_new();
    struct http_options more = {.ctx = hub};
    struct http *h = test_server(routes, ARRAY_LEN(routes), &more);
    for (int i = 0; i < 20; i++)
        close(subscribe(h, "a").fd);
    for (int i = 0; i < 100; i++)
        event_publish(hub, STR("a"), "n", STR("1"));
    static struct test_reply reply;
    test_ask(h, "HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n", &reply);
    assert_int_equal(reply.status, 200);
    test_ask(h, "GET /mind HTTP/1.1\r\nHost: x\r\n\r\n", &reply);
    assert_int_equal(reply.status, 204);
    http_close(h, US_PER_SECOND);
    event_hub_free(hub);
}
