// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "sys/fetch.h"
#include "work/webhook.h"

#define N_THREADS  2
#define TIMEOUT_MS 15000               // what Standard Webhooks recommends
#define LOOK_US    (5 * US_PER_SECOND) // for rows of other processes that were not told of
#define GONE       410

static const int64_t pauses_s[] = {5, 30, 120, 600, 3600, 3 * 3600, 10 * 3600, 24 * 3600};

struct webhook_sender {
    struct webhook_sender_options options;
    pthread_t threads[N_THREADS];
    int n_threads;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool news;
    atomic_bool stopping;
};

struct sending {
    struct webhook_sender *sender;
    struct arena arena;
    struct webhook_delivery delivery;
    bool found;
    int64_t next_us;
    // how it ended
    int64_t later_us; // 0: not again
    struct str off;   // why it is switched off, "" if not
};

static bool take(struct sql *s, void *ctx, struct error *err) {
    struct sending *n = ctx;
    arena_reset(&n->arena);
    return webhook_delivery_take(s, &n->sender->options.store, clock_now_us(), &n->arena,
                                 &n->delivery, &n->found, &n->next_us, err);
}

static bool finish(struct sql *s, void *ctx, struct error *err) {
    struct sending *n = ctx;
    if (n->off.len)
        return webhook_switch_off(s, &n->delivery, n->off, err);
    return n->later_us ? webhook_delivery_later(s, &n->delivery, n->later_us, err)
                       : webhook_delivery_end(s, &n->delivery, err);
}

// True: it was taken.
static bool post(struct sending *n, struct fetch *f, int *ret_status, struct error *err) {
    struct webhook_delivery *d = &n->delivery;
    char id[ID_TEXT], seconds[48];
    id_format(d->event, id);
    int64_t now = clock_now_us() / US_PER_SECOND;
    snprintf(seconds, sizeof seconds, "webhook-timestamp: %" PRId64, now);
    CLEANUP(strbuf_done) struct strbuf signature = strbuf_init(KIB);
    strbuf_adds(&signature, "webhook-signature: ");
    webhook_sign(d->key, str_from(id), now, d->body, &signature);
    struct str id_header = arena_printf(&n->arena, "webhook-id: %s", id);
    const char *const headers[] = {"Content-Type: application/json", id_header.ptr, seconds,
                                   strbuf_cstr(&signature), NULL};
    struct fetch_request q = {.method = "POST",
                              .url = d->url.ptr,
                              .headers = headers,
                              .body = d->body,
                              .timeout_ms = TIMEOUT_MS,
                              .allow_private = n->sender->options.allow_private};
    struct fetch_reply a = {.body = strbuf_init(4 * KIB)};
    bool ok = fetch_run(f, &q, &a, err);
    *ret_status = ok ? a.status : 0;
    strbuf_done(&a.body);
    return ok && a.status >= 200 && a.status < 300;
}

static void deliver(struct sending *n, struct fetch *f) {
    struct webhook_delivery *d = &n->delivery;
    struct error e = {0};
    int status = 0;
    n->later_us = 0;
    n->off = STR("");
    bool is_moot = !d->enabled || !d->url.len; // switched off or removed meanwhile
    if (is_moot || post(n, f, &status, &e))
        return;
    size_t attempt = (size_t)d->attempts;
    if (status == GONE)
        n->off = STR("the address answered 410 Gone");
    else if (attempt >= ARRAY_LEN(pauses_s))
        n->off = arena_printf(&n->arena, "delivery failed %zu times; last: %s", attempt + 1,
                              status ? "the address did not answer with success" : e.en);
    else
        n->later_us = clock_now_us() + pauses_s[attempt] * US_PER_SECOND;
    char id[ID_TEXT];
    log_warn("webhook %s: delivery failed (attempt %zu, status %d%s%s)", id_format(d->webhook, id),
             attempt + 1, status, status ? "" : ": ", status ? "" : e.en);
}

// Sleeps until something is due or there is news.
static void rest(struct webhook_sender *s, int64_t next_us) {
    int64_t pause =
        MIN(MAX(next_us == INT64_MAX ? LOOK_US : next_us - clock_now_us(), 1000), LOOK_US);
    int64_t until = clock_monotonic_us() + pause;
    struct timespec t = {.tv_sec = until / US_PER_SECOND, .tv_nsec = until % US_PER_SECOND * 1000};
    pthread_mutex_lock(&s->lock);
    while (!s->news && !atomic_load(&s->stopping) && clock_monotonic_us() < until)
        pthread_cond_timedwait(&s->wake, &s->lock, &t);
    s->news = false;
    pthread_mutex_unlock(&s->lock);
}

static void *send_loop(void *ctx) {
    struct webhook_sender *s = ctx;
    struct sending n = {.sender = s};
    struct fetch *f = fetch_new();
    struct sql_db *db = s->options.store.db;
    while (!atomic_load(&s->stopping)) {
        struct error e;
        if (!sql_write(db, take, &n, &e)) {
            log_warn("webhooks cannot be read, tried again: %s", e.en);
            rest(s, INT64_MAX);
        } else if (!n.found) {
            rest(s, n.next_us);
        } else {
            deliver(&n, f);
            if (!sql_write(db, finish, &n, &e))
                log_warn("the end of a webhook delivery cannot be written, it may come again: %s",
                         e.en);
        }
    }
    fetch_free(f);
    arena_done(&n.arena);
    return NULL;
}

static bool resume(struct sql *s, UNUSED void *ctx, struct error *err) {
    return webhook_delivery_resume(s, clock_now_us(), err);
}

static void hear(void *ctx, UNUSED struct str payload) {
    struct webhook_sender *s = ctx;
    pthread_mutex_lock(&s->lock);
    s->news = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
}

bool webhook_sender_start(const struct webhook_sender_options *o, struct webhook_sender **ret,
                          struct error *err) {
    struct webhook_sender *s = NEW(struct webhook_sender);
    s->options = *o;
    fetch_init();
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if ((sql_engine(o->store.db) == SQL_ENGINE_SQLITE &&
         !sql_write(o->store.db, resume, NULL, err)) ||
        !sql_listen(o->store.db, CHANNEL_WEBHOOK, hear, s, err)) {
        webhook_sender_stop(s);
        return false;
    }
    for (; s->n_threads < N_THREADS; s->n_threads++)
        if (pthread_create(&s->threads[s->n_threads], NULL, send_loop, s) != 0)
            abort();
    *ret = s;
    return true;
}

void webhook_sender_stop(struct webhook_sender *s) {
    if (!s)
        return;
    sql_unlisten(s->options.store.db, hear, s);
    pthread_mutex_lock(&s->lock);
    atomic_store(&s->stopping, true);
    pthread_cond_broadcast(&s->wake);
    pthread_mutex_unlock(&s->lock);
    for (int i = 0; i < s->n_threads; i++)
        pthread_join(s->threads[i], NULL);
    pthread_cond_destroy(&s->wake);
    pthread_mutex_destroy(&s->lock);
    free(s);
}
