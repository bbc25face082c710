// SPDX-License-Identifier: Apache-2.0
#include "work/identity_stage.h"

#include <pthread.h>
#include <stdio.h>

#include "collect/customer.h"
#include "tests/support/world.h"

struct splitting {
    int64_t merge;
};

static bool split(struct sql *s, void *ctx, struct error *err) {
    const struct splitting *x = ctx;
    return customer_lock(s, WORLD_WORKSPACE, err) &&
           customer_split(s, WORLD_WORKSPACE, x->merge, STR("li@shop.cn"), err);
}

struct joining {
    struct world *w;
    struct customer_merge m;
};

static bool join(struct sql *s, void *ctx, struct error *err) {
    struct joining *j = ctx;
    return customer_lock(s, WORLD_WORKSPACE, err) &&
           customer_join(s, &j->w->store, WORLD_WORKSPACE, &j->m, err);
}

struct merges {
    struct world *w;
    int64_t customer;
    struct customer_merge *list;
    size_t n;
};

static bool read_merges(struct sql *s, void *ctx, struct error *err) {
    struct merges *m = ctx;
    return customer_merges(s, &m->w->store, WORLD_WORKSPACE, m->customer, &m->w->arena, &m->list,
                           &m->n, err);
}

static struct merges merges_of(struct world *w, int64_t customer) {
    struct merges m = {.w = w, .customer = customer};
    struct error err;
    if (!sql_read(w->store.db, read_merges, &m, &err))
        fail_msg("%s", err.en);
    return m;
}

static struct record said(struct world *w, const char *phone, const char *email, const char *name) {
    static int64_t at = 1764000000 * US_PER_SECOND;
    at += US_PER_HOUR;
    return (struct record){.source = STR("test"),
                           .text = STR("挺好的"),
                           .occurred_us = at,
                           .customer = {.phone = arena_str(&w->arena, str_from(phone)),
                                        .email = arena_str(&w->arena, str_from(email)),
                                        .name = arena_str(&w->arena, str_from(name))}};
}

