// SPDX-License-Identifier: Apache-2.0
#include "stats/scores.h"

#include "tests/support/test.h"

// Values worked out from the published formula in bench/stats_reference.py.
TEST(score_nps_agrees_with_the_published_interval) {
    static const struct {
        struct nps_counts c;
        double value, low, high;
    } cases[] = {
        {{8, 13, 15}, 19.4444444444, -6.28025944333, 42.1776953408},
        {{0, 5, 5}, 50, 6.20694700316, 70.7161299199},
        {{0, 0, 10}, 100, 47.5035515448, 100},
        {{10, 0, 0}, -100, -100, -47.5035515448},
        {{300, 500, 1200}, 45, 41.6915076449, 48.1736945518},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct estimate e = score_nps(cases[i].c);
        assert_float_equal(e.value, cases[i].value, 1e-9);
        assert_float_equal(e.low, cases[i].low, 1e-9);
        assert_float_equal(e.high, cases[i].high, 1e-9);
    }
    assert_false(score_nps((struct nps_counts){0}).has);
}

TEST(score_csat_is_the_share_of_the_top_two) {
    struct estimate e = score_csat(41, 100);
    assert_float_equal(e.value, 0.41, 1e-15);
    assert_float_equal(e.low, 0.318673130211, 1e-11);
    assert_false(score_csat(0, 0).has);
}

TEST(score_ces_stays_on_its_scale) {
    struct estimate e = score_ces((struct moments){3, 20, 134}); // 7 7 6
    assert_float_equal(e.value, 20.0 / 3, 1e-12);
    assert_float_equal(e.high, 7, 0);
    assert_true(e.low > 5.2 && e.low < 5.3);
}

static struct estimate part(double value, double low, double high, int64_t n) {
    return (struct estimate){n > 0, value, low, high, n};
}

TEST(score_index_weighs_its_parts) {
    // (5−1)/4·100 = 100 and (3−1)/4·100 = 50
    struct index_part parts[] = {{part(5, 4.8, 5, 40), 1, INFINITY},
                                 {part(3, 2.6, 3.4, 60), 3, INFINITY},
                                 {part(1, 1, 1, 0), 5, 0},   // no answers
                                 {part(1, 1, 1, 10), 0, 0}}; // no weight
    struct estimate e = score_index(parts, ARRAY_LEN(parts));
    assert_true(e.has);
    assert_float_equal(e.value, 62.5, 1e-12);
    assert_float_equal(e.low, (95 + 3 * 40) / 4.0, 1e-12);
    assert_float_equal(e.high, (100 + 3 * 60) / 4.0, 1e-12);
    assert_int_equal(e.n, 100);
    assert_false(score_index(parts + 2, 2).has);
    assert_false(score_index(NULL, 0).has);
    struct estimate one =
        score_index(&(struct index_part){part(4, -INFINITY, INFINITY, 1), 2, 0}, 1);
    assert_float_equal(one.value, 75, 0);
    assert_float_equal(one.low, 0, 0);
    assert_float_equal(one.high, 100, 0);
}

TEST(score_index_adds_what_is_shared_and_squares_what_is_not) {
    // Half widths .5 and .5 of which .1 is shared: 25·(.1 + √(.4² + .4²)/2)
    struct index_part parts[] = {{part(3, 2.5, 3.5, 40), 1, 0.1}, {part(3, 2.5, 3.5, 40), 1, 0.1}};
    double half = 25 * (0.1 + sqrt(2) * 0.4 / 2);
    struct estimate e = score_index(parts, 2);
    assert_float_equal(e.value, 50, 1e-12);
    assert_float_equal(e.low, 50 - half, 1e-12);
    assert_float_equal(e.high, 50 + half, 1e-12);
}

TEST(score_index_equal_is_the_mean_of_the_parts) {
    struct estimate scores[] = {part(5, 5, 5, 10), part(2, 2, 2, 10), part(0, 0, 0, 0)};
    assert_float_equal(score_index_equal(scores, 3).value, 62.5, 1e-12);
    assert_false(score_index_equal(scores + 2, 1).has);
}
