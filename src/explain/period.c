// SPDX-License-Identifier: Apache-2.0
#include "explain/period.h"

#include "base/clock.h"

// ── reading ──

// Exactly n digits at the start of *s; moves past them.
static bool take_digits(struct str *s, size_t n, int *ret) {
    if (s->len < n)
        return false;
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (s->ptr[i] < '0' || s->ptr[i] > '9')
            return false;
        value = value * 10 + (s->ptr[i] - '0');
    }
    *s = str_slice(*s, n, s->len);
    *ret = value;
    return true;
}

static bool take_char(struct str *s, char c) {
    if (!s->len || s->ptr[0] != c)
        return false;
    *s = str_slice(*s, 1, s->len);
    return true;
}

static bool days_of_months(int year, int month, int n_months, struct period *ret) {
    int last = year * 12 + (month - 1) + n_months;
    ret->from = (int32_t)civil_to_days(year, month, 1);
    ret->to = (int32_t)civil_to_days(last / 12, last % 12 + 1, 1);
    return true;
}

static bool day_period(int year, int month, int day, struct period *ret) {
    if (day < 1 || day > civil_days_in_month(year, month))
        return false;
    ret->from = (int32_t)civil_to_days(year, month, day);
    ret->to = ret->from + 1;
    return true;
}

// "2026", "2026-Q3", "2026-10", "2026-10-05", "2026/10/5", "20261005".
static bool parse_span(struct str s, struct period *ret) {
    int year, month, day;
    s = str_trim(s);
    if (!take_digits(&s, 4, &year) || year < 1)
        return false;
    if (!s.len)
        return days_of_months(year, 1, 12, ret);
    char sep = s.ptr[0] == '-' || s.ptr[0] == '/' ? s.ptr[0] : 0;
    if (sep)
        s = str_slice(s, 1, s.len);
    if (sep == '-' && (take_char(&s, 'Q') || take_char(&s, 'q'))) {
        int quarter;
        return take_digits(&s, 1, &quarter) && !s.len && quarter >= 1 && quarter <= 4 &&
               days_of_months(year, quarter * 3 - 2, 3, ret);
    }
    if (!take_digits(&s, 2, &month) && !(sep && take_digits(&s, 1, &month)))
        return false;
    if (month < 1 || month > 12)
        return false;
    if (!s.len)
        return sep && days_of_months(year, month, 1, ret);
    if (sep && !take_char(&s, sep))
        return false;
    if (!take_digits(&s, 2, &day) && !(sep && take_digits(&s, 1, &day)))
        return false;
    return !s.len && day_period(year, month, day, ret);
}

bool period_parse(struct str text, struct period *ret) {
    size_t dots = str_find(text, STR(".."));
    if (dots == STR_NONE)
        return parse_span(text, ret);
    struct period first, last;
    if (!parse_span(str_slice(text, 0, dots), &first) ||
        !parse_span(str_slice(text, dots + 2, text.len), &last) || last.to <= first.from)
        return false;
    *ret = (struct period){first.from, last.to};
    return true;
}

bool compare_parse(struct str text, struct compare_request *ret, struct error *err) {
    static const struct {
        struct str word;
        enum compare_kind kind;
    } words[] = {
        {STR_INIT("auto"), COMPARE_AUTO},         {STR_INIT("自动"), COMPARE_AUTO},
        {STR_INIT("none"), COMPARE_NONE},         {STR_INIT("无"), COMPARE_NONE},
        {STR_INIT("previous"), COMPARE_PREVIOUS}, {STR_INIT("上期"), COMPARE_PREVIOUS},
        {STR_INIT("last-week"), COMPARE_WEEK},    {STR_INIT("上周"), COMPARE_WEEK},
        {STR_INIT("last-month"), COMPARE_MONTH},  {STR_INIT("上月"), COMPARE_MONTH},
    };
    struct compare_request r = {0};
    text = str_trim(text);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!str_eq_nocase(text, words[i].word))
            continue;
        *ret = (struct compare_request){.kind = words[i].kind};
        return true;
    }
    r.kind = COMPARE_GIVEN;
    size_t comma = str_find_char(text, ',');
    r.has_now = comma != STR_NONE;
    struct str before = r.has_now ? str_slice(text, comma + 1, text.len) : text;
    if (!period_parse(before, &r.before) ||
        (r.has_now && !period_parse(str_slice(text, 0, comma), &r.now))) {
        error_set(
            err, ERROR_USAGE,
            "看不懂对比期“%.*s”：可写 previous、last-week、last-month、none、2026-10、"
            "2026-11-10..2026-11-16，或“本期,对比期”",
            "cannot read the period \"%.*s\": write previous, last-week, last-month, none, 2026-10, "
            "2026-11-10..2026-11-16, or NOW,BEFORE",
            STR_ARG(text));
        return error_field(err, "compare");
    }
    *ret = r;
    return true;
}

