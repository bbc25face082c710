// SPDX-License-Identifier: Apache-2.0
// feedback.received → unify, analyse → analysis rows and a change row, in one transaction with the end of the task.
#include "work/analyse_stage.h"

#include "analyse/record_analysis.h"
#include "base/map.h"
#include "base/mem.h"
#include "collect/outbox.h"
#include "work/house.h"

struct reading {
    struct house *house;
    const struct task *task;
    struct feedback_batch batch;
};

static bool read_task(struct sql *s, void *ctx, struct error *err) {
    struct reading *r = ctx;
    return feedback_load(s, &r->house->store, r->task->workspace, r->task->ids, r->task->n_ids, 0,
                         &r->batch, err);
}

struct writing {
    struct house *house;
    const struct task *task;
    const int64_t *ids, *versions;
    const struct str *bodies; // JSON
    size_t n;
};

static bool write_task(struct sql *s, void *ctx, struct error *err) {
    struct writing *w = ctx;
    for (size_t i = 0; i < w->n; i++)
        if (!analysis_store(s, &w->house->store, w->task->workspace, w->ids[i], w->versions[i],
                            ANALYSIS_STAGE, w->bodies[i], err))
            return false;
    return (w->n == 0 || change_add(s, w->task->workspace, w->ids, w->n, err)) &&
           task_finish(s, w->task, err);
}

// The same feedback may be in several rows of the task, and some may be gone.
static size_t pick(const struct feedback_batch *b, struct arena *a, size_t **ret) {
    struct map_u64 seen = {0};
    size_t n = 0;
    *ret = ARENA_ARRAY(a, size_t, b->n);
    for (size_t i = 0; i < b->n; i++) {
        uint64_t before;
        if (!b->items[i].found || map_u64_get(&seen, (uint64_t)b->items[i].id, &before))
            continue;
        map_u64_put(&seen, (uint64_t)b->items[i].id, 1);
        (*ret)[n++] = i;
    }
    map_u64_done(&seen);
    return n;
}

static bool analyse(struct house *h, struct record_analysis *ra, struct task *t,
                    const struct feedback_batch *b, struct error *err) {
    struct arena *a = &t->arena;
    size_t *picked, n = pick(b, a, &picked);
    struct record *records = ARENA_ARRAY(a, struct record, n);
    struct record_result *results = ARENA_ARRAY(a, struct record_result, n);
    int64_t *ids = ARENA_ARRAY(a, int64_t, n), *versions = ARENA_ARRAY(a, int64_t, n);
    struct str *bodies = ARENA_ARRAY(a, struct str, n);
    for (size_t i = 0; i < n; i++) {
        records[i] = b->items[picked[i]].record;
        ids[i] = b->items[picked[i]].id;
        versions[i] = b->items[picked[i]].version;
    }
    record_analysis_run(ra, records, n, a, results);
    for (size_t i = 0; i < n; i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
        analysis_format(&results[i], &records[i], a, model_name(h->model), &sb);
        bodies[i] = arena_str(a, strbuf_str(&sb));
    }
    struct writing w = {h, t, ids, versions, bodies, n};
    return sql_write(h->store.db, write_task, &w, err);
}

bool analyse_stage(struct house *h, struct record_analysis *ra, struct task *t, struct error *err) {
    struct reading r = {.house = h, .task = t};
    bool ok = sql_read(h->store.db, read_task, &r, err) && analyse(h, ra, t, &r.batch, err);
    feedback_batch_done(&r.batch);
    return ok;
}
