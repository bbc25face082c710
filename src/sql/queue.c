// SPDX-License-Identifier: Apache-2.0
#include "sql/queue.h"

#include <errno.h>
#include <time.h>

#include "base/mem.h"

void queue_init(struct write_queue *q) {
    pthread_condattr_t attr;
    pthread_mutex_init(&q->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&q->has_work, &attr);
    pthread_condattr_destroy(&attr);
    q->head = NULL;
    q->tail = &q->head;
    q->closing = false;
    q->n_writers = 0;
}

void queue_done(struct write_queue *q) {
    pthread_cond_destroy(&q->has_work);
    pthread_mutex_destroy(&q->lock);
}

static void push(struct write_queue *q, struct write *w) {
    if (q->closing)
        abort(); // the store is being closed by somebody who did not stop its users
    *q->tail = w;
    q->tail = &w->next;
    pthread_cond_signal(&q->has_work);
}

void queue_serve(struct write_queue *q) {
    pthread_mutex_lock(&q->lock);
    if (q->n_writers == QUEUE_MAX_WRITERS)
        abort();
    q->writers[q->n_writers++] = pthread_self();
    pthread_mutex_unlock(&q->lock);
}

static void refuse_writers(const struct write_queue *q) {
    for (size_t i = 0; i < q->n_writers; i++)
        if (pthread_equal(q->writers[i], pthread_self()))
            abort(); // sql_write from within a write, a listener or an answer: use sql_write_async
}

bool queue_write(struct write_queue *q, sql_fn *fn, void *ctx, struct error *err) {
    struct write w = {.fn = fn, .ctx = ctx};
    pthread_cond_init(&w.is_answered, NULL);
    pthread_mutex_lock(&q->lock);
    refuse_writers(q);
    push(q, &w);
    while (!w.answered)
        pthread_cond_wait(&w.is_answered, &q->lock);
    pthread_mutex_unlock(&q->lock);
    pthread_cond_destroy(&w.is_answered);
    if (!w.ok && err)
        *err = w.err;
    return w.ok;
}

void queue_write_async(struct write_queue *q, sql_fn *fn, sql_done_fn *done, void *ctx) {
    struct write *w = NEW(struct write);
    w->fn = fn;
    w->ctx = ctx;
    w->done = done;
    pthread_mutex_lock(&q->lock);
    push(q, w);
    pthread_mutex_unlock(&q->lock);
}

static struct timespec in_ms(int ms) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += (long)(ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

enum queue_news queue_take(struct write_queue *q, size_t max, int idle_ms,
                           struct write **ret_group) {
    struct timespec until = in_ms(idle_ms);
    enum queue_news news = QUEUE_WORK;
    pthread_mutex_lock(&q->lock);
    while (!q->head && news == QUEUE_WORK) {
        if (q->closing)
            news = QUEUE_CLOSED;
        else if (pthread_cond_timedwait(&q->has_work, &q->lock, &until) == ETIMEDOUT && !q->head)
            news = q->closing ? QUEUE_CLOSED : QUEUE_IDLE;
    }
    if (news == QUEUE_WORK) {
        struct write **end = &q->head;
        for (size_t i = 0; i < max && *end; i++)
            end = &(*end)->next;
        *ret_group = q->head;
        q->head = *end;
        *end = NULL;
        if (!q->head)
            q->tail = &q->head;
        else
            pthread_cond_signal(&q->has_work); // there is something for another writer
    }
    pthread_mutex_unlock(&q->lock);
    return news;
}

void queue_put_back(struct write_queue *q, struct write *rest) {
    struct write **end = &rest;
    while (*end)
        end = &(*end)->next;
    pthread_mutex_lock(&q->lock);
    *end = q->head;
    if (!q->head)
        q->tail = end;
    q->head = rest;
    if (q->tail == &rest)
        q->tail = &q->head;
    pthread_cond_signal(&q->has_work);
    pthread_mutex_unlock(&q->lock);
}

void queue_answer(struct write_queue *q, struct write *group) {
    struct write *async = NULL, **async_tail = &async;
    pthread_mutex_lock(&q->lock);
    while (group) {
        struct write *w = group;
        group = w->next; // once answered, the stack it stands on may be gone
        if (w->done) {
            *async_tail = w;
            async_tail = &w->next;
            continue;
        }
        w->answered = true;
        pthread_cond_signal(&w->is_answered);
    }
    pthread_mutex_unlock(&q->lock);
    *async_tail = NULL;
    while (async) {
        struct write *w = async;
        async = w->next;
        w->done(w->ctx, w->ok, &w->err);
        free(w);
    }
}

void queue_close(struct write_queue *q) {
    pthread_mutex_lock(&q->lock);
    q->closing = true;
    pthread_cond_broadcast(&q->has_work);
    pthread_mutex_unlock(&q->lock);
}
