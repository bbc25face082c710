// SPDX-License-Identifier: Apache-2.0
#include "olap/plan.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

#define DENSE_GROUPS 16384

static int32_t bucket_start(int32_t day, enum time_bucket bucket) {
    int year, month, dom;
    switch (bucket) {
    case TIME_DAY:
        return day;
    case TIME_WEEK:
        return day - civil_weekday(day);
    case TIME_MONTH:
        civil_from_days(day, &year, &month, &dom);
        return day - (dom - 1);
    }
    return day;
}

static void day_digits_init(struct day_digits *d, const struct facts *f, enum time_bucket bucket) {
    int32_t first = 0, last = -1;
    facts_days(f, &first, &last);
    size_t span = (size_t)((int64_t)last - first + 1);
    d->first = first;
    d->digit = mem_alloc(span * sizeof *d->digit);
    d->key = mem_alloc((span + 1) * sizeof *d->key);
    d->key[0] = FACTS_NO_DAY;
    d->n = 1;
    for (size_t i = 0; i < span; i++) {
        int32_t start = bucket_start((int32_t)(first + (int64_t)i), bucket);
        if (d->n == 1 || d->key[d->n - 1] != start)
            d->key[d->n++] = start;
        d->digit[i] = d->n - 1;
    }
}

static bool is_groupable(const struct facts *f, const struct query *q, int column) {
    if (column >= f->n_columns || f->columns[column].kind == COLUMN_MEASURE)
        return false;
    return f->columns[column].grain == GRAIN_FEEDBACK || f->columns[column].grain == q->grain;
}

static bool is_measure(const struct facts *f, int column) {
    return column < f->n_columns && f->columns[column].kind == COLUMN_MEASURE;
}

static bool class_is_sound(const struct facts *f, const struct query *q,
                           const struct query_class *c) {
    if (c->column >= f->n_columns)
        return false;
    if (f->columns[c->column].kind == COLUMN_MEASURE)
        return c->n_cuts >= 1 && c->n_cuts <= QUERY_MAX_CUTS;
    return c->n_cuts == 0 && f->columns[c->column].kind == COLUMN_CLASS &&
           is_groupable(f, q, c->column);
}

static bool query_is_sound(const struct facts *f, const struct query *q) {
    if (q->n_by > QUERY_MAX_BY || q->n_measures > QUERY_MAX_MEASURES ||
        q->n_classes > QUERY_MAX_CLASSES)
        return false;
    for (int i = 0; i < q->n_by; i++)
        if (!is_groupable(f, q, q->by[i]))
            return false;
    for (int i = 0; i < q->n_measures; i++)
        if (!is_measure(f, q->measures[i]))
            return false;
    for (int i = 0; i < q->n_classes; i++)
        if (!class_is_sound(f, q, &q->classes[i]))
            return false;
    return true;
}

void plan_done(struct plan *p) {
    selector_done(&p->selector);
    free(p->days.digit);
    free(p->days.key);
}

bool plan_init(struct plan *p, const struct facts *f, const struct query *q, struct error *err) {
    *p = (struct plan){.facts = f, .query = q, .n_numbers = 1};
    if (!f->sealed)
        return error_set(err, ERROR_INTERNAL, "数据尚未封存", "the facts are not sealed yet");
    if (!query_is_sound(f, q))
        return error_set(err, ERROR_INTERNAL, "查询用了不合适的列",
                         "a query uses columns that do not fit");
    if (!selector_init(&p->selector, f, q, err))
        return false;
    for (int i = 0; i < q->n_by; i++) {
        if (q->by[i] == FACTS_DAY && !p->days.digit)
            day_digits_init(&p->days, f, q->bucket);
        uint64_t radix = q->by[i] == FACTS_DAY ? p->days.n : column_code_count(f, q->by[i]);
        p->radix[i] = MAX(radix, (uint64_t)1);
        if (__builtin_mul_overflow(p->n_numbers, p->radix[i], &p->n_numbers)) {
            plan_done(p);
            return error_set(err, ERROR_LIMIT, "分组的组合太多",
                             "too many combinations to group by");
        }
    }
    for (int i = 0; i < q->n_classes; i++) {
        const struct query_class *c = &q->classes[i];
        p->class_at[i] = p->n_counts;
        p->class_size[i] = c->n_cuts ? c->n_cuts + 1 : (int)facts_cardinality(f, c->column);
        p->n_counts += p->class_size[i];
    }
    p->dense = p->n_numbers <= DENSE_GROUPS;
    return true;
}

static void sums_resize(struct sums *s, const struct plan *p, size_t cap) {
    size_t n_measures = (size_t)p->query->n_measures, n_counts = (size_t)p->n_counts;
    size_t old = s->cap;
    s->cap = cap;
    if (!p->dense)
        s->numbers = mem_resize(s->numbers, cap, sizeof *s->numbers);
    s->n = mem_resize(s->n, cap, sizeof *s->n);
    s->moments = mem_resize(s->moments, cap * n_measures, sizeof *s->moments);
    s->counts = mem_resize(s->counts, cap * n_counts, sizeof *s->counts);
    memset(s->n + old, 0, (cap - old) * sizeof *s->n);
    if (n_measures)
        memset(s->moments + old * n_measures, 0, (cap - old) * n_measures * sizeof *s->moments);
    if (n_counts)
        memset(s->counts + old * n_counts, 0, (cap - old) * n_counts * sizeof *s->counts);
}

