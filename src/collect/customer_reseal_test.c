// SPDX-License-Identifier: Apache-2.0
#include "collect/customer.h"
#include "tests/support/world.h"

struct looking {
    struct world *w;
    int64_t customer;
    struct customer who;
    struct customer_identity *keys;
    struct customer_merge *merges;
    size_t n_keys, n_merges;
};

static bool look(struct sql *s, void *ctx, struct error *err) {
    struct looking *l = ctx;
    return customer_load(s, &l->w->store, WORLD_WORKSPACE, l->customer, &l->w->arena, &l->who,
                         err) &&
           customer_identities(s, &l->w->store, WORLD_WORKSPACE, l->customer, &l->w->arena,
                               &l->keys, &l->n_keys, err) &&
           customer_merges(s, &l->w->store, WORLD_WORKSPACE, l->customer, &l->w->arena, &l->merges,
                           &l->n_merges, err);
}

TEST_STORES(customer_reseal_leaves_nothing_under_the_old_key) {
    struct world w;
    struct error err;
    int64_t ids[3];
    bool left = true;
    int rounds = 0;
    world_open(&w, t, 1);
    struct record r[3] = {
        {.source = STR("crm"),
         .text = STR("一"),
         .occurred_us = WORLD_NOW,
         .customer = {.phone = STR("13612340077"), .name = STR("李雷")}},
        {.source = STR("crm"),
         .text = STR("二"),
         .occurred_us = WORLD_NOW,
         .customer = {.email = STR("li@qq.com")}},
        {.source = STR("crm"),
         .text = STR("三"),
         .occurred_us = WORLD_NOW,
         .customer = {.phone = STR("13612340077"), .email = STR("li@qq.com")}},
    };
    world_receive(&w, r, 3, ids);
    world_place(&w, ids, 2);
    world_place(&w, ids + 2, 1);
    struct event e = {.type = STR(EVENT_ORDER),
                      .source = STR("shop"),
                      .external_id = STR("O1"),
                      .order = STR("O1"),
                      .at_us = WORLD_NOW,
                      .customer = {.phone = STR("13612340077")}};
    world_events(&w, &e, 1);
    int old = vault_generation(w.store.vault, WORLD_WORKSPACE, &err);
    assert_true(vault_rotate(w.store.vault, &err));
    while (left && rounds++ < 20)
        if (!customer_reseal(&w.store, WORLD_WORKSPACE, 2, &left, &err))
            fail_msg("%s", err.en);
    assert_true(rounds >= 3 && rounds < 20);
    // The key they had is gone, and they still open.
    assert_true(vault_forget(w.store.vault, WORLD_WORKSPACE, old + 1, &err));
    struct looking l = {.w = &w, .customer = world_customer_id(&w, "13612340077")};
    if (!sql_read(w.store.db, look, &l, &err))
        fail_msg("%s", err.en);
    assert_str(customer_profile_get(&l.who.profile, STR("name")), "李雷");
    assert_int_equal(l.n_keys, 2);
    assert_int_equal(l.n_merges, 1);
    assert_str(l.merges[0].gone_key.kind, "email");
    struct event_item item;
    e.customer.name = STR("韩梅梅"); // the event opens, too
    assert_true(event_prepare(&w.store, WORLD_WORKSPACE, &e, &w.arena, &item, &err));
    assert_true(event_write(&w.store, WORLD_WORKSPACE, &item, 1, LANE_LIVE, &err));
    assert_int_equal(item.outcome, INTAKE_UPDATED);
    world_close(&w);
}
