// SPDX-License-Identifier: Apache-2.0
#include "analyse/score.h"

#include "tests/support/test.h"

TEST(score_read_weighs_the_classes) {
    const float sure[] = {0, 0, 1}, torn[] = {0.5f, 0, 0.5f}, nothing[] = {0, 0, 0};
    const double *s = score_of_text.score;
    assert_float_equal(score_read(sure), s[SENTIMENT_POS], 1e-9);
    assert_float_equal(score_read(torn), (s[SENTIMENT_NEG] + s[SENTIMENT_POS]) / 2, 1e-9);
    assert_true(isnan(score_read(nothing)));
}

TEST(score_tables_are_in_order_and_on_the_scale) {
    const struct score_calibration *tables[] = {&score_of_text, &score_of_aspect};
    for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
        const double *s = tables[i]->score;
        assert_true(s[SENTIMENT_NEG] >= 1 && s[SENTIMENT_NEG] < s[SENTIMENT_NEU]);
        assert_true(s[SENTIMENT_NEU] < s[SENTIMENT_POS] && s[SENTIMENT_POS] <= 5);
        assert_true(tables[i]->error > 0 && tables[i]->error < 1);
    }
}

// The table read the other way: from the shares of polarities that were counted in texts of each star, the mean of a
// shop with a known mix of stars must come out within the error that the table claims.
TEST(score_from_text_keeps_within_its_error) {
    static const double read_as[5][N_SENTIMENTS] = {{.918, .012, .071},
                                                    {.695, .085, .220},
                                                    {.212, .217, .570},
                                                    {.054, .050, .896},
                                                    {.006, .006, .988}};
    static const double shops[][5] = {{.02, .02, .06, .2, .7},
                                      {.06, .04, .08, .2, .62},
                                      {.2, .1, .15, .2, .35},
                                      {.3, .2, .15, .15, .2},
                                      {.01, .01, .03, .1, .85}};
    for (size_t i = 0; i < ARRAY_LEN(shops); i++) {
        double truth = 0, counts[N_SENTIMENTS] = {0};
        for (int star = 0; star < 5; star++) {
            truth += shops[i][star] * (star + 1);
            for (int c = 0; c < N_SENTIMENTS; c++)
                counts[c] += 1e6 * shops[i][star] * read_as[star][c];
        }
        int64_t n[N_SENTIMENTS] = {(int64_t)counts[0], (int64_t)counts[1], (int64_t)counts[2]};
        struct estimate e = score_from_text(n, &score_of_text);
        assert_true(e.low <= truth && truth <= e.high);
    }
}

TEST(score_from_text_is_wide_for_few_and_never_certain) {
    const int64_t none[N_SENTIMENTS] = {0}, one[N_SENTIMENTS] = {0, 0, 1},
                  many[N_SENTIMENTS] = {1000, 1000, 8000};
    assert_false(score_from_text(none, &score_of_text).has);
    struct estimate e = score_from_text(one, &score_of_text);
    assert_true(e.has && e.low == 1 && e.high == 5);
    e = score_from_text(many, &score_of_text);
    assert_true(e.high - e.low >= 2 * score_of_text.error);
    assert_int_equal(e.n, 10000);
}

TEST(score_takes_text_only_where_ratings_say_less) {
    static const struct {
        int64_t rated, texts;
        bool text;
    } cases[] = {{0, 100, true},   {0, 0, true},     {5, 100, true},
                 {10, 100, false}, {29, 1000, true}, {30, 100000, false}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(score_takes_text(cases[i].rated, cases[i].texts), cases[i].text);
}

TEST(score_dimension_never_averages_the_two) {
    const int64_t bad[N_SENTIMENTS] = {100, 0, 0};
    bool from_text;
    struct estimate e =
        score_dimension((struct moments){200, 1000, 5000}, bad, &from_text); // all fives
    assert_false(from_text);
    assert_float_equal(e.value, 5, 0);
    e = score_dimension((struct moments){0}, bad, &from_text);
    assert_true(from_text);
    assert_float_equal(e.value, score_of_aspect.score[SENTIMENT_NEG], 1e-12);
}

TEST(score_satisfaction_index_weighs_by_industry) {
    struct estimate scores[N_DIMENSIONS] = {0};
    double weights[N_DIMENSIONS] = {0};
    bool from_text[N_DIMENSIONS] = {false};
    scores[DIM_TASTE] = (struct estimate){true, 5, 5, 5, 100};
    scores[DIM_SERVICE] = (struct estimate){true, 3, 3, 3, 100};
    scores[DIM_PRICE] = (struct estimate){true, 1, 1, 1, 4};     // too few
    scores[DIM_OVERALL] = (struct estimate){true, 1, 1, 1, 900}; // no part
    weights[DIM_TASTE] = 0.6;
    weights[DIM_SERVICE] = 0.2;
    weights[DIM_PRICE] = weights[DIM_OVERALL] = 0.1;
    assert_float_equal(score_satisfaction_index(scores, from_text, weights, 5).value, 87.5, 1e-9);
    double none[N_DIMENSIONS] = {0};
    assert_float_equal(score_satisfaction_index(scores, from_text, none, 5).value, 75, 1e-9);
    assert_false(score_satisfaction_index(scores, from_text, weights, 1000).has);
}
