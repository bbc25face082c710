// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

#include "tests/support/test.h"

TEST(utf8_validity_follows_unicode_table_3_7) {
    static const struct {
        const char *bytes;
        size_t valid_prefix, count;
    } cases[] = {
        {"", 0, 0},
        {"abc", 3, 3},
        {"回声", 6, 2},
        {"\xF0\x9F\x98\x80", 4, 1},
        {"\xF4\x8F\xBF\xBF", 4, 1}, // U+10FFFF
        {"\xF4\x90\x80\x80", 0, 4}, // beyond
        {"\xED\x9F\xBF", 3, 1},     // U+D7FF
        {"\xED\xA0\x80", 0, 3},     // surrogate
        {"\xEE\x80\x80", 3, 1},     // U+E000
        {"\xC0\x80", 0, 2},         // overlong
        {"\xC1\xBF", 0, 2},
        {"\xE0\x9F\xBF", 0, 3},
        {"\xE0\xA0\x80", 3, 1},
        {"\xF0\x8F\xBF\xBF", 0, 4},
        {"\xF0\x90\x80\x80", 4, 1},
        {"\x80", 0, 1},
        {"a\xE5\x9B", 1, 3}, // cut off
        {"a\xFF"
         "b",
         1, 3},
        {"\xF5\x80\x80\x80", 0, 4},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str s = str_from(cases[i].bytes);
        assert_int_equal(utf8_valid_prefix(s), cases[i].valid_prefix);
        assert_int_equal(utf8_is_valid(s), cases[i].valid_prefix == s.len);
        assert_int_equal(utf8_count(s), cases[i].count);
    }
}

TEST(utf8_encode_and_next_are_inverse) {
    for (uint32_t c = 1; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 97) {
        char buf[4];
        size_t n = utf8_encode(c, buf), pos = 0;
        bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        assert_int_equal(utf8_next(str_make(buf, n), &pos), surrogate ? UTF8_REPLACEMENT : c);
        assert_int_equal(pos, n);
    }
}

TEST(utf8_cuts_never_split_a_character) {
    static const struct {
        const char *in;
        size_t max;
        const char *by_characters, *by_bytes;
    } cases[] = {
        {"回声abc", 0, "", ""},
        {"回声abc", 1, "回", ""},
        {"回声abc", 2, "回声", ""},
        {"回声abc", 3, "回声a", "回"},
        {"回声abc", 5, "回声abc", "回"},
        {"回声abc", 6, "回声abc", "回声"},
        {"回声abc", 9, "回声abc", "回声abc"},
        {"回声abc", 99, "回声abc", "回声abc"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_str(utf8_cut(str_from(cases[i].in), cases[i].max), cases[i].by_characters);
        assert_str(utf8_cut_bytes(str_from(cases[i].in), cases[i].max), cases[i].by_bytes);
    }
    // Bytes that are no text still make progress.
    assert_int_equal(utf8_cut_bytes(STR("\x80\x80\x80\x80\x80\x80\x80\x80"), 6).len, 6);
    assert_int_equal(utf8_offset(STR("回声"), 1), 3);
}

TEST(utf8_width_counts_terminal_columns) {
    static const struct {
        const char *in;
        size_t width;
    } cases[] = {
        {"", 0},   {"abc", 3},  {"回声", 4},         {"ａ", 2},  {"，", 2},
        {"“”", 2}, {"é", 1},    {"e\xCC\x81", 1},    {"😀", 2},   {"한", 2},
        {"…", 1},  {"\x1B", 0}, {"\xE2\x80\x8B", 0}, {"★★☆", 3}, {"①", 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(utf8_width(str_from(cases[i].in)), cases[i].width);
}

TEST(utf8_kinds_of_characters) {
    static const struct {
        uint32_t c;
        bool han, emoji;
    } cases[] = {
        {'a', false, false},    {0x4E2D, true, false},  {0x3007, true, false},
        {0x20000, true, false}, {0x3042, false, false}, {0x1F600, false, true},
        {0x2764, false, true},  {0xFE0F, false, true},  {0x200D, false, true},
        {0xFF01, false, false}, {0x1F1E8, false, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(utf8_is_han(cases[i].c), cases[i].han);
        assert_int_equal(utf8_is_emoji(cases[i].c), cases[i].emoji);
    }
}
