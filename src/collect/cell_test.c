// SPDX-License-Identifier: Apache-2.0
#include "collect/cell.h"

#include "tests/support/test.h"

TEST(cell_value_sees_through_fillers) {
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"（未填写）", ""},
        {"（跳过）", ""},
        {"(未填写)", ""},
        {"未填写", ""},
        {"——", ""},
        {"－", ""},
        {"暂无", ""},
        {"\\N", ""},
        {"无语", "无语"},
        {"未婚", "未婚"},
        {"-", ""},
        {"--", ""},
        {"N/A", ""},
        {"n/a", ""},
        {"null", ""},
        {"(空)", ""},
        {"（跳过）", ""},
        {" 无 ", ""},
        {"\t-", ""},
        {"NaN", ""},
        {"无敌好吃", "无敌好吃"},
        {"\t123", "123"},
        {"'0012", "0012"},
        {"=\"0012\"", "0012"},
        {"'twas ok", "'twas ok"},
        {"-5", "-5"},
        {"", ""},
        {"　好　", "好"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_str(cell_value(str_from(cases[i].in)), cases[i].out);
}

TEST(number_cell_reads_units) {
    static const struct {
        const char *in;
        bool ok;
        double value;
        enum number_unit unit;
    } cases[] = {
        {"12", true, 12, NUMBER_PLAIN},
        {"-3.5", true, -3.5, NUMBER_PLAIN},
        {"1,234.50", true, 1234.5, NUMBER_PLAIN},
        {"1,234,567", true, 1234567, NUMBER_PLAIN},
        {"￥1,234.50", true, 1234.5, NUMBER_MONEY},
        {"¥12", true, 12, NUMBER_MONEY},
        {"$ 9.99", true, 9.99, NUMBER_MONEY},
        {"12元", true, 12, NUMBER_MONEY},
        {"1.2万元", true, 12000, NUMBER_MONEY},
        {"85%", true, 85, NUMBER_PERCENT},
        {"８５％", true, 85, NUMBER_PERCENT},
        {"3天2小时", true, 3 * 1440 + 120, NUMBER_DURATION},
        {"45分钟", true, 45, NUMBER_DURATION},
        {"45 min", true, 45, NUMBER_DURATION},
        {"123秒", true, 123 / 60.0, NUMBER_DURATION},
        {"1小时30分", true, 90, NUMBER_DURATION},
        {"1:30:00", true, 90, NUMBER_DURATION},
        {"2天", true, 2880, NUMBER_DURATION},
        {"3件", true, 3, NUMBER_COUNT},
        {"", false, 0, NUMBER_PLAIN},
        {"abc", false, 0, NUMBER_PLAIN},
        {"12abc", false, 0, NUMBER_PLAIN},
        {"1,23", false, 0, NUMBER_PLAIN},
        {"3件2件", false, 0, NUMBER_PLAIN},
        {"12-34", false, 0, NUMBER_PLAIN},
        {"1:99", false, 0, NUMBER_PLAIN},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct number_cell n = {-1, NUMBER_PLAIN};
        bool ok = number_cell_parse(str_from(cases[i].in), &n);
        if (ok != cases[i].ok ||
            (ok && (fabs(n.value - cases[i].value) > 1e-9 || n.unit != cases[i].unit)))
            fail_msg("\"%s\": %d %g unit %d", cases[i].in, ok, n.value, n.unit);
    }
}

TEST(cell_kinds_are_told_apart) {
    static const struct {
        const char *in;
        bool lost, link, personal, code;
    } cases[] = {
        {"1.23E+17", true, false, false, false},
        {"1.23457e+15", true, false, false, false},
        {"1.5E+3", false, false, false, false},
        {"https://img.example.com/a.jpg", false, true, false, false},
        {"[\"https://a/b.png\"]", false, true, false, false},
        {"IMG_2231.JPG", false, true, false, false},
        {"13812345678", false, false, true, true},
        {"138****5678", false, false, true, false},
        {"+8613812345678", false, false, true, false},
        {"a.b@example.com", false, false, true, false},
        {"010-62345678", false, false, true, true},
        {"11010519491231002X", false, false, true, true},
        {"183.6.1.2(广东-深圳)", false, false, true, false},
        {"3145678901234567890", false, false, false, true},
        {"DD20260301-000123", false, false, false, true},
        {"好吃", false, false, false, false},
        {"A-17", false, false, false, false},
        {"2026", false, false, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str s = str_from(cases[i].in);
        if (cell_is_lost_id(s) != cases[i].lost || cell_is_link(s) != cases[i].link ||
            cell_is_personal(s) != cases[i].personal || cell_is_code(s) != cases[i].code)
            fail_msg("\"%s\": lost %d link %d personal %d code %d", cases[i].in, cell_is_lost_id(s),
                     cell_is_link(s), cell_is_personal(s), cell_is_code(s));
    }
}

TEST(cell_fold_makes_twins_equal) {
    char buf[64], small[4];
    assert_str(cell_fold(STR("ＡＢ　１２：５"), buf, sizeof buf), "ab 12:5");
    assert_str(cell_fold(STR("Very\tGood"), buf, sizeof buf), "very good");
    assert_str(cell_fold(STR("好评好评"), small, sizeof small), "好");
}