// ── choosing ──

void query_period(struct query *q, struct period p) {
    query_days(q, p.from, p.to);
}

struct query period_query(enum grain grain, struct period p) {
    struct query q = query_init(grain);
    q.flags_none = FACT_SYSTEM_GIVEN | FACT_NOT_COUNTED;
    query_period(&q, p);
    return q;
}

int32_t period_days(struct period p) {
    int64_t days = (int64_t)p.to - p.from;
    return days > INT32_MAX ? INT32_MAX : (int32_t)days;
}

static struct period just_before(struct period p) {
    int64_t from = (int64_t)p.from - period_days(p);
    return (struct period){(int32_t)MAX(from, (int64_t)INT32_MIN), p.from};
}

static struct period month_of(int32_t day) {
    int year, month, dom;
    struct period p;
    civil_from_days(day, &year, &month, &dom);
    days_of_months(year, month, 1, &p);
    return p;
}

static bool count_in(const struct layout *l, struct period p, int64_t *ret, struct error *err) {
    CLEANUP(result_done) struct result r = {0};
    struct query q = period_query(GRAIN_FEEDBACK, p);
    if (!facts_query(l->facts, &q, l->threads, &r, err))
        return false;
    *ret = r.n[0];
    return true;
}

static bool set(const struct layout *l, enum compare_kind kind, struct period now,
                struct period before, struct comparison *ret, struct error *err) {
    *ret = (struct comparison){.has = true, .kind = kind, .now = now, .before = before};
    return count_in(l, now, &ret->n_now, err) && count_in(l, before, &ret->n_before, err);
}

static bool has_enough(const struct comparison *c) {
    return c->n_now >= EXPLAIN_GROUP_MIN_N && c->n_before >= EXPLAIN_GROUP_MIN_N;
}

// The last whole week (month) of the data and the one before, if the data reaches over both.
static bool last_weeks(struct period data, struct period *now, struct period *before) {
    now->to = data.to - civil_weekday(data.to);
    now->from = now->to - 7;
    *before = just_before(*now);
    return before->from >= data.from;
}

static bool last_months(struct period data, struct period *now, struct period *before) {
    *now = month_of(data.to);       // the month that the day after the data is in …
    *now = month_of(now->from - 1); // … is not whole
    *before = month_of(now->from - 1);
    return before->from >= data.from;
}

static bool halves(struct period data, struct period *now, struct period *before) {
    int32_t half = period_days(data) / 2;
    *now = (struct period){data.to - half, data.to};
    *before = just_before(*now);
    return half >= 1;
}

static bool choose_auto(const struct layout *l, struct period data, const struct period *report,
                        struct comparison *ret, struct error *err) {
    static const struct {
        enum compare_kind kind;
        bool (*find)(struct period data, struct period *now, struct period *before);
    } ways[] = {{COMPARE_WEEK, last_weeks}, {COMPARE_MONTH, last_months}, {COMPARE_HALVES, halves}};
    if (report && !set(l, COMPARE_PREVIOUS, *report, just_before(*report), ret, err))
        return false;
    if (report && has_enough(ret))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(ways) && !report; i++) {
        struct period now, before;
        if (!ways[i].find(data, &now, &before))
            continue;
        if (!set(l, ways[i].kind, now, before, ret, err))
            return false;
        if (has_enough(ret))
            return true;
    }
    *ret = (struct comparison){.kind = COMPARE_NONE};
    return true;
}

// What follows the given period, as many days; if nothing does, the given one against what is before it.
static void around_given(struct period given, struct period data, struct period *now,
                         struct period *before) {
    if (given.to < data.to) {
        *before = given;
        *now = (struct period){given.to, MIN(given.to + period_days(given), data.to)};
    } else {
        *now = given;
        *before = just_before(given);
    }
}

bool compare_choose(const struct layout *l, const struct compare_request *request,
                    const struct period *report, struct comparison *ret, struct error *err) {
    struct period data = {l->first_day, l->last_day + 1}, now, before;
    *ret = (struct comparison){.kind = COMPARE_NONE};
    if (request->kind == COMPARE_NONE || !l->has_days)
        return true;
    switch (request->kind) {
    case COMPARE_AUTO:
        return choose_auto(l, data, report, ret, err);
    case COMPARE_WEEK:
        last_weeks(data, &now, &before);
        break;
    case COMPARE_MONTH:
        last_months(data, &now, &before);
        break;
    case COMPARE_GIVEN:
        around_given(request->before, data, &now, &before);
        if (report || request->has_now) {
            before = request->before;
            now = request->has_now ? request->now : *report;
        }
        break;
    case COMPARE_PREVIOUS:
        if (!report)
            halves(data, &now, &before);
        else
            now = *report;
        before = just_before(now);
        break;
    case COMPARE_NONE:
    case COMPARE_HALVES:
        return true;
    }
    return set(l, request->kind, now, before, ret, err);
}
