// SPDX-License-Identifier: Apache-2.0
#include "explain/overview.h"

#include "explain/planted.h"
#include "tests/support/test.h"

static struct planted_row row_of(double score, int sentiment) {
    return (struct planted_row){.region = 1,
                                .city = 1,
                                .courier = 1,
                                .product = 1,
                                .score = score,
                                .sentiment = sentiment,
                                .issues = {DIM_NONE, DIM_NONE, DIM_NONE},
                                .praise = DIM_NONE,
                                .delivery_days = NAN,
                                .amount = NAN,
                                .nps = NAN};
}

TEST(overview_counts_each_thing_once) {
    struct planted p;
    struct overview o;
    planted_init(&p, 1);
    struct planted_row good = row_of(5, SENTIMENT_POS), bad = row_of(1, SENTIMENT_NEG);
    struct planted_row middle = row_of(3, SENTIMENT_NEU), silent = row_of(2, -1),
                       given = row_of(5, -1);
    good.nps = 10;
    bad.nps = 6;
    middle.nps = 8;
    planted_put(&p, &good);
    planted_put(&p, &bad);
    bad.flags = FACT_REPLIED;
    planted_put(&p, &bad);
    planted_put(&p, &middle);
    silent.flags = FACT_NO_TEXT;
    planted_put(&p, &silent);
    given.flags = FACT_SYSTEM_GIVEN | FACT_NO_TEXT;
    for (int i = 0; i < 5; i++)
        planted_put(&p, &given);
    layout_seal(&p.layout);
    assert_int_equal(layout_texts(&p.layout), 4);
    assert_true(overview_measure(&p.layout, PERIOD_ALL, &o, NULL));
    assert_int_equal(o.n, 10);
    assert_int_equal(o.n_system_given, 5);
    assert_int_equal(o.n_texts, 4);
    assert_int_equal(o.n_replied, 1);
    assert_int_equal(o.n_bad, 3); // 1, 1, 2
    assert_int_equal(o.n_unreplied_bad, 2);
    assert_int_equal(o.score.n, 5);
    assert_float_equal(o.score.value, 12.0 / 5, 1e-12);
    assert_int_equal(o.score_all.n, 10);
    assert_float_equal(o.score_all.value, 3.7, 1e-12);
    assert_float_equal(o.good_share.value, 0.2, 1e-12);
    assert_float_equal(o.bad_share.value, 0.6, 1e-12);
    assert_int_equal(o.sentiment[SENTIMENT_NEG], 2);
    assert_int_equal(o.nps.n, 4);
    assert_float_equal(o.nps.value, -25, 1e-9);
    assert_false(o.csat.has || o.ces.has);
    planted_done(&p);
}

TEST(overview_reads_the_text_where_nobody_rates) {
    struct planted p;
    struct overview o;
    planted_init(&p, 1);
    for (int i = 0; i < 400; i++) {
        struct planted_row row = row_of(NAN, i % 4 ? SENTIMENT_POS : SENTIMENT_NEG);
        planted_put(&p, &row);
    }
    layout_seal(&p.layout);
    assert_true(p.layout.from_text);
    assert_true(overview_measure(&p.layout, PERIOD_ALL, &o, NULL));
    double expected =
        0.75 * score_of_text.score[SENTIMENT_POS] + 0.25 * score_of_text.score[SENTIMENT_NEG];
    assert_float_equal(o.score.value, expected, 1e-9);
    assert_true(o.score.high - o.score.value >= score_of_text.error);
    assert_float_equal(o.bad_share.value, 0.25, 1e-12);
    assert_float_equal(moments_mean(o.moments), expected, 1e-6);
    planted_done(&p);
}

