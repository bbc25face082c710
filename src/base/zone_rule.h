// SPDX-License-Identifier: Apache-2.0
// Summer time for ever: the rule in the footer of a tz database file (POSIX TZ string, RFC 8536 section 3.3), which
// holds after the last transition that the file lists.
//
//     "EST5EDT,M3.2.0,M11.1.0"     "<+0330>-3:30"     "CST-8"
#ifndef BASE_ZONE_RULE_H
#define BASE_ZONE_RULE_H

#include "base/str.h"

struct zone_rule_date { // when a change happens, each year
    enum {
        ZONE_RULE_MONTH,       // Mm.w.d: the w-th weekday d of month m, w = 5 is the last
        ZONE_RULE_JULIAN,      // Jn: day 1 … 365, never counting 29 February
        ZONE_RULE_DAY_OF_YEAR, // n: day 0 … 365
    } kind;
    int month, week, weekday; // weekday: 0 = Sunday
    int day;
    int time_s; // local seconds after midnight, may be negative or beyond a day
};

struct zone_rule {
    bool has_summer;
    int standard_s, summer_s; // seconds east of UTC
    struct zone_rule_date start, end;
};

bool zone_rule_parse(struct str text, struct zone_rule *ret) MUST_USE;
// Seconds east of UTC at an instant, in seconds since 1970.
int zone_rule_offset(const struct zone_rule *r, int64_t at_s);

#endif
