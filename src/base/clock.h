// SPDX-License-Identifier: Apache-2.0
// Time is int64_t microseconds since 1970-01-01T00:00:00Z (`_us`). Civil dates are proleptic Gregorian.
// A time zone turns instants into the days a shop lives by; it comes from the system's tz database.
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/error.h"
#include "base/str.h"

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_MINUTE (60 * US_PER_SECOND)
#define US_PER_HOUR   (60 * US_PER_MINUTE)
#define US_PER_DAY    (24 * US_PER_HOUR)

#define TIME_NONE INT64_MIN // “no time known”

int64_t clock_now_us(void);       // wall clock
int64_t clock_monotonic_us(void); // for durations

struct civil {
    int year;   // 1 … 9999
    int month;  // 1 … 12
    int day;    // 1 … 31
    int hour;   // 0 … 23
    int minute; // 0 … 59
    int second; // 0 … 60
    int us;     // 0 … 999999
};

int64_t civil_to_days(int year, int month, int day); // days since 1970-01-01
void civil_from_days(int64_t days, int *ret_year, int *ret_month, int *ret_day);
bool civil_is_valid(const struct civil *c);
int64_t civil_to_us(const struct civil *c); // read as UTC
struct civil civil_from_us(int64_t us);     // in UTC
int civil_weekday(int64_t days);            // 0 = Monday … 6 = Sunday
int civil_days_in_month(int year, int month);

// A zone, loaded once, read-only after, free of locks.
struct zone;
// `name`: "Asia/Shanghai", "UTC", "+08:00", or "" for the machine's own. The caller frees with zone_free.
bool zone_open(struct str name, struct zone **ret, struct error *err) MUST_USE;
void zone_free(struct zone *z);
struct str zone_name(const struct zone *z);          // "Asia/Shanghai", "+08:00"
int zone_offset_s(const struct zone *z, int64_t us); // seconds east of UTC in force at that instant
// Local wall clock → instant. In a gap the later, in an overlap the earlier instant.
int64_t zone_to_us(const struct zone *z, const struct civil *local);
struct civil zone_from_us(const struct zone *z, int64_t us);
int64_t zone_local_days(const struct zone *z, int64_t us); // local date as days since 1970-01-01

// "2026-11-16T08:30:00Z" into buf (≥ 32 bytes); returns buf.
const char *clock_format_iso(int64_t us, char *buf, size_t cap);
// "2026-11-16" of local days.
const char *clock_format_date(int64_t days, char *buf, size_t cap);

#endif
