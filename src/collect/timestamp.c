// SPDX-License-Identifier: Apache-2.0
#include "collect/timestamp.h"

#include "base/utf8.h"
#include "collect/cell.h"

// What has been read of a cell so far. -1 = not yet.
struct parts {
    int year, month, day, hour, minute, second, us;
    int meridiem; // 0 none, 1 before noon, 2 after noon
    bool has_zone;
    int zone_s;     // seconds east of UTC
    bool has_clock; // a colon time: nothing else may set the hour
};

static const struct parts empty_parts = {-1, -1, -1, -1, 0, 0, 0, 0, false, 0, false};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Up to nine digits at *pos.
static size_t digits(struct str s, size_t *pos, int *ret) {
    size_t n = 0;
    int v = 0;
    while (*pos < s.len && is_digit(s.ptr[*pos]) && n < 9) {
        v = v * 10 + (s.ptr[*pos] - '0');
        ++*pos;
        n++;
    }
    *ret = v;
    return n;
}

static bool finish(const struct time_format *f, const struct parts *p, struct timestamp *ret) {
    struct civil c = {p->year, p->month, p->day, MAX(p->hour, 0), p->minute, p->second, p->us};
    if (p->year < 1900 || p->year > 2199 || p->month < 0 || p->day < 0)
        return false;
    if (p->meridiem) {
        if (c.hour > 12 && p->meridiem == 1)
            return false;
        if (p->meridiem == 1 && c.hour == 12)
            c.hour = 0;
        if (p->meridiem == 2 && c.hour < 12)
            c.hour += 12;
    }
    bool midnight = c.hour == 24 && c.minute == 0 && c.second == 0; // the end of that day
    if (midnight)
        c.hour = 0;
    if (!civil_is_valid(&c))
        return false;
    int64_t us;
    if (p->has_zone)
        us = civil_to_us(&c) - p->zone_s * US_PER_SECOND;
    else
        us = f->zone ? zone_to_us(f->zone, &c) : civil_to_us(&c);
    *ret = (struct timestamp){us + (midnight ? US_PER_DAY : 0), p->hour < 0};
    return true;
}

// “:04:05.678” after the hour.
static bool clock_rest(struct str s, size_t *pos, struct parts *p) {
    ++*pos; // the colon
    size_t n = digits(s, pos, &p->minute);
    if (n == 0 || n > 2 || p->minute > 59)
        return false;
    p->has_clock = true;
    if (*pos + 1 < s.len && s.ptr[*pos] == ':' && is_digit(s.ptr[*pos + 1])) {
        ++*pos;
        if (digits(s, pos, &p->second) > 2 || p->second > 60)
            return false;
        if (*pos + 1 < s.len && (s.ptr[*pos] == '.' || s.ptr[*pos] == ',') &&
            is_digit(s.ptr[*pos + 1])) {
            ++*pos;
            int unit = 100000;
            for (; *pos < s.len && is_digit(s.ptr[*pos]); ++*pos, unit /= 10)
                p->us += (s.ptr[*pos] - '0') * unit;
        }
    }
    return true;
}

// “+08:00”, “+0800”, “-5” after a time of day.
static bool zone_offset(struct str s, size_t *pos, struct parts *p) {
    int sign = s.ptr[*pos] == '-' ? -1 : 1, hours, minutes = 0;
    ++*pos;
    size_t n = digits(s, pos, &hours);
    if (n == 4) {
        minutes = hours % 100;
        hours /= 100;
    } else if (n == 0 || n > 2) {
        return false;
    } else if (*pos + 1 < s.len && s.ptr[*pos] == ':' && is_digit(s.ptr[*pos + 1])) {
        ++*pos;
        if (digits(s, pos, &minutes) != 2)
            return false;
    }
    p->has_zone = true;
    p->zone_s = sign * (hours * 3600 + minutes * 60);
    return hours <= 14 && minutes < 60;
}

