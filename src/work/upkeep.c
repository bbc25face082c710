// SPDX-License-Identifier: Apache-2.0
#include "work/upkeep.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "collect/change.h"
#include "sys/file.h"
#include "work/upkeep_inner.h"

#define LOOK_US      (2 * US_PER_SECOND)
#define FIRST_US     (5 * US_PER_SECOND) // after the start: people are waiting for other things
#define NICE         10
#define DELETE_BATCH 2000
#define TIMES_FILE   "change-times"
#define TIMES_KEPT   (24 * 9) // hours
#define TIMES_BYTES  (64 * KIB)

// ── rows of the table ──

struct deleting {
    int64_t before_us, n;
};

static bool delete_idempotency(struct sql *s, void *ctx, struct error *err) {
    struct deleting *d = ctx;
    return upkeep_sql_idempotency(s, d->before_us, DELETE_BATCH, &d->n, err);
}

static bool run_idempotency(struct upkeep *u, int64_t now_us, bool *ret_more, struct error *err) {
    struct deleting d = {.before_us = now_us - UPKEEP_IDEMPOTENCY_US};
    if (!sql_write(u->options.store.db, delete_idempotency, &d, err))
        return false;
    *ret_more = d.n == DELETE_BATCH;
    return true;
}

static bool run_accounts(struct upkeep *u, UNUSED int64_t now_us, UNUSED bool *ret_more,
                         struct error *err) {
    return !u->options.accounts || accounts_purge(u->options.accounts, err);
}

// ── the change log ── Its rows have no time, so where it stood is written down each hour. Without the file nothing
// is cleared before a week is over.

static void times_path(const struct upkeep *u, char *buf, size_t cap) {
    snprintf(buf, cap, "%s/" TIMES_FILE, u->options.data_dir);
}

static void times_read(struct upkeep *u) {
    char path[4200];
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(TIMES_BYTES);
    u->has_times = true;
    times_path(u, path, sizeof path);
    if (!file_exists(path) || !file_read(path, TIMES_BYTES, &sb, NULL))
        return;
    struct str rest = strbuf_str(&sb), line, at, position;
    while (str_cut(&rest, '\n', &line)) {
        struct change_time t;
        if (str_cut(&line, ' ', &at) && str_cut(&line, ' ', &position) &&
            str_to_int64(at, &t.at_us) && str_to_int64(position, &t.position))
            vec_push(&u->times, t);
    }
}

static bool times_write(const struct upkeep *u, struct error *err) {
    char path[4200];
    struct output *out;
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(TIMES_BYTES);
    times_path(u, path, sizeof path);
    for (size_t i = 0; i < u->times.len; i++)
        strbuf_addf(&sb, "%" PRId64 " %" PRId64 "\n", u->times.items[i].at_us,
                    u->times.items[i].position);
    if (!output_open(path, &out, err))
        return false;
    output_write(out, strbuf_str(&sb));
    return output_commit(out, err);
}

static void times_drop(struct upkeep *u, size_t n) {
    u->times.len -= n;
    if (n)
        memmove(u->times.items, u->times.items + n, u->times.len * sizeof *u->times.items);
}

struct log_job {
    int64_t position;
};

static bool read_position(struct sql *s, void *ctx, struct error *err) {
    struct log_job *j = ctx;
    return change_position(s, &j->position, err);
}

static bool run_change_times(struct upkeep *u, int64_t now_us, UNUSED bool *ret_more,
                             struct error *err) {
    struct log_job j;
    if (!u->has_times)
        times_read(u);
    if (!sql_read(u->options.store.db, read_position, &j, err))
        return false;
    // A clock that was set back, or a store that was put back: what was noted says nothing any more.
    if (u->times.len && (u->times.items[u->times.len - 1].at_us > now_us ||
                         u->times.items[u->times.len - 1].position > j.position))
        u->times.len = 0;
    vec_push(&u->times, ((struct change_time){now_us, j.position}));
    times_drop(u, u->times.len > TIMES_KEPT ? u->times.len - TIMES_KEPT : 0);
    return times_write(u, err);
}

static bool clear_log(struct sql *s, void *ctx, struct error *err) {
    const struct log_job *j = ctx;
    return change_clear(s, j->position, err);
}

// An hour of the log at a time, so that nobody waits for long behind it.
static bool run_change_log(struct upkeep *u, int64_t now_us, bool *ret_more, struct error *err) {
    if (!u->times.len || u->times.items[0].at_us > now_us - UPKEEP_CHANGE_LOG_US)
        return true;
    struct log_job j = {u->times.items[0].position};
    if (!sql_write(u->options.store.db, clear_log, &j, err))
        return false;
    times_drop(u, 1);
    *ret_more = u->times.len && u->times.items[0].at_us <= now_us - UPKEEP_CHANGE_LOG_US;
    return true;
}

