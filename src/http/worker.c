// SPDX-License-Identifier: Apache-2.0
// The threads on which handlers may wait, behind one queue with a bound. What is under way already always finds room:
// every connection has at most one job.
#include "http/inner.h"

#include "base/log.h"

struct pool {
    struct http *http;
    pthread_mutex_t lock;
    pthread_cond_t has_work;
    struct request **ring;
    size_t cap, head, count;
    size_t reserved; // new requests waiting or about to be pushed
    bool stopping;
    pthread_t *threads;
    int n_threads;
};

bool pool_reserve(struct pool *p) {
    pthread_mutex_lock(&p->lock);
    bool room = !p->stopping && p->reserved < p->http->o.queue;
    p->reserved += room;
    pthread_mutex_unlock(&p->lock);
    return room;
}

void pool_push(struct pool *p, struct request *r, enum job job) {
    r->job = job;
    pthread_mutex_lock(&p->lock);
    if (p->count == p->cap)
        abort(); // more jobs than connections
    p->ring[(p->head + p->count++) % p->cap] = r;
    pthread_cond_signal(&p->has_work);
    pthread_mutex_unlock(&p->lock);
}

enum request_outcome run_handler(struct request *r) {
    struct http *h = r->c->http;
    if (h->o.before && !r->was_let_in && !h->o.before(r, h->o.ctx))
        return REQUEST_DONE;
    return r->route->handler(r, h->o.ctx);
}

static void resume(struct request *r, enum stage stage) {
    r->stage = stage;
    MHD_resume_connection(r->c->mhd);
}

// What has been gathered goes to the sink. False: the reply says why not.
static bool feed_sink(struct request *r) {
    struct error err = {0};
    bool ok = !r->body.len || r->route->sink(r, strbuf_str(&r->body), &err);
    strbuf_reset(&r->body);
    if (!ok && !r->reply.status)
        reply_problem(r, &err);
    return ok;
}

static void work(struct request *r) {
    struct http *h = r->c->http;
    switch (r->job) {
    case JOB_BEFORE:
        r->was_let_in = !h->o.before || h->o.before(r, h->o.ctx);
        resume(r, STAGE_BEGUN);
        return;
    case JOB_PIECE:
        resume(r, feed_sink(r) ? STAGE_BODY : STAGE_DRAIN);
        return;
    case JOB_HANDLE:
        if ((!r->route->sink || feed_sink(r)) && run_handler(r) == REQUEST_KEPT)
            return; // whoever finishes it may have done so already
        reply_pack(r);
        resume(r, STAGE_ANSWERED);
        return;
    case JOB_PRODUCE:
        stream_produce(r);
        return;
    }
}

static void *worker_main(void *arg) {
    struct pool *p = arg;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        while (!p->count && !p->stopping)
            pthread_cond_wait(&p->has_work, &p->lock);
        if (!p->count)
            break;
        struct request *r = p->ring[p->head];
        p->head = (p->head + 1) % p->cap;
        p->count--;
        p->reserved -= r->job == JOB_BEFORE || (r->job == JOB_HANDLE && !r->was_let_in);
        pthread_mutex_unlock(&p->lock);
        work(r);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct pool *pool_new(struct http *h) {
    struct pool *p = NEW(struct pool);
    p->http = h;
    p->cap = (size_t)h->o.max_connections + 64;
    p->ring = NEW_ARRAY(struct request *, p->cap);
    p->threads = NEW_ARRAY(pthread_t, (size_t)h->o.workers);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->has_work, NULL);
    for (; p->n_threads < h->o.workers; p->n_threads++)
        if (pthread_create(&p->threads[p->n_threads], NULL, worker_main, p) != 0) {
            if (p->n_threads == 0)
                abort(); // not one thread to be had: nothing can run
            log_warn("only %d of %d HTTP workers could be started", p->n_threads, h->o.workers);
            break;
        }
    return p;
}

void pool_stop(struct pool *p) {
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->has_work);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->n_threads; i++)
        pthread_join(p->threads[i], NULL);
    p->n_threads = 0;
}

void pool_free(struct pool *p) {
    if (!p)
        return;
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->has_work);
    free(p->threads);
    free(p->ring);
    free(p);
}
