// SPDX-License-Identifier: Apache-2.0
#include "search/postings.h"

#include "base/strbuf.h"
#include "tests/support/test.h"

TEST(postings_read_what_was_put) {
    static const uint32_t places[][2] = {{0, 0},       {0, 1},         {0, 5000000}, {1, 3},
                                         {70, 0},      {70, 127},      {100000, 64}, {4000000, 1},
                                         {4000000, 2}, {4294967293, 9}};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
    struct place_end end = {0};
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        uint8_t buf[2 * POSTINGS_MAX_BYTES];
        size_t n = postings_put(&end, places[i][0], places[i][1], buf);
        assert_in_range(n, 1, POSTINGS_MAX_BYTES);
        strbuf_add(&sb, str_make((const char *)buf, n));
    }
    CLEANUP(places_done) struct places read = {0};
    assert_true(postings_places(strbuf_str(&sb), NO_DOC, &read));
    assert_int_equal(read.len, ARRAY_LEN(places));
    for (size_t i = 0; i < read.len; i++)
        assert_int_equal(read.items[i], (uint64_t)places[i][0] << 32 | places[i][1]);
}

TEST(postings_refuse_damage) {
    static const struct {
        struct str bytes;
        bool ok;
    } cases[] = {
        {STR_INIT(""), true},
        {STR_INIT("\x01\x05"), true},      // document 0, position 5
        {STR_INIT("\x13\x05"), true},      // document 9
        {STR_INIT("\x15\x05"), false},     // document 10 of 10
        {STR_INIT("\x01"), false},         // no position
        {STR_INIT("\x81"), false},         // ends within a number
        {STR_INIT("\x01\x05\x80"), false}, // the same
        // longer than 64 bits
        {STR_INIT("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(places_done) struct places read = {0};
        uint64_t bits[1] = {0};
        if (postings_places(cases[i].bytes, 10, &read) != cases[i].ok ||
            postings_docs(cases[i].bytes, 10, bits) != cases[i].ok)
            fail_msg("case %zu", i);
    }
}

TEST(postings_numbers_survive) {
    static const uint64_t numbers[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, UINT64_MAX};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        uint8_t buf[10];
        struct str rest = str_make((const char *)buf, varint_put(numbers[i], buf));
        uint64_t v;
        assert_true(varint_get(&rest, &v));
        assert_true(v == numbers[i] && rest.len == 0);
        assert_true(zigzag(unzigzag(numbers[i])) == numbers[i]);
    }
    assert_true(unzigzag(zigzag(INT64_MIN)) == INT64_MIN);
}

TEST(places_are_sorted) {
    CLEANUP(places_done) struct places p = {0};
    assert_true(postings_places(STR("\x09\x05"), 10, &p)); // document 4
    assert_true(postings_places(STR("\x03\x02"), 10, &p)); // document 1
    places_sort(&p);
    assert_int_equal(p.len, 2);
    assert_true(p.items[0] == (UINT64_C(1) << 32 | 2) && p.items[1] == (UINT64_C(4) << 32 | 5));
}
