// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_client.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

// A gate at which handlers wait.
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool open;
    int inside;
};

static enum request_outcome wait_at_gate(struct request *r, void *ctx) {
    struct gate *g = ctx;
    pthread_mutex_lock(&g->lock);
    g->inside++;
    pthread_cond_broadcast(&g->moved);
    while (!g->open)
        pthread_cond_wait(&g->moved, &g->lock);
    pthread_mutex_unlock(&g->lock);
    reply_status(r, 204);
    return REQUEST_DONE;
}

static enum request_outcome at_once(struct request *r, UNUSED void *ctx) {
    reply_status(r, 204);
    return REQUEST_DONE;
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/wait", .handler = wait_at_gate},
    {.method = "GET", .path = "/quick", .handler = at_once, .quick = true},
    {.method = "POST", .path = "/large", .handler = at_once, .body_limit = MIB},
};

static void open_gate(struct gate *g) {
    pthread_mutex_lock(&g->lock);
    g->open = true;
    pthread_cond_broadcast(&g->moved);
    pthread_mutex_unlock(&g->lock);
}

// One worker, two places in the queue: of many requests three are taken, the others told to come back.
TEST(http_workers_queue_is_bounded_and_quick_routes_pass_it) {
    enum {
        N = 10
    };
    struct gate gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER};
    struct http_options more = {.workers = 1, .queue = 2, .ctx = &gate};
    struct http *h = test_server(routes, ARRAY_LEN(routes), &more);
    static struct test_reply reply;
    int fds[N];
    for (int i = 0; i < N; i++) {
        fds[i] = test_connect(h);
        test_send(fds[i], STR("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
        if (i > 0)
            continue;
        pthread_mutex_lock(&gate.lock);
        while (!gate.inside)
            pthread_cond_wait(&gate.moved, &gate.lock);
        pthread_mutex_unlock(&gate.lock);
    }
    test_ask(h, "GET /quick HTTP/1.1\r\nHost: x\r\n\r\n", &reply);
    assert_int_equal(reply.status, 204);
    usleep(200000); // the refused have been refused; late ones would find the queue as full
    open_gate(&gate);
    int taken = 0, refused = 0;
    for (int i = 0; i < N; i++) {
        assert_true(test_receive(fds[i], false, &reply));
        taken += reply.status == 204;
        refused += reply.status == 503 && str_eq(test_header(&reply, "Retry-After"), STR("1")) &&
                   str_has(reply.body, STR("\"code\":\"unavailable\""));
        close(fds[i]);
    }
    assert_int_equal(taken, 3);
    assert_int_equal(refused, N - 3);
    http_close(h, US_PER_SECOND);
}

TEST(http_bodies_share_a_bounded_memory) {
    struct http_options more = {.body_memory = 100 * KIB};
    struct http *h = test_server(routes, ARRAY_LEN(routes), &more);
    static char body[64 * KIB];
    static struct test_reply reply;
    int first = test_connect(h), second = test_connect(h);
    struct str head = STR("POST /large HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n");
    test_send(first, head);
    test_send(first, str_make(body, sizeof body - 1)); // waits for its last byte
    usleep(100000);
    test_send(second, head);
    test_send(second, str_make(body, sizeof body));
    assert_true(test_receive(second, false, &reply));
    assert_int_equal(reply.status, 503);
    test_send(first, STR("x"));
    assert_true(test_receive(first, false, &reply));
    assert_int_equal(reply.status, 204);
    reply.status = 503;
    for (int i = 0; i < 100 && reply.status == 503; i++) { // free again, soon after the reply
        test_send(second, head);
        test_send(second, str_make(body, sizeof body));
        assert_true(test_receive(second, false, &reply));
    }
    assert_int_equal(reply.status, 204);
    close(first);
    close(second);
    http_close(h, US_PER_SECOND);
}

// ── sinks ──

struct upload {
    struct strbuf got;
    _Atomic int freed, handled;
};

struct part {
    struct upload *upload;
    size_t bytes;
};

static void part_free(void *state) {
    struct part *p = state;
    atomic_fetch_add(&p->upload->freed, 1);
    free(p);
}

static bool let_in(struct request *r, void *ctx) {
    if (request_header(r, "X-Key").len) {
        struct part *p = NEW(struct part);
        p->upload = ctx;
        request_set_state(r, p, part_free);
        return true;
    }
    reply_status(r, 401);
    return false;
}

static bool gather(struct request *r, struct str piece, struct error *err) {
    struct part *p = request_state(r);
    p->bytes += piece.len;
    if (piece.len > 256 * KIB)
        abort(); // a piece has a size
    if (str_has(piece, STR("bad row")))
        return error_set(err, ERROR_FORMAT, "有一行不对", "a row is wrong");
    strbuf_add(&p->upload->got, piece);
    return true;
}

static enum request_outcome count(struct request *r, void *ctx) {
    struct part *p = request_state(r);
    struct upload *u = ctx;
    atomic_fetch_add(&u->handled, 1);
    reply_bytes(r, 200, "text/plain", arena_printf(request_arena(r), "%zu", p->bytes));
    return REQUEST_DONE;
}

static const struct http_route sinks[] = {
    {.method = "POST", .path = "/up", .handler = count, .sink = gather, .body_limit = 4 * MIB},
};

// {headers, bytes of the body, sent in chunks of (0: with its length), status}
static const struct {
    const char *headers;
    size_t bytes, chunk;
    bool bad;
    int status;
} uploads[] = {
    {"X-Key: k\r\n", 0, 0, false, 200},
    {"X-Key: k\r\n", 10, 0, false, 200},
    {"X-Key: k\r\n", 3 * MIB, 0, false, 200},
    {"X-Key: k\r\n", 300000, 7, false, 200}, // many chunks in one read
    {"X-Key: k\r\n", 3 * MIB, 100000, false, 200},
    {"X-Key: k\r\nExpect: 100-continue\r\n", 200000, 0, false, 200},
    {"", 200000, 0, false, 401},
    {"", 200000, 999, false, 401},
    {"X-Key: k\r\n", 300000, 0, true, 400},
    {"X-Key: k\r\n", 10, 0, true, 400},
    {"X-Key: k\r\n", 5 * MIB, 0, false, 413},
    {"X-Key: k\r\n", 5 * MIB, 60000, false, 413},
};

static struct str make_body(char *body, size_t bytes, bool bad) {
    for (size_t i = 0; i < bytes; i++)
        body[i] = (char)('a' + i % 23);
    if (bad)
        memcpy(body + bytes - 9, "bad row", 7);
    return str_make(body, bytes);
}

static void send_upload(int fd, size_t i, struct str body) {
    char head[256];
    char length[64] = "Transfer-Encoding: chunked\r\n";
    if (!uploads[i].chunk)
        snprintf(length, sizeof length, "Content-Length: %zu\r\n", body.len);
    snprintf(head, sizeof head, "POST /up HTTP/1.1\r\nHost: x\r\n%s%s\r\n", uploads[i].headers,
             length);
    test_send(fd, str_from(head));
    if (!uploads[i].chunk) {
        test_send(fd, body);
        return;
    }
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * MIB);
    for (size_t at = 0; at < body.len; at += uploads[i].chunk) {
        struct str part = str_slice(body, at, at + uploads[i].chunk);
        strbuf_addf(&sb, "%zx\r\n", part.len);
        strbuf_add(&sb, part);
        strbuf_adds(&sb, "\r\n");
    }
    strbuf_adds(&sb, "0\r\n\r\n");
    test_send(fd, strbuf_str(&sb));
}

