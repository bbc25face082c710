// SPDX-License-Identifier: Apache-2.0
// Reference values: scipy 1.17.1 (t.interval) and statsmodels 0.15.0 (proportion_confint, wilson), by
// bench/stats_reference.py.
#include "stats/estimate.h"

#include "tests/support/test.h"

TEST(estimate_mean_agrees_with_reference) {
    static const struct {
        struct moments m;
        double value, low, high;
    } cases[] = {
        {{5, 22, 100}, 4.4, 3.28942195792, 5.51057804208}, // 5 4 5 3 5
        {{2, 6, 26}, 3, -22.4124094723, 28.4124094723},
        {{1000, 4200, 18640}, 4.2, 4.13791426373, 4.26208573627},
        {{250, 1012.5, 4301.25}, 4.05, 3.93818837437, 4.16181162563},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct estimate e = estimate_mean(cases[i].m);
        assert_true(e.has);
        assert_int_equal(e.n, cases[i].m.n);
        assert_float_equal(e.value, cases[i].value, 1e-9);
        assert_float_equal(e.low, cases[i].low, 1e-9);
        assert_float_equal(e.high, cases[i].high, 1e-9);
    }
}

TEST(estimate_mean_admits_what_it_cannot_know) {
    assert_false(estimate_mean((struct moments){0}).has);
    struct estimate one = estimate_mean((struct moments){1, 4, 16});
    assert_true(one.has && one.value == 4 && isinf(one.low) && isinf(one.high));
    one = estimate_mean_within((struct moments){1, 4, 16}, 1, 5);
    assert_true(one.low == 1 && one.high == 5);
    struct estimate cut = estimate_mean_within((struct moments){5, 22, 100}, 1, 5);
    assert_true(cut.high == 5 && cut.low > 3.28);
    struct estimate equal = estimate_mean((struct moments){1000, 4700, 22090}); // all 4.7
    assert_float_equal(equal.low, equal.high, 0);
}

TEST(estimate_share_agrees_with_reference) {
    static const struct {
        int64_t k, n;
        double low, high;
    } cases[] = {
        {41, 100, 0.318673130211, 0.507985699466},
        {0, 20, 0, 0.161125158053},
        {20, 20, 0.838874841947, 1},
        {1, 3, 0.0614919447204, 0.792340399198},
        {7, 1284, 0.00264328720896, 0.0112104823669},
        {500, 1000, 0.469069600368, 0.530930399632},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct estimate e = estimate_share(cases[i].k, cases[i].n);
        assert_float_equal(e.value, (double)cases[i].k / (double)cases[i].n, 1e-15);
        assert_float_equal(e.low, cases[i].low, 1e-11);
        assert_float_equal(e.high, cases[i].high, 1e-11);
    }
    assert_false(estimate_share(0, 0).has);
    assert_float_equal(estimate_share(7, 5).value, 1, 0);
    assert_float_equal(estimate_share(-7, 5).value, 0, 0);
}

TEST(moments_minus_and_plus_undo_each_other) {
    struct moments a = {5, 22, 100}, b = {2, 6, 26};
    struct moments back = moments_minus(moments_plus(a, b), b);
    assert_int_equal(back.n, a.n);
    assert_float_equal(back.sum, a.sum, 0);
    assert_float_equal(moments_variance(a), 0.8, 1e-12);
    assert_true(isnan(moments_variance((struct moments){1, 4, 16})));
    assert_true(isnan(moments_mean((struct moments){0})));
}
