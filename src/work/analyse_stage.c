// SPDX-License-Identifier: Apache-2.0
// feedback.received → unify, analyse → analysis rows and a change row, in one transaction with the end of the task.
#include "work/analyse_stage.h"

#include "analyse/record_analysis.h"
#include "base/map.h"
#include "base/mem.h"
#include "collect/outbox.h"
#include "work/house.h"
#include "work/identity_stage.h"
#include "work/suspicion.h"

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
    const struct suspicion_input *suspicions;
    size_t n;
    struct customer_ids changed; // feedback of earlier batches that is suspect now
};

static bool write_task(struct sql *s, void *ctx, struct error *err) {
    struct writing *w = ctx;
    for (size_t i = 0; i < w->n; i++)
        if (!analysis_store(s, &w->house->store, w->task->workspace, w->ids[i], w->versions[i],
                            ANALYSIS_STAGE, w->bodies[i], err))
            return false;
    int64_t workspace = w->task->workspace;
    w->changed.len = 0;
    return suspicion_note(s, &w->house->store, workspace, w->suspicions, w->n, &w->changed, err) &&
           (w->changed.len == 0 ||
            change_add(s, workspace, w->changed.items, w->changed.len, err)) &&
           (w->n == 0 || change_add(s, workspace, w->ids, w->n, err)) &&
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

static struct str device_of(const struct record *r) {
    for (size_t i = 0; i < r->n_attributes; i++) {
        static const char *const names[] = {"device", "device_id", "设备", "设备号"};
        for (size_t k = 0; k < ARRAY_LEN(names); k++)
            if (str_eq(r->attributes[i].name, str_from(names[k])))
                return r->attributes[i].value;
    }
    return STR("");
}

static struct suspicion_input suspicion_of(const struct stored_feedback *f,
                                           const struct record_result *r) {
    bool used = r->quality == QUALITY_USED;
    return (struct suspicion_input){.id = f->id,
                                    .at_us = f->occurred_us,
                                    .version = f->version,
                                    .date_only = f->record.date_only,
                                    .customer = f->customer,
                                    .product = f->record.product,
                                    .device = device_of(&f->record),
                                    .sketch = used ? &r->unified.sketch : NULL};
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
    struct suspicion_input *suspicions = ARENA_ARRAY(a, struct suspicion_input, n);
    for (size_t i = 0; i < n; i++)
        suspicions[i] = suspicion_of(&b->items[picked[i]], &results[i]);
    struct writing w = {.house = h,
                        .task = t,
                        .ids = ids,
                        .versions = versions,
                        .bodies = bodies,
                        .suspicions = suspicions,
                        .n = n};
    bool ok = sql_write(h->store.db, write_task, &w, err);
    vec_done(&w.changed);
    return ok;
}

bool analyse_stage(struct house *h, struct record_analysis *ra, struct task *t, struct error *err) {
    struct reading r = {.house = h, .task = t};
    bool ok = sql_read(h->store.db, read_task, &r, err) &&
              identity_stage(&h->store, t->workspace, &r.batch, err) &&
              analyse(h, ra, t, &r.batch, err);
    feedback_batch_done(&r.batch);
    return ok;
}
