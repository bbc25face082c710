// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include "tests/support/test.h"

TEST(civil_days_and_back_for_ten_thousand_years) {
    int64_t expected = civil_to_days(1, 1, 1);
    assert_int_equal(expected, -719162);
    for (int year = 1; year <= 9999; year++) {
        for (int month = 1; month <= 12; month++) {
            int y, m, d, last = civil_days_in_month(year, month);
            assert_int_equal(civil_to_days(year, month, 1), expected);
            civil_from_days(expected + last - 1, &y, &m, &d);
            assert_true(y == year && m == month && d == last);
            expected += last;
        }
    }
    assert_int_equal(expected, civil_to_days(10000, 1, 1));
}

TEST(civil_weekday_counts_from_monday) {
    assert_int_equal(civil_weekday(civil_to_days(2026, 11, 16)), 0);
    assert_int_equal(civil_weekday(civil_to_days(1970, 1, 1)), 3);
    assert_int_equal(civil_weekday(civil_to_days(1969, 12, 28)), 6);
    assert_int_equal(civil_weekday(civil_to_days(1900, 1, 1)), 0);
}

TEST(civil_is_valid_knows_the_calendar) {
    static const struct {
        struct civil c;
        bool ok;
    } cases[] = {
        {{2024, 2, 29, 0, 0, 0, 0}, true},        {{2023, 2, 29, 0, 0, 0, 0}, false},
        {{1900, 2, 29, 0, 0, 0, 0}, false},       {{2000, 2, 29, 0, 0, 0, 0}, true},
        {{2026, 4, 31, 0, 0, 0, 0}, false},       {{2026, 0, 1, 0, 0, 0, 0}, false},
        {{2026, 13, 1, 0, 0, 0, 0}, false},       {{0, 1, 1, 0, 0, 0, 0}, false},
        {{2026, 1, 1, 23, 59, 60, 999999}, true}, {{2026, 1, 1, 24, 0, 0, 0}, false},
        {{2026, 1, 1, 0, 60, 0, 0}, false},       {{2026, 1, 1, 0, 0, 0, 1000000}, false},
        {{2026, 1, 0, 0, 0, 0, 0}, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(civil_is_valid(&cases[i].c), cases[i].ok);
}

TEST(civil_from_us_is_exact_before_1970_too) {
    static const struct {
        int64_t us;
        const char *iso;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z"},
        {-1, "1969-12-31T23:59:59Z"},
        {INT64_C(951782400) * US_PER_SECOND, "2000-02-29T00:00:00Z"},
        {INT64_C(-2208988800) * US_PER_SECOND, "1900-01-01T00:00:00Z"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char buf[32];
        assert_string_equal(clock_format_iso(cases[i].us, buf, sizeof buf), cases[i].iso);
        struct civil c = civil_from_us(cases[i].us);
        assert_int_equal(civil_to_us(&c), cases[i].us);
    }
    char buf[32];
    assert_string_equal(clock_format_date(-1, buf, sizeof buf), "1969-12-31");
}

TEST(clock_moves_forward) {
    int64_t a = clock_monotonic_us(), b = clock_monotonic_us();
    assert_true(b >= a && a > 0);
    assert_true(clock_now_us() > civil_to_days(2024, 1, 1) * US_PER_DAY);
}
