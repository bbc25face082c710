// SPDX-License-Identifier: Apache-2.0
#include "collect/cell.h"

#include "base/utf8.h"

#define MAX_FILLER 15 // bytes

// Bytes that may begin or end what is trimmed: ASCII space, U+00A0, U+3000, U+FEFF, and the marks of forced text.
static bool may_begin(unsigned char c) {
    return c <= ' ' || c == '\'' || c == '=' || c == 0xC2 || c == 0xE3 || c == 0xEF;
}

static bool may_end(unsigned char c) {
    return c <= ' ' || c == 0xA0 || c == 0x80 || c == 0xBF;
}

struct str cell_trim(struct str cell) {
    if (cell.len == 0 ||
        (!may_begin((unsigned char)cell.ptr[0]) && !may_end((unsigned char)cell.ptr[cell.len - 1])))
        return cell; // the usual cell, without the work
    cell = str_trim(cell);
    if (cell.len >= 3 && cell.ptr[0] == '=' && cell.ptr[1] == '"' && cell.ptr[cell.len - 1] == '"')
        cell = str_trim(str_slice(cell, 2, cell.len - 1)); // ="0012": text by force
    else if (cell.len > 1 && cell.ptr[0] == '\'' && cell.ptr[1] >= '0' && cell.ptr[1] <= '9')
        cell = str_slice(cell, 1, cell.len);
    return cell;
}

// Most cells are told from fillers by their first two bytes.
static bool may_be_filler(struct str s) {
    unsigned char a = (unsigned char)s.ptr[0], b = s.len > 1 ? (unsigned char)s.ptr[1] : 0;
    switch (a) {
    case 0xE6: // 无 暂 未
        return b == 0x97 || b == 0x9A || b == 0x9C;
    case 0xE7: // 空
        return b == 0xA9;
    case 0xE8: // 跳
        return b == 0xB7;
    case 0xE2: // — –
        return b == 0x80;
    case 0xEF: // （ －
        return b == 0xBC;
    default:
        return a < 0x80 && !(a >= '0' && a <= '9');
    }
}

bool cell_is_filler(struct str s) {
    static const struct str fillers[] = {
        STR_INIT("-"),         STR_INIT("--"),        STR_INIT("---"),      STR_INIT("—"),
        STR_INIT("——"),        STR_INIT("–"),         STR_INIT("/"),        STR_INIT("\\"),
        STR_INIT("\\N"),       STR_INIT("N/A"),       STR_INIT("NA"),       STR_INIT("#N/A"),
        STR_INIT("null"),      STR_INIT("None"),      STR_INIT("nil"),      STR_INIT("NaN"),
        STR_INIT("undefined"), STR_INIT("(空)"),      STR_INIT("（空）"),   STR_INIT("空"),
        STR_INIT("(跳过)"),    STR_INIT("（跳过）"),  STR_INIT("跳过"),     STR_INIT("无"),
        STR_INIT("暂无"),      STR_INIT("(blank)"),   STR_INIT("(empty)"),  STR_INIT("(无)"),
        STR_INIT("（无）"),    STR_INIT("无。"),      STR_INIT("(未填写)"), STR_INIT("（未填写）"),
        STR_INIT("未填写"),    STR_INIT("(null)"),    STR_INIT("<null>"),   STR_INIT("[]"),
        STR_INIT("{}"),        STR_INIT("(skipped)"), STR_INIT("(未作答)"), STR_INIT("未作答"),
        STR_INIT("－"),
    };
    if (s.len == 0)
        return true;
    if (s.len > MAX_FILLER || !may_be_filler(s))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(fillers); i++)
        if (fillers[i].len == s.len && (fillers[i].ptr[0] | 32) == (s.ptr[0] | 32) &&
            str_eq_nocase(s, fillers[i]))
            return true;
    return false;
}

struct str cell_value(struct str cell) {
    cell = cell_trim(cell);
    if (cell.len <= MAX_FILLER && cell_is_filler(cell))
        return (struct str){"", 0};
    return cell;
}

