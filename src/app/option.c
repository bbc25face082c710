// SPDX-License-Identifier: Apache-2.0
#include "app/option.h"

#include "base/clock.h"
#include "base/strbuf.h"
#include "base/utf8.h"

bool option_parse_bool(struct str value, bool *ret) {
    static const struct {
        struct str word;
        bool is_true;
    } words[] = {
        {STR_INIT("yes"), true}, {STR_INIT("no"), false},    {STR_INIT("true"), true},
        {STR_INIT("on"), true},  {STR_INIT("false"), false}, {STR_INIT("off"), false},
        {STR_INIT("1"), true},   {STR_INIT("0"), false},     {STR_INIT("是"), true},
        {STR_INIT("否"), false},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eq_nocase(value, words[i].word)) {
            *ret = words[i].is_true;
            return true;
        }
    }
    return false;
}

// One to four digits at the start of `*s`, which then begins after them.
static bool cut_number(struct str *s, int *ret) {
    size_t n = 0;
    int value = 0;
    for (; n < s->len && n < 4 && s->ptr[n] >= '0' && s->ptr[n] <= '9'; n++)
        value = value * 10 + (s->ptr[n] - '0');
    *s = str_slice(*s, n, s->len);
    *ret = value;
    return n > 0;
}

static bool cut_word(struct str *s, struct str word) {
    if (!str_starts(*s, word))
        return false;
    *s = str_slice(*s, word.len, s->len);
    return true;
}

bool option_parse_date(struct str value, int64_t *ret_days) {
    static const struct {
        struct str after_year, after_month, after_day;
    } forms[] = {
        {STR_INIT("-"), STR_INIT("-"), STR_INIT("")},
        {STR_INIT("/"), STR_INIT("/"), STR_INIT("")},
        {STR_INIT("."), STR_INIT("."), STR_INIT("")},
        {STR_INIT("年"), STR_INIT("月"), STR_INIT("日")},
    };
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        struct str s = str_trim(value);
        struct civil c = {0};
        if (cut_number(&s, &c.year) && cut_word(&s, forms[i].after_year) &&
            cut_number(&s, &c.month) && cut_word(&s, forms[i].after_month) &&
            cut_number(&s, &c.day) && cut_word(&s, forms[i].after_day) && s.len == 0 &&
            c.year >= 1000 && civil_is_valid(&c)) {
            *ret_days = civil_to_days(c.year, c.month, c.day);
            return true;
        }
    }
    return false;
}

static bool check_int(const struct option *row, const char *shown, struct str value,
                      struct error *err) {
    int64_t n;
    if (str_to_int64(value, &n) && n >= row->low && n <= row->high)
        return true;
    return error_set(err, ERROR_USAGE, "%s 应是 %lld 到 %lld 之间的整数，不是 “%.*s”",
                     "%s must be a whole number from %lld to %lld, not \"%.*s\"", shown,
                     (long long)row->low, (long long)row->high, STR_ARG(utf8_cut(value, 40)));
}

static bool check_choice(const struct option *row, const char *shown, struct str value,
                         struct error *err) {
    CLEANUP(strbuf_done) struct strbuf list = strbuf_init(256);
    for (size_t i = 0; row->choices[i]; i++) {
        if (str_eq(value, str_from(row->choices[i])))
            return true;
        strbuf_addf(&list, "%s%s", i ? ", " : "", row->choices[i]);
    }
    return error_set(err, ERROR_USAGE, "%s 只能是 %s 之一，不是 “%.*s”",
                     "%s must be one of %s, not \"%.*s\"", shown, strbuf_cstr(&list),
                     STR_ARG(utf8_cut(value, 40)));
}

static bool check_value(const struct option *row, const char *shown, struct str value,
                        struct error *err) {
    bool flag;
    int64_t days;
    switch (row->type) {
    case OPTION_BOOL:
        return option_parse_bool(value, &flag) ||
               error_set(err, ERROR_USAGE, "%s 应是 yes 或 no，不是 “%.*s”",
                         "%s must be yes or no, not \"%.*s\"", shown, STR_ARG(utf8_cut(value, 40)));
    case OPTION_INT:
        return check_int(row, shown, value, err);
    case OPTION_CHOICE:
        return check_choice(row, shown, value, err);
    case OPTION_DATE:
        return option_parse_date(value, &days) ||
               error_set(err, ERROR_USAGE, "%s 应是日期，如 2026-03-01，不是 “%.*s”",
                         "%s must be a date such as 2026-03-01, not \"%.*s\"", shown,
                         STR_ARG(utf8_cut(value, 40)));
    case OPTION_PAIRS:
        if (str_find_char(value, '=') == STR_NONE || value.ptr[0] == '=')
            return error_set(err, ERROR_USAGE, "%s 应写成 %s，“%.*s” 里没有 “名称=”",
                             "%s must read %s; \"%.*s\" has no \"name=\"", shown,
                             row->arg.en ? row->arg.en : "KEY=VALUE", STR_ARG(utf8_cut(value, 40)));
        return true;
    case OPTION_TEXT:
    case OPTION_PATH:
        return true;
    }
    return true;
}

bool option_check(const struct option *row, const char *shown, struct str value,
                  struct error *err) {
    bool ok;
    if (value.len == 0)
        ok = error_set(err, ERROR_USAGE, "%s 后面缺少值", "%s needs a value", shown);
    else if (row->type != OPTION_PATH && !utf8_is_valid(value))
        ok = error_set(err, ERROR_USAGE, "%s 的值不是 UTF-8 文字，请检查终端的编码",
                       "the value of %s is not UTF-8 text; check the terminal's encoding", shown);
    else
        ok = check_value(row, shown, value, err);
    return ok || error_field(err, row->name);
}

#define MAX_WORD 48

// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours each cost one.
static size_t distance(struct str a, struct str b) {
    size_t rows[3][MAX_WORD + 1], *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.len; j++)
        above[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t d = above[j - 1] + (a.ptr[i - 1] != b.ptr[j - 1]);
            d = MIN(d, MIN(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
                d = MIN(d, before[j - 2] + 1);
            row[j] = d;
        }
        size_t *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[b.len];
}

const char *option_nearest(struct str word, const char *const *names, size_t n) {
    if (word.len < 2 || word.len > MAX_WORD)
        return NULL;
    const char *best = NULL;
    size_t best_distance = MIN(word.len / 3, (size_t)2) + 1;
    for (size_t i = 0; i < n; i++) {
        struct str name = str_from(names[i]);
        if (name.len > MAX_WORD)
            continue;
        size_t d = distance(word, name);
        // The beginning of a longer name is a likely meaning, but the weakest one.
        if (d >= best_distance && !best && word.len >= 3 && str_starts(name, word))
            best = names[i];
        if (d < best_distance) {
            best_distance = d;
            best = names[i];
        }
    }
    return best;
}
