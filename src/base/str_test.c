// SPDX-License-Identifier: Apache-2.0
#include "base/str.h"

#include "tests/support/test.h"

TEST(str_trim_drops_wide_spaces) {
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"", ""},           {"a", "a"},
        {"  a b ", "a b"},  {"\xE3\x80\x80好\xE3\x80\x80", "好"},
        {" \t\r\n", ""},    {"\xEF\xBB\xBFx", "x"},
        {"x\xC2\xA0", "x"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_str(str_trim(str_from(cases[i].in)), cases[i].out);
}

TEST(str_cut_gives_parts_in_order) {
    struct str rest = STR("a,,b"), part;
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "a");
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "");
    assert_true(str_cut(&rest, ',', &part));
    assert_str(part, "b");
    assert_false(str_cut(&rest, ',', &part));
}

TEST(str_to_int64_takes_whole_numbers_only) {
    static const struct {
        const char *in;
        bool ok;
        int64_t value;
    } cases[] = {
        {"0", true, 0},
        {"-7", true, -7},
        {" 42 ", true, 42},
        {"+5", true, 5},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"1.5", false, 0},
        {"1e3", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"12a", false, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t v = 0;
        assert_int_equal(str_to_int64(str_from(cases[i].in), &v), cases[i].ok);
        if (cases[i].ok)
            assert_int_equal(v, cases[i].value);
    }
}

TEST(str_to_double_refuses_words) {
    static const char *const bad[] = {"", "nan", "inf", "1,5", "0x10", "1 2", "--1", "1e999"};
    double v;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(str_to_double(str_from(bad[i]), &v));
    assert_true(str_to_double(STR("4.5"), &v));
    assert_float_equal(v, 4.5, 0);
    assert_true(str_to_double(STR(" -1e-3"), &v));
    assert_float_equal(v, -0.001, 0);
}
