// SPDX-License-Identifier: Apache-2.0
// The engine against the plainest possible reading of the query model: a loop over rows.
#include "base/mem.h"
#include "num/random.h"
#include "olap/query.h"
#include "tests/support/test.h"

#define N_ROWS 70000 // more than one block

struct fixture {
    struct facts *facts;
    int region, product, score, days, sentiment;
    uint32_t n_aspects;
    uint32_t *aspect_row; // the lists once more, as they were put
    uint8_t *aspect, *polarity;
};

static void fixture_done(struct fixture *x) {
    facts_free(x->facts);
    free(x->aspect_row);
    free(x->aspect);
    free(x->polarity);
}

static void fixture_init(struct fixture *x, uint32_t n) {
    struct random r = random_init(11);
    char buf[16];
    *x = (struct fixture){.facts = facts_new()};
    struct facts *f = x->facts;
    x->region = facts_add_dimension(f, STR("region"), STR("region"));
    x->product = facts_add_dimension(f, STR("product"), STR("product"));
    x->score = facts_add_measure(f, STR("score"), STR("score"));
    x->days = facts_add_measure(f, STR("days"), STR("delivery_days"));
    x->sentiment = facts_add_class(f, STR("sentiment"), 3);
    x->aspect_row = NEW_ARRAY(uint32_t, 3 * (size_t)n);
    x->aspect = NEW_ARRAY(uint8_t, 3 * (size_t)n);
    x->polarity = NEW_ARRAY(uint8_t, 3 * (size_t)n);
    for (uint32_t i = 0; i < n; i++) {
        facts_begin(f);
        if (random_below(&r, 20)) {
            snprintf(buf, sizeof buf, "r%d", (int)random_below(&r, 31));
            facts_put(f, x->region, str_from(buf));
        }
        snprintf(buf, sizeof buf, "p%d", (int)random_below(&r, 700));
        facts_put(f, x->product, str_from(buf));
        if (random_below(&r, 9))
            facts_put_measure(f, x->score, 1 + (double)random_below(&r, 5));
        facts_put_measure(f, x->days, random_unit(&r) * 12);
        facts_put_class(f, x->sentiment, (int)random_below(&r, 4)); // 3 is unknown
        if (random_below(&r, 15))
            facts_put_day(f, 20400 + (int64_t)random_below(&r, 70));
        facts_put_flags(f, (uint32_t)random_below(&r, 8));
        for (uint32_t k = 0, n_aspects = (uint32_t)random_below(&r, 4); k < n_aspects; k++) {
            x->aspect_row[x->n_aspects] = i;
            x->aspect[x->n_aspects] = (uint8_t)(k * 8 + random_below(&r, 8));
            x->polarity[x->n_aspects] = (uint8_t)random_below(&r, 3);
            facts_put_aspect(f, x->aspect[x->n_aspects], x->polarity[x->n_aspects]);
            x->n_aspects++;
        }
        facts_put_phrase(f, (uint32_t)random_below(&r, 5000));
    }
    facts_seal(f);
}

// One row as the query model sees it.
static int32_t plain_key(const struct fixture *x, int column, enum time_bucket bucket,
                         uint32_t item, uint32_t row) {
    if (column == FACTS_ASPECT)
        return x->aspect[item];
    if (column == FACTS_POLARITY)
        return x->polarity[item];
    if (column != FACTS_DAY)
        return (int32_t)facts_code_at(x->facts, column, row);
    int32_t day = facts_day_at(x->facts, row);
    if (day == FACTS_NO_DAY || bucket == TIME_DAY)
        return day;
    if (bucket == TIME_WEEK)
        return day - ((day + 3) % 7);                             // 1970-01-01 was a Thursday
    static const int32_t months[] = {20393, 20423, 20454, 20485}; // 2025-11-01 …
    int32_t start = months[0];
    for (size_t i = 0; i < ARRAY_LEN(months); i++)
        start = months[i] <= day ? months[i] : start;
    return start;
}

