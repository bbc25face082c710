// SPDX-License-Identifier: Apache-2.0
#include "explain/segments.h"

#include "explain/planted.h"
#include "tests/support/test.h"

static const struct segment_found *find(const struct planted *p, const struct segments *s, int attr,
                                        const char *value) {
    for (size_t i = 0; i < s->n; i++)
        if (s->items[i].column == p->layout.attrs[attr] &&
            str_eq(facts_value(p->layout.facts, s->items[i].column, s->items[i].value),
                   str_from(value)))
            return &s->items[i];
    return NULL;
}

// 3,000 rows; what is planted lowers some rows of a region, a city or a courier.
struct effect {
    int region, city, courier; // −1: any
    double chance;
};

static void fill(struct planted *p, uint64_t seed, int n, const struct effect *effect) {
    planted_init(p, seed);
    for (int i = 0; i < n; i++) {
        struct planted_row row = planted_by_chance(p, 21);
        bool hit = (effect->region < 0 || row.region == effect->region) &&
                   (effect->city < 0 || row.city == effect->city) &&
                   (effect->courier < 0 || row.courier == effect->courier);
        if (hit && random_chance(&p->random, effect->chance))
            planted_complain(&row, DIM_LOGISTICS);
        planted_put(p, &row);
    }
    layout_seal(&p->layout);
}

TEST(segments_put_the_planted_region_first) {
    struct planted p;
    fill(&p, 1, 3000, &(struct effect){3, -1, -1, 0.4});
    CLEANUP(arena_done) struct arena a = {0};
    struct segments s;
    assert_true(segments_find(&p.layout, PERIOD_ALL, &a, &s, NULL));
    const struct segment_found *region = find(&p, &s, PLANTED_REGION, "省3");
    assert_true(region && region->significant && region->diff.significant &&
                region->bad.significant);
    assert_true(region->diff.diff < -0.5 && region->diff.high < 0);
    assert_int_equal(region->echo_of, -1);
    assert_true(region->shrunk > region->score.value && region->shrunk < 4);
    // What is shown besides it: nothing. Its cities are only echoes of it.
    for (size_t i = 0; i < s.n; i++)
        if (&s.items[i] != region && s.items[i].significant && s.items[i].echo_of < 0)
            fail_msg("%.*s is shown too",
                     STR_ARG(facts_value(p.layout.facts, s.items[i].column, s.items[i].value)));
    assert_true(s.n_tested > 50);
    planted_done(&p);
}

TEST(segments_name_the_city_when_it_is_the_city) {
    struct planted p;
    fill(&p, 2, 6000, &(struct effect){-1, 10, -1, 0.7}); // 市10 lies in 省3
    CLEANUP(arena_done) struct arena a = {0};
    struct segments s;
    assert_true(segments_find(&p.layout, PERIOD_ALL, &a, &s, NULL));
    const struct segment_found *city = find(&p, &s, PLANTED_CITY, "市10");
    const struct segment_found *region = find(&p, &s, PLANTED_REGION, "省3");
    assert_true(city && city->significant && city->echo_of < 0);
    assert_true(region && region->significant);
    assert_ptr_equal(&s.items[region->echo_of], city);
    assert_ptr_equal(city, &s.items[0]);
    planted_done(&p);
}

TEST(segments_are_in_order) {
    struct planted p;
    fill(&p, 3, 2000, &(struct effect){-1, -1, 2, 0.3});
    CLEANUP(arena_done) struct arena a = {0};
    struct segments s;
    assert_true(segments_find(&p.layout, PERIOD_ALL, &a, &s, NULL));
    int last = 0;
    for (size_t i = 0; i < s.n; i++) {
        const struct segment_found *x = &s.items[i];
        int rank = x->significant ? 0 : x->small ? 2 : 1;
        assert_true(rank >= last);
        last = rank;
        assert_false(x->small && x->significant);
        assert_true(!x->diff.has || !i || s.items[i - 1].significant != x->significant ||
                    !s.items[i - 1].diff.has ||
                    fabs(s.items[i - 1].diff.diff) >= fabs(x->diff.diff));
    }
    assert_str(facts_value(p.layout.facts, s.items[0].column, s.items[0].value), "快递2");
    planted_done(&p);
}

