// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <stdalign.h>

#include "tests/support/test.h"

TEST(arena_memory_is_aligned_and_does_not_overlap) {
    CLEANUP(arena_done) struct arena a = {0};
    static const size_t sizes[] = {0, 1, 7, 16, 17, 4000, 16384, 16385, 3 * 1024 * 1024, 1};
    unsigned char *blocks[ARRAY_LEN(sizes)];
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        blocks[i] = arena_alloc(&a, sizes[i]);
        assert_int_equal((uintptr_t)blocks[i] % alignof(max_align_t), 0);
        memset(blocks[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
        for (size_t k = 0; k < sizes[i]; k++)
            if (blocks[i][k] != i + 1)
                fail_msg("block %zu was written over at %zu", i, k);
    assert_true(a.total_bytes >= 3 * MIB);
}

TEST(arena_reset_keeps_one_block_for_the_next_round) {
    CLEANUP(arena_done) struct arena a = {0};
    arena_reset(&a); // empty is fine
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++)
            assert_non_null(arena_alloc(&a, 100));
        arena_reset(&a);
        assert_int_equal(a.used, 0);
        assert_true(a.total_bytes <= 128 * KIB);
    }
}

TEST(arena_strings_are_copies_with_a_nul) {
    CLEANUP(arena_done) struct arena a = {0};
    char word[] = "abc";
    struct str copy = arena_str(&a, str_from(word));
    word[0] = 'x';
    assert_string_equal(copy.ptr, "abc");
    assert_string_equal(arena_str(&a, (struct str){NULL, 0}).ptr, "");
    struct str printed = arena_printf(&a, "%d %s", 42, "ok");
    assert_int_equal(printed.len, 5);
    assert_string_equal(printed.ptr, "42 ok");
}

TEST(arena_arrays_are_zeroed_even_in_used_memory) {
    CLEANUP(arena_done) struct arena a = {0};
    memset(arena_alloc(&a, 256), 0xFF, 256);
    arena_reset(&a);
    const int *n = ARENA_ARRAY(&a, int, 64);
    for (int i = 0; i < 64; i++)
        assert_int_equal(n[i], 0);
}
