// SPDX-License-Identifier: Apache-2.0
#include "work/upkeep.h"

#include "account/workspace.h"
#include "base/clock.h"
#include "collect/change.h"
#include "collect/outbox.h"
#include "tests/support/world.h"
#include "work/upkeep_inner.h"

struct asking {
    struct world *w;
    const int64_t *ids;
    size_t n;
    int64_t at_us;
    const char *settings;
    int64_t feedback, analyses, idempotency, changes, floor, audits;
};

static bool make_workspace(struct sql *s, void *ctx, struct error *err) {
    const struct asking *a = ctx;
    struct workspace w = {.id = WORLD_WORKSPACE,
                          .name = STR("店"),
                          .time_zone = STR("UTC"),
                          .settings = str_from(a->settings)};
    return workspace_insert(s, &w, err);
}

static bool mark_deleted(struct sql *s, void *ctx, struct error *err) {
    const struct asking *a = ctx;
    for (size_t i = 0; i < a->n; i++)
        if (!sql_run(s, err, "UPDATE feedback SET deleted_us = $1 WHERE id = $2", SQL_INT(a->at_us),
                     SQL_INT(a->ids[i])) ||
            !analysis_store(s, &a->w->store, WORLD_WORKSPACE, a->ids[i], 1, 1, STR("{}"), err))
            return false;
    return true;
}

static bool add_reply(struct sql *s, void *ctx, struct error *err) {
    const struct asking *a = ctx;
    return sql_run(
        s, err,
        "INSERT INTO idempotency (workspace, lookup, request, status, created_us, reply)"
        " SELECT workspace, content, content, 200, $1, content FROM feedback WHERE id = $2",
        SQL_INT(a->at_us), SQL_INT(a->ids[0]));
}

static bool add_change(struct sql *s, void *ctx, struct error *err) {
    const struct asking *a = ctx;
    return change_add(s, WORLD_WORKSPACE, a->ids, a->n, err);
}

static bool count(struct sql *s, void *ctx, struct error *err) {
    struct asking *a = ctx;
    return sql_get_int(s, &a->feedback, 0, err, "SELECT count(*) FROM feedback") &&
           sql_get_int(s, &a->analyses, 0, err, "SELECT count(*) FROM analysis") &&
           sql_get_int(s, &a->idempotency, 0, err, "SELECT count(*) FROM idempotency") &&
           sql_get_int(s, &a->changes, 0, err, "SELECT count(*) FROM change") &&
           sql_get_int(s, &a->audits, 0, err,
                       "SELECT count(*) FROM audit WHERE action = 'feedback.purge'") &&
           change_floor(s, &a->floor, err);
}

static void look(struct asking *a) {
    struct error err;
    if (!sql_read(a->w->store.db, count, a, &err))
        fail_msg("%s", err.en);
}

static void do_write(struct asking *a, sql_fn *fn) {
    struct error err;
    if (!sql_write(a->w->store.db, fn, a, &err))
        fail_msg("%s", err.en);
}

// As the thread does, until nothing is left for now.
static void run_at(struct upkeep *u, int64_t now_us) {
    struct error err;
    bool more = true;
    for (int i = 0; more; i++) {
        assert_true(i < 1000);
        if (!upkeep_round(u, now_us, &more, &err))
            fail_msg("%s", err.en);
    }
}

static struct upkeep *keep(struct world *w) {
    return upkeep_new(&(struct upkeep_options){.store = w->store, .data_dir = w->dir});
}

static void receive(struct world *w, int n, int64_t at_us, int64_t *ids) {
    struct record *r = ARENA_ARRAY(&w->arena, struct record, (size_t)n);
    for (int i = 0; i < n; i++)
        r[i] =
            (struct record){.source = STR("test"), .text = STR("还行"), .occurred_us = at_us + i};
    world_receive(w, r, (size_t)n, ids);
}

