// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_client.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
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

TEST(http_server_answers_pipelined_requests_in_order) {
    struct http *h = test_server(routes, ARRAY_LEN(routes), NULL);
    static struct test_reply reply;
    int fd = test_connect(h);
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB);
    static const char *const paths[] = {"/echo", "/quick", "/keep", "/keep/quick"};
    for (int i = 0; i < 40; i++)
        strbuf_addf(&sb, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n%02d",
                    paths[i % 4], i);
    test_send(fd, strbuf_str(&sb));
    for (int i = 0; i < 40; i++) {
        char expected[16];
        snprintf(expected, sizeof expected, i % 4 < 2 ? "%02d" : "{\"kept\":true}", i);
        assert_true(test_receive(fd, false, &reply));
        assert_str(reply.body, expected);
    }
    close(fd);
    http_close(h, US_PER_SECOND);
}

// Seconds are short here: what is under test is that the bytes of one request never leak into the next.
TEST(http_server_reuses_a_connection_for_requests_of_all_sizes) {
    static const struct http_route large[] = {
        {.method = "POST", .path = "/", .handler = echo, .body_limit = MIB}};
    struct http *h = test_server(large, 1, NULL);
    static struct test_reply reply;
    static char body[200 * KIB];
    int fd = test_connect(h);
    static const size_t sizes[] = {0, 1, 200 * KIB, 2, 70000, 65536, 0, 3};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        char head[128];
        memset(body, 'a' + (int)i, sizes[i]);
        snprintf(head, sizeof head, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n",
                 sizes[i]);
        test_send(fd, str_from(head));
        test_send(fd, str_make(body, sizes[i]));
        assert_true(test_receive(fd, false, &reply));
        assert_int_equal(reply.body.len, sizes[i]);
        assert_memory_equal(reply.body.ptr, body, sizes[i]);
    }
    close(fd);
    http_close(h, US_PER_SECOND);
}

// A body of 20 MB against a limit of 100 bytes: the client that only sends must still find the reply, whether it says
// its length or not.
TEST(http_server_refuses_a_huge_body_audibly) {
    struct http *h = test_server(routes, ARRAY_LEN(routes), NULL);
    static struct test_reply reply;
    static char mib[MIB];
    for (int chunked = 0; chunked < 2; chunked++) {
        int fd = test_connect(h);
        test_send(fd,
                  chunked
                      ? STR("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
                      : STR("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 20971520\r\n\r\n"));
        for (int i = 0; i < 20; i++) {
            if (chunked)
                test_send(fd, STR("100000\r\n"));
            test_send(fd, str_make(mib, sizeof mib));
            if (chunked)
                test_send(fd, STR("\r\n"));
        }
        assert_true(test_receive(fd, false, &reply));
        assert_int_equal(reply.status, 413);
        assert_str(test_header(&reply, "Connection"), "close");
        assert_true(str_has(reply.body, STR("\"code\":\"limit\"")));
        assert_true(test_header(&reply, "X-Request-Id").len > 0);
        assert_true(test_is_closed(fd));
        close(fd);
    }
    http_close(h, US_PER_SECOND);
}

struct upload {
    struct http *h;
    _Atomic int wrong;
};

static void *many_requests(void *arg) {
    struct upload *u = arg;
    struct test_reply *reply = malloc(sizeof *reply);
    static const char *const paths[] = {"/echo", "/quick", "/keep", "/keep/quick"};
    int fd = test_connect(u->h);
    for (int i = 0; reply && i < 100; i++) {
        char text[128];
        snprintf(text, sizeof text, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n%04d",
                 paths[i % 4], i);
        test_send(fd, str_from(text));
        if (!test_receive(fd, false, reply) || reply->status != (i % 4 < 2 ? 200 : 201))
            atomic_fetch_add(&u->wrong, 1);
        if (i % 25 == 24) {
            close(fd);
            fd = test_connect(u->h);
        }
    }
    close(fd);
    free(reply);
    return NULL;
}

TEST(http_server_serves_many_at_once) {
    struct upload u = {.h = test_server(routes, ARRAY_LEN(routes), NULL)};
    pthread_t threads[16];
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, many_requests, &u), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(u.wrong, 0);
    http_close(u.h, US_PER_SECOND);
}

// Clients that leave at every point of a request, while handlers and other threads hold it.
TEST(http_server_outlives_clients_that_hang_up) {
    static struct test_reply reply;
    struct http *h = test_server(routes, ARRAY_LEN(routes), NULL);
    static const char *const parts[] = {
        "",
        "PO",
        "POST /keep HTTP/1.1\r\n",
        "POST /keep HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab",
        "POST /keep HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab",
        "POST /keep/quick HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab",
        "GET /hello/a HTTP/1.1\r\nHost: x\r\n\r\n",
    };
    for (int round = 0; round < 20; round++)
        for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
            int fd = test_connect(h);
            if (round % 2) { // a reset instead of an orderly end
                struct linger now = {.l_onoff = 1};
                setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
            }
            if (round % 4 == 2) { // on a connection that has served before
                test_send(fd, str_from(asked[0].request));
                assert_true(test_receive(fd, false, &reply));
            }
            test_send(fd, str_from(parts[i]));
            close(fd);
        }
    test_ask(h, asked[0].request, &reply);
    assert_int_equal(reply.status, 200);
    int64_t began = clock_monotonic_us();
    http_close(h, 10 * US_PER_SECOND); // none of them keeps it from closing
    assert_true(clock_monotonic_us() - began < 5 * US_PER_SECOND);
}

static enum request_outcome slow(struct request *r, void *ctx) {
    atomic_store((_Atomic int *)ctx, 1);
    usleep(300000);
    reply_json(r, 200, STR("{}"));
    return REQUEST_DONE;
}

