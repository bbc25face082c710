// SPDX-License-Identifier: Apache-2.0
// Views while changes are applied: each is a moment of its own, whatever happens beside it.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "olap/store.h"
#include "tests/support/test.h"

#define BATCHES 60
#define BATCH   40
#define READERS 3

struct shared {
    struct fact_store *store;
    int value, score;
    _Atomic bool done;
    _Atomic int failures;
    _Atomic int views;
};

// After batch b there are b × BATCH rows of the score 1 each, spread over one value a batch (so that the dictionary
// grows with every change); batch b also takes the rows of batch b − 1 anew with the score 1.
static bool apply(struct shared *s, int64_t batch, struct error *err) {
    struct fact_change changes[2 * BATCH];
    struct fact_value values[2 * BATCH][2];
    char text[2][16];
    size_t n = 0;
    for (int64_t b = batch > 1 ? batch - 1 : 1; b <= batch; b++) {
        char *value = text[batch - b];
        snprintf(value, sizeof text[0], "值%lld", (long long)b);
        for (int64_t i = 0; i < BATCH; i++, n++) {
            values[n][0] = (struct fact_value){.column = s->value, .text = str_from(value)};
            values[n][1] = (struct fact_value){.column = s->score, .number = 1};
            changes[n] = (struct fact_change){.id = b * BATCH + i,
                                              .day = 20000 + (int32_t)b,
                                              .at_us = b,
                                              .values = values[n],
                                              .n_values = 2};
        }
    }
    return fact_store_apply(s->store, changes, n, batch, err);
}

static bool view_is_whole(const struct shared *s, const struct fact_view *v) {
    const struct facts *f = fact_view_facts(v);
    int64_t batches = fact_view_watermark(v);
    CLEANUP(result_done) struct result r = {0};
    struct query q = query_init(GRAIN_FEEDBACK);
    query_by(&q, s->value);
    query_measure(&q, s->score);
    if (!facts_query(f, &q, 1, &r, NULL))
        return false;
    bool ok = facts_count(f) == batches * BATCH && r.n_groups == (size_t)batches &&
              (batches == 0 || facts_cardinality(f, s->value) == batches + 1);
    for (size_t g = 0; g < r.n_groups; g++) {
        char text[32];
        snprintf(text, sizeof text, "值%zu", g + 1);
        ok = ok && r.n[g] == BATCH && result_moments(&r, g, 0).sum == BATCH &&
             str_eq(facts_value(f, s->value, (uint32_t)result_key(&r, g, 0)), str_from(text));
    }
    return ok;
}

static void *read_views(void *ctx) {
    struct shared *s = ctx;
    do {
        struct fact_view *v = fact_store_view(s->store);
        if (!view_is_whole(s, v) || !view_is_whole(s, v))
            atomic_fetch_add(&s->failures, 1);
        fact_view_free(v);
        atomic_fetch_add(&s->views, 1);
    } while (!atomic_load(&s->done));
    return NULL;
}

TEST(store_views_are_whole_while_changes_are_applied) {
    struct shared s = {0};
    struct error err;
    pthread_t readers[READERS];
    if (!fact_store_open(&(struct fact_store_options){0}, &s.store, &err)) {
        if (err.code == ERROR_UNAVAILABLE)
            skip_loudly(err.en);
        fail_msg("%s", err.en);
    }
    s.value = fact_store_column(s.store, COLUMN_DIMENSION, STR("value"), STR(""), 0, &err);
    s.score = fact_store_column(s.store, COLUMN_MEASURE, STR("score"), STR(""), 0, &err);
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_views, &s), 0);
    bool ok = true;
    for (int64_t batch = 1; ok && batch <= BATCHES; batch++)
        ok = apply(&s, batch, &err);
    atomic_store(&s.done, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(readers[i], NULL);
    if (!ok)
        fail_msg("%s", err.en);
    print_message("%d views beside %d changes\n", atomic_load(&s.views), BATCHES);
    assert_int_equal(atomic_load(&s.failures), 0);
    assert_true(atomic_load(&s.views) >= READERS);
    struct fact_view *v = fact_store_view(s.store);
    assert_int_equal(fact_view_watermark(v), BATCHES);
    assert_true(view_is_whole(&s, v));
    fact_view_free(v);
    fact_store_close(s.store);
}
