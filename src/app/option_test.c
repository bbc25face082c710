// SPDX-License-Identifier: Apache-2.0
#include "app/option.h"

#include "base/clock.h"
#include "tests/support/test.h"

TEST(option_parse_bool_takes_both_languages) {
    static const struct {
        const char *in;
        bool ok, value;
    } cases[] = {
        {"yes", true, true}, {"NO", true, false}, {"1", true, true},   {"off", true, false},
        {"是", true, true},  {"否", true, false}, {"maybe", false, 0}, {"", false, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        bool v = false;
        assert_int_equal(option_parse_bool(str_from(cases[i].in), &v), cases[i].ok);
        assert_int_equal(v, cases[i].value);
    }
}

TEST(option_parse_date_takes_what_people_write) {
    static const struct {
        const char *in, *out; // NULL: refused
    } cases[] = {
        {"2026-03-01", "2026-03-01"},
        {"2026/3/1", "2026-03-01"},
        {"2026.03.1", "2026-03-01"},
        {"2026年3月1日", "2026-03-01"},
        {" 2024-2-29 ", "2024-02-29"},
        {"2026-02-29", NULL},
        {"2026-13-01", NULL},
        {"26-3-1", NULL},
        {"2026-3", NULL},
        {"2026-3-1x", NULL},
        {"2026-3/1", NULL},
        {"", NULL},
        {"昨天", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t days;
        char buf[32];
        bool ok = option_parse_date(str_from(cases[i].in), &days);
        assert_int_equal(ok, cases[i].out != NULL);
        if (ok)
            assert_string_equal(clock_format_date(days, buf, sizeof buf), cases[i].out);
    }
}

static const char *const colours[] = {"red", "green", NULL};

TEST(option_check_says_what_would_be_right) {
    static const struct {
        struct option row;
        const char *value, *en; // NULL: accepted
    } cases[] = {
        {{.name = "n", .type = OPTION_INT, .low = 1, .high = 9}, "9", NULL},
        {{.name = "n", .type = OPTION_INT, .low = 1, .high = 9},
         "10",
         "--n must be a whole number from 1 to 9, not \"10\""},
        {{.name = "n", .type = OPTION_INT, .low = 1, .high = 9},
         "1.5",
         "--n must be a whole number from 1 to 9, not \"1.5\""},
        {{.name = "c", .type = OPTION_CHOICE, .choices = colours}, "green", NULL},
        {{.name = "c", .type = OPTION_CHOICE, .choices = colours},
         "blue",
         "--c must be one of red, green, not \"blue\""},
        {{.name = "b", .type = OPTION_BOOL}, "perhaps", "--b must be yes or no, not \"perhaps\""},
        {{.name = "d", .type = OPTION_DATE},
         "soon",
         "--d must be a date such as 2026-03-01, not \"soon\""},
        {{.name = "p", .type = OPTION_PAIRS, .arg = {"列=值", "COLUMN=VALUE"}}, "区域=西藏", NULL},
        {{.name = "p", .type = OPTION_PAIRS, .arg = {"列=值", "COLUMN=VALUE"}},
         "西藏",
         "--p must read COLUMN=VALUE; \"西藏\" has no \"name=\""},
        {{.name = "p", .type = OPTION_PAIRS, .arg = {"列=值", "COLUMN=VALUE"}},
         "=x",
         "--p must read COLUMN=VALUE; \"=x\" has no \"name=\""},
        {{.name = "t", .type = OPTION_TEXT}, "", "--t needs a value"},
        {{.name = "t", .type = OPTION_TEXT},
         "\xB3\xE9",
         "the value of --t is not UTF-8 text; check the terminal's encoding"},
        {{.name = "f", .type = OPTION_PATH}, "\xB3\xE9.csv", NULL}, // file names may be any bytes
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct error err = {0};
        char shown[16];
        snprintf(shown, sizeof shown, "--%s", cases[i].row.name);
        bool ok = option_check(&cases[i].row, shown, str_from(cases[i].value), &err);
        assert_int_equal(ok, cases[i].en == NULL);
        if (!ok) {
            assert_string_equal(err.en, cases[i].en);
            assert_int_equal(err.code, ERROR_USAGE);
            assert_string_equal(err.field, cases[i].row.name);
        }
    }
}

TEST(option_nearest_finds_slips_and_beginnings) {
    static const char *const names[] = {"output", "orders", "lang", "text", "timezone", "threads"};
    static const struct {
        const char *word, *near; // NULL: nothing like it
    } cases[] = {
        {"ouput", "output"}, {"otuput", "output"},  {"order", "orders"}, {"lnag", "lang"},
        {"txet", "text"},    {"time", "timezone"},  {"zzz", NULL},       {"x", NULL},
        {"", NULL},          {"thrads", "threads"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *near = option_nearest(str_from(cases[i].word), names, ARRAY_LEN(names));
        if (cases[i].near)
            assert_string_equal(near ? near : "(none)", cases[i].near);
        else
            assert_null(near);
    }
}
