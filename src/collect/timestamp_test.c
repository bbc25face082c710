// SPDX-License-Identifier: Apache-2.0
#include "collect/timestamp.h"

#include "tests/support/test.h"

// In the zone +08:00 the cell must be this instant in UTC; NULL = no time.
static void check(const struct time_format *f, const char *cell, const char *utc, bool date_only) {
    struct timestamp t = {TIME_NONE, false};
    bool ok = timestamp_parse(f, str_from(cell), &t);
    char buf[32];
    if (ok != (utc != NULL))
        fail_msg("\"%s\" %s", cell, ok ? "was read as a time" : "was not read");
    if (!ok)
        return;
    if (strcmp(clock_format_iso(t.us, buf, sizeof buf), utc) != 0 || t.date_only != date_only)
        fail_msg("\"%s\": %s%s, not %s", cell, buf, t.date_only ? " (date)" : "", utc);
}

static struct zone *east8(void) {
    struct zone *z;
    assert_true(zone_open(STR("+08:00"), &z, NULL));
    return z;
}

TEST(timestamp_reads_what_people_write) {
    static const struct {
        const char *cell, *utc;
        bool date_only;
    } cases[] = {
        {"2026-03-01 15:04:05", "2026-03-01T07:04:05Z", false},
        {"2026-03-01T15:04:05Z", "2026-03-01T15:04:05Z", false},
        {"2026-03-01T15:04:05+08:00", "2026-03-01T07:04:05Z", false},
        {"2026-03-01T15:04:05.123+0900", "2026-03-01T06:04:05Z", false},
        {"2026-03-01T15:04", "2026-03-01T07:04:00Z", false},
        {"2026-03-01", "2026-02-28T16:00:00Z", true},
        {"2026/3/1 15:04", "2026-03-01T07:04:00Z", false},
        {"2026/3/1", "2026-02-28T16:00:00Z", true},
        {"2026.3.1", "2026-02-28T16:00:00Z", true},
        {"\t2026-03-01 15:04:05", "2026-03-01T07:04:05Z", false},
        {" 2026-03-01  15:04:05 ", "2026-03-01T07:04:05Z", false},
        {"2026-03-01 24:00", "2026-03-01T16:00:00Z", false},
        {"2026年3月1日", "2026-02-28T16:00:00Z", true},
        {"2026年03月01日 15:04", "2026-03-01T07:04:00Z", false},
        {"2026年3月1日 下午3:05", "2026-03-01T07:05:00Z", false},
        {"2026年3月1日 上午9:05:06", "2026-03-01T01:05:06Z", false},
        {"2026年3月1日15时4分", "2026-03-01T07:04:00Z", false},
        {"2026年3月1日 15点04分05秒", "2026-03-01T07:04:05Z", false},
        {"2026年3月1日 星期日 晚上8:30", "2026-03-01T12:30:00Z", false},
        {"2026年3月1日（周日）中午12:10", "2026-03-01T04:10:00Z", false},
        {"2026/3/1 下午 3:04:05", "2026-03-01T07:04:05Z", false},
        {"２０２６－０３－０１ １５：０４", "2026-03-01T07:04:00Z", false},
        {"2026年1月3日\n已购：白色", "2026-01-02T16:00:00Z", true},
        {"已购：白色\n2026年1月3日", "2026-01-02T16:00:00Z", true},
        {"3/1/2026 3:04 PM", "2026-03-01T07:04:00Z", false},
        {"3/1/2026 12:04 AM", "2026-02-28T16:04:00Z", false},
        {"03/01/2026", "2026-02-28T16:00:00Z", true},
        {"3/1/26 15:04", "2026-03-01T07:04:00Z", false},
        {"Mar 1, 2026", "2026-02-28T16:00:00Z", true},
        {"March 1, 2026 3:04 PM", "2026-03-01T07:04:00Z", false},
        {"1 Mar 2026", "2026-02-28T16:00:00Z", true},
        {"March 1st, 2026", "2026-02-28T16:00:00Z", true},
        {"Reviewed on March 1, 2026", "2026-02-28T16:00:00Z", true},
        {"Sun, 01 Mar 2026 15:04:05 +0800", "2026-03-01T07:04:05Z", false},
        {"Sun, 01 Mar 2026 15:04:05 GMT", "2026-03-01T15:04:05Z", false},
        {"Sun Mar  1 15:04:05 2026", "2026-03-01T07:04:05Z", false},
        {"Sun Mar 1 15:04:05 CST 2026", "2026-03-01T07:04:05Z", false},
        // no time
        {"", NULL, false},
        {"昨天", NULL, false},
        {"3月1日", NULL, false},
        {"2026-13-01", NULL, false},
        {"2026-02-30", NULL, false},
        {"2026-03-01 25:00", NULL, false},
        {"2026-03-01 15:60", NULL, false},
        {"1899-12-31", NULL, false},
        {"2026", NULL, false},
        {"15:04", NULL, false},
        {"46082", NULL, false},
        {"1772348645", NULL, false},
        {"2026-03-01 很好用", NULL, false},
        {"物流2天就到了", NULL, false},
        {"2026-03", NULL, false},
        {"192.168.1.20", NULL, false},
        {"2026-03-01 15:04:05+99:00", NULL, false},
    };
    struct zone *z = east8();
    struct time_format f = {TIME_ORDER_MDY, TIME_NUMBER_NONE, z};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        check(&f, cases[i].cell, cases[i].utc, cases[i].date_only);
    zone_free(z);
}

