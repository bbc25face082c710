// SPDX-License-Identifier: Apache-2.0
#include "work/reseal.h"

#include "base/clock.h"
#include "tests/support/world.h"
#include "work/reseal_inner.h"

#define N_MANY (2 * RESEAL_BATCH + 50) // pages are read on

static const int64_t workspaces[] = {WORLD_WORKSPACE};

struct rest {
    struct world *w;
    int64_t id;
    int64_t old; // of all columns
};

// What the other stages would write: an analysis, a word over it, a stored reply, a webhook.
static bool write_rest(struct sql *s, void *ctx, struct error *err) {
    const struct rest *r = ctx;
    CLEANUP(json_freep) struct json *value = NULL;
    CLEANUP(strbuf_done) struct strbuf reply = strbuf_init(KIB), hook = strbuf_init(KIB);
    const struct workspace_keys *k = vault_keys(r->w->store.vault, WORLD_WORKSPACE, err);
    if (!k || !json_parse(STR("\"negative\""), &value, err))
        return false;
    seal(&k->data, STR("idempotency"), STR("{}"), &reply);
    seal(&k->data, STR("webhook:5"), STR("{}"), &hook);
    return analysis_store(s, &r->w->store, WORLD_WORKSPACE, r->id, 1, 1, STR("{\"a\":1}"), err) &&
           feedback_correct(s, &r->w->store, WORLD_WORKSPACE, r->id, STR("sentiment"), value, NULL,
                            STR("li@shop.cn"), err) &&
           sql_run(s, err,
                   "INSERT INTO idempotency (workspace, lookup, request, status, created_us, reply)"
                   " VALUES ($1, $2, $3, 200, 1, $4)",
                   SQL_INT(WORLD_WORKSPACE), SQL_BLOB(STR("0123456789abcdef")), SQL_BLOB(STR("r")),
                   SQL_BLOB(strbuf_str(&reply))) &&
           sql_run(
               s, err,
               "INSERT INTO webhook (id, workspace, tenant, enabled, events, created_us, updated_us, body)"
               " VALUES (5, $1, $2, 1, 0, 1, 1, $3)",
               SQL_INT(WORLD_WORKSPACE), SQL_BLOB(STR("t")), SQL_BLOB(strbuf_str(&hook)));
}

static bool spoil(struct sql *s, void *ctx, struct error *err) {
    const struct rest *r = ctx;
    return sql_run(s, err, "UPDATE analysis SET body = $1 WHERE feedback = $2",
                   SQL_BLOB(STR("not sealed at all")), SQL_INT(r->id));
}

static bool count_all(struct sql *s, void *ctx, struct error *err) {
    struct rest *r = ctx;
    uint8_t mark[2];
    vault_mark(vault_generation(r->w->store.vault, WORLD_WORKSPACE, err), mark);
    r->old = 0;
    for (int i = 0; i < n_reseal_columns; i++) {
        int64_t n;
        if (!reseal_sql_count_old(s, i, WORLD_WORKSPACE, str_make((char *)mark, 2), &n, err))
            return false;
        r->old += n;
    }
    return true;
}

static void fill(struct world *w, int64_t *ids) {
    struct error err;
    static struct record r[N_MANY];
    for (int i = 0; i < N_MANY; i++)
        r[i] = (struct record){
            .source = STR("test"),
            .external_id = arena_printf(&w->arena, "R-%d", i),
            .text = STR("物流太慢了"),
            .occurred_us = WORLD_NOW + i,
            .customer = {.phone = arena_printf(&w->arena, "1381111%04d", i % 40)},
        };
    world_receive(w, r, N_MANY, ids);
    world_place(w, ids, 100);
    r[0].follow_up = STR("第二天到了"); // a second version
    int64_t again;
    world_receive(w, r, 1, &again);
    assert_int_equal(again, ids[0]);
    world_events(w,
                 &(struct event){.type = STR("order"),
                                 .source = STR("shop"),
                                 .external_id = STR("O-1"),
                                 .at_us = WORLD_NOW},
                 1);
    struct rest rest = {.w = w, .id = ids[1]};
    if (!sql_write(w->store.db, write_rest, &rest, &err))
        fail_msg("%s", err.en);
}

static void step_to_end(struct reseal *r, int64_t now_us) {
    struct error err;
    bool more = true;
    for (int i = 0; more; i++) {
        assert_true(i < 1000);
        if (!reseal_step(r, workspaces, 1, now_us, &more, &err))
            fail_msg("%s", err.en);
    }
}

TEST_STORES(reseal_leaves_nothing_under_an_old_key) {
    struct world w;
    struct error err;
    static int64_t ids[N_MANY];
    world_open(&w, t, 1);
    fill(&w, ids);
    struct rest rest = {.w = &w};
    struct reseal *r = reseal_new(&w.store, NULL);
    step_to_end(r, WORLD_NOW); // nothing was rotated
    assert_int_equal(reseal_status(r).done, 0);

    assert_true(vault_rotate(w.store.vault, &err));
    assert_true(sql_read(w.store.db, count_all, &rest, &err));
    assert_true(rest.old > N_MANY + 40 + 5);
    int64_t old = rest.old;
    bool more;
    assert_true(reseal_step(r, workspaces, 1, WORLD_NOW, &more, &err));
    struct reseal_status s = reseal_status(r);
    assert_true(more && s.running);
    assert_int_equal(s.done + s.left, old);
    step_to_end(r, WORLD_NOW);
    s = reseal_status(r);
    assert_int_equal(s.done, old);
    assert_int_equal(s.left + s.damaged, 0);
    assert_false(s.running);
    assert_true(sql_read(w.store.db, count_all, &rest, &err));
    assert_int_equal(rest.old, 0);

    // The proof: without the older keys, everything opens.
    int generation = vault_generation(w.store.vault, WORLD_WORKSPACE, &err);
    assert_true(vault_forget(w.store.vault, WORLD_WORKSPACE, generation, &err));
    struct vault *before = w.store.vault;
    assert_true(vault_open(w.store.db, w.dir, "", &w.store.vault, &err));
    struct feedback_batch b;
    world_load(&w, ids, N_MANY, FEEDBACK_EVERYTHING, &b);
    for (size_t i = 0; i < b.n; i++)
        assert_str(b.items[i].record.text, "物流太慢了");
    assert_str(json_str(b.items[1].corrections[0].value), "negative");
    feedback_batch_done(&b);
    reseal_free(r);
    world_close(&w);
    vault_free(before);
}

TEST_STORES(reseal_goes_round_what_is_damaged_and_again_after_a_day) {
    struct world w;
    struct error err;
    static int64_t ids[N_MANY];
    world_open(&w, t, 1);
    fill(&w, ids);
    struct rest rest = {.w = &w, .id = ids[1]};
    struct reseal *r = reseal_new(&w.store, NULL);
    assert_true(vault_rotate(w.store.vault, &err));
    assert_true(sql_write(w.store.db, spoil, &rest, &err));
    step_to_end(r, WORLD_NOW);
    assert_int_equal(reseal_status(r).damaged, 1);
    assert_true(sql_read(w.store.db, count_all, &rest, &err));
    assert_int_equal(rest.old, 1);
    int64_t done = reseal_status(r).done;
    step_to_end(r, WORLD_NOW + US_PER_HOUR); // nothing new
    assert_int_equal(reseal_status(r).done, done);
    assert_int_equal(reseal_status(r).damaged, 1);
    step_to_end(r, WORLD_NOW + US_PER_DAY); // looked for once more
    assert_int_equal(reseal_status(r).damaged, 2);
    reseal_free(r);
    world_close(&w);
}