TEST(http_sink_gets_the_body_in_order_piece_by_piece) {
    struct upload u = {.got = strbuf_init(16 * MIB)};
    struct http_options more = {.ctx = &u, .before = let_in};
    struct http *h = test_server(sinks, 1, &more);
    static struct test_reply reply;
    static char bytes[5 * MIB];
    int states = 0, handled = 0;
    for (size_t i = 0; i < ARRAY_LEN(uploads); i++) {
        struct str body = make_body(bytes, uploads[i].bytes, uploads[i].bad);
        strbuf_reset(&u.got);
        int fd = test_connect(h);
        send_upload(fd, i, body);
        assert_true(test_receive(fd, false, &reply));
        if (reply.status != uploads[i].status)
            fail_msg("upload %zu: %d %.*s", i, reply.status, STR_ARG(reply.body));
        if (reply.status == 200 && !str_eq(strbuf_str(&u.got), body))
            fail_msg("upload %zu came differently, %zu bytes", i, u.got.len);
        // 413 of a known length comes before anybody is asked
        states += reply.status != 401 && !(reply.status == 413 && !uploads[i].chunk);
        handled += reply.status == 200;
        close(fd);
    }
    int half = test_connect(h); // and one that leaves in the middle
    test_send(half,
              STR("POST /up HTTP/1.1\r\nHost: x\r\nX-Key: k\r\nContent-Length: 200000\r\n\r\n"));
    test_send(half, str_make(bytes, 100000));
    close(half);
    http_close(h, US_PER_SECOND);
    assert_int_equal(u.handled, handled);
    assert_true(u.freed == states || u.freed == states + 1);
    strbuf_done(&u.got);
}
