// SPDX-License-Identifier: Apache-2.0
#include "tests/support/proxy.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/test.h"

#define MAX_PAIRS    32
#define SOCKET_NAME  "/.s.PGSQL.5432"
#define SWALLOW_MS   2000
#define BUFFER_BYTES 65536

struct pair {
    int client, server;
};

struct test_proxy {
    char folder[100];
    struct sockaddr_un server;
    int listener;
    pthread_t thread;
    atomic_bool stops;
    const char *_Atomic cut; // bytes to wait for, or NULL
    atomic_int pieces;       // to forward before a cut; 0: no cut
    bool delivers;           // the last of them
    struct pair pairs[MAX_PAIRS];
    int n_pairs;
};

static bool send_all(int fd, const char *buf, size_t n) {
    while (n) {
        ssize_t sent = send(fd, buf, n, MSG_NOSIGNAL);
        if (sent < 0)
            return false;
        buf += sent;
        n -= (size_t)sent;
    }
    return true;
}

static void accept_one(struct test_proxy *p) {
    struct pair pair = {accept(p->listener, NULL, NULL), socket(AF_UNIX, SOCK_STREAM, 0)};
    if (p->n_pairs == MAX_PAIRS ||
        connect(pair.server, (const struct sockaddr *)&p->server, sizeof p->server) != 0) {
        close(pair.client);
        close(pair.server);
        return;
    }
    p->pairs[p->n_pairs++] = pair;
}

// False: the connection is over.
static bool forward(struct test_proxy *p, const struct pair *pair, bool from_client) {
    char buf[BUFFER_BYTES];
    ssize_t n = recv(from_client ? pair->client : pair->server, buf, sizeof buf, 0);
    bool last = atomic_load(&p->pieces) > 0 && atomic_fetch_sub(&p->pieces, 1) == 1;
    if (last)
        p->delivers = !p->delivers;
    if (last && !p->delivers)
        return false;
    if (n <= 0 || !send_all(from_client ? pair->server : pair->client, buf, (size_t)n))
        return false;
    if (last)
        return false;
    const char *cut = atomic_load(&p->cut);
    if (!from_client || !cut || !str_has(str_make(buf, (size_t)n), str_from(cut)))
        return true;
    atomic_store(&p->cut, NULL);
    struct pollfd answer = {.fd = pair->server, .events = POLLIN};
    if (poll(&answer, 1, SWALLOW_MS) == 1)
        (void)!recv(pair->server, buf, sizeof buf, 0);
    return false;
}

static void drop(struct test_proxy *p, int i) {
    close(p->pairs[i].client);
    close(p->pairs[i].server);
    p->pairs[i] = p->pairs[--p->n_pairs];
}

static void *proxy_main(void *arg) {
    struct test_proxy *p = arg;
    while (!atomic_load(&p->stops)) {
        struct pollfd fds[1 + 2 * MAX_PAIRS] = {{.fd = p->listener, .events = POLLIN}};
        int n = p->n_pairs;
        for (int i = 0; i < n; i++) {
            fds[1 + 2 * i] = (struct pollfd){.fd = p->pairs[i].client, .events = POLLIN};
            fds[2 + 2 * i] = (struct pollfd){.fd = p->pairs[i].server, .events = POLLIN};
        }
        if (poll(fds, (nfds_t)(1 + 2 * n), 50) <= 0)
            continue;
        for (int i = n - 1; i >= 0; i--)
            if ((fds[1 + 2 * i].revents && !forward(p, &p->pairs[i], true)) ||
                (fds[2 + 2 * i].revents && !forward(p, &p->pairs[i], false)))
                drop(p, i);
        if (fds[0].revents)
            accept_one(p);
    }
    while (p->n_pairs)
        drop(p, 0);
    return NULL;
}

struct test_proxy *test_proxy_start(const char *uri, char *ret_uri, size_t cap) {
    struct test_proxy *p = NEW(struct test_proxy);
    // postgresql:///postgres?host=FOLDER&…
    const char *host = strstr(uri, "host=/");
    assert_non_null(host);
    host += strlen("host=");
    size_t n = strcspn(host, "&");
    struct sockaddr_un own = {.sun_family = AF_UNIX};
    p->server.sun_family = AF_UNIX;
    snprintf(p->server.sun_path, sizeof p->server.sun_path, "%.*s%s", (int)n, host, SOCKET_NAME);
    snprintf(p->folder, sizeof p->folder, "%.60s", test_tmp_dir());
    snprintf(own.sun_path, sizeof own.sun_path, "%.80s%s", p->folder, SOCKET_NAME);
    snprintf(ret_uri, cap, "%.*s%s%s", (int)(host - uri), uri, p->folder, host + n);
    unlink(own.sun_path);
    p->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(p->listener, (const struct sockaddr *)&own, sizeof own), 0);
    assert_int_equal(listen(p->listener, 16), 0);
    assert_int_equal(pthread_create(&p->thread, NULL, proxy_main, p), 0);
    return p;
}

void test_proxy_cut_after(struct test_proxy *p, const char *bytes) {
    atomic_store(&p->cut, bytes);
}

void test_proxy_cut_in(struct test_proxy *p, int pieces) {
    atomic_store(&p->pieces, pieces);
}

void test_proxy_stop(struct test_proxy *p) {
    atomic_store(&p->stops, true);
    pthread_join(p->thread, NULL);
    close(p->listener);
    free(p);
}