// The three numbers of a numeric date. n[] are their digits.
static bool numeric_date(const struct time_format *f, const int v[3], const size_t n[3],
                         struct parts *p) {
    if (n[0] == 4) {
        p->year = v[0], p->month = v[1], p->day = v[2];
        return n[1] <= 2 && n[2] <= 2;
    }
    if (n[0] > 2 || n[1] > 2 || (n[2] != 4 && n[2] != 2))
        return false;
    p->year = n[2] == 4 ? v[2] : v[2] + 2000;
    bool mdy = f->order == TIME_ORDER_MDY;
    p->month = mdy ? v[0] : v[1];
    p->day = mdy ? v[1] : v[0];
    return true;
}

static bool date_rest(const struct time_format *f, struct str s, size_t *pos, int first,
                      size_t n_first, struct parts *p) {
    int v[3] = {first, 0, 0};
    size_t n[3] = {n_first, 0, 0};
    char sep = s.ptr[*pos];
    for (int i = 1; i < 3; i++) {
        if (*pos >= s.len || s.ptr[*pos] != sep)
            return false;
        ++*pos;
        while (*pos < s.len && s.ptr[*pos] == ' ')
            ++*pos;
        n[i] = digits(s, pos, &v[i]);
        if (n[i] == 0)
            return false;
    }
    return p->year < 0 && numeric_date(f, v, n, p);
}

// Usual forms without any search: 2026-03-01, 2026/3/1 15:04, 2026-03-01T15:04:05.678+08:00.
static bool parse_plain(const struct time_format *f, struct str s, struct timestamp *ret) {
    struct parts p = empty_parts;
    size_t pos = 0;
    int first;
    size_t n = digits(s, &pos, &first);
    if (n == 0 || n > 4 || pos >= s.len ||
        (s.ptr[pos] != '-' && s.ptr[pos] != '/' && s.ptr[pos] != '.'))
        return false;
    if (!date_rest(f, s, &pos, first, n, &p))
        return false;
    if (pos == s.len)
        return finish(f, &p, ret);
    if (s.ptr[pos] != ' ' && s.ptr[pos] != 'T' && s.ptr[pos] != 't')
        return false;
    while (pos < s.len && (s.ptr[pos] == ' ' || s.ptr[pos] == 'T' || s.ptr[pos] == 't'))
        pos++;
    size_t hour_digits = digits(s, &pos, &p.hour);
    if (hour_digits == 0 || hour_digits > 2 || pos >= s.len || s.ptr[pos] != ':' ||
        !clock_rest(s, &pos, &p))
        return false;
    if (pos < s.len && (s.ptr[pos] == 'Z' || s.ptr[pos] == 'z')) {
        p.has_zone = true;
        pos++;
    } else if (pos < s.len && (s.ptr[pos] == '+' || s.ptr[pos] == '-')) {
        if (!zone_offset(s, &pos, &p))
            return false;
    }
    return pos == s.len && finish(f, &p, ret);
}

// ── everything else: words and numbers in any sensible order ──

static const struct {
    struct str word;
    int meridiem; // what it says of the hour
} zh_words[] = {
    {STR_INIT("上午"), 1},     {STR_INIT("下午"), 2},   {STR_INIT("凌晨"), 1},
    {STR_INIT("早上"), 1},     {STR_INIT("早晨"), 1},   {STR_INIT("清晨"), 1},
    {STR_INIT("中午"), 3},     {STR_INIT("晚上"), 2},   {STR_INIT("傍晚"), 2},
    {STR_INIT("夜里"), 3},     {STR_INIT("星期一"), 0}, {STR_INIT("星期二"), 0},
    {STR_INIT("星期三"), 0},   {STR_INIT("星期四"), 0}, {STR_INIT("星期五"), 0},
    {STR_INIT("星期六"), 0},   {STR_INIT("星期日"), 0}, {STR_INIT("星期天"), 0},
    {STR_INIT("周一"), 0},     {STR_INIT("周二"), 0},   {STR_INIT("周三"), 0},
    {STR_INIT("周四"), 0},     {STR_INIT("周五"), 0},   {STR_INIT("周六"), 0},
    {STR_INIT("周日"), 0},     {STR_INIT("（"), 0},     {STR_INIT("）"), 0},
    {STR_INIT("，"), 0},       {STR_INIT("评价于"), 0}, {STR_INIT("发布于"), 0},
    {STR_INIT("北京时间"), 0},
};

