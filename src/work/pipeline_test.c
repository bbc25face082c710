// SPDX-License-Identifier: Apache-2.0
#include "work/pipeline.h"

#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"
#include "collect/outbox.h"
#include "tests/support/world.h"

// What the stages of a test have seen.
struct seen {
    struct store *store;
    pthread_mutex_t lock;
    int runs, rows, ids, failures;
    int fail_first; // so many runs fail
    struct str order[8];
    int n_order;
};

static bool note(void *ctx, struct task *t, struct error *err) {
    struct seen *s = ctx;
    pthread_mutex_lock(&s->lock);
    bool fails = s->failures < s->fail_first;
    s->failures += fails;
    s->runs++;
    s->rows += (int)t->n_rows;
    s->ids += (int)t->n_ids;
    pthread_mutex_unlock(&s->lock);
    return fails ? error_set(err, ERROR_UNAVAILABLE, "还不行", "not yet")
                 : task_done(s->store, t, err);
}

static const struct stage test_stages[] = {
    {.event = "test.together", .together = true, .run = note},
    {.event = "test.alone", .run = note},
};

struct adding {
    const char *event;
    int rows;
    enum lane lane;
};

static bool add_rows(struct sql *s, void *ctx, struct error *err) {
    const struct adding *a = ctx;
    for (int i = 0; i < a->rows; i++) {
        int64_t ids[] = {2 * i + 1, 2 * i + 2};
        if (!outbox_add(s, WORLD_WORKSPACE, a->event, a->lane, ids, 2, err))
            return false;
    }
    return true;
}

static bool left(struct sql *s, void *ctx, struct error *err) {
    return sql_get_int(s, ctx, 0, err, "SELECT count(*) FROM outbox");
}

static int64_t rows_left(struct world *w) {
    int64_t n;
    assert_true(sql_read(w->store.db, left, &n, NULL));
    return n;
}

static void wait_until_done(struct world *w) {
    for (int i = 0; i < 1000 && rows_left(w) > 0; i++)
        usleep(10000);
    assert_int_equal(rows_left(w), 0);
}

static struct pipeline *start(struct world *w, struct seen *s, int workers) {
    struct pipeline *p;
    struct error e;
    s->store = &w->store;
    pthread_mutex_init(&s->lock, NULL);
    struct pipeline_options o = {.store = &w->store,
                                 .stages = test_stages,
                                 .n_stages = ARRAY_LEN(test_stages),
                                 .ctx = s,
                                 .workers = workers};
    if (!pipeline_start(&o, &p, &e))
        fail_msg("%s", e.en);
    return p;
}

TEST_STORES(pipeline_does_everything_once_and_joins_what_may_be_joined) {
    struct world w;
    world_open(&w, t, 1);
    struct seen s = {0};
    assert_true(
        sql_write(w.store.db, add_rows, &(struct adding){"test.together", 100, LANE_LIVE}, NULL));
    assert_true(
        sql_write(w.store.db, add_rows, &(struct adding){"test.alone", 5, LANE_BULK}, NULL));
    struct pipeline *p = start(&w, &s, 4);
    wait_until_done(&w);
    assert_true(
        sql_write(w.store.db, add_rows, &(struct adding){"test.together", 3, LANE_LIVE}, NULL));
    wait_until_done(&w);
    pipeline_stop(p);
    assert_int_equal(s.rows, 108);
    assert_int_equal(s.ids, 216);
    assert_true(s.runs < 60);
    world_close(&w);
}

TEST_STORES(pipeline_tries_again_what_failed) {
    struct world w;
    world_open(&w, t, 2);
    struct seen s = {.fail_first = 2};
    struct pipeline *p = start(&w, &s, 2);
    assert_true(
        sql_write(w.store.db, add_rows, &(struct adding){"test.alone", 1, LANE_LIVE}, NULL));
    wait_until_done(&w);
    pipeline_stop(p);
    assert_int_equal(s.runs, 3);
    world_close(&w);
}

static bool wear_out(struct sql *s, UNUSED void *ctx, struct error *err) {
    return sql_run(s, err, "UPDATE outbox SET attempts = $1", SQL_INT(PIPELINE_ATTEMPTS - 1));
}

struct look {
    struct arena arena;
    struct parked *parked;
    size_t n;
    struct queue_status status;
};

static bool look(struct sql *s, void *ctx, struct error *err) {
    struct look *l = ctx;
    return pipeline_parked(s, WORLD_WORKSPACE, 10, &l->arena, &l->parked, &l->n, err) &&
           pipeline_status(s, 0, &l->status, err);
}

static bool again(struct sql *s, void *ctx, struct error *err) {
    const struct look *l = ctx;
    return pipeline_retry(s, WORLD_WORKSPACE, l->parked[0].seq, err);
}

TEST_STORES(pipeline_parks_what_fails_for_good_and_starts_it_again_when_told) {
    struct world w;
    world_open(&w, t, 3);
    struct seen s = {.fail_first = 1};
    struct look l = {0};
    assert_true(
        sql_write(w.store.db, add_rows, &(struct adding){"test.alone", 1, LANE_LIVE}, NULL));
    assert_true(sql_write(w.store.db, wear_out, NULL, NULL));
    struct pipeline *p = start(&w, &s, 1);
    for (int i = 0; i < 500 && l.n == 0; i++) {
        usleep(10000);
        assert_true(sql_read(w.store.db, look, &l, NULL));
    }
    assert_int_equal(l.n, 1);
    assert_int_equal(l.status.n_parked, 1);
    assert_str(l.parked[0].problem, "not yet");
    assert_int_equal(l.parked[0].n_ids, 2);
    assert_true(sql_write(w.store.db, again, &l, NULL));
    wait_until_done(&w);
    pipeline_stop(p);
    assert_int_equal(s.runs, 2);
    arena_done(&l.arena);
    world_close(&w);
}
