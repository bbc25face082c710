// SPDX-License-Identifier: Apache-2.0
#include "collect/serial.h"

#include "base/clock.h"

#define MAX_SERIAL 2958466 // 10000-01-01

enum number_format number_format_builtin(unsigned id) {
    static const struct {
        unsigned from, to;
        enum number_format format;
    } ranges[] = {
        {14, 17, FORMAT_DATE}, {18, 21, FORMAT_TIME},    {22, 22, FORMAT_DATETIME},
        {27, 31, FORMAT_DATE}, {32, 35, FORMAT_TIME},    {36, 36, FORMAT_DATE},
        {45, 45, FORMAT_TIME}, {46, 46, FORMAT_ELAPSED}, {47, 47, FORMAT_TIME},
        {50, 54, FORMAT_DATE}, {55, 56, FORMAT_TIME},    {57, 58, FORMAT_DATE},
    };
    for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
        if (id >= ranges[i].from && id <= ranges[i].to)
            return ranges[i].format;
    return FORMAT_NUMBER;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

// Behind a bracket, a quoted text or an escaped character that starts at i; i if there is none.
// [h], [mm] set *elapsed.
static size_t skip_literal(struct str code, size_t i, bool *elapsed) {
    char c = code.ptr[i];
    if (c == '\\' || c == '_' || c == '*')
        return i + 2;
    if (c != '"' && c != '[')
        return i;
    char close = c == '[' ? ']' : '"';
    size_t at = i + 1;
    while (at < code.len && code.ptr[at] != close)
        at++;
    char first = i + 1 < code.len ? lower(code.ptr[i + 1]) : 0;
    size_t same = 0;
    while (i + 1 + same < at && lower(code.ptr[i + 1 + same]) == first)
        same++;
    if (c == '[' && (first == 'h' || first == 'm' || first == 's') && same == at - i - 1)
        *elapsed = true;
    return at + 1;
}

enum number_format number_format_of(struct str code) {
    bool day = false, clock = false, month = false, elapsed = false;
    if (str_eq_nocase(str_slice(code, 0, 7), STR("General")))
        return FORMAT_NUMBER;
    for (size_t i = 0; i < code.len && code.ptr[i] != ';';) {
        size_t next = skip_literal(code, i, &elapsed);
        if (next > i) {
            i = next;
            continue;
        }
        char c = lower(code.ptr[i++]);
        day |= c == 'y' || c == 'd';
        clock |= c == 'h' || c == 's';
        month |= c == 'm';
    }
    if (elapsed)
        return FORMAT_ELAPSED;
    if (day || (month && !clock))
        return clock ? FORMAT_DATETIME : FORMAT_DATE;
    return clock ? FORMAT_TIME : FORMAT_NUMBER;
}

// A number as people write it is left alone; what binary fractions make of it is rounded to the 15
// digits Excel has.
static bool is_plain_number(struct str s) {
    size_t digits = 0, i = s.len > 0 && *s.ptr == '-';
    bool point = false;
    for (; i < s.len; i++) {
        if (s.ptr[i] == '.' && !point)
            point = true;
        else if (s.ptr[i] >= '0' && s.ptr[i] <= '9')
            digits++;
        else
            return false;
    }
    bool leading_zero = s.len > 1 && *s.ptr == '0' && s.ptr[1] != '.';
    return digits > 0 && digits <= (point ? 15 : 18) && !leading_zero;
}

static struct str print_number(double v, char *buf) {
    bool whole = fabs(v) < 1e21 && v == trunc(v);
    int n = snprintf(buf, SERIAL_BYTES, whole ? "%.0f" : "%.15g", v == 0 ? 0.0 : v);
    return str_make(buf, (size_t)n);
}

static struct str print_clock(int64_t seconds, char *buf) {
    int n = snprintf(buf, SERIAL_BYTES, "%02d:%02d:%02d", (int)(seconds / 3600),
                     (int)(seconds / 60 % 60), (int)(seconds % 60));
    return str_make(buf, (size_t)n);
}

// Day 0 of both systems as days since 1970-01-01. False for the day that never was and what is out
// of range.
static bool day_of(int64_t days, bool is_1904, int64_t *ret) {
    if (!is_1904 && (days < 1 || days == 60))
        return false;
    *ret = is_1904 ? days + civil_to_days(1904, 1, 1)
                   : days + civil_to_days(1899, 12, days < 60 ? 31 : 30);
    return true;
}

enum cell_kind serial_format_double(double v, enum number_format format, bool is_1904, char *buf,
                                    struct str *ret) {
    if (format == FORMAT_NUMBER || !(v >= 0 && v < MAX_SERIAL)) {
        *ret = print_number(v, buf);
        return CELL_NUMBER;
    }
    int64_t seconds = llround(v * 86400), days = seconds / 86400, civil;
    if (format == FORMAT_ELAPSED) {
        *ret = print_clock(seconds, buf);
        return CELL_TEXT;
    }
    seconds %= 86400;
    if (days == 0 && format != FORMAT_DATE && !(is_1904 && format == FORMAT_DATETIME)) {
        *ret = print_clock(seconds, buf);
        return CELL_DATE;
    }
    if (!day_of(days, is_1904, &civil)) {
        *ret = print_number(v, buf);
        return CELL_NUMBER;
    }
    int year, month, day;
    civil_from_days(civil, &year, &month, &day);
    int n = snprintf(buf, SERIAL_BYTES, "%04d-%02d-%02d", year, month, day);
    if (seconds || format != FORMAT_DATE) {
        char *clock = buf + n;
        n += snprintf(clock, SERIAL_BYTES - (size_t)n, " %02d:%02d:%02d", (int)(seconds / 3600),
                      (int)(seconds / 60 % 60), (int)(seconds % 60));
    }
    *ret = str_make(buf, (size_t)n);
    return CELL_DATE;
}

enum cell_kind serial_format(struct str raw, enum number_format format, bool is_1904, char *buf,
                             struct str *ret) {
    double v;
    *ret = raw;
    if (format == FORMAT_NUMBER && is_plain_number(raw)) {
        if (str_find_char(raw, '.') != STR_NONE) {
            while (ret->ptr[ret->len - 1] == '0')
                ret->len--;
            ret->len -= ret->ptr[ret->len - 1] == '.';
        }
        return CELL_NUMBER;
    }
    if (!str_to_double(raw, &v))
        return CELL_TEXT;
    return serial_format_double(v, format, is_1904, buf, ret);
}

static bool digits_at(struct str s, size_t at, size_t n) {
    for (size_t i = at; i < at + n; i++)
        if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return true;
}

enum cell_kind serial_format_iso(struct str raw, char *buf, struct str *ret) {
    *ret = raw;
    bool date = raw.len >= 10 && digits_at(raw, 0, 4) && raw.ptr[4] == '-' &&
                digits_at(raw, 5, 2) && raw.ptr[7] == '-' && digits_at(raw, 8, 2);
    if (!date)
        return CELL_TEXT;
    size_t n = 10;
    memcpy(buf, raw.ptr, 10);
    if (raw.len >= 16 && raw.ptr[10] == 'T' && digits_at(raw, 11, 2) && digits_at(raw, 14, 2)) {
        bool seconds = raw.len >= 19 && raw.ptr[16] == ':' && digits_at(raw, 17, 2);
        int len = snprintf(buf + 10, SERIAL_BYTES - 10, " %.5s:%.2s", raw.ptr + 11,
                           seconds ? raw.ptr + 17 : "00");
        n += (size_t)len;
    }
    *ret = str_make(buf, n);
    return CELL_DATE;
}
