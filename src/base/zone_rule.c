// SPDX-License-Identifier: Apache-2.0
#include "base/zone_rule.h"

#include "base/clock.h"

static bool at_end(struct str s) {
    return s.len == 0;
}

static bool cut_char(struct str *s, char c) {
    if (at_end(*s) || s->ptr[0] != c)
        return false;
    *s = str_slice(*s, 1, s->len);
    return true;
}

// An abbreviation: three or more letters, or anything in <>.
static bool cut_name(struct str *s) {
    size_t n = 0;
    if (cut_char(s, '<')) {
        n = str_find_char(*s, '>');
        if (n == STR_NONE || n == 0)
            return false;
        *s = str_slice(*s, n + 1, s->len);
        return true;
    }
    while (n < s->len && ((s->ptr[n] | 32) >= 'a' && (s->ptr[n] | 32) <= 'z'))
        n++;
    *s = str_slice(*s, n, s->len);
    return n >= 3;
}

static bool cut_int(struct str *s, int low, int high, int *ret) {
    size_t n = 0;
    int value = 0;
    for (; n < s->len && n < 3 && s->ptr[n] >= '0' && s->ptr[n] <= '9'; n++)
        value = value * 10 + (s->ptr[n] - '0');
    *s = str_slice(*s, n, s->len);
    *ret = value;
    return n > 0 && value >= low && value <= high;
}

// [+-]h[:mm[:ss]]
static bool cut_time(struct str *s, int max_hours, int *ret_s) {
    bool negative = cut_char(s, '-');
    if (!negative)
        cut_char(s, '+');
    int h, m = 0, sec = 0;
    if (!cut_int(s, 0, max_hours, &h))
        return false;
    if (cut_char(s, ':') && !cut_int(s, 0, 59, &m))
        return false;
    if (cut_char(s, ':') && !cut_int(s, 0, 59, &sec))
        return false;
    *ret_s = (negative ? -1 : 1) * (h * 3600 + m * 60 + sec);
    return true;
}

static bool cut_date(struct str *s, struct zone_rule_date *ret) {
    *ret = (struct zone_rule_date){.time_s = 2 * 3600};
    bool ok;
    if (cut_char(s, 'M')) {
        ret->kind = ZONE_RULE_MONTH;
        ok = cut_int(s, 1, 12, &ret->month) && cut_char(s, '.') && cut_int(s, 1, 5, &ret->week) &&
             cut_char(s, '.') && cut_int(s, 0, 6, &ret->weekday);
    } else if (cut_char(s, 'J')) {
        ret->kind = ZONE_RULE_JULIAN;
        ok = cut_int(s, 1, 365, &ret->day);
    } else {
        ret->kind = ZONE_RULE_DAY_OF_YEAR;
        ok = cut_int(s, 0, 365, &ret->day);
    }
    return ok && (!cut_char(s, '/') || cut_time(s, 167, &ret->time_s));
}

bool zone_rule_parse(struct str s, struct zone_rule *ret) {
    struct zone_rule r = {0};
    int west;
    if (!cut_name(&s) || !cut_time(&s, 24, &west))
        return false;
    r.standard_s = r.summer_s = -west; // the string counts westward
    if (at_end(s)) {
        *ret = r;
        return true;
    }
    r.has_summer = true;
    r.summer_s = r.standard_s + 3600;
    if (!cut_name(&s))
        return false;
    if (!at_end(s) && s.ptr[0] != ',') {
        if (!cut_time(&s, 24, &west))
            return false;
        r.summer_s = -west;
    }
    if (!cut_char(&s, ',') || !cut_date(&s, &r.start) || !cut_char(&s, ',') ||
        !cut_date(&s, &r.end) || !at_end(s))
        return false;
    *ret = r;
    return true;
}

// Days since 1970 of a rule's date in a year.
static int64_t date_in(const struct zone_rule_date *d, int year) {
    int64_t new_year = civil_to_days(year, 1, 1);
    switch (d->kind) {
    case ZONE_RULE_JULIAN:
        return new_year + d->day - 1 + (d->day >= 60 && civil_days_in_month(year, 2) == 29);
    case ZONE_RULE_DAY_OF_YEAR:
        return new_year + d->day;
    case ZONE_RULE_MONTH:
        break;
    }
    int64_t first = civil_to_days(year, d->month, 1);
    int sunday_based = (civil_weekday(first) + 1) % 7;
    int day = (d->weekday - sunday_based + 7) % 7 + (d->week - 1) * 7;
    if (day >= civil_days_in_month(year, d->month))
        day -= 7;
    return first + day;
}

int zone_rule_offset(const struct zone_rule *r, int64_t at_s) {
    if (!r->has_summer)
        return r->standard_s;
    int64_t local = at_s + r->standard_s;
    int year, month, day;
    civil_from_days(local / 86400 - (local % 86400 < 0), &year, &month, &day);
    // A change is written in the local time that ends with it.
    int64_t start = date_in(&r->start, year) * 86400 + r->start.time_s - r->standard_s;
    int64_t end = date_in(&r->end, year) * 86400 + r->end.time_s - r->summer_s;
    bool summer = start < end ? at_s >= start && at_s < end : at_s >= start || at_s < end;
    return summer ? r->summer_s : r->standard_s;
}