static bool zh_word(struct str s, size_t *pos, struct parts *p) {
    struct str rest = str_slice(s, *pos, s.len);
    for (size_t i = 0; i < ARRAY_LEN(zh_words); i++) {
        if (!str_starts(rest, zh_words[i].word))
            continue;
        *pos += zh_words[i].word.len;
        if (zh_words[i].meridiem == 3) { // 中午 11:50, 中午 1:20; 夜里 11:30, 夜里 2:00
            size_t at = *pos;
            int hour;
            while (at < s.len && s.ptr[at] == ' ')
                at++;
            if (digits(s, &at, &hour) > 0)
                p->meridiem = i == 6 ? (hour < 10 ? 2 : 0) : (hour >= 8 && hour < 12 ? 2 : 1);
        } else if (zh_words[i].meridiem) {
            p->meridiem = zh_words[i].meridiem;
        }
        return true;
    }
    return false;
}

static int month_of(struct str word) {
    static const struct str names[] = {
        STR_INIT("january"),   STR_INIT("february"), STR_INIT("march"),    STR_INIT("april"),
        STR_INIT("may"),       STR_INIT("june"),     STR_INIT("july"),     STR_INIT("august"),
        STR_INIT("september"), STR_INIT("october"),  STR_INIT("november"), STR_INIT("december"),
    };
    if (word.len < 3)
        return 0;
    if (str_eq(word, STR("sept")))
        return 9;
    for (int i = 0; i < 12; i++)
        if (str_eq(word, names[i]) || (word.len == 3 && str_starts(names[i], word)))
            return i + 1;
    return 0;
}

static bool is_ignored_word(struct str word) {
    static const struct str words[] = {
        STR_INIT("t"),         STR_INIT("at"),       STR_INIT("on"),     STR_INIT("of"),
        STR_INIT("st"),        STR_INIT("nd"),       STR_INIT("rd"),     STR_INIT("th"),
        STR_INIT("mon"),       STR_INIT("tue"),      STR_INIT("tues"),   STR_INIT("wed"),
        STR_INIT("thu"),       STR_INIT("thur"),     STR_INIT("thurs"),  STR_INIT("fri"),
        STR_INIT("sat"),       STR_INIT("sun"),      STR_INIT("monday"), STR_INIT("tuesday"),
        STR_INIT("wednesday"), STR_INIT("thursday"), STR_INIT("friday"), STR_INIT("saturday"),
        STR_INIT("sunday"),    STR_INIT("reviewed"),
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_eq(word, words[i]))
            return true;
    return false;
}

static bool latin_word(struct str s, size_t *pos, struct parts *p) {
    size_t from = *pos;
    while (*pos < s.len && ((s.ptr[*pos] >= 'a' && s.ptr[*pos] <= 'z') ||
                            (s.ptr[*pos] == '.' && *pos + 1 < s.len && s.ptr[*pos + 1] == 'm')))
        ++*pos;
    struct str word = str_slice(s, from, *pos);
    int month = month_of(word);
    if (month) {
        if (p->month >= 0 || (p->hour >= 0 && p->day >= 0 && p->year >= 0))
            return false;
        p->month = month;
        return true;
    }
    if (str_eq(word, STR("am")) || str_eq(word, STR("a.m"))) {
        p->meridiem = 1;
    } else if (str_eq(word, STR("pm")) || str_eq(word, STR("p.m"))) {
        p->meridiem = 2;
    } else if (str_eq(word, STR("z")) || str_eq(word, STR("utc")) || str_eq(word, STR("gmt"))) {
        p->has_zone = true;
        if (*pos < s.len && (s.ptr[*pos] == '+' || s.ptr[*pos] == '-'))
            return zone_offset(s, pos, p);
    } else if (str_eq(word, STR("cst")) && p->hour >= 0) {
        return true; // China, Cuba or Chicago: the zone of the workspace decides
    } else {
        return is_ignored_word(word);
    }
    return p->hour >= 0 || p->meridiem == 0;
}