static bool plain_passes(const struct fixture *x, const struct query *q, uint32_t item,
                         uint32_t row) {
    int32_t day = facts_day_at(x->facts, row);
    uint32_t flags = facts_flags_at(x->facts, row);
    if (q->from_day != INT32_MIN || q->to_day != INT32_MAX)
        if (day == FACTS_NO_DAY || day < q->from_day || day >= q->to_day)
            return false;
    if ((flags & q->flags_all) != q->flags_all || (flags & q->flags_none))
        return false;
    for (int i = 0; i < q->n_filters; i++) {
        const struct filter *w = &q->filters[i];
        if (w->kind == FILTER_RANGE) {
            double v = facts_measure_at(x->facts, w->column, row);
            if (!(v >= w->low && v < w->high))
                return false;
            continue;
        }
        uint32_t code = (uint32_t)plain_key(x, w->column, TIME_DAY, item, row);
        bool in = w->kind == FILTER_IS && code == w->one;
        for (size_t k = 0; w->kind != FILTER_IS && k < w->n_codes; k++)
            in |= w->codes[k] == code;
        if (in != (w->kind != FILTER_NOT_IN))
            return false;
    }
    return true;
}

static void add_plain(const struct fixture *x, const struct query *q, uint32_t row,
                      const struct result *r, size_t g, struct result *ret) {
    ret->n[g]++;
    for (int k = 0; k < q->n_measures; k++) {
        double v = facts_measure_at(x->facts, q->measures[k], row);
        if (!isnan(v))
            moments_add(&ret->moments[g * (size_t)q->n_measures + (size_t)k], v);
    }
    for (int k = 0; k < q->n_classes; k++) {
        const struct query_class *c = &q->classes[k];
        int64_t *counts = ret->counts + g * (size_t)r->n_counts + r->class_at[k];
        if (!c->n_cuts) {
            uint32_t code = facts_code_at(x->facts, c->column, row);
            if (code != FACTS_NO_CLASS)
                counts[code]++;
            continue;
        }
        double v = facts_measure_at(x->facts, c->column, row);
        int class = 0;
        while (class < c->n_cuts && (double)c->cuts[class] <= v)
            class ++;
        if (!isnan(v))
            counts[class]++;
    }
}

// Finds the group of a row in the engine's result; the result must have it.
static size_t group_of(const struct fixture *x, const struct query *q, const struct result *r,
                       uint32_t item, uint32_t row) {
    for (size_t g = 0; g < r->n_groups; g++) {
        bool same = true;
        for (int k = 0; same && k < q->n_by; k++)
            same = result_key(r, g, k) == plain_key(x, q->by[k], q->bucket, item, row);
        if (same)
            return g;
    }
    fail_msg("the result lacks a group");
    return 0;
}

static void assert_agrees(const struct fixture *x, const struct query *q) {
    CLEANUP(result_done) struct result r = {0}, plain = {0};
    struct error err;
    if (!facts_query(x->facts, q, 2, &r, &err))
        fail_msg("%s", err.en);
    size_t n_moments = r.n_groups * (size_t)r.n_measures,
           n_counts = r.n_groups * (size_t)r.n_counts;
    plain.n = NEW_ARRAY(int64_t, r.n_groups);
    plain.moments = NEW_ARRAY(struct moments, n_moments);
    plain.counts = NEW_ARRAY(int64_t, n_counts);
    uint32_t n = q->grain == GRAIN_ASPECT ? x->n_aspects : facts_count(x->facts);
    for (uint32_t item = 0; item < n; item++) {
        uint32_t row = q->grain == GRAIN_ASPECT ? x->aspect_row[item] : item;
        if (plain_passes(x, q, item, row))
            add_plain(x, q, row, &r, group_of(x, q, &r, item, row), &plain);
    }
    for (size_t g = 0; g < r.n_groups; g++)
        assert_int_equal(r.n[g], plain.n[g]);
    for (size_t i = 0; i < n_moments; i++) {
        assert_int_equal(r.moments[i].n, plain.moments[i].n);
        assert_float_equal(r.moments[i].sum, plain.moments[i].sum, 1e-6);
        assert_float_equal(r.moments[i].sum_sq, plain.moments[i].sum_sq, 1e-5);
    }
    for (size_t i = 0; i < n_counts; i++)
        assert_int_equal(r.counts[i], plain.counts[i]);
}

