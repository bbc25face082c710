// SPDX-License-Identifier: Apache-2.0
// Between upkeep.c (rows, thread), upkeep_purge.c (what goes for good) and upkeep_sql.c.
#ifndef WORK_UPKEEP_INNER_H
#define WORK_UPKEEP_INNER_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "base/vec.h"
#include "work/upkeep.h"

#define UPKEEP_BATCH 500

struct upkeep_task {
    const char *name;
    int64_t every_us;
    bool everywhere;
    // Does a piece of it. *ret_more: at once again.
    bool (*run)(struct upkeep *u, int64_t now_us, bool *ret_more, struct error *err);
};

struct change_time {
    int64_t at_us, position; // at this time the log stood here
};

struct upkeep {
    struct upkeep_options options;
    struct reseal *reseal;
    int64_t next_us[16]; // when each row is due
    struct {
        VEC(struct change_time);
    } times; // ascending
    bool has_times;
    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock; // of stopping
    pthread_cond_t stop;
    bool stopping;
};

bool upkeep_purge_deleted(struct upkeep *u, int64_t now_us, bool *ret_more,
                          struct error *err) MUST_USE;
bool upkeep_purge_retention(struct upkeep *u, int64_t now_us, bool *ret_more,
                            struct error *err) MUST_USE;
bool upkeep_workspaces(struct upkeep *u, struct arena *a, int64_t **ret, size_t *ret_n,
                       struct error *err) MUST_USE;

// ── rows ──

// At most `limit`; *ret: how many.
bool upkeep_sql_idempotency(struct sql *s, int64_t before_us, int64_t limit, int64_t *ret,
                            struct error *err) MUST_USE;
// Ids of feedback that was deleted (`deleted`) or happened before the time, at most UPKEEP_BATCH.
bool upkeep_sql_old(struct sql *s, int64_t workspace, bool deleted, int64_t before_us,
                    int64_t *ret_ids, size_t *ret_n, struct error *err) MUST_USE;
// Whether it still is so: it may have been brought back meanwhile.
bool upkeep_sql_is_old(struct sql *s, int64_t workspace, bool deleted, int64_t before_us,
                       int64_t id, bool *ret, struct error *err) MUST_USE;
// Imports made before the time that are over, from an id on.
bool upkeep_sql_imports(struct sql *s, int64_t workspace, int64_t before_us, int64_t after,
                        int64_t *ret_ids, size_t *ret_n, struct error *err) MUST_USE;
bool upkeep_sql_import_emptied(struct sql *s, int64_t workspace, int64_t id,
                               struct error *err) MUST_USE;

#endif