// A number whose unit character follows: 年 月 日 号 时 点 分 秒.
static bool zh_unit(struct str s, size_t *pos, int v, size_t n, struct parts *p) {
    static const struct {
        struct str word;
        char part;
    } units[] = {
        {STR_INIT("年"), 'y'}, {STR_INIT("月"), 'm'}, {STR_INIT("日"), 'd'}, {STR_INIT("号"), 'd'},
        {STR_INIT("时"), 'h'}, {STR_INIT("点"), 'h'}, {STR_INIT("分"), 'n'}, {STR_INIT("秒"), 's'},
    };
    struct str rest = str_slice(s, *pos, s.len);
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (!str_starts(rest, units[i].word))
            continue;
        *pos += units[i].word.len;
        switch (units[i].part) {
        case 'y':
            p->year = n == 2 ? v + 2000 : v;
            return n == 4 || n == 2;
        case 'm':
            p->month = v;
            return n <= 2;
        case 'd':
            p->day = v;
            return n <= 2;
        case 'h':
            p->hour = v;
            return n <= 2;
        case 'n':
            p->minute = v;
            return p->hour >= 0 && v < 60;
        default:
            p->second = v;
            return p->hour >= 0 && v <= 60;
        }
    }
    return false;
}

static bool take_number(const struct time_format *f, struct str s, size_t *pos, struct parts *p) {
    int v;
    size_t n = digits(s, pos, &v);
    char next = *pos < s.len ? s.ptr[*pos] : '\0';
    if (next == ':') {
        if (p->has_clock || n > 2)
            return false;
        p->hour = v;
        return clock_rest(s, pos, p);
    }
    if ((next == '/' || next == '-' || next == '.') && p->year < 0 && p->month < 0 &&
        *pos + 1 < s.len && is_digit(s.ptr[*pos + 1]))
        return date_rest(f, s, pos, v, n, p);
    if ((unsigned char)next >= 0x80 && zh_unit(s, pos, v, n, p))
        return true;
    if (n == 4 && p->year < 0) {
        p->year = v;
        return true;
    }
    if (n <= 2 && p->day < 0) {
        p->day = v;
        return true;
    }
    if (n <= 2 && p->meridiem && p->hour < 0) { // “下午3”
        p->hour = v;
        return true;
    }
    return false;
}

static bool parse_line(const struct time_format *f, struct str s, struct timestamp *ret) {
    struct parts p = empty_parts;
    for (size_t pos = 0; pos < s.len;) {
        char c = s.ptr[pos];
        bool ok;
        if (is_digit(c)) {
            ok = take_number(f, s, &pos, &p);
        } else if (c >= 'a' && c <= 'z') {
            ok = latin_word(s, &pos, &p);
        } else if ((c == '+' || c == '-') && p.has_clock && pos + 1 < s.len &&
                   is_digit(s.ptr[pos + 1])) {
            ok = zone_offset(s, &pos, &p);
        } else if ((unsigned char)c >= 0x80) {
            ok = zh_word(s, &pos, &p);
        } else {
            ok = c == ' ' || c == ',' || c == '(' || c == ')' || c == '.' || c == '-';
            pos++;
        }
        if (!ok)
            return false;
    }
    return finish(f, &p, ret);
}

static bool parse_words(const struct time_format *f, struct str cell, struct timestamp *ret) {
    char buf[96];
    if (cell.len > 512)
        return false;
    while (cell.len) { // the first line that is a time
        struct str line = {NULL, 0};
        if (!str_cut(&cell, '\n', &line))
            break;
        line = str_trim(line);
        if (line.len > sizeof buf || line.len < 6)
            continue;
        if (parse_line(f, str_trim(cell_fold(line, buf, sizeof buf)), ret))
            return true;
    }
    return false;
}