static struct query sample_query(const struct fixture *x, int which) {
    static const float cuts[] = {3, 4};
    static const uint32_t some[] = {1, 2, 3, 30}, classes[] = {0, FACTS_NO_CLASS};
    struct query q = query_init(which == 3 || which == 6 ? GRAIN_ASPECT : GRAIN_FEEDBACK);
    query_measure(&q, x->score);
    switch (which) {
    case 0: // everything
        query_measure(&q, x->days);
        query_classes(&q, x->sentiment);
        break;
    case 1: // dense, two columns, cut classes
        query_by(&q, x->region);
        query_by(&q, x->sentiment);
        query_cuts(&q, x->score, cuts, 2);
        break;
    case 2: // weeks, filters
        query_by_day(&q, TIME_WEEK);
        query_in(&q, x->region, some, ARRAY_LEN(some));
        query_range(&q, x->days, 2.5, 7);
        q.flags_all = 1;
        q.flags_none = 4;
        break;
    case 3: // aspects by dimension and polarity
        query_by(&q, FACTS_ASPECT);
        query_by(&q, FACTS_POLARITY);
        query_classes(&q, x->sentiment);
        query_not_in(&q, x->sentiment, classes, ARRAY_LEN(classes));
        break;
    case 4: // months, a span of days
        query_by_day(&q, TIME_MONTH);
        query_days(&q, 20410, 20460);
        break;
    case 5: // nothing matches
        query_only(&q, x->region, 9999);
        break;
    case 6: // aspects of some rows
        query_by(&q, x->region);
        query_only(&q, FACTS_POLARITY, 0);
        query_only(&q, FACTS_ASPECT, 5);
        query_days(&q, 20410, 20460);
        break;
    default: // days
        query_by_day(&q, TIME_DAY);
        query_not_in(&q, x->region, some, ARRAY_LEN(some));
        break;
    }
    return q;
}

TEST(query_agrees_with_a_plain_loop) {
    CLEANUP(fixture_done) struct fixture x;
    fixture_init(&x, N_ROWS);
    for (int which = 0; which < 8; which++) {
        struct query q = sample_query(&x, which);
        assert_agrees(&x, &q);
    }
}

static void assert_same(const struct result *a, const struct result *b) {
    assert_int_equal(a->n_groups, b->n_groups);
    assert_memory_equal(a->keys, b->keys, a->n_groups * (size_t)a->n_by * sizeof *a->keys);
    assert_memory_equal(a->n, b->n, a->n_groups * sizeof *a->n);
    assert_memory_equal(a->moments, b->moments,
                        a->n_groups * (size_t)a->n_measures * sizeof *a->moments);
}

TEST(query_gives_the_same_bits_for_any_number_of_threads) {
    CLEANUP(fixture_done) struct fixture x;
    fixture_init(&x, 3 * N_ROWS);
    for (int hash = 0; hash < 2; hash++) {
        struct query q = query_init(GRAIN_FEEDBACK);
        query_by(&q, x.region);
        if (hash)
            query_by(&q, x.product); // 32 × 701 numbers: past the dense limit
        query_measure(&q, x.days);
        CLEANUP(result_done) struct result one = {0};
        assert_true(facts_query(x.facts, &q, 1, &one, NULL));
        for (int threads = 2; threads <= 7; threads += 5) {
            CLEANUP(result_done) struct result many = {0};
            assert_true(facts_query(x.facts, &q, threads, &many, NULL));
            assert_same(&one, &many);
        }
    }
}

