// SPDX-License-Identifier: Apache-2.0
// feedback.received → unify, analyse → analysis rows and a change row, the end of the task in the last transaction.
#include "work/analyse_stage.h"

#include "analyse/record_analysis.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "collect/intake.h"
#include "collect/outbox.h"
#include "work/house.h"
#include "work/identity_stage.h"
#include "work/suspicion.h"

// A transaction holds the one writer of SQLite: short ones, so that what comes in need not wait for them.
#define PIECE_LIVE  100
#define PIECE_BULK  500                 // more of them fall on the same pages of the indexes
#define PATIENCE_US (5 * US_PER_SECOND) // of each piece, while much comes in
#define RENEW_US    (PIPELINE_LEASE_US / 3)

// Some of the feedback of a task.
struct piece {
    struct house *house;
    const struct task *task;
    const int64_t *ids;
    size_t n;
    bool is_last;
    struct feedback_batch batch;
    struct arena arena;
};

static bool read_piece(struct sql *s, void *ctx, struct error *err) {
    struct piece *p = ctx;
    return feedback_load(s, &p->house->store, p->task->workspace, p->ids, p->n, 0, &p->batch, err);
}

struct writing {
    const struct piece *piece;
    const int64_t *ids, *versions;
    const struct str *bodies; // JSON
    const struct suspicion_input *suspicions;
    size_t n;
    struct customer_ids changed; // feedback of earlier batches that is suspect now
};

static bool write_piece(struct sql *s, void *ctx, struct error *err) {
    struct writing *w = ctx;
    const struct store *store = &w->piece->house->store;
    int64_t workspace = w->piece->task->workspace;
    for (size_t i = 0; i < w->n; i++)
        if (!analysis_store(s, store, workspace, w->ids[i], w->versions[i], ANALYSIS_STAGE,
                            w->bodies[i], err))
            return false;
    w->changed.len = 0;
    return suspicion_note(s, store, workspace, w->suspicions, w->n, &w->changed, err) &&
           (w->changed.len == 0 ||
            change_add(s, workspace, w->changed.items, w->changed.len, err)) &&
           (w->n == 0 || change_add(s, workspace, w->ids, w->n, err)) &&
           (!w->piece->is_last || task_finish(s, w->piece->task, err));
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

static bool analyse(struct piece *p, struct record_analysis *ra, struct error *err) {
    struct arena *a = &p->arena;
    const struct feedback_batch *b = &p->batch;
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
        analysis_format(&results[i], &records[i], a, model_name(p->house->model), &sb);
        bodies[i] = arena_str(a, strbuf_str(&sb));
    }
    struct suspicion_input *suspicions = ARENA_ARRAY(a, struct suspicion_input, n);
    for (size_t i = 0; i < n; i++)
        suspicions[i] = suspicion_of(&b->items[picked[i]], &results[i]);
    struct writing w = {.piece = p,
                        .ids = ids,
                        .versions = versions,
                        .bodies = bodies,
                        .suspicions = suspicions,
                        .n = n};
    bool ok = sql_write(p->house->store.db, write_piece, &w, err);
    vec_done(&w.changed);
    return ok;
}

static bool do_piece(struct piece *p, struct record_analysis *ra, struct error *err) {
    const struct store *store = &p->house->store;
    intake_give_way(p->house->intake, PATIENCE_US);
    return sql_read(store->db, read_piece, p, err) &&
           identity_stage(store, p->task->workspace, &p->batch, err) && analyse(p, ra, err);
}

// A task that ends half-way is done again from its begin: what is there is written once more, the same.
bool analyse_stage(struct house *h, struct record_analysis *ra, struct task *t, struct error *err) {
    struct piece p = {.house = h, .task = t};
    size_t most = t->lane == LANE_BULK ? PIECE_BULK : PIECE_LIVE;
    int64_t renewed_us = clock_monotonic_us();
    bool ok = true;
    for (size_t at = 0; ok && !p.is_last; at += most) {
        p.ids = t->ids + at;
        p.n = MIN(t->n_ids - at, most);
        p.is_last = at + p.n == t->n_ids;
        ok = do_piece(&p, ra, err);
        if (ok && !p.is_last && clock_monotonic_us() - renewed_us > RENEW_US) {
            ok = task_renew(&h->store, t, err);
            renewed_us = clock_monotonic_us();
        }
        feedback_batch_done(&p.batch);
        p.batch = (struct feedback_batch){0};
        arena_reset(&p.arena);
    }
    arena_done(&p.arena);
    return ok;
}