// ── bare numbers ──

static bool compact(const struct time_format *f, struct str s, struct timestamp *ret) {
    struct parts p = empty_parts;
    int v[6] = {0};
    if (s.len != 8 && s.len != 12 && s.len != 14)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (!is_digit(s.ptr[i]))
            return false;
        size_t k = i < 4 ? 0 : 1 + (i - 4) / 2;
        v[k] = v[k] * 10 + (s.ptr[i] - '0');
    }
    p.year = v[0], p.month = v[1], p.day = v[2];
    if (s.len > 8) {
        p.hour = v[3], p.minute = v[4], p.second = v[5];
        if (p.minute > 59 || p.second > 60)
            return false;
    }
    return finish(f, &p, ret);
}

static bool serial(const struct time_format *f, struct str s, bool from_1904,
                   struct timestamp *ret) {
    double v;
    if (!str_to_double(s, &v) || v < 1 || v >= 109500) // up to 2199
        return false;
    double whole = floor(v);
    int64_t days =
        (int64_t)whole + (from_1904 ? civil_to_days(1904, 1, 1) : civil_to_days(1899, 12, 30));
    int64_t of_day_s = (int64_t)((v - whole) * 86400 + 0.5);
    struct civil c = civil_from_us(days * US_PER_DAY + of_day_s * US_PER_SECOND);
    *ret = (struct timestamp){f->zone ? zone_to_us(f->zone, &c) : civil_to_us(&c), v == whole};
    return true;
}

static bool unix_time(struct str s, int64_t unit_us, struct timestamp *ret) {
    int64_t v;
    double d;
    if (!str_to_int64(s, &v)) {
        if (unit_us == 1 || !str_to_double(s, &d) || d < 0 || d * (double)unit_us > 7e15)
            return false;
        *ret = (struct timestamp){(int64_t)(d * (double)unit_us), false};
        return true;
    }
    int64_t us;
    if (v < 0 || __builtin_mul_overflow(v, unit_us, &us) || us > INT64_C(7258118400000000))
        return false; // after 2199
    *ret = (struct timestamp){us, false};
    return true;
}

static bool parse_number(const struct time_format *f, struct str s, struct timestamp *ret) {
    switch (f->number) {
    case TIME_NUMBER_NONE:
        return false;
    case TIME_NUMBER_SERIAL:
        return serial(f, s, false, ret);
    case TIME_NUMBER_SERIAL_1904:
        return serial(f, s, true, ret);
    case TIME_NUMBER_UNIX_S:
        return unix_time(s, US_PER_SECOND, ret);
    case TIME_NUMBER_UNIX_MS:
        return unix_time(s, 1000, ret);
    case TIME_NUMBER_UNIX_US:
        return unix_time(s, 1, ret);
    case TIME_NUMBER_COMPACT:
        return compact(f, s, ret);
    }
    return false;
}

static bool is_bare_number(struct str s) {
    if (s.len == 0 || s.len > 24)
        return false;
    size_t points = 0;
    for (size_t i = 0; i < s.len; i++) {
        points += s.ptr[i] == '.';
        if (!is_digit(s.ptr[i]) && s.ptr[i] != '.')
            return false;
    }
    return points <= 1 && is_digit(s.ptr[0]);
}

bool timestamp_parse(const struct time_format *f, struct str cell, struct timestamp *ret) {
    cell = cell_trim(cell);
    if (cell.len < 5)
        return false;
    if (is_bare_number(cell))
        return parse_number(f, cell, ret);
    return parse_plain(f, cell, ret) || parse_words(f, cell, ret);
}

// ── what a column tells ──

