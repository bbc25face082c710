// SPDX-License-Identifier: Apache-2.0
#include "base/zone_rule.h"

#include "base/clock.h"
#include "tests/support/test.h"

TEST(zone_rule_parse_takes_posix_strings_only) {
    static const struct {
        const char *text;
        bool ok, has_summer;
        int standard_s, summer_s;
    } cases[] = {
        {"CST-8", true, false, 28800, 28800},
        {"UTC0", true, false, 0, 0},
        {"<+0330>-3:30", true, false, 12600, 12600},
        {"<-03>3", true, false, -10800, -10800},
        {"EST5EDT,M3.2.0,M11.1.0", true, true, -18000, -14400},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", true, true, 3600, 0}, // Dublin: summer is the standard
        {"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", true, true, 37800, 39600}, // half an hour
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", true, true, -7200, -3600},      // before midnight
        {"AAA1BBB,J60,J300/4", true, true, -3600, 0},
        {"AAA1BBB,59,300", true, true, -3600, 0},
        {"", false, false, 0, 0},
        {"CST", false, false, 0, 0},
        {"CS-8", false, false, 0, 0},
        {"EST5EDT", false, false, 0, 0},
        {"EST5EDT,M3.2.0", false, false, 0, 0},
        {"EST5EDT,M13.2.0,M11.1.0", false, false, 0, 0},
        {"EST5EDT,M3.6.0,M11.1.0", false, false, 0, 0},
        {"EST5EDT,M3.2.7,M11.1.0", false, false, 0, 0},
        {"EST5EDT,M3.2.0,M11.1.0x", false, false, 0, 0},
        {"EST99", false, false, 0, 0},
        {"<>5", false, false, 0, 0},
        {"<A5", false, false, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct zone_rule r = {0};
        assert_int_equal(zone_rule_parse(str_from(cases[i].text), &r), cases[i].ok);
        assert_int_equal(r.has_summer, cases[i].has_summer);
        assert_int_equal(r.standard_s, cases[i].standard_s);
        assert_int_equal(r.summer_s, cases[i].summer_s);
    }
}

TEST(zone_rule_offset_changes_on_the_second) {
    static const struct {
        const char *text;
        struct civil utc;
        int hours; // in force at that instant; one second before it is the other offset
        int before;
    } cases[] = {
        {"EST5EDT,M3.2.0,M11.1.0", {2040, 3, 11, 7, 0, 0, 0}, -4, -5},
        {"EST5EDT,M3.2.0,M11.1.0", {2040, 11, 4, 6, 0, 0, 0}, -5, -4},
        {"CET-1CEST,M3.5.0,M10.5.0/3", {2040, 3, 25, 1, 0, 0, 0}, 2, 1},
        {"CET-1CEST,M3.5.0,M10.5.0/3", {2040, 10, 28, 1, 0, 0, 0}, 1, 2},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", {2040, 3, 31, 16, 0, 0, 0}, 10, 11}, // the south
        {"AAA0BBB,J60/0,J365", {2040, 3, 1, 0, 0, 0, 0}, 1, 0}, // leap year: J60 is 1 March
        {"AAA0BBB,59/0,J365", {2040, 2, 29, 0, 0, 0, 0}, 1, 0}, // day 59 is 29 February
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct zone_rule r;
        assert_true(zone_rule_parse(str_from(cases[i].text), &r));
        int64_t at = civil_to_us(&cases[i].utc) / US_PER_SECOND;
        assert_int_equal(zone_rule_offset(&r, at), cases[i].hours * 3600);
        assert_int_equal(zone_rule_offset(&r, at - 1), cases[i].before * 3600);
    }
}
