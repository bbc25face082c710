// SPDX-License-Identifier: Apache-2.0
#include "explain/trend.h"

#include "explain/planted.h"
#include "tests/support/test.h"

TEST(trend_choose_draws_a_readable_line) {
    static const struct {
        int days;
        enum time_bucket bucket;
    } cases[] = {{1, TIME_DAY},    {31, TIME_DAY},    {32, TIME_WEEK},
                 {182, TIME_WEEK}, {183, TIME_MONTH}, {4000, TIME_MONTH}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(trend_choose(20000, 20000 + cases[i].days - 1), cases[i].bucket);
    assert_int_equal(trend_bucket_days(TIME_DAY), 1);
    assert_int_equal(trend_bucket_days(TIME_WEEK), 7);
    assert_int_equal(trend_bucket_days(TIME_MONTH), 30);
}

static void put(struct planted *p, int day, double score, int sentiment, int issue) {
    struct planted_row row = {.region = 1,
                              .city = 1,
                              .courier = 1,
                              .product = 1,
                              .day = day,
                              .score = score,
                              .sentiment = sentiment,
                              .issues = {issue, DIM_NONE, DIM_NONE},
                              .praise = DIM_NONE,
                              .delivery_days = NAN,
                              .amount = NAN,
                              .nps = NAN};
    planted_put(p, &row);
}

TEST(trend_has_no_gaps_and_marks_what_is_cut) {
    struct planted p;
    struct trend t;
    CLEANUP(arena_done) struct arena a = {0};
    planted_init(&p, 1);
    put(&p, 2, 5, SENTIMENT_POS, DIM_NONE); // Wednesday of week 0
    put(&p, 3, 1, SENTIMENT_NEG, DIM_PRICE);
    put(&p, 40, 3, SENTIMENT_NEU, DIM_NONE); // Saturday of week 5
    put(&p, PLANTED_NO_DAY, 5, SENTIMENT_POS, DIM_NONE);
    layout_seal(&p.layout);
    assert_true(trend_measure(&p.layout, PERIOD_ALL, &a, &t, NULL));
    assert_int_equal(t.bucket, TIME_WEEK);
    assert_int_equal(t.n, 6);
    assert_int_equal(t.n_without_day, 1);
    for (size_t i = 0; i < t.n; i++) {
        assert_int_equal(t.items[i].from, PLANTED_FIRST_DAY + 7 * (int)i);
        assert_int_equal(t.items[i].to, t.items[i].from + 7);
        assert_int_equal(t.items[i].partial, i == 0 || i == 5);
    }
    assert_int_equal(t.items[0].n, 2);
    assert_float_equal(t.items[0].score.value, 3, 1e-12);
    assert_int_equal(t.items[0].sentiment[SENTIMENT_NEG], 1);
    assert_int_equal(t.items[0].issue[DIM_PRICE], 1);
    assert_int_equal(t.items[0].n_texts, 2);
    assert_false(t.items[1].n || t.items[1].score.has);
    assert_int_equal(t.items[5].n, 1);

    // Only a part of the data
    struct period part = {PLANTED_FIRST_DAY + 3, PLANTED_FIRST_DAY + 10};
    assert_true(trend_measure(&p.layout, part, &a, &t, NULL));
    assert_int_equal(t.bucket, TIME_DAY);
    assert_int_equal(t.n, 7);
    assert_int_equal(t.items[0].n, 1);
    assert_false(t.items[0].partial);
    struct period nothing = {0, 10};
    assert_true(trend_measure(&p.layout, nothing, &a, &t, NULL));
    assert_int_equal(t.n, 0);
    planted_done(&p);
}

TEST(trend_by_months_follows_the_calendar) {
    struct planted p;
    struct trend t;
    CLEANUP(arena_done) struct arena a = {0};
    planted_init(&p, 1);
    put(&p, -9, 5, SENTIMENT_POS, DIM_NONE);  // 2025-11-01
    put(&p, 202, 4, SENTIMENT_POS, DIM_NONE); // 2026-05-31
    layout_seal(&p.layout);
    assert_true(trend_measure(&p.layout, PERIOD_ALL, &a, &t, NULL));
    assert_int_equal(t.bucket, TIME_MONTH);
    assert_int_equal(t.n, 7);
    for (size_t i = 0; i < t.n; i++)
        assert_false(t.items[i].partial);
    assert_int_equal(t.items[0].to - t.items[0].from, 30);
    assert_int_equal(t.items[3].to - t.items[3].from, 28); // February
    planted_done(&p);
}

TEST(trend_of_wild_dates_stays_bounded) {
    struct planted p;
    struct trend t;
    CLEANUP(arena_done) struct arena a = {0};
    planted_init(&p, 1);
    put(&p, -700000, 5, SENTIMENT_POS, DIM_NONE); // year 109
    put(&p, 0, 4, SENTIMENT_POS, DIM_NONE);
    layout_seal(&p.layout);
    assert_true(trend_measure(&p.layout, PERIOD_ALL, &a, &t, NULL));
    assert_int_equal(t.n, 600);
    assert_int_equal(t.items[599].n, 1);
    planted_done(&p);
}

TEST(trend_without_days_is_empty) {
    struct planted p;
    struct trend t;
    CLEANUP(arena_done) struct arena a = {0};
    planted_init(&p, 1);
    put(&p, PLANTED_NO_DAY, 5, SENTIMENT_POS, DIM_NONE);
    layout_seal(&p.layout);
    assert_true(trend_measure(&p.layout, PERIOD_ALL, &a, &t, NULL));
    assert_int_equal(t.n, 0);
    assert_int_equal(t.n_without_day, 1);
    planted_done(&p);
}

TEST(trend_is_not_stretched_by_wrong_dates) {
    struct planted p;
    struct trend t;
    CLEANUP(arena_done) struct arena a = {0};
    planted_init(&p, 1);
    for (int i = 0; i < 400; i++)
        put(&p, i % 20, 5, SENTIMENT_POS, DIM_NONE);
    put(&p, -PLANTED_FIRST_DAY, 5, SENTIMENT_POS, DIM_NONE); // 1970
    put(&p, 30000, 4, SENTIMENT_POS, DIM_NONE);              // 2108
    put(&p, 30001, 4, SENTIMENT_POS, DIM_NONE);
    layout_seal(&p.layout);
    assert_int_equal(p.layout.n_stray, 3);
    assert_int_equal(p.layout.first_day, PLANTED_FIRST_DAY);
    assert_int_equal(p.layout.last_day, PLANTED_FIRST_DAY + 19);
    assert_true(trend_measure(&p.layout, PERIOD_ALL, &a, &t, NULL));
    assert_int_equal(t.bucket, TIME_DAY);
    assert_int_equal(t.n, 20);
    assert_int_equal(t.n_without_day, 3);
    planted_done(&p);

    planted_init(&p, 1); // seldom and irregular is not wrong
    for (int i = 0; i < 40; i++)
        put(&p, i * 45 + (i > 30 ? 200 : 0), 5, SENTIMENT_POS, DIM_NONE);
    layout_seal(&p.layout);
    assert_int_equal(p.layout.n_stray, 0);
    planted_done(&p);
}
