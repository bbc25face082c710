// SPDX-License-Identifier: Apache-2.0
#include "collect/profile.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "collect/cell.h"
#include "collect/score_cell.h"

#define DISTINCT_SLOTS 4096 // > 2 × TABLE_MAX_PEEK

struct distinct {
    uint64_t slots[DISTINCT_SLOTS]; // 0 = free
    uint32_t count;
};

static bool add_distinct(struct distinct *d, struct str s) {
    uint64_t h = str_hash(s) | 1;
    size_t i = (h >> 1) % DISTINCT_SLOTS;
    while (d->slots[i] && d->slots[i] != h)
        i = (i + 1) % DISTINCT_SLOTS;
    if (d->slots[i] || d->count > DISTINCT_SLOTS / 2)
        return false;
    d->slots[i] = h;
    d->count++;
    return true;
}

// Running sums of (number, grade) pairs: the sign of their covariance says which end is best.
struct pairs {
    double n, x, y, xy;
};

// True if the cell gave a number on the column's own scale.
static bool profile_score(struct column_profile *p, struct str s, struct pairs *pairs) {
    struct score_cell c = score_cell_parse(s);
    switch (c.form) {
    case SCORE_FORM_UNREADABLE:
        return false;
    case SCORE_FORM_EMPTY:
    case SCORE_FORM_NUMBER:
        break;
    case SCORE_FORM_STARS:
        p->stars++;
        c.value = c.of > 0 ? NAN : c.value;
        break;
    case SCORE_FORM_FRACTION:
        p->fractions++;
        break;
    case SCORE_FORM_PERCENT:
        p->percents++;
        break;
    case SCORE_FORM_WORDS:
        p->words++;
        p->extreme_words |= !c.two_sided && (c.grade == 2 || c.grade == -2);
        p->middle_words |= c.grade == 0;
        p->one_sided_words |= c.two_sided && !c.yes_no;
        p->yes_no_words |= c.yes_no;
        break;
    }
    p->readable++;
    if (c.form == SCORE_FORM_FRACTION || c.form == SCORE_FORM_PERCENT || !isfinite(c.value))
        return false;
    if (c.form == SCORE_FORM_WORDS) {
        pairs->n++;
        pairs->x += c.value;
        pairs->y += c.grade;
        pairs->xy += c.value * c.grade;
    }
    p->values[p->n_values++] = c.value;
    return true;
}

static bool is_sentence(struct str s) {
    static const struct str marks[] = {STR_INIT("，"), STR_INIT("。"), STR_INIT("！"),
                                       STR_INIT("？"), STR_INIT("、"), STR_INIT("~"),
                                       STR_INIT("!"),  STR_INIT("?"),  STR_INIT(", ")};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (str_has(s, marks[i]))
            return true;
    size_t spaces = 0;
    for (size_t i = 0; i < s.len; i++)
        spaces += s.ptr[i] == ' ';
    return spaces >= 3;
}

static bool has_han(struct str s) {
    for (size_t pos = 0; pos < s.len;)
        if (utf8_is_han(utf8_next(s, &pos)))
            return true;
    return false;
}

static bool is_masked(struct str s) {
    if (str_starts(s, STR("##")))
        return true;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != '*')
            return false;
    return true;
}

static void profile_looks(struct column_profile *p, struct str s) {
    uint32_t chars = (uint32_t)MIN(utf8_count(s), (size_t)UINT32_MAX);
    p->mean_chars += chars;
    p->max_chars = MAX(p->max_chars, chars);
    p->long_cells += chars >= 8;
    p->links += cell_is_link(s);
    p->personal += cell_is_personal(s);
    p->codes += cell_is_code(s);
    p->lost_ids += cell_is_lost_id(s);
    p->masked += is_masked(s);
    p->joined += str_has(s, STR("┋"));
    struct str head = utf8_cut_bytes(s, 512);
    p->with_han += has_han(head);
    p->sentences += is_sentence(head);
}

