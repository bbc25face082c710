// SPDX-License-Identifier: Apache-2.0
#include "num/sort.h"

#include "num/random.h"
#include "tests/support/test.h"

TEST(sort_floats_puts_all_signs_and_sizes_in_order) {
    float items[] = {3, -INFINITY, 0, -1e-40f, 1e30f, -2, INFINITY, 3, 1e-40f, -1e30f, -0.0f};
    const float expected[] = {-INFINITY, -1e30f, -2, -1e-40f, -0.0f,   0,
                              1e-40f,    3,      3,  1e30f,   INFINITY};
    sort_floats(items, ARRAY_LEN(items));
    assert_memory_equal(items, expected, sizeof items);
    sort_floats(items, 0);
}

TEST(sort_floats_sorts_what_chance_brings) {
    static float items[20000];
    struct random r = random_init(5);
    double before = 0, after = 0;
    for (size_t i = 0; i < ARRAY_LEN(items); i++) {
        items[i] =
            (float)(random_below(&r, 3) ? random_normal(&r) * 1000 : (double)random_below(&r, 9));
        before += items[i];
    }
    sort_floats(items, ARRAY_LEN(items));
    for (size_t i = 0; i < ARRAY_LEN(items); i++) {
        after += items[i];
        assert_true(i == 0 || items[i - 1] <= items[i]);
    }
    assert_float_equal(before, after, 1e-6);
}
