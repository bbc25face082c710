// SPDX-License-Identifier: Apache-2.0
// Reference values: scipy 1.17.1 (scipy.stats norm, t; scipy.special betainc), printed by
// bench/stats_reference.py.
#include "num/special.h"

#include "tests/support/test.h"

static void assert_near(double actual, double expected, double relative) {
    if (!(fabs(actual - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g", actual, expected);
}

TEST(normal_agrees_with_reference) {
    static const struct {
        double z, cdf, sf;
    } cases[] = {
        {-8, 6.22096057427174e-16, 0.9999999999999993},
        {-3.5, 0.00023262907903552502, 0.9997673709209645},
        {-1.96, 0.024997895148220435, 0.9750021048517795},
        {0, 0.5, 0.5},
        {0.3, 0.6179114221889526, 0.3820885778110474},
        {2.5, 0.9937903346742238, 0.006209665325776132},
        {6, 0.9999999990134123, 9.865876450376946e-10},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_near(normal_cdf(cases[i].z), cases[i].cdf, 1e-12);
        assert_near(normal_sf(cases[i].z), cases[i].sf, 1e-12);
    }
}

TEST(normal_quantile_agrees_with_reference) {
    static const struct {
        double p, z;
    } cases[] = {
        {1e-300, -37.0470962993612},  {1e-10, -6.361340902404056},   {0.001, -3.090232306167813},
        {0.025, -1.9599639845400545}, {0.3, -0.5244005127080409},    {0.5, 0},
        {0.9, 1.2815515655446004},    {0.999999, 4.753424308817087},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_float_equal(normal_quantile(cases[i].p), cases[i].z, 1e-10);
    assert_true(isnan(normal_quantile(0)));
    assert_true(isnan(normal_quantile(1)));
    assert_true(isnan(normal_quantile(NAN)));
}

TEST(student_agrees_with_reference) {
    static const struct {
        double t, df, cdf, two_sided;
    } cases[] = {
        {0.1, 1, 0.5317255174305535, 0.936548965138893},
        {2.5, 1, 0.8788810584091566, 0.24223788318168682},
        {2.0, 3.7, 0.939091399047383, 0.12181720190523398},
        {-1.3, 10, 0.1113829086034223, 0.2227658172068446},
        {4.5, 30, 0.9999524032030395, 9.519359392112443e-05},
        {12, 8, 0.9999989280666262, 2.143866747688769e-06},
        {1.96, 1e6, 0.9750019662073651, 0.04999606758526985},
        {30, 100, 1.0, 8.380332558688329e-52},
        {0.001, 1e7, 0.5003989422039374, 0.999202115592125},
        {3, 0.5, 0.8163459220070283, 0.3673081559859434},
        {5, 5e8, 0.9999997133483315, 5.733033370319505e-07},
        {0, 7, 0.5, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        double accuracy = cases[i].df > 1e6 ? 1e-6 : 1e-9;
        assert_near(student_cdf(cases[i].t, cases[i].df), cases[i].cdf, accuracy);
        assert_near(student_two_sided(cases[i].t, cases[i].df), cases[i].two_sided, accuracy);
    }
    assert_float_equal(student_two_sided(INFINITY, 5), 0, 0);
    assert_near(student_two_sided(1.96, INFINITY), 2 * 0.024997895148220435, 1e-12);
    assert_true(isnan(student_two_sided(1, 0)));
    assert_true(isnan(student_two_sided(NAN, 3)));
}

TEST(student_quantile_agrees_with_reference) {
    static const struct {
        double p, df, t;
    } cases[] = {
        {0.975, 1, 12.706204736174694},       {0.975, 2, 4.302652729749462},
        {0.975, 9, 2.262157162798205},        {0.975, 29.3, 2.044320421500141},
        {0.975, 1e6, 1.959966356814107},      {0.6, 5, 0.2671808657041451},
        {0.01, 3, -4.5407028585681335},       {0.9999, 2.5, 34.867969321116306},
        {0.995, 0.7, 364.9352029815851},      {0.5, 4, 0},
        {0.975, INFINITY, 1.959963984540054},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_near(student_quantile(cases[i].p, cases[i].df), cases[i].t, 1e-9);
    assert_true(isnan(student_quantile(1, 3)));
    assert_true(isnan(student_quantile(0.9, 0)));
}

TEST(beta_inc_agrees_with_reference) {
    static const struct {
        double a, b, x, value;
    } cases[] = {
        {0.5, 0.5, 0.3, 0.36901011956554536},
        {2, 3, 0.4, 0.5248},
        {10, 0.5, 0.99, 0.6579281751567845},
        {1e4, 0.5, 0.999, 7.705811569294884e-06},
        {30, 70, 0.3, 0.5116251045586087},
        {1e6, 1e6, 0.5001, 0.6113512821376899},
        {0.1, 200, 0.001, 0.8792913190008217},
        {5e5, 0.5, 0.999999, 0.3173105078558957},
        {2, 5, 0, 0},
        {2, 5, 1, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_near(beta_inc(cases[i].a, cases[i].b, cases[i].x), cases[i].value, 1e-9);
    assert_true(isnan(beta_inc(0, 1, 0.5)));
    assert_true(isnan(beta_inc(1, 1, 1.5)));
}
