// SPDX-License-Identifier: Apache-2.0
#include "work/event_stage.h"

#include "base/map.h"
#include "collect/outbox.h"
#include "work/behaviour.h"
#include "work/identity_stage.h"

struct event_work {
    const struct store *store;
    const struct task *task;
    struct event_batch batch;
    struct identity_input *in;
    size_t n;
    struct customer_ids changed;
};

static bool read_events(struct sql *s, void *ctx, struct error *err) {
    struct event_work *w = ctx;
    return event_load(s, w->store, w->task->workspace, w->task->ids, w->task->n_ids, &w->batch,
                      err);
}

static bool find_touched(struct sql *s, struct event_work *w, const struct workspace_keys *k,
                         struct error *err) {
    for (size_t i = 0; i < w->n; i++) {
        uint8_t bytes[VAULT_LOOKUP_BYTES];
        struct str order = str_trim(w->in[i].order);
        if (order.len) {
            customer_order_lookup(k, order, bytes);
            order = str_make((const char *)bytes, sizeof bytes);
        }
        if (!behaviour_touched(s, w->task->workspace, order, w->in[i].who.b, w->in[i].at_us,
                               &w->changed, err))
            return false;
    }
    return true;
}

// Each once.
static size_t without_doubles(int64_t *ids, size_t n) {
    struct map_u64 seen = {0};
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t before;
        if (map_u64_get(&seen, (uint64_t)ids[i], &before))
            continue;
        map_u64_put(&seen, (uint64_t)ids[i], 1);
        ids[kept++] = ids[i];
    }
    map_u64_done(&seen);
    return kept;
}

static bool write_events(struct sql *s, void *ctx, struct error *err) {
    struct event_work *w = ctx;
    int64_t workspace = w->task->workspace;
    const struct workspace_keys *k = vault_keys(w->store->vault, workspace, err);
    w->changed.len = 0;
    if (!k || !identity_place(s, w->store, workspace, w->in, w->n, &w->changed, err) ||
        !find_touched(s, w, k, err) || !behaviour_refresh_tiers(s, workspace, err))
        return false;
    w->changed.len = without_doubles(w->changed.items, w->changed.len);
    return (w->changed.len == 0 ||
            change_add(s, workspace, w->changed.items, w->changed.len, err)) &&
           task_finish(s, w->task, err);
}

bool event_stage(const struct store *store, struct task *t, struct error *err) {
    struct event_work w = {.store = store, .task = t};
    if (!sql_read(store->db, read_events, &w, err)) {
        event_batch_done(&w.batch);
        return false;
    }
    w.in = ARENA_ARRAY(&t->arena, struct identity_input, w.batch.n);
    for (size_t i = 0; i < w.batch.n; i++) {
        const struct stored_event *e = &w.batch.items[i];
        if (e->found)
            w.in[w.n++] = (struct identity_input){.is_event = true,
                                                  .id = e->id,
                                                  .at_us = e->at_us,
                                                  .source = e->event.source,
                                                  .order = e->event.order,
                                                  .said = &e->event.customer};
    }
    bool ok = sql_write(store->db, write_events, &w, err);
    vec_done(&w.changed);
    event_batch_done(&w.batch);
    return ok;
}