static void profile_number(struct time_profile *p, struct str s) {
    double v;
    struct timestamp t;
    if (!str_to_double(s, &v))
        return;
    bool whole = str_find_char(s, '.') == STR_NONE;
    if (compact(&(struct time_format){0}, s, &t) && t.us > 0)
        p->numbers[TIME_NUMBER_COMPACT]++;
    else if (v >= 25569 && v < 73051) // 1970–2099
        p->numbers[TIME_NUMBER_SERIAL]++;
    else if (v >= 6.3e8 && v < 4.2e9) // 1990–2103
        p->numbers[TIME_NUMBER_UNIX_S]++;
    else if (whole && v >= 6.3e11 && v < 4.2e12)
        p->numbers[TIME_NUMBER_UNIX_MS]++;
    else if (whole && v >= 6.3e14 && v < 4.2e15)
        p->numbers[TIME_NUMBER_UNIX_US]++;
}

// a/b/year: what the two numbers allow.
static void profile_order(struct time_profile *p, struct str s) {
    size_t pos = 0;
    int v[3];
    for (int i = 0; i < 3; i++) {
        if (i > 0 &&
            (pos >= s.len || (s.ptr[pos] != '/' && s.ptr[pos] != '-' && s.ptr[pos] != '.')))
            return;
        pos += i > 0;
        size_t n = digits(s, &pos, &v[i]);
        if (n == 0 || (i < 2 && n > 2) || (i == 2 && n != 4 && n != 2))
            return;
    }
    if (v[0] < 1 || v[1] < 1 || v[0] > 31 || v[1] > 31)
        return;
    p->first_above_12 += v[0] > 12;
    p->second_above_12 += v[1] > 12;
    if (v[0] <= 12 && v[1] <= 12) {
        int64_t mdy = v[2] * 372 + v[0] * 31 + v[1], dmy = v[2] * 372 + v[1] * 31 + v[0];
        bool first = p->slashed == 0;
        p->mdy_min = first ? mdy : MIN(p->mdy_min, mdy);
        p->mdy_max = first ? mdy : MAX(p->mdy_max, mdy);
        p->dmy_min = first ? dmy : MIN(p->dmy_min, dmy);
        p->dmy_max = first ? dmy : MAX(p->dmy_max, dmy);
        p->slashed++;
    }
}

void time_profile_add(struct time_profile *p, struct str cell) {
    cell = cell_value(cell);
    if (cell.len == 0)
        return;
    p->filled++;
    if (is_bare_number(cell)) {
        profile_number(p, cell);
        return;
    }
    struct timestamp t;
    struct time_format f = {.order = TIME_ORDER_MDY};
    bool ok = timestamp_parse(&f, cell, &t);
    if (!ok) {
        f.order = TIME_ORDER_DMY;
        ok = timestamp_parse(&f, cell, &t);
    }
    p->dated += ok;
    p->timed += ok && !t.date_only;
    if (ok)
        profile_order(p, cell);
}

bool time_profile_is_ambiguous(const struct time_profile *p) {
    return p->slashed > 0 && p->first_above_12 == 0 && p->second_above_12 == 0;
}

struct time_format time_profile_format(const struct time_profile *p, const struct zone *zone) {
    struct time_format f = {TIME_ORDER_MDY, TIME_NUMBER_NONE, zone};
    if (p->first_above_12 != p->second_above_12)
        f.order = p->first_above_12 > p->second_above_12 ? TIME_ORDER_DMY : TIME_ORDER_MDY;
    else if (time_profile_is_ambiguous(p) && p->dmy_max - p->dmy_min < p->mdy_max - p->mdy_min)
        f.order =
            TIME_ORDER_DMY; // exports cover a stretch of time: the tighter reading is the likelier
    uint32_t best = 0;
    for (int i = 0; i <= TIME_NUMBER_COMPACT; i++)
        if (p->numbers[i] > best) {
            best = p->numbers[i];
            f.number = (enum time_number)i;
        }
    return f;
}

double time_profile_share(const struct time_profile *p, bool named) {
    if (p->filled == 0)
        return 0;
    uint32_t n = p->dated, best = 0;
    for (int i = 0; i <= TIME_NUMBER_COMPACT; i++)
        best = MAX(best, p->numbers[i]);
    if (named || best == p->numbers[TIME_NUMBER_UNIX_MS])
        n += best;
    return (double)n / p->filled;
}
