// SPDX-License-Identifier: Apache-2.0
// The watch: libmicrohttpd only knows idle connections, so who sends a byte a second would hold one for ever. Here
// every connection has a phase with a longest time, and a thread shuts the sockets of those that pass it.
#include "http/inner.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/clock.h"

#define GONE_US     US_PER_SECOND
#define LOWEST_RATE KIB // bytes a second of a body
#define CROWDED_IDLE_US                                                                            \
    US_PER_SECOND // how long a connection may idle when there are nearly too many

void connection_add(struct connection *c) {
    struct http *h = c->http;
    pthread_mutex_lock(&h->lock);
    c->next = h->connections;
    if (c->next)
        c->next->prev = c;
    h->connections = c;
    h->n_connections++;
    pthread_mutex_unlock(&h->lock);
}

void connection_remove(struct connection *c) {
    struct http *h = c->http;
    pthread_mutex_lock(&h->lock);
    if (c->prev)
        c->prev->next = c->next;
    else
        h->connections = c->next;
    if (c->next)
        c->next->prev = c->prev;
    h->n_connections--;
    pthread_mutex_unlock(&h->lock);
}

bool connection_enter(struct connection *c, enum phase next, int64_t allowed_ms) {
    int now = atomic_load_explicit(&c->phase, memory_order_relaxed);
    // The time first: should the watch look in between, it sees the old phase as just begun.
    atomic_store_explicit(&c->since_us, clock_monotonic_us(), memory_order_release);
    atomic_store_explicit(&c->allowed_us, allowed_ms * 1000, memory_order_release);
    return now != PHASE_CUT && atomic_compare_exchange_strong(&c->phase, &now, (int)next);
}

static bool is_too_slow(struct connection *c, int64_t now_us) {
    size_t bytes = atomic_load_explicit(&c->body_bytes, memory_order_relaxed);
    int64_t since = atomic_load_explicit(&c->since_us, memory_order_acquire);
    if (c->rate_us < since || bytes < c->rate_bytes) { // another body
        c->rate_us = since;
        c->rate_bytes = bytes;
    }
    int64_t window_us = c->http->o.rate_window_ms * 1000;
    if (now_us - c->rate_us < window_us)
        return false;
    bool slow = (int64_t)(bytes - c->rate_bytes) < window_us * (int64_t)LOWEST_RATE / US_PER_SECOND;
    c->rate_us = now_us;
    c->rate_bytes = bytes;
    return slow;
}

#define TOO_LATE                                                                                   \
    "{\"type\":\"about:blank\",\"title\":\"请求超时\",\"status\":408,"                         \
    "\"detail\":\"请求没有在限定时间内发完 (the request was not complete in time)\",\"code\":\"timeout\"}"

// The request may not have a line yet, let alone an id and a language. Its length is checked below.
static const char too_late[] =
    "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n"
    "Content-Type: application/problem+json\r\nContent-Length: 162\r\n\r\n" TOO_LATE;
_Static_assert(sizeof TOO_LATE - 1 == 162, "Content-Length of the 408");

// Half a request and then the end: when both come at once, libmicrohttpd 0.9.75 does not see the end (it stops
// reading at what looks like the last byte, and an edge is told once). A second in the phase, so that nothing is
// merely on its way.
static bool has_hung_up(const struct connection *c, int phase, int64_t since_us, int64_t now_us) {
    char byte;
    return (phase == PHASE_HEAD || phase == PHASE_BODY) && now_us - since_us > GONE_US &&
           recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

// Under http.lock, so that the socket is still the connection's (it is closed after connection_remove).
static void look_at(struct connection *c, int64_t now_us, bool closing, bool crowded) {
    if (c->listener && listener_tick(c->listener, now_us, closing)) {
        shutdown(c->fd, SHUT_RDWR);
        return;
    }
    int phase = atomic_load(&c->phase);
    int64_t since = atomic_load_explicit(&c->since_us, memory_order_acquire);
    int64_t allowed = atomic_load_explicit(&c->allowed_us, memory_order_acquire);
    bool late = allowed && now_us - since > allowed;
    late |= phase == PHASE_BODY && is_too_slow(c, now_us);
    late |= phase == PHASE_IDLE && (closing || (crowded && now_us - since > CROWDED_IDLE_US));
    bool gone = !late && has_hung_up(c, phase, since, now_us);
    if (gone)
        atomic_store(&c->is_gone, true);
    if (!(late || gone) || phase == PHASE_WORK || phase == PHASE_CUT ||
        !atomic_compare_exchange_strong(&c->phase, &phase, PHASE_CUT))
        return;
    bool asked = phase == PHASE_HEAD || phase == PHASE_BODY;
    if (asked && !gone && !c->http->is_tls)
        (void)!send(c->fd, too_late, sizeof too_late - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    shutdown(c->fd, SHUT_RDWR);
}

// Fine enough for the shortest deadline, and no finer.
static int64_t tick_us(const struct http *h) {
    int64_t shortest = MIN(MIN(h->o.head_deadline_ms, h->o.keep_alive_ms), h->o.rate_window_ms);
    for (size_t i = 0; i < h->o.n_routes; i++)
        if (h->o.routes[i].deadline_ms)
            shortest = MIN(shortest, h->o.routes[i].deadline_ms);
    return MAX(MIN(shortest / 8 * 1000, US_PER_SECOND), US_PER_SECOND / 50);
}

static void *watch_main(void *arg) {
    struct http *h = arg;
    int64_t tick = tick_us(h);
    pthread_mutex_lock(&h->lock);
    while (h->has_watch) {
        bool closing = atomic_load(&h->closing);
        bool crowded = h->n_connections * 10 > (size_t)h->o.max_connections * 9;
        int64_t now = clock_monotonic_us();
        for (struct connection *c = h->connections; c; c = c->next)
            look_at(c, now, closing, crowded);
        int64_t until = now + (closing ? MIN(tick, US_PER_SECOND / 100) : tick);
        struct timespec ts = {until / US_PER_SECOND, until % US_PER_SECOND * 1000};
        pthread_cond_timedwait(&h->wake, &h->lock, &ts);
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

bool watch_start(struct http *h, struct error *err) {
    h->has_watch = true;
    int why = pthread_create(&h->watch, NULL, watch_main, h);
    if (why == 0)
        return true;
    h->has_watch = false;
    return error_errno(err, why, "无法启动线程", "cannot start a thread", "http");
}

void watch_stop(struct http *h) {
    pthread_mutex_lock(&h->lock);
    bool runs = h->has_watch;
    h->has_watch = false;
    pthread_cond_signal(&h->wake);
    pthread_mutex_unlock(&h->lock);
    if (runs)
        pthread_join(h->watch, NULL);
}
