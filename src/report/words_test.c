// SPDX-License-Identifier: Apache-2.0
#include "report/words.h"

#include "tests/support/test.h"

static struct arena arena;

static void forget(void) {
    arena_done(&arena);
    arena = (struct arena){0};
}

TEST(words_every_word_has_both_languages) {
    for (int w = 0; w < N_WORDS; w++) {
        assert_non_null(word_in((enum word)w, LANG_ZH));
        assert_non_null(word_in((enum word)w, LANG_EN));
    }
}

TEST(words_counts_are_short_in_chinese_and_grouped_in_english) {
    static const struct {
        int64_t n;
        const char *zh, *en;
    } cases[] = {
        {0, "0", "0"},
        {7, "7", "7"},
        {1234, "1,234", "1,234"},
        {9999, "9,999", "9,999"},
        {10000, "1\u00a0万", "10,000"},
        {12345, "1.2\u00a0万", "12,345"},
        {99999999, "9,999.9\u00a0万", "99,999,999"},
        {340000000, "3.4\u00a0亿", "340,000,000"},
        {-1234, "−1,234", "−1,234"},
        {-12345, "−1.2\u00a0万", "−12,345"},
        {INT64_MAX, "92,233,720,368.5\u00a0亿", "9,223,372,036,854,775,807"},
        {INT64_MIN, "−92,233,720,368.5\u00a0亿", "−9,223,372,036,854,775,808"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_str(format_count(&arena, LANG_ZH, cases[i].n), cases[i].zh);
        assert_str(format_count(&arena, LANG_EN, cases[i].n), cases[i].en);
    }
    forget();
}

TEST(words_numbers_say_what_they_are_and_unknown_is_a_dash) {
    struct arena *a = &arena;
    assert_str(format_score(a, 4.23), "4.2");
    assert_str(format_score(a, NAN), "–");
    assert_str(format_score(a, INFINITY), "–");
    assert_str(format_score(a, 1e300), "1.0e+300");
    assert_str(format_diff(a, -0.304), "−0.30");
    assert_str(format_diff(a, 0.12), "+0.12");
    assert_str(format_diff(a, -0.0001), "0.00");
    assert_str(format_margin(a, 4.14, 4.26), "±0.06");
    assert_str(format_margin(a, NAN, 4), "");
    assert_str(format_share(a, 0.373), "37\u00a0%");
    assert_str(format_share(a, 0.004), "0.4\u00a0%");
    assert_str(format_share(a, 0), "0\u00a0%");
    assert_str(format_share(a, 1), "100\u00a0%");
    assert_str(format_share(a, NAN), "–");
    assert_str(format_points(a, LANG_ZH, 0.19), "+19\u00a0点");
    assert_str(format_points(a, LANG_EN, -0.024), "−2.4\u00a0pts");
    assert_str(format_points(a, LANG_ZH, 0.0996), "+10\u00a0点");
    assert_str(format_share(a, 0.05), "5\u00a0%");
    assert_str(format_share(a, 0.075), "7.5\u00a0%");
    assert_str(format_times(a, 2.44), "2.4×");
    assert_str(format_number(a, 5.40), "5.4");
    assert_str(format_number(a, 1000), "1000");
    assert_str(format_number(a, -0.005), "−0.01");
    assert_str(format_q(a, 0.0002), "q < 0.001");
    assert_str(format_q(a, 0.0041), "q = 0.004");
    assert_str(format_q(a, 0.2), "q = 0.20");
    forget();
}

TEST(words_durations_read_as_people_say_them) {
    static const struct {
        double hours;
        const char *zh, *en;
    } cases[] = {
        {0.4, "24\u00a0分钟", "24\u00a0min"},
        {9, "9\u00a0小时", "9\u00a0h"},
        {31.9, "31\u00a0小时", "31\u00a0h"},
        {51, "2\u00a0天 3\u00a0小时", "2\u00a0d 3\u00a0h"},
        {98, "4\u00a0天 2\u00a0小时", "4\u00a0d 2\u00a0h"},
        {72, "3\u00a0天", "3\u00a0d"},
        {24 * 400 + 5, "400\u00a0天", "400\u00a0d"},
        {NAN, "–", "–"},
        {-3, "–", "–"},
        {1e300, "41,666,666\u00a0天", "41,666,666\u00a0d"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_str(format_hours(&arena, LANG_ZH, cases[i].hours), cases[i].zh);
        assert_str(format_hours(&arena, LANG_EN, cases[i].hours), cases[i].en);
    }
    forget();
}

TEST(words_periods_name_only_what_differs) {
    static const struct {
        int from[3], to[3]; // the last day is one before `to`
        bool year;
        const char *zh, *en;
    } cases[] = {
        {{2026, 11, 10}, {2026, 11, 17}, false, "11月10–16日", "10–16\u00a0Nov"},
        {{2026, 11, 10}, {2026, 11, 17}, true, "2026年11月10–16日", "10–16\u00a0Nov\u00a02026"},
        {{2026, 11, 28}, {2026, 12, 5}, false, "11月28日–12月4日", "28\u00a0Nov – 4\u00a0Dec"},
        {{2026, 12, 29},
         {2027, 1, 5},
         false,
         "2026年12月29日–2027年1月4日",
         "29\u00a0Dec\u00a02026 – 4\u00a0Jan\u00a02027"},
        {{2026, 11, 10}, {2026, 11, 11}, false, "11月10日", "10\u00a0Nov"},
        {{2026, 11, 10}, {2026, 11, 10}, false, "–", "–"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int64_t from = civil_to_days(cases[i].from[0], cases[i].from[1], cases[i].from[2]);
        int64_t to = civil_to_days(cases[i].to[0], cases[i].to[1], cases[i].to[2]);
        assert_str(format_period(&arena, LANG_ZH, from, to, cases[i].year), cases[i].zh);
        assert_str(format_period(&arena, LANG_EN, from, to, cases[i].year), cases[i].en);
    }
    assert_str(format_period(&arena, LANG_ZH, INT64_MIN, INT64_MAX, false), "–");
    assert_str(format_day(&arena, LANG_ZH, INT64_MAX), "–");
    forget();
}

TEST(words_times_are_local_and_days_alone_where_the_hour_is_unknown) {
    struct zone *zone;
    assert_true(zone_open(STR("+08:00"), &zone, NULL));
    struct civil c = {.year = 2026, .month = 11, .day = 12, .hour = 6, .minute = 5};
    int64_t us = civil_to_us(&c);
    assert_str(format_time(&arena, LANG_ZH, zone, us, false), "11月12日 14:05");
    assert_str(format_time(&arena, LANG_EN, zone, us, true), "12\u00a0Nov");
    assert_str(format_time(&arena, LANG_ZH, NULL, us, false), "11月12日 06:05");
    assert_str(format_time(&arena, LANG_ZH, zone, TIME_NONE, false), "–");
    assert_str(format_time(&arena, LANG_ZH, zone, INT64_MAX, false), "–");
    zone_free(zone);
    forget();
}