TEST(segments_skip_columns_that_restate_the_score) {
    struct planted p;
    planted_init(&p, 4);
    for (int i = 0; i < 500; i++) {
        struct planted_row row = planted_by_chance(&p, 21);
        row.courier = (int)row.score; // “5 星”
        row.region = 1;
        planted_put(&p, &row);
    }
    layout_seal(&p.layout);
    CLEANUP(arena_done) struct arena a = {0};
    struct segments s;
    assert_true(segments_find(&p.layout, PERIOD_ALL, &a, &s, NULL));
    assert_int_equal(s.n_skipped, 1); // 省 has one value and is no comparison to begin with
    assert_int_equal(s.skipped[0].column, p.layout.attrs[PLANTED_COURIER]);
    assert_int_equal(s.skipped[0].why, SEGMENT_RESTATES);
    assert_null(find(&p, &s, PLANTED_COURIER, "快递5"));
    planted_done(&p);
}

TEST(segments_test_nothing_below_100_texts_and_no_small_group) {
    struct planted p;
    fill(&p, 5, 99, &(struct effect){3, -1, -1, 1});
    CLEANUP(arena_done) struct arena a = {0};
    struct segments s;
    assert_true(segments_find(&p.layout, PERIOD_ALL, &a, &s, NULL));
    assert_int_equal(s.n_tested, 0);
    assert_true(s.n > 20);
    for (size_t i = 0; i < s.n; i++)
        assert_false(s.items[i].significant || s.items[i].diff.has || s.items[i].bad.has);
    planted_done(&p);

    planted_init(&p, 6);
    for (int i = 0; i < 600; i++) { // 省0 with 29 rows, all of them terrible
        struct planted_row row = planted_by_chance(&p, 21);
        row.region = i < 29 ? 0 : 1 + i % 3;
        if (i < 29)
            planted_complain(&row, DIM_HYGIENE);
        planted_put(&p, &row);
    }
    layout_seal(&p.layout);
    assert_true(segments_find(&p.layout, PERIOD_ALL, &a, &s, NULL));
    const struct segment_found *small = find(&p, &s, PLANTED_REGION, "省0");
    assert_true(small && small->small && !small->significant && !small->diff.has);
    planted_done(&p);
}

TEST(segments_read_from_text_where_nobody_rates) {
    struct planted p;
    planted_init(&p, 7);
    for (int i = 0; i < 2000; i++) {
        struct planted_row row = planted_by_chance(&p, 21);
        row.region %= 5;
        if (row.region == 2 && random_chance(&p.random, 0.3))
            planted_complain(&row, DIM_SERVICE);
        row.score = NAN;
        planted_put(&p, &row);
    }
    layout_seal(&p.layout);
    assert_true(p.layout.from_text);
    CLEANUP(arena_done) struct arena a = {0};
    struct segments s;
    assert_true(segments_find(&p.layout, PERIOD_ALL, &a, &s, NULL));
    const struct segment_found *region = find(&p, &s, PLANTED_REGION, "省2");
    assert_true(region && region->significant && region->diff.diff < 0);
    assert_true(region->score.high - region->score.low > 0.5); // the table's error is in it
    planted_done(&p);
}

TEST(segments_leave_out_outcomes_and_tell_a_mirror_once) {
    struct planted p;
    planted_init(&p, 8);
    p.schema.attrs[PLANTED_CITY].role = STR("refund");
    layout_done(&p.layout);
    layout_init(&p.layout, &p.schema, 1);
    for (int i = 0; i < 2000; i++) {
        struct planted_row row = planted_by_chance(&p, 21);
        row.courier %= 2;
        if (row.courier == 1 && random_chance(&p.random, 0.2))
            planted_complain(&row, DIM_LOGISTICS);
        row.city = row.score <= 2; // refunded
        planted_put(&p, &row);
    }
    layout_seal(&p.layout);
    CLEANUP(arena_done) struct arena a = {0};
    struct segments s;
    assert_true(segments_find(&p.layout, PERIOD_ALL, &a, &s, NULL));
    assert_int_equal(s.n_skipped, 1);
    assert_int_equal(s.skipped[0].why, SEGMENT_OUTCOME);
    const struct segment_found *bad = find(&p, &s, PLANTED_COURIER, "快递1");
    const struct segment_found *good = find(&p, &s, PLANTED_COURIER, "快递0");
    assert_true(bad && good && bad->significant && good->significant);
    assert_int_equal(bad->echo_of, -1);
    assert_ptr_equal(&s.items[good->echo_of], bad);
    planted_done(&p);
}
