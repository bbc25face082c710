// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"

#include "tests/support/test.h"

TEST(dict_gives_dense_ids_in_order_of_arrival) {
    struct dict d = {0};
    assert_int_equal(dict_find(&d, STR("a")), DICT_NONE);
    char key[16];
    for (uint32_t i = 0; i < 5000; i++) {
        int n = snprintf(key, sizeof key, "k%u", i);
        assert_int_equal(dict_add(&d, str_make(key, (size_t)n)), i);
    }
    for (uint32_t i = 0; i < 5000; i++) {
        int n = snprintf(key, sizeof key, "k%u", i);
        struct str s = str_make(key, (size_t)n);
        assert_int_equal(dict_add(&d, s), i); // existing
        assert_int_equal(dict_find(&d, s), i);
        assert_true(str_eq(dict_str(&d, i), s));
    }
    assert_int_equal(d.count, 5000);
    assert_int_equal(dict_find(&d, STR("k5000")), DICT_NONE);
    dict_done(&d);
    assert_int_equal(d.count, 0);
}

TEST(dict_keys_may_be_empty_and_hold_nul) {
    struct dict d = {0};
    uint32_t empty = dict_add(&d, STR("")), nul = dict_add(&d, STR("\0")),
             two = dict_add(&d, STR("\0\0"));
    assert_int_equal(empty, 0);
    assert_int_equal(nul, 1);
    assert_int_equal(two, 2);
    assert_int_equal(dict_find(&d, (struct str){NULL, 0}), empty);
    dict_done(&d);
}

TEST(map_u64_keeps_every_key_with_its_last_value) {
    struct map_u64 m = {0};
    uint64_t v = 99;
    assert_false(map_u64_get(&m, 0, &v));
    assert_false(map_u64_get(&m, 1, &v));
    assert_int_equal(v, 99); // untouched
    for (uint64_t i = 0; i < 20000; i++)
        map_u64_put(&m, i << 40, i); // low bits all alike
    for (uint64_t i = 0; i < 20000; i++)
        map_u64_put(&m, i << 40, i + 1);
    for (uint64_t i = 0; i < 20000; i++) {
        assert_true(map_u64_get(&m, i << 40, &v));
        assert_int_equal(v, i + 1);
    }
    assert_false(map_u64_get(&m, 7, &v));
    map_u64_put(&m, UINT64_MAX, 5);
    assert_true(map_u64_get(&m, UINT64_MAX, &v));
    assert_int_equal(v, 5);
    map_u64_done(&m);
    assert_false(map_u64_get(&m, 0, &v));
}