static const struct http_route slow_routes[] = {{.method = "GET", .path = "/", .handler = slow}};

TEST(http_close_finishes_what_is_under_way) {
    _Atomic int inside = 0;
    struct http_options more = {.ctx = (void *)&inside};
    struct http *h = test_server(slow_routes, 1, &more);
    static struct test_reply reply;
    int idle = test_connect(h), busy = test_connect(h);
    test_send(busy, STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    while (!atomic_load(&inside))
        usleep(1000);
    int64_t began = clock_monotonic_us();
    http_close(h, 5 * US_PER_SECOND);
    assert_true(clock_monotonic_us() - began < 3 * US_PER_SECOND);
    assert_true(test_receive(busy, false, &reply));
    assert_int_equal(reply.status, 200);
    assert_str(test_header(&reply, "Connection"), "close");
    assert_true(test_is_closed(busy));
    assert_true(test_is_closed(idle));
    close(busy);
    close(idle);
}

TEST(http_close_cuts_off_who_is_late_and_waits_for_its_handler) {
    _Atomic int inside = 0;
    struct http_options more = {.ctx = (void *)&inside};
    struct http *h = test_server(slow_routes, 1, &more);
    int half = test_connect(h), busy = test_connect(h);
    test_send(half, STR("GET / HT"));
    test_send(busy, STR("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    while (!atomic_load(&inside))
        usleep(1000);
    http_close(h, 50000);
    assert_true(test_is_closed(busy));
    assert_true(test_is_closed(half));
    close(busy);
    close(half);
}

struct siege {
    int fd;
    const char *path;
    _Atomic int answered;
    int torn; // replies that came in part
};

static void *besiege(void *arg) {
    struct siege *s = arg;
    struct test_reply *reply = malloc(sizeof *reply);
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB);
    for (int i = 0; i < 8; i++) // pipelined: one is always on its way
        strbuf_addf(&sb, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab", s->path);
    bool more = reply != NULL;
    while (more) {
        test_send(s->fd, strbuf_str(&sb));
        for (int i = 0; i < 8 && more; i++) {
            more = test_receive(s->fd, false, reply);
            s->torn += more && (reply->status / 100 != 2 || !reply->is_open);
            atomic_fetch_add(&s->answered, more);
        }
    }
    free(reply);
    return NULL;
}

TEST(http_close_under_siege_sends_whole_replies_or_none) {
    static const char *const paths[] = {"/echo", "/quick", "/keep", "/keep/quick"};
    struct http *h = test_server(routes, ARRAY_LEN(routes), NULL);
    struct siege sieges[12] = {0};
    pthread_t threads[ARRAY_LEN(sieges)];
    for (size_t i = 0; i < ARRAY_LEN(sieges); i++) {
        sieges[i].fd = test_connect(h);
        sieges[i].path = paths[i % 4];
        assert_int_equal(pthread_create(&threads[i], NULL, besiege, &sieges[i]), 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(sieges); i++)
        while (atomic_load(&sieges[i].answered) < 20)
            usleep(1000);
    int64_t began = clock_monotonic_us();
    http_close(h, 5 * US_PER_SECOND);
    assert_true(clock_monotonic_us() - began < 4 * US_PER_SECOND);
    for (size_t i = 0; i < ARRAY_LEN(sieges); i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(sieges[i].torn, 0);
        close(sieges[i].fd);
    }
}

TEST(http_server_listens_on_ipv6_and_serves_ipv4_too) {
    struct http_options more = {.listen = STR("[::]:0")};
    struct http *h = test_server(routes, ARRAY_LEN(routes), &more);
    static struct test_reply reply;
    test_ask(h, asked[0].request, &reply); // from 127.0.0.1
    assert_int_equal(reply.status, 200);
    int fd = socket(AF_INET6, SOCK_STREAM, 0);
    struct sockaddr_in6 sa = {.sin6_family = AF_INET6,
                              .sin6_port = htons((uint16_t)http_port(h)),
                              .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    if (connect(fd, (struct sockaddr *)&sa, sizeof sa) == 0) { // a machine may have no ::1
        test_send(fd, str_from(asked[0].request));
        assert_true(test_receive(fd, false, &reply));
        assert_int_equal(reply.status, 200);
    }
    close(fd);
    http_close(h, US_PER_SECOND);
}

struct seen {
    _Atomic int n, statuses[600];
    _Atomic size_t bytes;
};

static void note(UNUSED struct request *r, int status, size_t bytes, int64_t took_us, void *ctx) {
    struct seen *s = ctx;
    atomic_fetch_add(&s->n, 1);
    atomic_fetch_add(&s->statuses[status], took_us >= 0);
    atomic_fetch_add(&s->bytes, bytes);
}

TEST(http_server_tells_afterwards_what_each_request_came_to) {
    static struct seen seen;
    struct http_options more = {.ctx = &seen, .after = note};
    struct http *h = test_server(routes, ARRAY_LEN(routes), &more);
    static struct test_reply reply;
    size_t bytes = 0;
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        test_ask(h, asked[i].request, &reply);
        bytes += strncmp(asked[i].request, "HEAD", 4) == 0 ? 0 : reply.body.len;
    }
    int fd = test_connect(h);
    test_send(fd, STR("GET /hello/a HTTP/1.1\r\nHo")); // and leaves
    close(fd);
    for (int i = 0; i < 500 && seen.n <= (int)ARRAY_LEN(asked); i++)
        usleep(10000);
    http_close(h, US_PER_SECOND);
    assert_int_equal(seen.n, ARRAY_LEN(asked) + 1);
    assert_int_equal(seen.statuses[499], 1);
    assert_int_equal(seen.statuses[413], 3);
    assert_true(seen.bytes <= bytes + 13 && seen.bytes > 0);
}