static void profile_number(struct column_profile *p, struct str s, bool counted) {
    struct number_cell n;
    if (s.len > 48 || !number_cell_parse(s, &n))
        return;
    p->amounts++;
    p->durations += n.unit == NUMBER_DURATION;
    if (n.unit == NUMBER_PLAIN) {
        p->numbers++;
        p->integers += n.value == floor(n.value);
        if (!counted)
            p->values[p->n_values++] = n.value;
    }
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// 1, 2, 3 …: small whole numbers, each once, without wide gaps.
static bool counts_rows(const struct column_profile *p) {
    if (p->n_values < 2 || p->integers < p->filled || p->distinct < p->filled)
        return false;
    double span = p->values[p->n_values - 1] - p->values[0];
    return p->values[0] >= 0 && p->values[p->n_values - 1] < 1e7 && span <= 2.0 * p->n_values + 8;
}

struct column_profile profile_column(const struct row *rows, size_t n, size_t column,
                                     struct arena *arena) {
    struct column_profile p = {.rows = (uint32_t)n};
    struct distinct *distinct = NEW(struct distinct);
    struct pairs pairs = {0};
    p.values = ARENA_ARRAY(arena, double, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (column >= rows[i].n)
            continue;
        struct str s = cell_value(rows[i].cells[column]);
        if (s.len == 0)
            continue;
        p.filled++;
        add_distinct(distinct, s);
        profile_looks(&p, s);
        profile_number(&p, s, s.len <= 96 && profile_score(&p, s, &pairs));
        time_profile_add(&p.time, s);
    }
    p.distinct = distinct->count;
    free(distinct);
    if (p.filled)
        p.mean_chars /= p.filled;
    if (p.n_values)
        qsort(p.values, p.n_values, sizeof *p.values, by_value);
    double trend = pairs.n * pairs.xy - pairs.x * pairs.y;
    p.word_trend = pairs.n >= 2 ? trend : 0;
    p.serial = counts_rows(&p);
    return p;
}

double profile_share(const struct column_profile *p, uint32_t count) {
    return p->filled ? (double)count / p->filled : 0;
}

// ── scales ──

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool read_small(struct str s, size_t *pos, double *ret) {
    size_t from = *pos;
    double v = 0;
    while (*pos < s.len && is_digit(s.ptr[*pos]) && *pos - from < 3)
        v = v * 10 + (s.ptr[(*pos)++] - '0');
    *ret = v;
    return *pos > from;
}

// “1-10”, “0~10分”, “1到5”, “1 to 5” anywhere in the header.
static bool range_in(struct str s, double *low, double *high) {
    static const struct str seps[] = {STR_INIT("-"),    STR_INIT("~"),  STR_INIT("–"),
                                      STR_INIT("—"),    STR_INIT("到"), STR_INIT("至"),
                                      STR_INIT(" to "), STR_INIT("～")};
    for (size_t i = 0; i < s.len; i++) {
        if (!is_digit(s.ptr[i]) || (i > 0 && is_digit(s.ptr[i - 1])))
            continue;
        size_t pos = i;
        double a, b;
        if (!read_small(s, &pos, &a))
            continue;
        if (str_starts(str_slice(s, pos, s.len), STR("分")))
            pos += 3;
        for (size_t k = 0; k < ARRAY_LEN(seps); k++) {
            size_t at = pos;
            if (!str_starts(str_slice(s, at, s.len), seps[k]))
                continue;
            at += seps[k].len;
            if (read_small(s, &at, &b) && a != b && MIN(a, b) <= 1 && MAX(a, b) >= 2 &&
                MAX(a, b) <= 100) {
                *low = a;
                *high = b;
                return true;
            }
        }
    }
    return false;
}

// “满分10”, “10分制”, “百分制”: the highest score.
static double full_marks(struct str s) {
    static const struct {
        struct str word;
        double high;
    } words[] = {
        {STR_INIT("百分制"), 100},     {STR_INIT("十分制"), 10},    {STR_INIT("五分制"), 5},
        {STR_INIT("七分制"), 7},       {STR_INIT("5-point"), 5},    {STR_INIT("7-point"), 7},
        {STR_INIT("10-point"), 10},    {STR_INIT("out of 10"), 10}, {STR_INIT("out of 5"), 5},
        {STR_INIT("out of 100"), 100}, {STR_INIT("/100"), 100},     {STR_INIT("/10"), 10},
        {STR_INIT("/5"), 5},
    };
    double v;
    size_t at = str_find(s, STR("满分"));
    if (at != STR_NONE) {
        at += 6;
        while (at < s.len && (s.ptr[at] == ' ' || s.ptr[at] == ':'))
            at++;
        if (read_small(s, &at, &v) && v >= 2)
            return v;
    }
    at = str_find(s, STR("分制"));
    if (at != STR_NONE && at > 0 && is_digit(s.ptr[at - 1])) {
        size_t from = at;
        while (from > 0 && is_digit(s.ptr[from - 1]))
            from--;
        if (read_small(s, &from, &v) && v >= 2)
            return v;
    }
    size_t best = 0;
    double high = 0;
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (words[i].word.len > best && str_has(s, words[i].word)) {
            best = words[i].word.len;
            high = words[i].high;
        }
    return high;
}

// “1=非常满意”, “1为最好”, “5 very dissatisfied”: the low end is the good one.
static bool says_reversed(struct str s) {
    static const struct str links[] = {STR_INIT("="),    STR_INIT(":"),    STR_INIT("为"),
                                       STR_INIT("代表"), STR_INIT("表示"), STR_INIT("是"),
                                       STR_INIT("分"),   STR_INIT(" "),    STR_INIT("-")};
    static const struct str best[] = {
        STR_INIT("非常满意"),  STR_INIT("很满意"),  STR_INIT("最满意"),
        STR_INIT("十分满意"),  STR_INIT("满意"),    STR_INIT("最好"),
        STR_INIT("最佳"),      STR_INIT("非常好"),  STR_INIT("很好"),
        STR_INIT("非常同意"),  STR_INIT("best"),    STR_INIT("very satisfied"),
        STR_INIT("excellent"), STR_INIT("highest"), STR_INIT("strongly agree")};
    if (str_has(s, STR("越低越好")) || str_has(s, STR("越小越好")) ||
        str_has(s, STR("lower is better")))
        return true;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != '1' || (i > 0 && is_digit(s.ptr[i - 1])) ||
            (i + 1 < s.len && is_digit(s.ptr[i + 1])))
            continue;
        size_t pos = i + 1;
        for (size_t k = 0; k < ARRAY_LEN(links); k++)
            if (str_starts(str_slice(s, pos, s.len), links[k])) {
                pos += links[k].len;
                k = (size_t)-1; // again from the first
            }
        for (size_t k = 0; k < ARRAY_LEN(best); k++)
            if (str_starts(str_slice(s, pos, s.len), best[k]))
                return true;
    }
    return false;
}