TEST(timestamp_numbers_mean_what_the_column_says) {
    static const struct {
        enum time_number number;
        const char *cell, *utc;
        bool date_only;
    } cases[] = {
        {TIME_NUMBER_SERIAL, "46082", "2026-02-28T16:00:00Z", true},
        {TIME_NUMBER_SERIAL, "46082.5", "2026-03-01T04:00:00Z", false},
        {TIME_NUMBER_SERIAL, "46082.6278356481", "2026-03-01T07:04:05Z", false},
        {TIME_NUMBER_SERIAL_1904, "44620", "2026-02-28T16:00:00Z", true},
        {TIME_NUMBER_UNIX_S, "1772348645", "2026-03-01T07:04:05Z", false},
        {TIME_NUMBER_UNIX_MS, "1772348645000", "2026-03-01T07:04:05Z", false},
        {TIME_NUMBER_UNIX_US, "1772348645000000", "2026-03-01T07:04:05Z", false},
        {TIME_NUMBER_COMPACT, "20260301", "2026-02-28T16:00:00Z", true},
        {TIME_NUMBER_COMPACT, "202603011504", "2026-03-01T07:04:00Z", false},
        {TIME_NUMBER_COMPACT, "20260301150405", "2026-03-01T07:04:05Z", false},
        {TIME_NUMBER_COMPACT, "20261301", NULL, false},
        {TIME_NUMBER_SERIAL, "9999999", NULL, false},
        {TIME_NUMBER_UNIX_S, "99999999999999999999", NULL, false},
        {TIME_NUMBER_UNIX_MS, "9223372036854775807", NULL, false},
    };
    struct zone *z = east8();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct time_format f = {TIME_ORDER_MDY, cases[i].number, z};
        check(&f, cases[i].cell, cases[i].utc, cases[i].date_only);
    }
    zone_free(z);
}

TEST(timestamp_profile_settles_day_and_month_over_the_column) {
    static const struct {
        const char *cells[5];
        enum time_order order;
        bool ambiguous;
    } cases[] = {
        {{"03/01/2026", "03/25/2026", "04/02/2026"}, TIME_ORDER_MDY, false},
        {{"03/01/2026", "25/03/2026", "04/02/2026"}, TIME_ORDER_DMY, false},
        {{"01.03.2026", "13.03.2026"}, TIME_ORDER_DMY, false},
        {{"01/03/2026", "02/03/2026", "03/03/2026", "04/03/2026"}, TIME_ORDER_DMY, true},
        {{"03/01/2026", "03/02/2026", "03/03/2026", "03/04/2026"}, TIME_ORDER_MDY, true},
        {{"2026-03-01", "2026-03-13"}, TIME_ORDER_MDY, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct time_profile p = {0};
        for (size_t k = 0; k < 5 && cases[i].cells[k]; k++)
            time_profile_add(&p, str_from(cases[i].cells[k]));
        assert_int_equal(time_profile_format(&p, NULL).order, cases[i].order);
        assert_int_equal(time_profile_is_ambiguous(&p), cases[i].ambiguous);
        assert_true(time_profile_share(&p, false) == 1);
    }
}

TEST(timestamp_profile_knows_bare_numbers) {
    static const struct {
        const char *cells[3];
        enum time_number number;
        bool unnamed; // counts even when the header says nothing of time
    } cases[] = {
        {{"46082.5", "46083.25", "46090"}, TIME_NUMBER_SERIAL, false},
        {{"1772348645", "1772349645", "1772359645"}, TIME_NUMBER_UNIX_S, false},
        {{"1772348645000", "1772349645123", "1772359645000"}, TIME_NUMBER_UNIX_MS, true},
        {{"20260301", "20260302", "20260331"}, TIME_NUMBER_COMPACT, false},
        {{"20260301150405", "20260301150406", "-"}, TIME_NUMBER_COMPACT, false},
        {{"5", "4", "3"}, TIME_NUMBER_NONE, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct time_profile p = {0};
        for (size_t k = 0; k < 3; k++)
            time_profile_add(&p, str_from(cases[i].cells[k]));
        assert_int_equal(time_profile_format(&p, NULL).number, cases[i].number);
        assert_true(time_profile_share(&p, true) == (cases[i].number != TIME_NUMBER_NONE));
        assert_true(time_profile_share(&p, false) == cases[i].unnamed);
    }
}