struct str cell_fold(struct str s, char *buf, size_t cap) {
    size_t n = 0;
    for (size_t pos = 0; pos < s.len;) {
        unsigned char c = (unsigned char)s.ptr[pos];
        char one[4];
        size_t len = 1;
        if (c < 0x80) {
            one[0] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c <= ' ' ? ' ' : (char)c;
            pos++;
        } else {
            uint32_t u = utf8_next(s, &pos);
            if (u >= 0xFF01 && u <= 0xFF5E) {
                u -= 0xFEE0;
                one[0] = (char)(u >= 'A' && u <= 'Z' ? u + 32 : u);
            } else if (u == 0x3000 || u == 0xA0) {
                one[0] = ' ';
            } else {
                len = utf8_encode(u, one);
            }
        }
        if (n + len > cap)
            break;
        memcpy(buf + n, one, len);
        n += len;
    }
    return str_make(buf, n);
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Reads “1,234.5” at *pos. Commas count only between groups of three digits.
static bool read_number(struct str s, size_t *pos, double *ret) {
    char buf[40];
    size_t n = 0, i = *pos;
    if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+'))
        buf[n++] = s.ptr[i++];
    size_t first = n;
    bool point = false;
    for (; i < s.len && n < sizeof buf; i++) {
        char c = s.ptr[i];
        if (is_digit(c)) {
            buf[n++] = c;
        } else if (c == '.' && !point && i + 1 < s.len && is_digit(s.ptr[i + 1])) {
            buf[n++] = c;
            point = true;
        } else if (c == ',' && !point && n > first && i + 3 < s.len && is_digit(s.ptr[i + 1]) &&
                   is_digit(s.ptr[i + 2]) && is_digit(s.ptr[i + 3]) &&
                   !(i + 4 < s.len && is_digit(s.ptr[i + 4]))) {
            continue;
        } else {
            break;
        }
    }
    if (n == first || !str_to_double(str_make(buf, n), ret))
        return false;
    *pos = i;
    return true;
}

static void skip_spaces(struct str s, size_t *pos) {
    while (*pos < s.len && s.ptr[*pos] == ' ')
        ++*pos;
}

static bool take(struct str s, size_t *pos, struct str word) {
    if (!str_starts(str_slice(s, *pos, s.len), word))
        return false;
    *pos += word.len;
    return true;
}

struct unit {
    struct str word;
    enum number_unit unit;
    double factor;
};

// The first word that fits wins: longer before shorter.
static const struct unit units[] = {
    {STR_INIT("%"), NUMBER_PERCENT, 1},
    {STR_INIT("元"), NUMBER_MONEY, 1},
    {STR_INIT("块"), NUMBER_MONEY, 1},
    {STR_INIT("rmb"), NUMBER_MONEY, 1},
    {STR_INIT("cny"), NUMBER_MONEY, 1},
    {STR_INIT("usd"), NUMBER_MONEY, 1},
    {STR_INIT("eur"), NUMBER_MONEY, 1},
    {STR_INIT("个工作日"), NUMBER_DURATION, 1440},
    {STR_INIT("天"), NUMBER_DURATION, 1440},
    {STR_INIT("日"), NUMBER_DURATION, 1440},
    {STR_INIT("days"), NUMBER_DURATION, 1440},
    {STR_INIT("day"), NUMBER_DURATION, 1440},
    {STR_INIT("个小时"), NUMBER_DURATION, 60},
    {STR_INIT("小时"), NUMBER_DURATION, 60},
    {STR_INIT("时"), NUMBER_DURATION, 60},
    {STR_INIT("hours"), NUMBER_DURATION, 60},
    {STR_INIT("hour"), NUMBER_DURATION, 60},
    {STR_INIT("hrs"), NUMBER_DURATION, 60},
    {STR_INIT("h"), NUMBER_DURATION, 60},
    {STR_INIT("分钟"), NUMBER_DURATION, 1},
    {STR_INIT("分"), NUMBER_DURATION, 1},
    {STR_INIT("minutes"), NUMBER_DURATION, 1},
    {STR_INIT("minute"), NUMBER_DURATION, 1},
    {STR_INIT("mins"), NUMBER_DURATION, 1},
    {STR_INIT("min"), NUMBER_DURATION, 1},
    {STR_INIT("秒钟"), NUMBER_DURATION, 1.0 / 60},
    {STR_INIT("秒"), NUMBER_DURATION, 1.0 / 60},
    {STR_INIT("seconds"), NUMBER_DURATION, 1.0 / 60},
    {STR_INIT("sec"), NUMBER_DURATION, 1.0 / 60},
    {STR_INIT("s"), NUMBER_DURATION, 1.0 / 60},
    {STR_INIT("件"), NUMBER_COUNT, 1},
    {STR_INIT("个"), NUMBER_COUNT, 1},
    {STR_INIT("人"), NUMBER_COUNT, 1},
    {STR_INIT("份"), NUMBER_COUNT, 1},
    {STR_INIT("次"), NUMBER_COUNT, 1},
    {STR_INIT("单"), NUMBER_COUNT, 1},
};

static const struct unit *take_unit(struct str s, size_t *pos) {
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (take(s, pos, units[i].word))
            return &units[i];
    return NULL;
}

// “1:30:00” or “12:05”, hours first, in minutes.
static bool clock_duration(struct str s, double *ret) {
    double part[3];
    int n = 0;
    size_t pos = 0;
    while (n < 3) {
        size_t at = pos;
        if (!read_number(s, &pos, &part[n]) || part[n] < 0 ||
            (n > 0 && (pos - at != 2 || part[n] >= 60)))
            return false;
        n++;
        if (pos == s.len)
            break;
        if (s.ptr[pos++] != ':')
            return false;
    }
    if (n < 2 || pos != s.len)
        return false;
    *ret = part[0] * 60 + part[1] + (n == 3 ? part[2] / 60 : 0);
    return true;
}

bool number_cell_parse(struct str cell, struct number_cell *ret) {
    struct number_cell r = {0, NUMBER_PLAIN};
    cell = cell_trim(cell);
    if (cell.len == 0 || cell.len > 48)
        return false;
    if (str_to_double(cell, &r.value)) {
        *ret = r;
        return true;
    }
    char buf[64];
    struct str s = str_trim(cell_fold(cell, buf, sizeof buf));
    size_t pos = 0;
    static const struct str currencies[] = {STR_INIT("¥"), STR_INIT("$"),   STR_INIT("€"),
                                            STR_INIT("£"), STR_INIT("rmb"), STR_INIT("￥")};
    for (size_t i = 0; i < ARRAY_LEN(currencies) && r.unit == NUMBER_PLAIN; i++)
        if (take(s, &pos, currencies[i]))
            r.unit = NUMBER_MONEY;
    skip_spaces(s, &pos);
    if (clock_duration(s, &r.value)) {
        *ret = (struct number_cell){r.value, NUMBER_DURATION};
        return true;
    }
    double v;
    int parts = 0;
    while (read_number(s, &pos, &v)) {
        skip_spaces(s, &pos);
        if (take(s, &pos, STR("万")))
            v *= 10000;
        const struct unit *u = take_unit(s, &pos);
        if (parts++ > 0 && (!u || u->unit != NUMBER_DURATION || r.unit != NUMBER_DURATION))
            return false; // only durations have several parts
        if (u) {
            r.unit = u->unit;
            v *= u->factor;
        }
        r.value += v;
        skip_spaces(s, &pos);
    }
    if (parts == 0 || pos != s.len)
        return false;
    *ret = r;
    return true;
}

bool cell_is_lost_id(struct str s) {
    size_t e = str_find_char(s, 'E');
    if (e == STR_NONE)
        e = str_find_char(s, 'e');
    double v;
    return e != STR_NONE && e >= 1 && s.len - e >= 3 && s.ptr[e + 1] == '+' && s.len < 32 &&
           str_to_double(s, &v) && v >= 1e9;
}

bool cell_is_link(struct str s) {
    if (s.len < 4)
        return false;
    if (str_starts(s, STR("http://")) || str_starts(s, STR("https://")) ||
        str_starts(s, STR("//")) || str_starts(s, STR("www.")) || str_starts(s, STR("[\"")) ||
        str_starts(s, STR("['")) || str_starts(s, STR("[{")) || str_starts(s, STR("{\"")))
        return true;
    static const struct str endings[] = {STR_INIT(".jpg"), STR_INIT(".jpeg"), STR_INIT(".png"),
                                         STR_INIT(".gif"), STR_INIT(".webp"), STR_INIT(".mp4")};
    for (size_t i = 0; i < ARRAY_LEN(endings); i++)
        if (s.len > endings[i].len &&
            str_eq_nocase(str_slice(s, s.len - endings[i].len, s.len), endings[i]))
            return true;
    return false;
}

static bool is_ip(struct str s) {
    int dots = 0, digits = 0;
    size_t i = 0;
    for (; i < s.len && (is_digit(s.ptr[i]) || s.ptr[i] == '.'); i++) {
        dots += s.ptr[i] == '.';
        digits += is_digit(s.ptr[i]);
    }
    return dots == 3 && digits >= 4 && digits <= 12 && (i == s.len || s.ptr[i] == '(');
}

bool cell_is_personal(struct str s) {
    if (s.len < 7)
        return false;
    if (is_ip(s))
        return true;
    size_t at = str_find_char(s, '@');
    if (at != STR_NONE && at > 0 && s.len <= 254 &&
        str_find_char(str_slice(s, at, s.len), '.') != STR_NONE &&
        str_find_char(s, ' ') == STR_NONE)
        return true;
    size_t digits = 0, stars = 0, dashes = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (is_digit(c))
            digits++;
        else if (c == '*')
            stars++;
        else if (c == '-' || c == ' ' || (c == '+' && i == 0))
            dashes++;
        else if (!((c == 'X' || c == 'x') && i == 17))
            return false;
    }
    size_t n = digits + stars;
    bool mobile = n == 11 && s.ptr[0] == '1' && s.len == 11 && s.ptr[1] >= '3';
    bool mobile_86 = n == 13 && str_starts(s, STR("+86"));
    bool card = s.len >= 18 && s.len == n + (n == 17) && n >= 17 && n <= 18 && stars == 0 &&
                (str_starts(str_slice(s, 6, s.len), STR("19")) ||
                 str_starts(str_slice(s, 6, s.len), STR("20"))) &&
                s.ptr[0] >= '1' && s.ptr[0] <= '8' && s.ptr[10] <= '1' && s.ptr[12] <= '3';
    bool landline = dashes == 1 && n >= 10 && n <= 12 && s.ptr[0] == '0';
    return mobile || mobile_86 || card || landline;
}

bool cell_is_code(struct str s) {
    size_t digits = 0, letters = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (is_digit(c))
            digits++;
        else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
            letters++;
        else if (c != '-' && c != '_' && c != '#')
            return false;
    }
    return s.len >= 8 && digits >= 6 && s.len <= 64 && (digits * 3 >= letters || letters == 0);
}
