// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_client.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"

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
    // what was held is free again
    test_send(second, head);
    test_send(second, str_make(body, sizeof body));
    assert_true(test_receive(second, false, &reply));
    assert_int_equal(reply.status, 204);
    close(first);
    close(second);
    http_close(h, US_PER_SECOND);
}
