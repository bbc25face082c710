// SPDX-License-Identifier: Apache-2.0
#include "explain/period.h"

#include "base/clock.h"
#include "explain/planted.h"
#include "tests/support/test.h"

static const char *iso(int32_t day) {
    static char bufs[4][32];
    static unsigned turn;
    return clock_format_date(day, bufs[turn++ % 4], sizeof bufs[0]);
}

TEST(period_parse_reads_what_people_write) {
    static const struct {
        const char *text, *from, *to; // to: the day after; NULL: not understood
    } cases[] = {
        {"2026-11-16", "2026-11-16", "2026-11-17"},
        {"2026/11/16", "2026-11-16", "2026-11-17"},
        {"2026/1/5", "2026-01-05", "2026-01-06"},
        {"20261116", "2026-11-16", "2026-11-17"},
        {"2026-11-10..2026-11-16", "2026-11-10", "2026-11-17"},
        {" 2026-11-10 .. 2026-11-16 ", "2026-11-10", "2026-11-17"},
        {"2026-10..2026-11", "2026-10-01", "2026-12-01"},
        {"2026-10", "2026-10-01", "2026-11-01"},
        {"2026/12", "2026-12-01", "2027-01-01"},
        {"2026-Q3", "2026-07-01", "2026-10-01"},
        {"2026-q4", "2026-10-01", "2027-01-01"},
        {"2026", "2026-01-01", "2027-01-01"},
        {"2024-02-29", "2024-02-29", "2024-03-01"},
        {"2026-02-29", NULL, NULL},
        {"2026-13", NULL, NULL},
        {"2026-00-01", NULL, NULL},
        {"2026-Q5", NULL, NULL},
        {"2026-Q", NULL, NULL},
        {"2026-11-16..2026-11-10", NULL, NULL},
        {"2026-11-16..", NULL, NULL},
        {"..2026-11-16", NULL, NULL},
        {"2026-11-16x", NULL, NULL},
        {"0000", NULL, NULL},
        {"202611", NULL, NULL},
        {"last", NULL, NULL},
        {"", NULL, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct period p;
        bool ok = period_parse(str_from(cases[i].text), &p);
        if (ok != (cases[i].from != NULL))
            fail_msg("“%s”", cases[i].text);
        if (!ok)
            continue;
        assert_string_equal(iso(p.from), cases[i].from);
        assert_string_equal(iso(p.to), cases[i].to);
    }
}

TEST(compare_parse_knows_its_words) {
    static const struct {
        const char *text;
        enum compare_kind kind;
    } cases[] = {
        {"previous", COMPARE_PREVIOUS}, {"上期", COMPARE_PREVIOUS},    {"last-week", COMPARE_WEEK},
        {"上周", COMPARE_WEEK},         {"last-month", COMPARE_MONTH}, {"上月", COMPARE_MONTH},
        {"none", COMPARE_NONE},         {"无", COMPARE_NONE},          {"auto", COMPARE_AUTO},
        {" Last-Week ", COMPARE_WEEK},  {"2026-10", COMPARE_GIVEN},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct compare_request r;
        assert_true(compare_parse(str_from(cases[i].text), &r, NULL));
        assert_int_equal(r.kind, cases[i].kind);
        assert_false(r.has_now);
    }
    struct compare_request both;
    assert_true(compare_parse(STR("2026-11-10..2026-11-16,2026-11-03..2026-11-09"), &both, NULL));
    assert_true(both.has_now);
    assert_string_equal(iso(both.now.from), "2026-11-10");
    assert_string_equal(iso(both.before.to), "2026-11-10");
}

TEST(compare_parse_says_what_may_be_written) {
    static const char *const bad[] = {
        "", "yesterday", "2026-11-10,", ",2026-11-10", "2026-1-1,none", "1,2,3"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct compare_request r;
        struct error err = {0};
        assert_false(compare_parse(str_from(bad[i]), &r, &err));
        assert_int_equal(err.code, ERROR_USAGE);
        assert_string_equal(err.field, "compare");
        assert_non_null(strstr(err.zh, "last-week"));
    }
}

// A layout with `per_day` rows on each day of [from, to).
static void fill(struct planted *p, int from, int to, int per_day) {
    planted_init(p, 1);
    for (int day = from; day < to; day++)
        for (int i = 0; i < per_day; i++) {
            struct planted_row row = planted_by_chance(p, 1);
            row.day = day;
            planted_put(p, &row);
        }
    layout_seal(&p->layout);
}

// Days are counted from Monday 2025-11-10.
TEST(compare_choose_finds_two_periods) {
    static const struct {
        int first, last, per_day; // of the data
        const char *asked;        // NULL: nothing
        int since, until;         // of the report; until 0: not given
        enum compare_kind kind;   // COMPARE_NONE: no comparison
        int now, now_to, before, before_to;
    } cases[] = {
        {0, 14, 5, NULL, 0, 0, COMPARE_WEEK, 7, 14, 0, 7},    // exactly two weeks
        {0, 17, 5, NULL, 0, 0, COMPARE_WEEK, 7, 14, 0, 7},    // and three days of the third
        {-3, 21, 5, NULL, 0, 0, COMPARE_WEEK, 14, 21, 7, 14}, //
        {1, 14, 10, NULL, 0, 0, COMPARE_HALVES, 8, 14, 2, 8}, // the first week is cut
        {0, 14, 4, NULL, 0, 0, COMPARE_NONE, 0, 0, 0, 0},     // 28 a week: too few
        {-70, 14, 2, NULL, 0, 0, COMPARE_MONTH, -40, -9, -70,
         -40}, // October, September: 14 a week are too few
        {0, 3, 40, NULL, 0, 0, COMPARE_HALVES, 2, 3, 1, 2},
        {0, 1, 500, NULL, 0, 0, COMPARE_NONE, 0, 0, 0, 0}, // one day
        {0, 28, 5, "none", 0, 0, COMPARE_NONE, 0, 0, 0, 0},
        {0, 28, 5, "previous", 0, 0, COMPARE_PREVIOUS, 14, 28, 0, 14},
        {0, 28, 5, "previous", 21, 28, COMPARE_PREVIOUS, 21, 28, 14, 21},
        {0, 28, 5, NULL, 20, 26, COMPARE_PREVIOUS, 20, 26, 14, 20},
        {0, 28, 5, NULL, 2, 26, COMPARE_NONE, 0, 0, 0, 0}, // nothing to speak of before it
        {0, 26, 5, "last-week", 0, 0, COMPARE_WEEK, 14, 21, 7, 14},
        {0, 28, 5, "2025-11-10..2025-11-16", 0, 0, COMPARE_GIVEN, 7, 14, 0, 7}, // what follows it
        {0, 28, 5, "2025-12-01..2025-12-07", 0, 0, COMPARE_GIVEN, 21, 28, 14,
         21}, // nothing follows
        {0, 28, 5, "2025-11-10..2025-11-16", 21, 28, COMPARE_GIVEN, 21, 28, 0, 7},
        {0, 28, 5, "2025-11-24..2025-11-30,2025-11-10..2025-11-16", 0, 0, COMPARE_GIVEN, 14, 21, 0,
         7},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct planted p;
        struct compare_request request = {0};
        struct comparison c;
        struct period report = {PLANTED_FIRST_DAY + cases[i].since,
                                PLANTED_FIRST_DAY + cases[i].until};
        fill(&p, cases[i].first, cases[i].last, cases[i].per_day);
        if (cases[i].asked)
            assert_true(compare_parse(str_from(cases[i].asked), &request, NULL));
        assert_true(compare_choose(&p.layout, &request, cases[i].until ? &report : NULL, &c, NULL));
        planted_done(&p);
        if (c.kind != cases[i].kind || c.has != (c.kind != COMPARE_NONE))
            fail_msg("case %zu: kind %d", i, (int)c.kind);
        if (!c.has)
            continue;
        if (c.now.from != PLANTED_FIRST_DAY + cases[i].now ||
            c.now.to != PLANTED_FIRST_DAY + cases[i].now_to ||
            c.before.from != PLANTED_FIRST_DAY + cases[i].before ||
            c.before.to != PLANTED_FIRST_DAY + cases[i].before_to)
            fail_msg("case %zu: %d–%d against %d–%d", i, c.now.from - PLANTED_FIRST_DAY,
                     c.now.to - PLANTED_FIRST_DAY, c.before.from - PLANTED_FIRST_DAY,
                     c.before.to - PLANTED_FIRST_DAY);
    }
}
