// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

int64_t clock_now_us(void) {
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return ts.tv_sec * US_PER_SECOND + ts.tv_nsec / 1000;
}

int64_t clock_monotonic_us(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * US_PER_SECOND + ts.tv_nsec / 1000;
}

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

// Both directions: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (eras of 400 years that begin
// in March).
int64_t civil_to_days(int year, int month, int day) {
    int64_t y = year - (month <= 2);
    int64_t era = floor_div(y, 400);
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

void civil_from_days(int64_t days, int *ret_year, int *ret_month, int *ret_day) {
    days += 719468;
    int64_t era = floor_div(days, 146097);
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *ret_day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *ret_month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *ret_year = (int)(yoe + era * 400 + (*ret_month <= 2));
}

int civil_days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

bool civil_is_valid(const struct civil *c) {
    return c->year >= 1 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
           c->day <= civil_days_in_month(c->year, c->month) && c->hour >= 0 && c->hour <= 23 &&
           c->minute >= 0 && c->minute <= 59 && c->second >= 0 && c->second <= 60 && c->us >= 0 &&
           c->us < US_PER_SECOND;
}

int64_t civil_to_us(const struct civil *c) {
    return civil_to_days(c->year, c->month, c->day) * US_PER_DAY + c->hour * US_PER_HOUR +
           c->minute * US_PER_MINUTE + c->second * US_PER_SECOND + c->us;
}

struct civil civil_from_us(int64_t us) {
    int64_t days = floor_div(us, US_PER_DAY), rest = us - days * US_PER_DAY;
    struct civil c = {.hour = (int)(rest / US_PER_HOUR),
                      .minute = (int)(rest / US_PER_MINUTE % 60),
                      .second = (int)(rest / US_PER_SECOND % 60),
                      .us = (int)(rest % US_PER_SECOND)};
    civil_from_days(days, &c.year, &c.month, &c.day);
    return c;
}

int civil_weekday(int64_t days) {
    int64_t w = (days + 3) % 7; // 1970-01-01 was a Thursday
    return (int)(w < 0 ? w + 7 : w);
}

const char *clock_format_iso(int64_t us, char *buf, size_t cap) {
    struct civil c = civil_from_us(us);
    snprintf(buf, cap, "%04d-%02d-%02dT%02d:%02d:%02dZ", c.year, c.month, c.day, c.hour, c.minute,
             c.second);
    return buf;
}

const char *clock_format_date(int64_t days, char *buf, size_t cap) {
    int y, m, d;
    civil_from_days(days, &y, &m, &d);
    snprintf(buf, cap, "%04d-%02d-%02d", y, m, d);
    return buf;
}
