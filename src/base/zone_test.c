// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include "tests/support/test.h"

static struct zone *open_zone(const char *name) {
    struct zone *z = NULL;
    struct error err = {0};
    if (!zone_open(str_from(name), &z, &err))
        fail_msg("%s: %s", name, err.en);
    return z;
}

TEST(zone_open_takes_names_and_offsets) {
    static const struct {
        const char *name;
        int offset_s; // in January 2026
    } cases[] = {
        {"UTC", 0},
        {"Z", 0},
        {"Asia/Shanghai", 28800},
        {"+08:00", 28800},
        {"+0800", 28800},
        {"-5", -18000},
        {"UTC+8", 28800},
        {"GMT-03:30", -12600},
        {"Asia/Kolkata", 19800},
        {"America/New_York", -18000},
        {"Australia/Lord_Howe", 39600},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct zone *z = open_zone(cases[i].name);
        assert_str(zone_name(z), cases[i].name);
        assert_int_equal(zone_offset_s(z, civil_to_days(2026, 1, 15) * US_PER_DAY),
                         cases[i].offset_s);
        zone_free(z);
    }
    zone_free(NULL);
}

TEST(zone_open_refuses_what_is_no_zone) {
    static const char *const names[] = {
        "Mars/Olympus", "../../etc/passwd", "/etc/passwd", "Asia", "+25:00", "+8:99", "北京",
        "UTC+",         "+1234567"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct zone *z = NULL;
        struct error err = {0};
        assert_false(zone_open(str_from(names[i]), &z, &err));
        assert_int_equal(err.code, ERROR_INVALID);
        assert_null(z);
    }
}

TEST(zone_changes_on_the_second_in_listed_and_ruled_years) {
    static const struct {
        const char *name;
        struct civil utc;
        int before_s, from_s;
    } cases[] = {
        {"Asia/Shanghai", {1986, 5, 3, 18, 0, 0, 0}, 28800, 32400}, // China's summer time
        {"Asia/Shanghai", {1991, 9, 14, 17, 0, 0, 0}, 32400, 28800},
        {"America/New_York", {2026, 3, 8, 7, 0, 0, 0}, -18000, -14400},
        {"America/New_York", {2050, 3, 13, 7, 0, 0, 0}, -18000, -14400}, // beyond the list
        {"Europe/Berlin", {2049, 10, 31, 1, 0, 0, 0}, 7200, 3600},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct zone *z = open_zone(cases[i].name);
        int64_t at = civil_to_us(&cases[i].utc);
        assert_int_equal(zone_offset_s(z, at - 1), cases[i].before_s);
        assert_int_equal(zone_offset_s(z, at), cases[i].from_s);
        zone_free(z);
    }
}

TEST(zone_to_us_gap_is_later_and_overlap_is_earlier) {
    static const struct {
        struct civil local, utc;
    } cases[] = {
        {{2026, 1, 15, 12, 0, 0, 0}, {2026, 1, 15, 17, 0, 0, 0}},
        {{2026, 7, 15, 12, 0, 0, 0}, {2026, 7, 15, 16, 0, 0, 0}},
        {{2026, 3, 8, 1, 59, 59, 0}, {2026, 3, 8, 6, 59, 59, 0}},
        {{2026, 3, 8, 2, 30, 0, 0}, {2026, 3, 8, 7, 30, 0, 0}}, // does not exist
        {{2026, 3, 8, 3, 0, 0, 0}, {2026, 3, 8, 7, 0, 0, 0}},
        {{2026, 11, 1, 1, 30, 0, 0}, {2026, 11, 1, 5, 30, 0, 0}}, // twice
        {{2026, 11, 1, 2, 0, 0, 0}, {2026, 11, 1, 7, 0, 0, 0}},
    };
    struct zone *z = open_zone("America/New_York");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(zone_to_us(z, &cases[i].local), civil_to_us(&cases[i].utc));
    zone_free(z);
}

TEST(zone_local_days_begin_at_local_midnight) {
    struct zone *z = open_zone("Asia/Shanghai");
    struct civil c = {2026, 3, 1, 15, 59, 59, 999999};
    int64_t march_1 = civil_to_days(2026, 3, 1);
    assert_int_equal(zone_local_days(z, civil_to_us(&c)), march_1);
    assert_int_equal(zone_local_days(z, civil_to_us(&c) + 1), march_1 + 1);
    assert_int_equal(zone_local_days(z, -9 * US_PER_HOUR), -1);
    struct civil local = zone_from_us(z, civil_to_us(&c) + 1);
    assert_true(local.day == 2 && local.hour == 0 && local.minute == 0);
    zone_free(z);
}

TEST(zone_empty_name_is_the_machines_own) {
    setenv("TZ", ":Asia/Shanghai", 1);
    struct zone *z = open_zone("");
    assert_str(zone_name(z), "Asia/Shanghai");
    zone_free(z);
    setenv("TZ", "Nowhere/Land", 1); // a machine with a broken setting still works
    z = open_zone("");
    assert_str(zone_name(z), "UTC");
    zone_free(z);
    unsetenv("TZ");
}
