// SPDX-License-Identifier: Apache-2.0
#include "base/strbuf.h"

#include "tests/support/test.h"

TEST(strbuf_limit_is_exact_and_overflow_sticks) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(5);
    strbuf_adds(&sb, "abc");
    strbuf_addc(&sb, 'd');
    strbuf_addc(&sb, 'e');
    assert_str(strbuf_str(&sb), "abcde");
    assert_false(sb.overflow);
    strbuf_addc(&sb, 'f');
    assert_true(sb.overflow);
    strbuf_add(&sb, STR(""));
    assert_str(strbuf_str(&sb), "abcde"); // nothing half-written
    strbuf_reset(&sb);
    assert_false(sb.overflow);
    strbuf_adds(&sb, "12345");
    assert_str(strbuf_str(&sb), "12345");
}

TEST(strbuf_addf_writes_long_text_whole_or_not_at_all) {
    static const int widths[] = {0, 1, 254, 255, 256, 257, 1000, 1001};
    for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(1000);
        strbuf_addf(&sb, "%*s", widths[i], "");
        bool fits = widths[i] <= 1000;
        assert_int_equal(sb.len, fits ? widths[i] : 0);
        assert_int_equal(sb.overflow, !fits);
        assert_int_equal(strlen(strbuf_cstr(&sb)), sb.len);
    }
}

TEST(strbuf_without_a_limit_grows_by_doubling) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(SIZE_MAX);
    size_t moves = 0, cap = 0;
    for (int i = 0; i < 100000; i++) {
        strbuf_addc(&sb, 'x');
        moves += sb.cap != cap;
        cap = sb.cap;
    }
    assert_int_equal(sb.len, 100000);
    assert_true(moves < 20);
}

TEST(strbuf_is_always_a_c_string) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(100);
    assert_string_equal(strbuf_cstr(&sb), "");
    strbuf_add_utf8(&sb, 0x56DE);
    strbuf_add_utf8(&sb, 0x110000); // not a character
    assert_string_equal(strbuf_cstr(&sb), "回\xEF\xBF\xBD");
    strbuf_truncate(&sb, 3);
    assert_string_equal(strbuf_cstr(&sb), "回");
    strbuf_truncate(&sb, 50); // never longer
    assert_int_equal(sb.len, 3);
    strbuf_done(&sb);
    assert_string_equal(strbuf_cstr(&sb), "");
}
