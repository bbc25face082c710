// SPDX-License-Identifier: Apache-2.0
#include "num/random.h"

#include "num/moments.h"
#include "tests/support/test.h"

// The generator's authors give xoshiro256** no vectors; the state {1, 2, 3, 4} is the one that
// other implementations (Rust's rand_xoshiro) are tested with.
TEST(random_follows_the_published_generator) {
    static const uint64_t expected[] = {
        11520,
        0,
        1509978240,
        UINT64_C(1215971899390074240),
        UINT64_C(1216172134540287360),
        UINT64_C(607988272756665600),
    };
    struct random r = {{1, 2, 3, 4}};
    for (size_t i = 0; i < ARRAY_LEN(expected); i++)
        assert_true(random_u64(&r) == expected[i]);
}

TEST(random_repeats_itself_for_a_seed) {
    struct random a = random_init(7), b = random_init(7), c = random_init(8);
    bool differs = false;
    for (int i = 0; i < 100; i++) {
        uint64_t x = random_u64(&a);
        assert_true(x == random_u64(&b));
        differs |= x != random_u64(&c);
    }
    assert_true(differs);
}

TEST(random_below_is_even) {
    struct random r = random_init(1);
    int64_t counts[7] = {0};
    for (int i = 0; i < 70000; i++)
        counts[random_below(&r, 7)]++;
    for (int i = 0; i < 7; i++)
        assert_in_range(counts[i], 9600, 10400); // ± 4 standard deviations
}

TEST(random_normal_has_mean_0_and_variance_1) {
    struct random r = random_init(2);
    struct moments m = {0};
    for (int i = 0; i < 100000; i++)
        moments_add(&m, random_normal(&r));
    assert_float_equal(moments_mean(m), 0, 0.013);
    assert_float_equal(moments_variance(m), 1, 0.018);
}

TEST(random_shuffle_keeps_every_item) {
    struct random r = random_init(3);
    uint32_t items[50];
    uint64_t seen = 0;
    for (uint32_t i = 0; i < 50; i++)
        items[i] = i;
    random_shuffle_u32(&r, items, 50);
    for (uint32_t i = 0; i < 50; i++)
        seen |= UINT64_C(1) << items[i];
    assert_true(seen == (UINT64_C(1) << 50) - 1);
}