TEST_STORES(identity_stage_merges_explains_and_takes_back) {
    struct world w;
    struct error err;
    int64_t ids[5];
    world_open(&w, t, 1);
    struct record r[5] = {said(&w, "136 1111 2222", "", "李雷"), said(&w, "", "li@qq.com", ""),
                          said(&w, "+86-136-1111-2222", "LI@QQ.COM", "李雷"),
                          said(&w, "", "li@qq.com", ""), said(&w, "", "", "j***n")};
    world_receive(&w, r, 5, ids);
    world_place(&w, ids, 2);
    int64_t a = world_customer(&w, ids[0]), b = world_customer(&w, ids[1]);
    assert_true(a && b && a != b);
    world_place(&w, ids + 2, 3);
    for (int i = 0; i < 4; i++)
        assert_int_equal(world_customer(&w, ids[i]), a);
    assert_int_equal(world_customer(&w, ids[4]), 0); // a masked name is nobody

    struct merges m = merges_of(&w, a);
    assert_int_equal(m.n, 1);
    assert_int_equal(m.list[0].kept, a);
    assert_int_equal(m.list[0].gone, b);
    assert_int_equal(m.list[0].record, ids[2]);
    assert_str(m.list[0].kept_key.shown, "136****2222");
    assert_str(m.list[0].gone_key.kind, "email");

    struct splitting x = {m.list[0].id};
    assert_true(sql_write(w.store.db, split, &x, &err));
    // What came after the merge goes with the key it came by; what had both, with the first.
    const int64_t expected[] = {a, b, a, b};
    for (int i = 0; i < 4; i++)
        assert_int_equal(world_customer(&w, ids[i]), expected[i]);
    assert_false(sql_write(w.store.db, split, &x, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    x.merge = 12345;
    assert_false(sql_write(w.store.db, split, &x, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);

    // The same keys do not join them again; a person's word does.
    world_place(&w, ids, 4);
    assert_int_equal(world_customer(&w, ids[1]), b);
    assert_int_equal(world_customer(&w, ids[2]), a);
    struct joining j = {.w = &w, .m = {.kept = b, .gone = a, .actor = STR("li@shop.cn")}};
    assert_true(sql_write(w.store.db, join, &j, &err));
    for (int i = 0; i < 4; i++)
        assert_int_equal(world_customer(&w, ids[i]), b);
    assert_int_equal(merges_of(&w, a).n, 0);
    assert_int_equal(merges_of(&w, b).n, 2);
    world_place(&w, ids, 4);
    assert_int_equal(world_customer(&w, ids[2]), b);
    world_close(&w);
}

// ── against the obvious way ──

struct row {
    int64_t id, home, customer;
};

struct dump {
    struct row feedback[200], keys[400];
    size_t n_feedback, n_keys;
    struct {
        int64_t id, kept, gone;
        bool holds;
    } merges[400];
    size_t n_merges;
};

static bool read_dump(struct sql *s, void *ctx, struct error *err) {
    struct dump *d = ctx;
    struct sql_rows *rows;
    *d = (struct dump){.n_keys = 0};
    if (!sql_select(s, &rows, err, "SELECT id, customer_home, customer FROM feedback ORDER BY id"))
        return false;
    while (sql_next(rows))
        d->feedback[d->n_feedback++] =
            (struct row){sql_int(rows, 0), sql_int(rows, 1), sql_int(rows, 2)};
    if (!sql_rows_close(rows, err) ||
        !sql_select(s, &rows, err, "SELECT home, customer FROM customer_key ORDER BY lookup"))
        return false;
    while (sql_next(rows))
        d->keys[d->n_keys++] = (struct row){0, sql_int(rows, 0), sql_int(rows, 1)};
    if (!sql_rows_close(rows, err) ||
        !sql_select(s, &rows, err,
                    "SELECT id, kept, gone, undone_us FROM customer_merge ORDER BY id"))
        return false;
    while (sql_next(rows)) {
        d->merges[d->n_merges].id = sql_int(rows, 0);
        d->merges[d->n_merges].kept = sql_int(rows, 1);
        d->merges[d->n_merges].gone = sql_int(rows, 2);
        d->merges[d->n_merges++].holds = sql_is_null(rows, 3);
    }
    return sql_rows_close(rows, err);
}

static struct dump *dumped(struct world *w) {
    struct error err;
    struct dump *d = ARENA_NEW(&w->arena, struct dump);
    if (!sql_read(w->store.db, read_dump, d, &err))
        fail_msg("%s", err.en);
    return d;
}

// Step by step along the merges that hold.
static int64_t naive_root(const struct dump *d, int64_t customer) {
    for (size_t steps = 0; steps <= d->n_merges; steps++) {
        size_t i = 0;
        while (i < d->n_merges && !(d->merges[i].holds && d->merges[i].gone == customer))
            i++;
        if (i == d->n_merges)
            return customer;
        customer = d->merges[i].kept;
    }
    fail_msg("a circle of merges");
    return 0;
}

static void check_dump(const struct dump *d) {
    for (size_t i = 0; i < d->n_feedback; i++)
        if (d->feedback[i].customer !=
            (d->feedback[i].home ? naive_root(d, d->feedback[i].home) : 0))
            fail_msg("feedback %zu", i);
    for (size_t i = 0; i < d->n_keys; i++)
        if (d->keys[i].customer != naive_root(d, d->keys[i].home))
            fail_msg("key %zu", i);
}

static void random_records(struct world *w, struct record *r, size_t n) {
    for (size_t i = 0; i < n; i++) {
        char phone[20] = "", email[20] = "", name[20];
        if (random_chance(&w->random, 0.6))
            snprintf(phone, sizeof phone, "1361234%04d", (int)random_below(&w->random, 30));
        if (random_chance(&w->random, 0.5))
            snprintf(email, sizeof email, "u%d@qq.com", (int)random_below(&w->random, 30));
        snprintf(name, sizeof name, "客户%d", (int)random_below(&w->random, 9));
        r[i] = said(w, phone, email, name);
        if (random_chance(&w->random, 0.3))
            r[i].customer.external_id =
                arena_printf(&w->arena, "V%d", (int)random_below(&w->random, 30));
    }
}

static void split_random(struct world *w) {
    struct error err;
    const struct dump *d = dumped(w);
    size_t n = 0, held[400];
    for (size_t i = 0; i < d->n_merges; i++)
        if (d->merges[i].holds)
            held[n++] = i;
    if (n == 0)
        return;
    struct splitting x = {d->merges[held[random_below(&w->random, n)]].id};
    if (!sql_write(w->store.db, split, &x, &err))
        fail_msg("%s", err.en);
    check_dump(dumped(w));
}

static void join_random(struct world *w) {
    struct error err;
    const struct dump *d = dumped(w);
    struct joining j = {.w = w, .m = {.actor = STR("li@shop.cn")}};
    j.m.kept = d->keys[random_below(&w->random, d->n_keys)].customer;
    j.m.gone = d->keys[random_below(&w->random, d->n_keys)].customer;
    if (j.m.kept != j.m.gone && !sql_write(w->store.db, join, &j, &err))
        fail_msg("%s", err.en);
    check_dump(dumped(w));
}

TEST_STORES(identity_stage_agrees_with_walking_whatever_is_merged_and_taken_back) {
    struct world w;
    int64_t ids[150];
    size_t n = 0;
    world_open(&w, t, 20261124);
    for (int round = 0; round < 40 && n < 140; round++) {
        struct record r[8];
        size_t take = 1 + random_below(&w.random, 8);
        take = MIN(take, 140 - n);
        random_records(&w, r, take);
        world_receive(&w, r, take, ids + n);
        world_place(&w, ids + n, take);
        n += take;
        check_dump(dumped(&w));
        if (round % 3 == 2)
            split_random(&w);
        if (round % 5 == 4)
            join_random(&w);
        if (round % 7 == 6)
            world_place(&w, ids, n); // once more changes nothing that is wrong
        check_dump(dumped(&w));
    }
    const struct dump *before = dumped(&w);
    assert_true(before->n_merges > 10);
    // Everything is taken back, in any order: what is left is as it was first met.
    for (size_t i = 0; i < before->n_merges; i++)
        split_random(&w);
    const struct dump *d = dumped(&w);
    for (size_t i = 0; i < d->n_feedback; i++)
        assert_int_equal(d->feedback[i].customer, d->feedback[i].home);
    for (size_t i = 0; i < d->n_keys; i++)
        assert_int_equal(d->keys[i].customer, d->keys[i].home);
    world_close(&w);
}

TEST_STORES(identity_stage_undo_gives_back_exactly_what_was) {
    struct world w;
    struct error err;
    int64_t ids[200];
    size_t n = 0, undone = 0;
    world_open(&w, t, 5);
    while (n < 60) {
        struct record r[1];
        const struct dump *before = dumped(&w);
        random_records(&w, r, 1);
        world_receive(&w, r, 1, ids + n);
        world_place(&w, ids + n++, 1);
        const struct dump *after = dumped(&w);
        for (size_t i = after->n_merges; i-- > before->n_merges;) {
            struct splitting x = {after->merges[i].id};
            assert_true(sql_write(w.store.db, split, &x, &err));
            undone++;
        }
        if (after->n_merges == before->n_merges)
            continue;
        const struct dump *again = dumped(&w);
        assert_int_equal(again->n_feedback, before->n_feedback + 1);
        for (size_t i = 0; i < before->n_feedback; i++)
            assert_memory_equal(&before->feedback[i], &again->feedback[i], sizeof(struct row));
        if (before->n_keys == again->n_keys)
            assert_memory_equal(before->keys, again->keys, before->n_keys * sizeof(struct row));
    }
    assert_true(undone > 5);
    world_close(&w);
}

// ── what was done ──

TEST_STORES(identity_stage_gives_an_order_s_feedback_to_whom_the_order_belongs) {
    struct world w;
    int64_t ids[2];
    world_open(&w, t, 1);
    struct record r[2] = {said(&w, "", "", "匿名"), said(&w, "", "", "")};
    r[0].order = r[1].order = STR("T-1001");
    world_receive(&w, r, 2, ids);
    world_place(&w, ids, 2);
    assert_int_equal(world_customer(&w, ids[0]), 0);
    struct event e = {.type = STR(EVENT_ORDER),
                      .source = STR("shop"),
                      .external_id = STR("T-1001"),
                      .order = STR(" T-1001 "),
                      .at_us = r[0].occurred_us - US_PER_DAY,
                      .customer = {.phone = STR("13612340001")}};
    world_events(&w, &e, 1);
    int64_t who = world_customer(&w, ids[0]);
    assert_true(who != 0);
    assert_int_equal(world_customer(&w, ids[1]), who);
    world_place(&w, ids, 2);
    assert_int_equal(world_customer(&w, ids[1]), who);
    world_close(&w);
}

// ── at the same moment ──

struct racer {
    struct world *w;
    int64_t id;
    pthread_t thread;
};

static void *race(void *ctx) {
    const struct racer *r = ctx;
    world_place(r->w, &r->id, 1);
    return NULL;
}

TEST_STORES(identity_stage_makes_one_customer_of_a_key_that_many_see_at_once) {
    struct world w;
    world_open(&w, t, 1);
    for (int round = 0; round < 10; round++) {
        struct record r[6];
        struct racer racers[6];
        int64_t ids[6];
        char phone[20];
        snprintf(phone, sizeof phone, "1361234%04d", round);
        for (int i = 0; i < 6; i++)
            r[i] = said(&w, phone, "", "");
        world_receive(&w, r, 6, ids);
        for (int i = 0; i < 6; i++) {
            racers[i] = (struct racer){.w = &w, .id = ids[i]};
            assert_int_equal(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
        }
        for (int i = 0; i < 6; i++)
            pthread_join(racers[i].thread, NULL);
        for (int i = 0; i < 6; i++)
            assert_int_equal(world_customer(&w, ids[i]), world_customer(&w, ids[0]));
    }
    world_close(&w);
}
