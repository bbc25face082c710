// SPDX-License-Identifier: Apache-2.0
// Reference values: statsmodels 0.15.0 (combine_effects, DerSimonian–Laird), by bench/stats_reference.py.
#include "stats/shrink.h"

#include "tests/support/test.h"

TEST(shrink_means_agrees_with_reference) {
    const struct moments groups[] = {{6, 26, 116}, {4, 7, 15}, {10, 44, 198}, {2, 7, 29}};
    const double expected[] = {4.25689751359, 1.99060843911, 4.34840090086, 3.50608607672};
    double shrunk[4];
    struct shrinkage s = shrink_means(groups, 4, shrunk);
    assert_float_equal(s.mean, 3.52549823257, 1e-10);
    assert_float_equal(s.between, 1.32752371274, 1e-10);
    assert_float_equal(s.within, 0.832407407407, 1e-10);
    for (int i = 0; i < 4; i++)
        assert_float_equal(shrunk[i], expected[i], 1e-10);
}

TEST(shrink_means_keeps_small_groups_from_leading) {
    // One five-star review against two hundred with 4.6
    const struct moments groups[] = {{1, 5, 25}, {200, 920, 4392}, {200, 800, 3440}};
    double shrunk[3];
    shrink_means(groups, 3, shrunk);
    assert_true(shrunk[1] > shrunk[0] && shrunk[0] > shrunk[2]);
}

TEST(shrink_means_of_odd_groups) {
    const struct moments alike[] = {{50, 200, 850}, {50, 200, 850}, {0, 0, 0}};
    const struct moments constant[] = {{10, 50, 250}, {10, 40, 160}};
    const struct moments single[] = {{1, 5, 25}, {1, 3, 9}};
    double shrunk[3];
    struct shrinkage s = shrink_means(alike, 3, shrunk);
    assert_true(s.between == 0 && shrunk[0] == 4 && isnan(shrunk[2]));
    shrink_means(constant, 2, shrunk); // no spread within: nothing to doubt
    assert_float_equal(shrunk[0], 5, 1e-12);
    assert_float_equal(shrunk[1], 4, 1e-12);
    shrink_means(single, 2, shrunk); // nothing known of the spread
    assert_float_equal(shrunk[0], 4, 1e-12);
    shrink_means(NULL, 0, shrunk);
}