// Two weeks: ratings fall by a star, complaints about the price double.
TEST(overview_compare_finds_what_changed) {
    struct planted p;
    struct comparison c;
    struct overview_changes changes;
    planted_init(&p, 1);
    for (int i = 0; i < 1000; i++) {
        bool now = i >= 500;
        struct planted_row row = row_of(now ? 3 + i % 2 : 4 + i % 2, SENTIMENT_POS);
        row.day = now ? 7 + i % 7 : i % 7;
        if (i % 10 < (now ? 4 : 2)) {
            row.sentiment = SENTIMENT_NEG;
            row.issues[0] = DIM_PRICE;
        } else {
            row.praise = DIM_QUALITY;
        }
        planted_put(&p, &row);
    }
    layout_seal(&p.layout);
    assert_true(compare_choose(&p.layout, &(struct compare_request){0}, NULL, &c, NULL));
    assert_int_equal(c.n_now, 500);
    assert_true(overview_compare(&p.layout, &c, &changes, NULL));
    assert_true(changes.score.significant);
    assert_float_equal(changes.score.diff, -1, 1e-9);
    assert_true(changes.good.significant && changes.good.diff < 0);
    assert_true(changes.issue[DIM_PRICE].significant);
    assert_float_equal(changes.issue[DIM_PRICE].diff, 0.2, 1e-9);
    assert_float_equal(changes.sentiment[SENTIMENT_NEG].diff, 0.2, 1e-9);
    assert_false(changes.issue[DIM_TASTE].has);
    assert_false(changes.nps.has);
    assert_true(changes.dimension[DIM_QUALITY].has);
    assert_false(changes.dimension[DIM_QUALITY].significant); // only praise, before and now
    assert_true(changes.score.q >= changes.score.p);
    planted_done(&p);
}

TEST(overview_compare_is_silent_when_little_is_known) {
    struct planted p;
    struct comparison c;
    struct overview_changes changes;
    struct compare_request week = {.kind = COMPARE_WEEK};
    planted_init(&p, 1);
    for (int i = 0; i < 500; i++) { // 20 in the week before
        struct planted_row row = row_of(i < 20 ? 5 : 1, i < 20 ? SENTIMENT_POS : SENTIMENT_NEG);
        row.day = i < 20 ? i % 7 : 7 + i % 7;
        planted_put(&p, &row);
    }
    layout_seal(&p.layout);
    assert_true(compare_choose(&p.layout, &week, NULL, &c, NULL));
    assert_true(c.has);
    assert_int_equal(c.n_before, 20);
    assert_true(overview_compare(&p.layout, &c, &changes, NULL));
    assert_int_equal(changes.n_tested, 0);
    assert_false(changes.score.has || changes.bad.has);
    planted_done(&p);
}

TEST(dimensions_take_their_own_ratings_before_text) {
    struct schema schema = {.n_scores = 2};
    schema.scores[0] = (struct score_column){
        .name = STR("描述相符"), .low = 1, .high = 5, .dimension = STR("description")};
    schema.scores[1] = (struct score_column){
        .name = STR("物流服务"), .low = 1, .high = 5, .dimension = STR("logistics")};
    struct layout l;
    struct dimension_figures f[N_DIMENSIONS];
    struct overview o;
    layout_init(&l, &schema, 1);
    assert_true(l.score_of_parts);
    for (int i = 0; i < 100; i++) {
        struct feedback feedback = {0};
        struct enrichment e = {.sentiment = SENTIMENT_NEG, .n_aspects = 2};
        e.aspects[0] = (struct aspect){.dimension = DIM_LOGISTICS, .polarity = SENTIMENT_NEG};
        e.aspects[1] = (struct aspect){.dimension = DIM_PRICE, .polarity = SENTIMENT_POS};
        struct fact_row row = {.feedback = &feedback,
                               .enrichment = &e,
                               .satisfaction = {5, i % 2 ? 2 : 3},
                               .local_day = FACTS_NO_DAY};
        layout_put(&l, &row);
    }
    layout_seal(&l);
    assert_true(dimensions_measure(&l, PERIOD_ALL, f, NULL));
    assert_false(f[DIM_LOGISTICS].from_text);
    assert_float_equal(f[DIM_LOGISTICS].score.value, 2.5, 1e-9);
    assert_int_equal(f[DIM_LOGISTICS].polarity[SENTIMENT_NEG], 100);
    assert_false(f[DIM_DESCRIPTION].from_text);
    assert_int_equal(f[DIM_DESCRIPTION].n, 0);
    assert_true(f[DIM_PRICE].from_text);
    assert_float_equal(f[DIM_PRICE].score.value, score_of_aspect.score[SENTIMENT_POS], 1e-9);
    assert_false(f[DIM_TASTE].score.has);
    assert_true(overview_measure(&l, PERIOD_ALL, &o, NULL));
    assert_float_equal(o.score.value, 3.75, 1e-6); // mean of the parts, row by row
    layout_done(&l);
}
