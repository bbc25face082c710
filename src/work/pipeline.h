// SPDX-License-Identifier: Apache-2.0
// Work that was promised by a commit (outbox rows), done by a few threads: live before bulk, several rows of one
// kind together, again after a failure with growing pauses, parked when it fails for good — visible, and to be
// started again. Which stage eats which event stands in one table, `stages` (work/stages.c).
//
//     struct pipeline *p;
//     if (!pipeline_start(&(struct pipeline_options){.store = &store, .workers = 2, .stages = stages, .n_stages =
//     n_stages, .ctx = house}, &p, err)) …
//     pipeline_stop(p);          // what is in hand is finished
//
// A worker takes rows by a lease: a process that dies leaves them to others when it has run out. Doing a row ends
// in one transaction that writes the results and removes the row, so a result is there once. On a store that only
// this process uses leases of before its start are void.
#ifndef WORK_PIPELINE_H
#define WORK_PIPELINE_H

#include "account/store.h"
#include "base/arena.h"
#include "collect/intake.h"

#define PIPELINE_LEASE_US (60 * INT64_C(1000000))
#define PIPELINE_ATTEMPTS 8    // then parked; pauses 1, 2, 4 … 64 s
#define PIPELINE_MAX_IDS  1000 // of a task
#define PIPELINE_MAX_ROWS 64

// Rows of one workspace and event, taken together.
struct task {
    int64_t workspace;
    struct str event;
    int64_t subject; // of the first row: import, job …
    int64_t *ids;    // of all rows
    size_t n_ids;
    int64_t seqs[PIPELINE_MAX_ROWS];
    size_t n_rows;
    int attempts; // this one included
    enum lane lane;
    int worker;
    struct arena arena; // for the stage
};

// Does the work. It must end with task_finish in the transaction that writes its results (or without results,
// task_done). False: tried again.
typedef bool stage_fn(void *ctx, struct task *t, struct error *err);

struct stage {
    const char *event;
    bool together; // rows may be joined
    // minutes: at most one worker is given to these; they call task_renew at least every half minute
    bool long_running;
    // While it runs, bulk work of other stages waits: it makes that work, and wants the processors itself. Live
    // work does not wait.
    bool holds_bulk;
    stage_fn *run;
};

struct pipeline_options {
    const struct store *store;
    const struct stage *stages;
    size_t n_stages;
    void *ctx;
    int workers; // 0: 2
};

struct pipeline;
bool pipeline_start(const struct pipeline_options *o, struct pipeline **ret,
                    struct error *err) MUST_USE;
void pipeline_stop(struct pipeline *p);

// Removes the task's rows. ERROR_CONFLICT when another worker has taken them over meanwhile (the lease ran out):
// roll back.
bool task_finish(struct sql *s, const struct task *t, struct error *err) MUST_USE;
bool task_done(const struct store *store, const struct task *t, struct error *err) MUST_USE;
// Keeps it for another minute.
bool task_renew(const struct store *store, const struct task *t, struct error *err) MUST_USE;

struct parked { // rows that failed for good
    int64_t seq, created_us;
    struct str event, problem;
    int64_t subject, n_ids;
    int attempts;
};
struct queue_status {
    int64_t waiting[2]; // rows by enum lane
    int64_t oldest_us;  // TIME_NONE: nothing waits
    int64_t n_parked;
};
// workspace 0: all
bool pipeline_status(struct sql *s, int64_t workspace, struct queue_status *ret,
                     struct error *err) MUST_USE;
bool pipeline_parked(struct sql *s, int64_t workspace, size_t limit, struct arena *a,
                     struct parked **ret, size_t *ret_n, struct error *err) MUST_USE;
// Starts a parked row again. ERROR_NOT_FOUND.
bool pipeline_retry(struct sql *s, int64_t workspace, int64_t seq, struct error *err) MUST_USE;

#endif
