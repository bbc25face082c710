// SPDX-License-Identifier: Apache-2.0
// Reference values: statsmodels 0.15.0 (multipletests fdr_bh), by bench/stats_reference.py.
#include "num/random.h"
#include "num/special.h"
#include "stats/compare.h"
#include "tests/support/test.h"

TEST(fdr_adjust_agrees_with_reference) {
    static const struct {
        size_t n;
        double p[6], q[6];
    } cases[] = {
        {5, {0.01, 0.02, 0.03, 0.04, 0.05}, {0.05, 0.05, 0.05, 0.05, 0.05}},
        {6, {0.001, 0.8, 0.04, 0.03, 0.5, 0.011}, {0.006, 0.8, 0.06, 0.06, 0.6, 0.033}},
        {1, {0.5}, {0.5}},
        {4, {0.03, 0.03, 0.9, 0.03}, {0.04, 0.04, 0.9, 0.04}},
    };
    double q[6];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        fdr_adjust(cases[i].p, cases[i].n, q);
        for (size_t k = 0; k < cases[i].n; k++)
            assert_float_equal(q[k], cases[i].q[k], 1e-12);
    }
    fdr_adjust(NULL, 0, NULL);
}

TEST(fdr_adjust_leaves_out_what_was_not_tested) {
    double p[] = {NAN, 0.01, NAN, 0.02};
    fdr_adjust(p, 4, p);
    assert_true(isnan(p[0]) && isnan(p[2]));
    assert_float_equal(p[1], 0.02, 1e-15);
    assert_float_equal(p[3], 0.02, 1e-15);
}

TEST(changes_adjust_judges_what_has_both_sides) {
    struct change a = {.has = true, .p = 0.001}, b = {.p = 0.0001}, c = {.has = true, .p = 0.2};
    struct change *changes[] = {&a, &b, &c};
    changes_adjust(changes, 3);
    assert_float_equal(a.q, 0.002, 1e-15);
    assert_true(a.significant);
    assert_false(b.significant);
    assert_float_equal(c.q, 0.2, 1e-15);
    assert_false(c.significant);
}

// 40 tests, 10 of them with a real effect: among what is called significant at most 5 % should be false.
TEST(fdr_adjust_controls_false_discoveries) {
    struct random r = random_init(20);
    double share = 0;
    int found = 0;
    for (int run = 0; run < 400; run++) {
        double p[40];
        int n_false = 0, n_found = 0;
        for (int i = 0; i < 40; i++)
            p[i] = 2 * normal_sf(fabs(random_normal(&r) + (i < 10 ? 3 : 0)));
        fdr_adjust(p, 40, p);
        for (int i = 0; i < 40; i++) {
            n_found += p[i] < STATS_FDR;
            n_false += i >= 10 && p[i] < STATS_FDR;
        }
        share += n_found ? (double)n_false / n_found : 0;
        found += n_found;
    }
    assert_true(share / 400 <= 0.05);
    assert_true(found > 400 * 5);
}