TEST_STORES(upkeep_takes_out_what_was_deleted_a_month_ago) {
    struct world w;
    static int64_t ids[1300];
    world_open(&w, t, 1);
    struct asking a = {.w = &w, .settings = "{}", .ids = ids, .n = 1200, .at_us = WORLD_NOW};
    do_write(&a, make_workspace);
    receive(&w, 1300, WORLD_NOW - 1000 * US_PER_DAY, ids);
    do_write(&a, mark_deleted);
    struct upkeep *u = keep(&w);
    run_at(u, WORLD_NOW + UPKEEP_DELETED_US); // not yet
    look(&a);
    assert_int_equal(a.feedback, 1300);
    run_at(u, WORLD_NOW + UPKEEP_DELETED_US + US_PER_HOUR); // looked at once a day
    look(&a);
    assert_int_equal(a.feedback, 1300);
    run_at(u, WORLD_NOW + UPKEEP_DELETED_US + US_PER_DAY);
    look(&a);
    assert_int_equal(a.feedback, 100);
    assert_int_equal(a.analyses, 0);
    assert_int_equal(a.audits, 3); // a page each
    upkeep_free(u);
    world_close(&w);
}

TEST(upkeep_reads_retention_days) {
    static const struct {
        const char *settings;
        int64_t days;
    } cases[] = {
        {"{\"retention_days\":30}", 30},
        {"{\"retention_days\":36500}", 36500},
        {"{}", 0},
        {"{\"retention_days\":0}", 0},
        {"{\"retention_days\":-1}", 0},
        {"{\"retention_days\":\"30\"}", 0},
        {"{\"retention_days\":36501}", 0},
        {"", 0},
        {"[]", 0},
        {"{", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (upkeep_retention_days(str_from(cases[i].settings)) != cases[i].days)
            fail_msg("%s", cases[i].settings);
}

TEST_STORES(upkeep_keeps_what_the_workspace_wants_to_keep) {
    struct world w;
    static int64_t ids[700];
    world_open(&w, t, 1);
    struct asking a = {.w = &w, .settings = "{\"retention_days\":90}"};
    do_write(&a, make_workspace);
    receive(&w, 600, WORLD_NOW - 91 * US_PER_DAY, ids);
    receive(&w, 100, WORLD_NOW - 89 * US_PER_DAY, ids + 600);
    struct upkeep *u = keep(&w);
    run_at(u, WORLD_NOW);
    look(&a);
    assert_int_equal(a.feedback, 100);
    assert_int_equal(a.audits, 2);
    struct feedback_batch b;
    world_load(&w, ids, 700, 0, &b);
    for (size_t i = 0; i < b.n; i++)
        assert_int_equal(b.items[i].found, i >= 600);
    feedback_batch_done(&b);
    upkeep_free(u);
    world_close(&w);
}

TEST_STORES(upkeep_forgets_stored_answers_after_a_day) {
    struct world w;
    int64_t ids[2];
    world_open(&w, t, 1);
    receive(&w, 2, WORLD_NOW, ids);
    struct asking a = {.w = &w, .settings = "{}", .ids = ids, .at_us = WORLD_NOW};
    do_write(&a, make_workspace);
    do_write(&a, add_reply);
    struct upkeep *u = keep(&w);
    run_at(u, WORLD_NOW + US_PER_DAY - 2 * US_PER_HOUR);
    look(&a);
    assert_int_equal(a.idempotency, 1);
    run_at(u, WORLD_NOW + US_PER_DAY + US_PER_SECOND);
    look(&a);
    assert_int_equal(a.idempotency, 0);
    upkeep_free(u);
    world_close(&w);
}

TEST_STORES(upkeep_clears_the_change_log_after_a_week_across_restarts) {
    struct world w;
    static const int64_t ids[] = {11, 12, 13};
    world_open(&w, t, 1);
    struct asking a = {.w = &w, .settings = "{}", .ids = ids, .n = 3};
    do_write(&a, make_workspace);
    do_write(&a, add_change);
    struct upkeep *u = keep(&w);
    run_at(u, WORLD_NOW);
    do_write(&a, add_change);
    look(&a);
    assert_int_equal(a.changes, 2);
    upkeep_free(u);
    u = keep(&w); // remembers when it was
    run_at(u, WORLD_NOW + UPKEEP_CHANGE_LOG_US - US_PER_HOUR);
    look(&a);
    assert_int_equal(a.changes, 2);
    assert_int_equal(a.floor, 0);
    run_at(u, WORLD_NOW + UPKEEP_CHANGE_LOG_US);
    look(&a);
    assert_int_equal(a.changes, 1); // what came after is there
    assert_true(a.floor > 0);
    upkeep_free(u);
    world_close(&w);
}