static bool run_reseal(struct upkeep *u, int64_t now_us, bool *ret_more, struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    int64_t *ids;
    size_t n;
    return upkeep_workspaces(u, &a, &ids, &n, err) &&
           reseal_step(u->reseal, ids, n, now_us, ret_more, err);
}

static const struct upkeep_task tasks[] = {
    {"idempotency", US_PER_HOUR, false, run_idempotency},
    {"accounts", US_PER_HOUR, false, run_accounts},
    {"change times", US_PER_HOUR, true, run_change_times},
    {"change log", US_PER_HOUR, false, run_change_log},
    {"deleted", US_PER_DAY, false, upkeep_purge_deleted},
    {"retention", US_PER_HOUR, true, upkeep_purge_retention},
    {"reseal", 5 * US_PER_SECOND, false, run_reseal},
};
_Static_assert(ARRAY_LEN(tasks) <= ARRAY_LEN(((struct upkeep *)0)->next_us), "room for each row");

// ── by the clock ──

struct listing {
    struct arena *arena;
    int64_t *ids;
    size_t n;
};

static bool list(struct sql *s, void *ctx, struct error *err) {
    struct listing *l = ctx;
    return change_workspaces(s, l->arena, &l->ids, &l->n, err);
}

bool upkeep_workspaces(struct upkeep *u, struct arena *a, int64_t **ret, size_t *ret_n,
                       struct error *err) {
    struct listing l = {.arena = a};
    if (!sql_read(u->options.store.db, list, &l, err))
        return false;
    *ret = l.ids;
    *ret_n = l.n;
    return true;
}

bool upkeep_round(struct upkeep *u, int64_t now_us, bool *ret_more, struct error *err) {
    bool ok = true, leads = sql_is_leader(u->options.store.db, "upkeep");
    *ret_more = false;
    for (size_t i = 0; i < ARRAY_LEN(tasks); i++) {
        bool more = false;
        struct error e;
        // A clock that was set back must not stop a row for as long.
        if ((!tasks[i].everywhere && !leads) ||
            (now_us < u->next_us[i] && u->next_us[i] - now_us <= tasks[i].every_us))
            continue;
        bool done = tasks[i].run(u, now_us, &more, &e);
        if (!done) {
            log_warn("upkeep, %s: %s", tasks[i].name, e.en);
            if (ok && err)
                *err = e;
            ok = false;
        }
        if (!done || !more)
            u->next_us[i] = now_us + tasks[i].every_us;
        *ret_more = *ret_more || (done && more);
    }
    return ok;
}

static bool pause_for(struct upkeep *u, int64_t us) {
    int64_t until = clock_now_us() + us;
    struct timespec t = {.tv_sec = until / US_PER_SECOND, .tv_nsec = until % US_PER_SECOND * 1000};
    pthread_mutex_lock(&u->lock);
    while (!u->stopping && us && pthread_cond_timedwait(&u->stop, &u->lock, &t) == 0) {
    }
    bool stopping = u->stopping;
    pthread_mutex_unlock(&u->lock);
    return !stopping;
}

static void *run_thread(void *ctx) {
    struct upkeep *u = ctx;
    setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
    for (bool go = pause_for(u, FIRST_US); go;) {
        bool more;
        struct error e; // logged by the round
        if (!upkeep_round(u, clock_now_us(), &more, &e))
            more = false;
        go = pause_for(u, more ? 0 : LOOK_US);
    }
    return NULL;
}

// ── life ──

struct upkeep *upkeep_new(const struct upkeep_options *o) {
    struct upkeep *u = NEW(struct upkeep);
    u->options = *o;
    u->reseal = reseal_new(&o->store, o->accounts);
    pthread_mutex_init(&u->lock, NULL);
    pthread_cond_init(&u->stop, NULL);
    return u;
}

bool upkeep_start(struct upkeep *u, struct error *err) {
    u->has_thread = pthread_create(&u->thread, NULL, run_thread, u) == 0;
    return u->has_thread || error_set(err, ERROR_UNAVAILABLE, "系统不给更多线程",
                                      "the system gives no more threads");
}

void upkeep_free(struct upkeep *u) {
    if (!u)
        return;
    pthread_mutex_lock(&u->lock);
    u->stopping = true;
    pthread_cond_signal(&u->stop);
    pthread_mutex_unlock(&u->lock);
    if (u->has_thread)
        pthread_join(u->thread, NULL);
    reseal_free(u->reseal);
    vec_done(&u->times);
    pthread_cond_destroy(&u->stop);
    pthread_mutex_destroy(&u->lock);
    free(u);
}

struct reseal_status upkeep_reseal_status(struct upkeep *u) {
    return reseal_status(u->reseal);
}
