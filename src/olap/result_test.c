// SPDX-License-Identifier: Apache-2.0
#include "olap/result.h"

#include "tests/support/test.h"

TEST(a_result_survives_packing) {
    int32_t keys[] = {1, 2, 3, 4};
    int64_t n[] = {5, 6}, counts[] = {1, 2, 3, 4, 5, 6};
    struct moments moments[] = {{5, 1.5, 2.5}, {6, -1, 9}};
    const struct result r = {.n_groups = 2,
                             .n_by = 2,
                             .n_measures = 1,
                             .n_counts = 3,
                             .class_size = {3},
                             .n_groups_total = 7,
                             .keys = keys,
                             .n = n,
                             .moments = moments,
                             .counts = counts};
    CLEANUP(result_done) struct result back = {0};
    size_t size;
    void *packed = result_pack(&r, &size);
    result_unpack(packed, &back);
    free(packed);
    assert_int_equal(back.n_groups_total, 7);
    assert_memory_equal(back.keys, keys, sizeof keys);
    assert_memory_equal(back.n, n, sizeof n);
    assert_memory_equal(back.counts, counts, sizeof counts);
    assert_true(result_moments(&back, 1, 0).sum == -1 && result_classes(&back, 1, 0)[2] == 6);
}

TEST(results_of_parts_are_added_up_by_key) {
    int32_t keys_a[] = {1, 2, 2, 1}, keys_b[] = {1, 2, 2, 0, 3, 0};
    int64_t n_a[] = {5, 1}, n_b[] = {2, 7, 7}, counts_a[] = {5, 0, 1, 0},
            counts_b[] = {1, 1, 7, 0, 0, 7};
    struct moments moments_a[] = {{5, 10, 30}, {1, 4, 16}},
                   moments_b[] = {{2, 2, 2}, {7, 7, 7}, {7, 0, 0}};
    const struct result a = {.n_groups = 2,
                             .n_by = 2,
                             .n_measures = 1,
                             .n_counts = 2,
                             .n_groups_total = 2,
                             .keys = keys_a,
                             .n = n_a,
                             .moments = moments_a,
                             .counts = counts_a};
    struct result b = a, none = a;
    b.n_groups = b.n_groups_total = 3;
    b.keys = keys_b, b.n = n_b, b.moments = moments_b, b.counts = counts_b;
    none.n_groups = none.n_groups_total = 0;
    CLEANUP(result_done) struct result both = {0}, same = {0};
    result_merge(&a, &b, &both);
    const int32_t keys[] = {1, 2, 2, 0, 2, 1, 3, 0};
    const int64_t n[] = {7, 7, 1, 7};
    assert_int_equal(both.n_groups, 4);
    assert_memory_equal(both.keys, keys, sizeof keys);
    assert_memory_equal(both.n, n, sizeof n);
    assert_true(result_moments(&both, 0, 0).sum == 12 && result_moments(&both, 0, 0).n == 7);
    assert_int_equal(result_classes(&both, 0, 0)[0], 6);
    result_order(&both, ORDER_COUNT_DESC, 3); // equal counts in the order of keys
    assert_int_equal(both.n_groups, 3);
    assert_int_equal(both.n_groups_total, 4);
    assert_true(result_key(&both, 0, 0) == 1 && result_key(&both, 1, 0) == 2 &&
                result_key(&both, 2, 0) == 3);
    result_merge(&none, &a, &same);
    assert_memory_equal(same.keys, keys_a, sizeof keys_a);
}
