// SPDX-License-Identifier: Apache-2.0
// Reference values: scipy 1.17.1 (ttest_ind_from_stats, fisher_exact, mannwhitneyu, chi2_contingency) and statsmodels
// 0.15.0 (proportions_ztest, confint_proportions_2indep newcomb), by bench/stats_reference.py.
#include "stats/compare.h"

#include "tests/support/test.h"

static void assert_change(struct change c, double diff, double low, double high, double p) {
    assert_true(c.has);
    assert_float_equal(c.diff, diff, 1e-9);
    assert_float_equal(c.low, low, 1e-9);
    assert_float_equal(c.high, high, 1e-9);
    assert_float_equal(c.p, p, 1e-9);
    assert_float_equal(c.q, c.p, 0);
    assert_false(c.significant);
}

TEST(change_of_means_agrees_with_reference) {
    static const struct {
        struct moments a, b;
        double diff, low, high, p;
    } cases[] = {
        {{5, 15, 55}, {4, 15, 63}, -0.75, -3.20806619994, 1.70806619994, 0.491416588496},
        {{30, 120, 520},
         {300, 1350, 6200},
         -0.5,
         -0.944023069209,
         -0.0559769307909,
         0.0285663499098},
        {{12, 31.9, 103.95},
         {15, 83.7, 626.69},
         -2.92166666667,
         -4.91328574605,
         -0.930047587288,
         0.0062996915522},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_change(change_of_means(cases[i].a, cases[i].b), cases[i].diff, cases[i].low,
                      cases[i].high, cases[i].p);
}

TEST(change_of_means_of_constants_is_certain) {
    struct change same =
        change_of_means((struct moments){40, 160, 640}, (struct moments){50, 200, 800});
    assert_true(same.has && same.diff == 0 && same.p == 1);
    struct change other =
        change_of_means((struct moments){40, 160, 640}, (struct moments){50, 250, 1250});
    assert_true(other.has && other.diff == -1 && other.p == 0 && other.low == -1);
    assert_false(change_of_means((struct moments){1, 4, 16}, (struct moments){50, 250, 1250}).has);
}

TEST(change_of_shares_agrees_with_reference) {
    static const struct {
        int64_t ka, na, kb, nb;
        double diff, low, high, p;
    } cases[] = {
        {56, 70, 48, 80, 0.2, 0.0524314724024, 0.333872654037, 0.0080450813682},
        {9, 10, 3, 10, 0.6, 0.170522723935, 0.809017973535, 0.0197666110979}, // Fisher
        {0, 20, 0, 10, 0, -0.277532799863, 0.161125158053, 1},
        {5, 56, 0, 29, 0.0892857142857, -0.0381371479035, 0.192560013855, 0.160621443209},
        {120, 1000, 90, 1000, 0.03, 0.00309604867858, 0.0570095711927, 0.0286502403984},
        {2, 500, 9, 480, -0.01475, -0.0314999623896, -0.00104091267899, 0.0342011181844},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_change(change_of_shares(cases[i].ka, cases[i].na, cases[i].kb, cases[i].nb),
                      cases[i].diff, cases[i].low, cases[i].high, cases[i].p);
    assert_false(change_of_shares(0, 0, 1, 2).has);
}

TEST(proportions_p_agrees_with_reference) {
    assert_float_equal(proportions_p(56, 70, 48, 80, false), 0.0080450813682, 1e-12);
    assert_float_equal(proportions_p(56, 70, 48, 80, true), 0.0134094751787, 1e-12);
    assert_float_equal(proportions_p(120, 1000, 90, 1000, true), 0.0344023688452, 1e-12);
    assert_float_equal(proportions_p(0, 10, 0, 10, false), 1, 0);
    assert_float_equal(proportions_p(10, 10, 10, 10, true), 1, 0);
    assert_float_equal(proportions_p(0, 0, 10, 10, false), 1, 0);
}

TEST(fisher_p_agrees_with_reference) {
    static const struct {
        int64_t ka, na, kb, nb;
        double p;
    } cases[] = {
        {9, 10, 3, 10, 0.0197666110979},
        {1, 25, 8, 20, 0.00604875647417},
        {0, 10, 5, 10, 0.0325077399381},
        {3, 100, 9, 90, 0.0709850916794},
        {2, 5, 300, 4000, 0.048656230965},
        {40, 3000, 80, 2500, 2.69362510344e-06},
        {0, 10, 0, 10, 1},
        {10, 10, 10, 10, 1},
        {5, 10, 5, 10, 1},
        {0, 0, 3, 4, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_float_equal(fisher_p(cases[i].ka, cases[i].na, cases[i].kb, cases[i].nb), cases[i].p,
                           1e-9 * fmax(cases[i].p, 1e-3));
}

TEST(change_of_nps_agrees_with_the_published_formula) {
    assert_change(change_of_nps((struct nps_counts){8, 13, 15}, (struct nps_counts){12, 12, 12}),
                  19.4444444444, -17.1379590552, 53.0353949526, 0.316040986752);
    assert_change(
        change_of_nps((struct nps_counts){300, 500, 1200}, (struct nps_counts){350, 480, 1100}),
        6.13989637306, 1.39617167473, 10.8694443864, 0.0111588922281);
    assert_false(change_of_nps((struct nps_counts){0}, (struct nps_counts){1, 1, 1}).has);
}

TEST(mann_whitney_agrees_with_reference) {
    float a[] = {3.3f, 2.7f, 2.3f, 3.5f, 2.2f, 4.8f, 3.6f, 3.3f, 0.9f, 0.5f, 1, 3.8f};
    float b[] = {5.2f, 1.7f, 5.8f, 3.1f,  3.1f, 8.8f, 5,   5.5f,
                 5.6f, 1.7f, 5.7f, 14.9f, 2.3f, 7.4f, 7.9f};
    float c[] = {1, 2, 2, 3, 3, 3, 4, 5}, d[] = {2, 3, 3, 4, 4, 5, 5, 5, 5};
    double above;
    assert_float_equal(mann_whitney_p(a, 12, b, 15, &above), 0.0111204572517, 1e-11);
    assert_float_equal(above, 0.208333333333, 1e-11);
    assert_float_equal(mann_whitney_p(c, 8, d, 9, &above), 0.0826055977475, 1e-11);
    assert_float_equal(above, 0.25, 1e-11);
    float same[20] = {0}, other[20] = {0};
    assert_float_equal(mann_whitney_p(same, 20, other, 20, &above), 1, 0);
    assert_float_equal(above, 0.5, 0);
    assert_true(isnan(mann_whitney_p(same, 7, other, 20, &above)));
    assert_true(isnan(mann_whitney_p(same, 0, other, 20, &above)) && isnan(above));
}

TEST(mann_whitney_of_counts_is_that_of_values) {
    const int64_t a[] = {1, 2, 3, 1, 1}, b[] = {0, 1, 2, 2, 4}; // c and d above
    double above;
    assert_float_equal(mann_whitney_counts_p(a, b, 5, &above), 0.0826055977475, 1e-11);
    assert_float_equal(above, 0.25, 1e-11);
    const int64_t one[] = {0, 90}, other[] = {0, 40}, few[] = {3, 4};
    assert_float_equal(mann_whitney_counts_p(one, other, 2, NULL), 1, 0);
    assert_true(isnan(mann_whitney_counts_p(few, one, 2, NULL)));
}
