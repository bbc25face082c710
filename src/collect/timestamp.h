// SPDX-License-Identifier: Apache-2.0
// Times as people and programs write them. What one cell cannot tell — is 03/01/2026 March or January, is 46082 a
// date at all — the whole column tells: collect a profile over the sample, make a format of it, parse with that.
//
//     struct time_profile p = {0};
//     for each sampled cell: time_profile_add(&p, cell);
//     struct time_format f = time_profile_format(&p, zone);
//     struct timestamp t;
//     if (timestamp_parse(&f, cell, &t)) use(t.us, t.date_only);
//
// Understood: ISO 8601 with and without time, fraction, zone; 2026/3/1 15:04; 2026.3.1; 2026年3月1日 下午3:05,
// 2026年3月1日15时4分; 3/1/2026 3:04 PM; 1.3.2026; 3/1/26; Mar 1, 2026; RFC 2822; Sun Mar 1 15:04:05 2026;
// 20260301, 20260301150405; Excel serials of both calendars; Unix seconds, milliseconds, microseconds; several
// lines of which one is a time (“2026年1月3日\n已购：白色”). Not understood on purpose: 昨天, 3月1日 without a year. Years
// 1900–2199. Pure functions, any thread.
#ifndef COLLECT_TIMESTAMP_H
#define COLLECT_TIMESTAMP_H

#include "base/clock.h"

enum time_order { // of 03/01/2026
    TIME_ORDER_MDY,
    TIME_ORDER_DMY,
};

enum time_number {      // what a bare number means
    TIME_NUMBER_NONE,   // no time
    TIME_NUMBER_SERIAL, // days since 1899-12-30, the calendar that Excel counts in
    TIME_NUMBER_SERIAL_1904,
    TIME_NUMBER_UNIX_S,
    TIME_NUMBER_UNIX_MS,
    TIME_NUMBER_UNIX_US,
    TIME_NUMBER_COMPACT, // 20260301, 202603011504, 20260301150405
};

struct time_format {
    enum time_order order;
    enum time_number number;
    const struct zone *zone; // NULL = UTC
};

struct timestamp {
    int64_t us;
    bool date_only; // us is the local midnight of that day
};

// False: no time by this format; *ret is untouched.
bool timestamp_parse(const struct time_format *f, struct str cell, struct timestamp *ret) MUST_USE;

struct time_profile {
    uint32_t filled; // cells that were not empty
    uint32_t dated;  // readable as a date by their looks, without counting bare numbers
    uint32_t timed;  // of these, with a time of day
    uint32_t numbers[TIME_NUMBER_COMPACT +
                     1]; // bare numbers that would be a plausible time of each kind
    uint32_t slashed;    // a/b/year
    uint32_t first_above_12, second_above_12;   // of these
    int64_t mdy_min, mdy_max, dmy_min, dmy_max; // days spanned by either reading
};

void time_profile_add(struct time_profile *p, struct str cell);
struct time_format time_profile_format(const struct time_profile *p, const struct zone *zone);
// Share of the filled cells that are times; `named`: the header says time, so that bare numbers may count.
double time_profile_share(const struct time_profile *p, bool named);
// True if 03/01-like dates occurred and nothing in the column tells which number is the month.
bool time_profile_is_ambiguous(const struct time_profile *p);

#endif
