// SPDX-License-Identifier: Apache-2.0
#include "report/rows.h"

#include <math.h>

#include "report/rows_cells.h"
#include "report/words.h"

static const struct words headers[N_ROWS_COLUMNS] = {
    [ROWS_FILE] = {"文件", "file"},
    [ROWS_ROW] = {"行号", "row"},
    [ROWS_TIME] = {"时间", "time"},
    [ROWS_CHANNEL] = {"渠道", "channel"},
    [ROWS_ORDER] = {"订单号", "order"},
    [ROWS_PRODUCT] = {"商品", "product"},
    [ROWS_TEXT] = {"原文（打码）", "text_masked"},
    [ROWS_SCORE] = {"满意度1–5", "satisfaction"},
    [ROWS_SCORE_SOURCE] = {"满意度来源", "satisfaction_source"},
    [ROWS_SENTIMENT] = {"情感", "sentiment"},
    [ROWS_CONFIDENCE] = {"情感把握", "sentiment_score"},
    [ROWS_DIMENSIONS] = {"方面", "dimensions"},
    [ROWS_ISSUES] = {"问题", "issues"},
    [ROWS_DEPARTMENT] = {"建议部门", "department"},
    [ROWS_URGENCY] = {"紧急程度", "urgency"},
    [ROWS_REPLIED] = {"已回复", "replied"},
    [ROWS_VALIDITY] = {"有效性", "validity"},
    [ROWS_FLAGS] = {"标记", "flags"},
    [ROWS_KEYWORDS] = {"关键词", "keywords"},
};

const char *rows_header(enum rows_column column, enum lang lang) {
    return words_in(headers[column], lang);
}

struct str rows_header_beside(enum rows_column column, enum lang lang, const struct str *originals,
                              size_t n, struct arena *a) {
    struct str name = str_from(rows_header(column, lang));
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(str_trim(originals[i]), name))
            return arena_printf(a, lang == LANG_ZH ? "%.*s（回声）" : "%.*s_huisheng",
                                STR_ARG(name));
    return name;
}

bool rows_civil(const struct detail_row *row, const struct zone *zone, struct civil *ret) {
    int64_t days = row->occurred_us / US_PER_DAY;
    if (row->occurred_us == TIME_NONE || days < -719161 || days > 2932895)
        return false;
    *ret = zone ? zone_from_us(zone, row->occurred_us) : civil_from_us(row->occurred_us);
    return true;
}

static struct str time_cell(const struct detail_row *row, const struct zone *zone,
                            struct arena *a) {
    struct civil c;
    if (!rows_civil(row, zone, &c))
        return STR("");
    if (row->date_only)
        return arena_printf(a, "%04d-%02d-%02d", c.year, c.month, c.day);
    return arena_printf(a, "%04d-%02d-%02d %02d:%02d:%02d", c.year, c.month, c.day, c.hour,
                        c.minute, c.second);
}

static struct str number_cell(double v, struct arena *a) {
    if (!isfinite(v))
        return STR("");
    struct str s = arena_printf(a, "%.2f", fabs(v) < 1e12 ? v : 0);
    while (s.ptr[s.len - 1] == '0')
        s.len--;
    if (s.ptr[s.len - 1] == '.')
        s.len--;
    return s;
}

static struct str source_cell(const struct detail_row *row, enum lang lang) {
    if (!isfinite(row->satisfaction))
        return STR("");
    if (row->satisfaction_from_text)
        return lang == LANG_ZH ? STR("文字") : STR("text");
    return lang == LANG_ZH ? STR("评分") : STR("rating");
}

struct str rows_cell(const struct detail_row *row, enum rows_column column, enum lang lang,
                     const struct zone *zone, struct arena *a) {
    switch (column) {
    case ROWS_FILE:
        return row->file;
    case ROWS_ROW:
        return arena_printf(a, "%" PRIu64, row->row);
    case ROWS_TIME:
        return time_cell(row, zone, a);
    case ROWS_CHANNEL:
        return row->channel;
    case ROWS_ORDER:
        return row->order;
    case ROWS_PRODUCT:
        return row->product;
    case ROWS_TEXT:
        return row->text;
    case ROWS_SCORE:
        return number_cell(row->satisfaction, a);
    case ROWS_SCORE_SOURCE:
        return source_cell(row, lang);
    case ROWS_SENTIMENT:
        return row->sentiment < N_SENTIMENTS ? str_from(sentiment_labels[row->sentiment].code)
                                             : STR("");
    case ROWS_CONFIDENCE:
        return number_cell(row->sentiment_score, a);
    case ROWS_DIMENSIONS:
        return row->dimensions;
    case ROWS_ISSUES:
        return row->issues;
    case ROWS_DEPARTMENT:
        return row->department;
    case ROWS_URGENCY:
        return row->urgency < N_URGENCIES ? str_from(urgency_labels[row->urgency].code) : STR("");
    case ROWS_REPLIED:
        return row->replied ? lang == LANG_ZH ? STR("是") : STR("yes") : STR("");
    case ROWS_VALIDITY:
        return row->validity;
    case ROWS_FLAGS:
        return row->flags;
    case ROWS_KEYWORDS:
        return row->keywords;
    case N_ROWS_COLUMNS:
        break;
    }
    return STR("");
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool cell_is_long_id(struct str s) {
    size_t i = s.len && (s.ptr[0] == '+' || s.ptr[0] == '-');
    size_t digits = s.len - i;
    if (digits < 2)
        return false;
    for (size_t k = i; k < s.len; k++)
        if (!is_digit(s.ptr[k]))
            return false;
    return digits >= 12 || (i == 0 && s.ptr[0] == '0');
}

bool cell_is_number(struct str s) {
    size_t i = s.len && (s.ptr[0] == '+' || s.ptr[0] == '-'), digits = 0;
    bool has_point = false;
    for (; i < s.len && (is_digit(s.ptr[i]) || s.ptr[i] == '.' || s.ptr[i] == ','); i++) {
        if (s.ptr[i] == '.' && has_point)
            return false;
        has_point = has_point || s.ptr[i] == '.';
        digits += is_digit(s.ptr[i]);
    }
    if (digits == 0)
        return false;
    if (i < s.len && (s.ptr[i] == 'e' || s.ptr[i] == 'E')) {
        i++;
        i += i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-');
        size_t from = i;
        while (i < s.len && is_digit(s.ptr[i]))
            i++;
        if (i == from)
            return false;
    }
    i += i < s.len && s.ptr[i] == '%';
    return i == s.len;
}

bool cell_is_dangerous(struct str s) {
    static const struct str wide[] = {STR_INIT("＝"), STR_INIT("＋"), STR_INIT("－"),
                                      STR_INIT("＠")};
    if (!s.len)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(wide); i++)
        if (str_starts(s, wide[i]))
            return true;
    return strchr("=+-@\t\r\n", s.ptr[0]) && s.ptr[0] != '\0' && !cell_is_number(s);
}