TEST(query_by_hash_holds_every_row_in_order_of_keys) {
    CLEANUP(fixture_done) struct fixture x;
    fixture_init(&x, N_ROWS);
    struct query q = query_init(GRAIN_PHRASE);
    query_by(&q, FACTS_PHRASE);
    query_by(&q, x.region);
    CLEANUP(result_done) struct result r = {0};
    assert_true(facts_query(x.facts, &q, 3, &r, NULL));
    int64_t total = 0;
    for (size_t g = 0; g < r.n_groups; g++) {
        total += r.n[g];
        if (g > 0)
            assert_true(result_key(&r, g - 1, 0) < result_key(&r, g, 0) ||
                        (result_key(&r, g - 1, 0) == result_key(&r, g, 0) &&
                         result_key(&r, g - 1, 1) < result_key(&r, g, 1)));
    }
    assert_int_equal(total, N_ROWS);
}

TEST(query_orders_by_count_and_limits) {
    CLEANUP(fixture_done) struct fixture x;
    fixture_init(&x, 5000);
    struct query q = query_init(GRAIN_FEEDBACK);
    query_by(&q, x.region);
    q.order = ORDER_COUNT_DESC;
    q.limit = 4;
    CLEANUP(result_done) struct result r = {0};
    assert_true(facts_query(x.facts, &q, 1, &r, NULL));
    assert_int_equal(r.n_groups, 4);
    assert_int_equal(r.n_groups_total, 32);
    for (size_t g = 1; g < r.n_groups; g++)
        assert_true(r.n[g - 1] >= r.n[g]);
}

TEST(query_of_no_rows_gives_one_group_or_none) {
    struct facts *f = facts_new();
    int region = facts_add_dimension(f, STR("region"), STR("region"));
    facts_seal(f);
    struct query q = query_init(GRAIN_FEEDBACK);
    CLEANUP(result_done) struct result all = {0}, groups = {0}, days = {0};
    assert_true(facts_query(f, &q, 2, &all, NULL));
    assert_int_equal(all.n_groups, 1);
    assert_int_equal(all.n[0], 0);
    query_by(&q, region);
    assert_true(facts_query(f, &q, 2, &groups, NULL));
    assert_int_equal(groups.n_groups, 0);
    query_by_day(&q, TIME_MONTH);
    assert_true(facts_query(f, &q, 2, &days, NULL));
    assert_int_equal(days.n_groups, 0);
    facts_free(f);
}

TEST(query_that_makes_no_sense_is_refused) {
    CLEANUP(fixture_done) struct fixture x;
    fixture_init(&x, 10);
    struct result r;
    for (int which = 0; which < 7; which++) {
        struct query q = query_init(GRAIN_FEEDBACK);
        struct error err = {0};
        if (which == 0)
            query_by(&q, x.score); // a measure
        if (which == 1)
            query_by(&q, FACTS_ASPECT); // of another grain
        if (which == 2)
            query_measure(&q, x.region);
        if (which == 3)
            query_range(&q, x.region, 0, 1);
        if (which == 4)
            query_classes(&q, x.region);
        for (int i = 0; which == 5 && i <= QUERY_MAX_BY; i++)
            query_by(&q, x.region);
        if (which == 6)
            query_only(&q, FACTS_POLARITY, 0);
        assert_false(facts_query(x.facts, &q, 1, &r, &err));
        assert_int_equal(err.code, ERROR_INTERNAL);
    }
}

TEST(facts_values_are_the_known_ones_in_row_order) {
    CLEANUP(fixture_done) struct fixture x;
    fixture_init(&x, 5000);
    struct query q = query_init(GRAIN_FEEDBACK);
    query_only(&q, x.sentiment, 0);
    float *values;
    size_t n, seen = 0;
    assert_true(facts_values(x.facts, &q, x.score, &values, &n, NULL));
    for (uint32_t row = 0; row < 5000; row++) {
        double v = facts_measure_at(x.facts, x.score, row);
        if (facts_code_at(x.facts, x.sentiment, row) != 0 || isnan(v))
            continue;
        assert_true(seen < n);
        assert_float_equal(values[seen++], v, 0);
    }
    assert_int_equal(seen, n);
    free(values);
}
