// SPDX-License-Identifier: Apache-2.0
#include "work/pipeline.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "collect/outbox.h"
#include "work/pipeline_inner.h"

#define MAX_WORKERS 64
#define LOOK_US     (2 * US_PER_SECOND) // without news: a lease may have run out
#define NICE        5                   // requests come before the work behind them

struct worker {
    struct pipeline *pipeline;
    pthread_t thread;
    int number;
    struct task task;
};

struct pipeline {
    struct pipeline_options options;
    struct store store;
    struct worker workers[MAX_WORKERS];
    int n_workers;
    pthread_mutex_t lock;
    pthread_cond_t news;
    uint64_t n_news; // counts what was heard
    bool stopping;
    int n_long;    // workers at long-running stages
    int n_holding; // of them at stages that hold bulk work
};

static void hear(void *ctx, UNUSED struct str payload) {
    struct pipeline *p = ctx;
    pthread_mutex_lock(&p->lock);
    p->n_news++;
    pthread_cond_broadcast(&p->news);
    pthread_mutex_unlock(&p->lock);
}

// Until news after `seen`, the time, or the end.
static void wait_for_news(struct pipeline *p, uint64_t seen, int64_t until_us) {
    int64_t until = MIN(until_us, clock_now_us() + LOOK_US);
    struct timespec t = {.tv_sec = until / US_PER_SECOND, .tv_nsec = until % US_PER_SECOND * 1000};
    pthread_mutex_lock(&p->lock);
    while (!p->stopping && p->n_news == seen &&
           pthread_cond_timedwait(&p->news, &p->lock, &t) == 0) {
    }
    pthread_mutex_unlock(&p->lock);
}

static bool claim(struct sql *s, void *ctx, struct error *err) {
    return pipeline_claim(s, ctx, err);
}

struct failure {
    const struct task *task;
    struct str problem;
};

static bool fail(struct sql *s, void *ctx, struct error *err) {
    const struct failure *f = ctx;
    return pipeline_fail(s, f->task, f->problem, err);
}

static bool free_leases(struct sql *s, UNUSED void *ctx, struct error *err) {
    return pipeline_free_leases(s, err);
}

static const struct stage *stage_of(const struct pipeline *p, struct str event) {
    for (size_t i = 0; i < p->options.n_stages; i++)
        if (str_eq(event, str_from(p->options.stages[i].event)))
            return &p->options.stages[i];
    return NULL;
}

static void run_task(struct pipeline *p, struct task *t) {
    const struct stage *stage = stage_of(p, t->event);
    struct error e = {0};
    if (stage->run(p->options.ctx, t, &e) || e.code == ERROR_CONFLICT)
        return; // conflict: someone else has done it
    struct failure f = {t, str_from(e.en)};
    log_warn("work failed event=%.*s rows=%zu attempt=%d problem=\"%s\"", STR_ARG(t->event),
             t->n_rows, t->attempts, e.en);
    if (!sql_write(p->store.db, fail, &f, &e))
        log_warn("cannot note the failure of work, it is tried again when its lease runs out: %s",
                 e.en);
}

// Long work holds one worker at most, so that feedback is never kept waiting by it.
static uint64_t mask_now(struct pipeline *p, bool *ret_hold_bulk) {
    uint64_t mask = 0;
    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < p->options.n_stages; i++)
        if (!p->options.stages[i].long_running || p->n_long == 0)
            mask |= UINT64_C(1) << i;
    *ret_hold_bulk = p->n_holding > 0;
    pthread_mutex_unlock(&p->lock);
    return mask;
}

static void count_long(struct pipeline *p, const struct task *t, int by) {
    if (!stage_of(p, t->event)->long_running)
        return;
    pthread_mutex_lock(&p->lock);
    p->n_long += by;
    if (stage_of(p, t->event)->holds_bulk)
        p->n_holding += by;
    if (by < 0)
        pthread_cond_broadcast(&p->news); // what was held may go on
    p->n_news += by < 0;
    pthread_mutex_unlock(&p->lock);
}

static void *work(void *ctx) {
    struct worker *w = ctx;
    struct pipeline *p = w->pipeline;
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
    for (;;) {
        pthread_mutex_lock(&p->lock);
        uint64_t seen = p->n_news;
        bool stopping = p->stopping;
        pthread_mutex_unlock(&p->lock);
        if (stopping)
            return NULL;
        struct claim c = {
            .stages = p->options.stages, .n_stages = p->options.n_stages, .task = &w->task};
        c.mask = mask_now(p, &c.hold_bulk);
        struct error e = {0};
        if (!sql_write(p->store.db, claim, &c, &e)) {
            log_warn("cannot look for work: %s", e.en);
            wait_for_news(p, seen, clock_now_us() + US_PER_SECOND);
        } else if (w->task.n_rows == 0) {
            wait_for_news(p, seen, c.next_us);
        } else {
            w->task.worker = w->number;
            count_long(p, &w->task, 1);
            run_task(p, &w->task);
            count_long(p, &w->task, -1);
        }
    }
}

bool pipeline_start(const struct pipeline_options *o, struct pipeline **ret, struct error *err) {
    struct pipeline *p = NEW(struct pipeline);
    p->options = *o;
    p->store = *o->store;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->news, NULL);
    bool alone = sql_engine(p->store.db) == SQL_ENGINE_SQLITE;
    if ((alone && !sql_write(p->store.db, free_leases, NULL, err)) ||
        !sql_listen(p->store.db, CHANNEL_OUTBOX, hear, p, err)) {
        pipeline_stop(p);
        return false;
    }
    int n = o->workers > 0 ? MIN(o->workers, MAX_WORKERS) : 2;
    for (int i = 0; i < n; i++) {
        struct worker *w = &p->workers[i];
        w->pipeline = p;
        w->number = i;
        if (pthread_create(&w->thread, NULL, work, w) != 0)
            break;
        p->n_workers++;
    }
    if (p->n_workers == 0) {
        pipeline_stop(p);
        return error_set(err, ERROR_UNAVAILABLE, "系统不给更多线程",
                         "the system gives no more threads");
    }
    *ret = p;
    return true;
}

void pipeline_stop(struct pipeline *p) {
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    pthread_cond_broadcast(&p->news);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->n_workers; i++) {
        pthread_join(p->workers[i].thread, NULL);
        arena_done(&p->workers[i].task.arena);
    }
    sql_unlisten(p->store.db, hear, p);
    pthread_cond_destroy(&p->news);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
