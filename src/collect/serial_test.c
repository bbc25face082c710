// SPDX-License-Identifier: Apache-2.0
#include "collect/serial.h"

#include "tests/support/test.h"

TEST(number_format_tells_dates_from_numbers) {
    static const struct {
        const char *code;
        enum number_format format;
    } cases[] = {
        {"General", FORMAT_NUMBER},
        {"G/通用格式", FORMAT_NUMBER},
        {"0.00", FORMAT_NUMBER},
        {"#,##0;[Red]-#,##0", FORMAT_NUMBER},
        {"0.00E+00", FORMAT_NUMBER},
        {"0\" days\"", FORMAT_NUMBER},
        {"0\\d", FORMAT_NUMBER},
        {"[$USD-409] #,##0.00", FORMAT_NUMBER},
        {"[Magenta]0", FORMAT_NUMBER},
        {"@", FORMAT_NUMBER},
        {"yyyy-mm-dd", FORMAT_DATE},
        {"yyyy\"年\"m\"月\"d\"日\";@", FORMAT_DATE},
        {"[$-804]yyyy/m/d dddd", FORMAT_DATE},
        {"mmm-yy", FORMAT_DATE},
        {"m/d", FORMAT_DATE},
        {"mmmm", FORMAT_DATE},
        {"yyyy/m/d\\ h:mm", FORMAT_DATETIME},
        {"YYYY-MM-DD HH:MM:SS", FORMAT_DATETIME},
        {"上午/下午h\"时\"mm\"分\"", FORMAT_TIME},
        {"h:mm AM/PM", FORMAT_TIME},
        {"mm:ss.0", FORMAT_TIME},
        {"[h]:mm:ss", FORMAT_ELAPSED},
        {"[mm]:ss", FORMAT_ELAPSED},
        {"\"unclosed", FORMAT_NUMBER},
        {"\\", FORMAT_NUMBER},
        {"", FORMAT_NUMBER},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(number_format_of(str_from(cases[i].code)), cases[i].format);
    assert_int_equal(number_format_builtin(0), FORMAT_NUMBER);
    assert_int_equal(number_format_builtin(14), FORMAT_DATE);
    assert_int_equal(number_format_builtin(22), FORMAT_DATETIME);
    assert_int_equal(number_format_builtin(46), FORMAT_ELAPSED);
    assert_int_equal(number_format_builtin(49), FORMAT_NUMBER);
}

TEST(serial_is_shown_as_people_know_it) {
    static const struct {
        const char *raw;
        enum number_format format;
        bool is_1904;
        const char *out;
        enum cell_kind kind;
    } cases[] = {
        {"4", FORMAT_NUMBER, false, "4", CELL_NUMBER},
        {"4.0", FORMAT_NUMBER, false, "4", CELL_NUMBER},
        {"4.50", FORMAT_NUMBER, false, "4.5", CELL_NUMBER},
        {"4.5999999999999996", FORMAT_NUMBER, false, "4.6", CELL_NUMBER},
        {"0.30000000000000004", FORMAT_NUMBER, false, "0.3", CELL_NUMBER},
        {"-0.5", FORMAT_NUMBER, false, "-0.5", CELL_NUMBER},
        {"007", FORMAT_NUMBER, false, "7", CELL_NUMBER},
        {"1.23E+17", FORMAT_NUMBER, false, "123000000000000000", CELL_NUMBER},
        {"1.5e-7", FORMAT_NUMBER, false, "1.5e-07", CELL_NUMBER},
        {"1e300", FORMAT_NUMBER, false, "1e+300", CELL_NUMBER},
        {"123456789012345678", FORMAT_NUMBER, false, "123456789012345678", CELL_NUMBER},
        {"abc", FORMAT_NUMBER, false, "abc", CELL_TEXT},
        {"abc", FORMAT_DATE, false, "abc", CELL_TEXT},
        {"46082", FORMAT_DATE, false, "2026-03-01", CELL_DATE},
        {"46082.5", FORMAT_DATE, false, "2026-03-01 12:00:00", CELL_DATE},
        {"46082", FORMAT_DATETIME, false, "2026-03-01 00:00:00", CELL_DATE},
        {"46082.627835648149", FORMAT_DATETIME, false, "2026-03-01 15:04:05", CELL_DATE},
        {"46082.999999", FORMAT_DATETIME, false, "2026-03-02 00:00:00", CELL_DATE},
        {"44620", FORMAT_DATE, true, "2026-03-01", CELL_DATE},
        {"0", FORMAT_DATE, true, "1904-01-01", CELL_DATE},
        {"1", FORMAT_DATE, false, "1900-01-01", CELL_DATE},
        {"59", FORMAT_DATE, false, "1900-02-28", CELL_DATE},
        {"60", FORMAT_DATE, false, "60", CELL_NUMBER}, // the day that never was
        {"61", FORMAT_DATE, false, "1900-03-01", CELL_DATE},
        {"0", FORMAT_DATE, false, "0", CELL_NUMBER},
        {"-5", FORMAT_DATE, false, "-5", CELL_NUMBER}, // before 1900
        {"2958465", FORMAT_DATE, false, "9999-12-31", CELL_DATE},
        {"2958466", FORMAT_DATE, false, "2958466", CELL_NUMBER},
        {"1e300", FORMAT_DATE, false, "1e+300", CELL_NUMBER},
        {"0.627835648", FORMAT_TIME, false, "15:04:05", CELL_DATE},
        {"0.627835648", FORMAT_DATETIME, false, "15:04:05", CELL_DATE},
        {"1.5104166667", FORMAT_ELAPSED, false, "36:15:00", CELL_TEXT},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char buf[SERIAL_BYTES];
        struct str out;
        enum cell_kind kind =
            serial_format(str_from(cases[i].raw), cases[i].format, cases[i].is_1904, buf, &out);
        assert_str(out, cases[i].out);
        assert_int_equal(kind, cases[i].kind);
    }
}

TEST(serial_format_iso_takes_dates_only) {
    static const struct {
        const char *in, *out;
        enum cell_kind kind;
    } cases[] = {
        {"2026-03-01", "2026-03-01", CELL_DATE},
        {"2026-03-01T15:04:05", "2026-03-01 15:04:05", CELL_DATE},
        {"2026-03-01T15:04:05.000Z", "2026-03-01 15:04:05", CELL_DATE},
        {"2026-03-01T15:04", "2026-03-01 15:04:00", CELL_DATE},
        {"2026-03", "2026-03", CELL_TEXT},
        {"yesterday", "yesterday", CELL_TEXT},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char buf[SERIAL_BYTES];
        struct str out;
        assert_int_equal(serial_format_iso(str_from(cases[i].in), buf, &out), cases[i].kind);
        assert_str(out, cases[i].out);
    }
}
