// SPDX-License-Identifier: Apache-2.0
#include "tests/support/world.h"

#include <stdio.h>
#include <sys/stat.h>

#include "work/event_stage.h"
#include "work/identity_stage.h"

void world_open(struct world *w, struct test_store *t, uint64_t seed) {
    static unsigned n;
    struct error err;
    *w = (struct world){.t = t, .random = random_init(seed)};
    snprintf(w->dir, sizeof w->dir, "%s/world-%u", test_tmp_dir(), n++);
    assert_int_equal(mkdir(w->dir, 0700), 0);
    id_source_init(&w->ids, 0);
    w->store = (struct store){.db = t->db, .ids = &w->ids};
    if (!vault_open(t->db, w->dir, "", &w->store.vault, &err) ||
        !vault_keys(w->store.vault, WORLD_WORKSPACE, &err))
        fail_msg("%s", err.en);
    w->intake = intake_new(&w->store);
}

void world_close(struct world *w) {
    intake_free(w->intake);
    sql_close(w->t->db);
    w->t->db = NULL;
    vault_free(w->store.vault);
    arena_done(&w->arena);
}

void world_receive(struct world *w, const struct record *records, size_t n, int64_t *ret_ids) {
    struct error err;
    struct intake_item *items = ARENA_ARRAY(&w->arena, struct intake_item, n);
    struct intake_request r = {
        .workspace = WORLD_WORKSPACE, .actor = STR("test"), .items = items, .n_items = n};
    for (size_t i = 0; i < n; i++)
        if (!intake_prepare(w->intake, &r, &records[i], 0, &w->arena, &items[i], &err))
            fail_msg("%s", err.en);
    if (!intake_write(w->intake, &r, &err))
        fail_msg("%s", err.en);
    for (size_t i = 0; i < n; i++)
        ret_ids[i] = items[i].id;
}

void world_events(struct world *w, const struct event *events, size_t n) {
    struct error err;
    struct event_item *items = ARENA_ARRAY(&w->arena, struct event_item, n);
    struct task t = {.workspace = WORLD_WORKSPACE, .event = STR(EVENT_RECEIVED)};
    t.ids = ARENA_ARRAY(&w->arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        if (!event_prepare(&w->store, WORLD_WORKSPACE, &events[i], &w->arena, &items[i], &err))
            fail_msg("%s", err.en);
    if (!event_write(&w->store, WORLD_WORKSPACE, items, n, LANE_LIVE, &err))
        fail_msg("%s", err.en);
    for (size_t i = 0; i < n; i++)
        t.ids[t.n_ids++] = items[i].id;
    if (!event_stage(&w->store, &t, &err))
        fail_msg("%s", err.en);
    arena_done(&t.arena);
}

struct loading {
    struct world *w;
    const int64_t *ids;
    size_t n;
    unsigned parts;
    struct feedback_batch *batch;
};

static bool load(struct sql *s, void *ctx, struct error *err) {
    struct loading *l = ctx;
    return feedback_load(s, &l->w->store, WORLD_WORKSPACE, l->ids, l->n, l->parts, l->batch, err);
}

void world_load(struct world *w, const int64_t *ids, size_t n, unsigned parts,
                struct feedback_batch *ret) {
    struct error err;
    struct loading l = {w, ids, n, parts, ret};
    *ret = (struct feedback_batch){0};
    if (!sql_read(w->store.db, load, &l, &err))
        fail_msg("%s", err.en);
}

void world_place(struct world *w, const int64_t *ids, size_t n) {
    struct error err;
    struct feedback_batch b;
    world_load(w, ids, n, 0, &b);
    if (!identity_stage(&w->store, WORLD_WORKSPACE, &b, &err))
        fail_msg("%s", err.en);
    feedback_batch_done(&b);
}

int64_t world_customer(struct world *w, int64_t feedback) {
    struct feedback_batch b;
    world_load(w, &feedback, 1, 0, &b);
    int64_t customer = b.items[0].customer;
    feedback_batch_done(&b);
    return customer;
}