void sums_init(struct sums *s, const struct plan *p) {
    *s = (struct sums){0};
    sums_resize(s, p, p->dense ? (size_t)p->n_numbers : 64);
    s->n_groups = p->dense ? (size_t)p->n_numbers : 0;
}

void sums_done(struct sums *s) {
    free(s->numbers);
    map_u64_done(&s->index);
    free(s->n);
    free(s->moments);
    free(s->counts);
    *s = (struct sums){0};
}

size_t sums_group(struct sums *s, const struct plan *p, uint64_t number) {
    if (p->dense)
        return (size_t)number;
    uint64_t group;
    if (map_u64_get(&s->index, number, &group))
        return (size_t)group;
    if (s->n_groups == s->cap)
        sums_resize(s, p, s->cap * 2);
    s->numbers[s->n_groups] = number;
    map_u64_put(&s->index, number, s->n_groups);
    return s->n_groups++;
}

void sums_merge(struct sums *into, const struct plan *p, const struct sums *from) {
    size_t n_measures = (size_t)p->query->n_measures, n_counts = (size_t)p->n_counts;
    for (size_t g = 0; g < from->n_groups; g++) {
        if (!from->n[g])
            continue;
        size_t at = sums_group(into, p, p->dense ? g : from->numbers[g]);
        into->n[at] += from->n[g];
        for (size_t k = 0; k < n_measures; k++)
            into->moments[at * n_measures + k] =
                moments_plus(into->moments[at * n_measures + k], from->moments[g * n_measures + k]);
        for (size_t k = 0; k < n_counts; k++)
            into->counts[at * n_counts + k] += from->counts[g * n_counts + k];
    }
}

struct ordered_group {
    uint64_t number;
    int64_t n;
    size_t group;
};

static int by_number(const void *a, const void *b) {
    const struct ordered_group *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

static int by_count(const void *a, const void *b) {
    const struct ordered_group *x = a, *y = b;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return by_number(a, b);
}

static void decode_keys(const struct plan *p, uint64_t number, int32_t *ret) {
    for (int k = p->query->n_by - 1; k >= 0; k--) {
        uint64_t digit = number % p->radix[k];
        number /= p->radix[k];
        const struct column *c = &p->facts->columns[p->query->by[k]];
        ret[k] = (int32_t)digit;
        if (p->query->by[k] == FACTS_DAY)
            ret[k] = p->days.key[digit];
        else if (c->kind == COLUMN_CLASS && digit == c->n_classes)
            ret[k] = FACTS_NO_CLASS;
    }
}

void plan_result(const struct plan *p, const struct sums *s, struct result *ret) {
    const struct query *q = p->query;
    size_t n_measures = (size_t)q->n_measures, n_counts = (size_t)p->n_counts;
    struct ordered_group *order = mem_alloc(s->n_groups * sizeof *order);
    size_t n = 0;
    for (size_t g = 0; g < s->n_groups; g++)
        if (s->n[g] || q->n_by == 0)
            order[n++] = (struct ordered_group){p->dense ? g : s->numbers[g], s->n[g], g};
    if (q->order == ORDER_COUNT_DESC || !p->dense)
        qsort(order, n, sizeof *order, q->order == ORDER_COUNT_DESC ? by_count : by_number);
    *ret = (struct result){.n_by = q->n_by, .n_measures = q->n_measures, .n_counts = p->n_counts};
    ret->n_groups_total = n;
    ret->n_groups = q->limit ? MIN(q->limit, n) : n;
    memcpy(ret->class_at, p->class_at, sizeof ret->class_at);
    memcpy(ret->class_size, p->class_size, sizeof ret->class_size);
    ret->keys = NEW_ARRAY(int32_t, ret->n_groups * (size_t)q->n_by);
    ret->n = NEW_ARRAY(int64_t, ret->n_groups);
    ret->moments = NEW_ARRAY(struct moments, ret->n_groups * n_measures);
    ret->counts = NEW_ARRAY(int64_t, ret->n_groups * n_counts);
    for (size_t i = 0; i < ret->n_groups; i++) {
        size_t g = order[i].group;
        decode_keys(p, order[i].number, ret->keys + i * (size_t)q->n_by);
        ret->n[i] = s->n[g];
        for (size_t k = 0; k < n_measures; k++)
            ret->moments[i * n_measures + k] = s->moments[g * n_measures + k];
        for (size_t k = 0; k < n_counts; k++)
            ret->counts[i * n_counts + k] = s->counts[g * n_counts + k];
    }
    free(order);
}