static uint32_t outside(const struct column_profile *p, double low, double high) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n_values; i++)
        n += p->values[i] < low || p->values[i] > high;
    return n;
}

static uint32_t occurs(const struct column_profile *p, double v) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->n_values; i++)
        n += p->values[i] == v;
    return n;
}

static bool all_multiples(const struct column_profile *p, double of) {
    for (uint32_t i = 0; i < p->n_values; i++)
        if (fmod(p->values[i], of) != 0)
            return false;
    return true;
}

// The smallest usual scale that holds the numbers.
static bool scale_of_values(const struct column_profile *p, bool is_nps, struct score_column *ret) {
    uint32_t n = p->n_values, spare = n >= 8 ? MAX(1, n / 30) : 0;
    bool whole = all_multiples(p, 1);
    double high = p->values[n - 1], low = p->values[0];
    if (is_nps)
        return ret->low = 0, ret->high = 10, outside(p, 0, 10) <= spare;
    if (whole && low == -1 && high <= 1)
        return ret->low = -1, ret->high = 1, true;
    if (low >= 0 && high <= 1 && (!whole || occurs(p, 0) > 0)) {
        ret->low = 0, ret->high = 1;
    } else if (whole && low >= 1 && high <= 3 && n >= 50 && outside(p, 1, 2) == 0) {
        ret->low = 1, ret->high = 2;
    } else if (whole && low >= 1 && high <= 3 && n >= 50) {
        ret->low = 1, ret->high = 3;
    } else if (whole && low >= 1 && high <= 4 && n >= 100) {
        ret->low = 1, ret->high = 4;
    } else if (outside(p, 0, 5) <= (n >= 16 ? MAX(spare, n / 16) : spare)) {
        ret->low = 1, ret->high = 5; // 0 is what platforms write for “not rated”
    } else if (outside(p, 1, 7) <= spare && n >= 30 && outside(p, 1, 5) > spare &&
               occurs(p, 0) == 0) {
        ret->low = 1, ret->high = 7;
    } else if (outside(p, 0, 10) <= spare) {
        ret->low = occurs(p, 0) > 0 ? 0 : 1, ret->high = 10;
    } else if (outside(p, 5, 50) <= spare && all_multiples(p, 5) && occurs(p, 50) > 0) {
        ret->low = 10, ret->high = 50;
    } else if (outside(p, 0, 100) <= spare) {
        ret->low = 0, ret->high = 100;
    } else {
        return false;
    }
    return true;
}

bool profile_scale(const struct column_profile *p, struct str header, bool is_nps,
                   struct score_column *ret) {
    char buf[256];
    struct str s = cell_fold(header, buf, sizeof buf);
    if (p->filled && profile_share(p, p->readable) < 0.6)
        return false;
    double low, high;
    ret->reversed = says_reversed(s) || p->word_trend < 0;
    if (range_in(s, &low, &high)) {
        ret->reversed |= low > high;
        ret->low = MIN(low, high);
        ret->high = MAX(low, high);
        return true;
    }
    high = full_marks(s);
    if (high > 0) {
        ret->high = high;
        ret->low = high >= 20 || (high == 10 && p->n_values && occurs(p, 0) > 0) ? 0 : 1;
        return true;
    }
    if (p->words > p->n_values && p->n_values == 0) {
        ret->is_words = true;
        ret->low = 1;
        ret->high = p->extreme_words ? 5 : p->middle_words ? 3 : 2;
        return true;
    }
    if (p->percents * 2 > p->filled)
        return ret->low = 0, ret->high = 100, true;
    ret->low = is_nps ? 0 : 1;
    ret->high = is_nps ? 10 : 5;
    return p->n_values == 0 || scale_of_values(p, is_nps, ret);
}
