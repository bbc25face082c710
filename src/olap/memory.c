// SPDX-License-Identifier: Apache-2.0
// Group-by in memory. A group is one number: the codes of the group-by columns as digits of a mixed
// radix, most significant first, so that ascending numbers are ascending keys. If there are few
// such numbers they index arrays directly, else a hash table gives each an index.
//
// The rows are cut into blocks by their number alone. Each block is summed on its own and the sums
// are added in the order of the blocks: every addition happens in the same order for any number of
// threads.
#include <stdlib.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "num/parallel.h"
#include "olap/columns.h"

#define DENSE_GROUPS   16384
#define MIN_BLOCK_ROWS 32768
#define MAX_BLOCKS     32

// Bucket of each day between the first and the last of the data; digit 0 is “no day”.
struct day_digits {
    uint32_t *digit; // by day − first
    int32_t *key;    // by digit: first day of the bucket, FACTS_NO_DAY for 0
    uint32_t n;
    int32_t first;
};

struct plan {
    const struct facts *facts;
    const struct query *query;
    struct selector selector;
    struct day_digits days;
    uint64_t radix[QUERY_MAX_BY];
    uint64_t n_numbers; // product of the radixes
    bool dense;
    int class_at[QUERY_MAX_CLASSES], class_size[QUERY_MAX_CLASSES], n_counts;
    size_t n_items, block_rows, n_blocks;
};

// Sums of groups: by number when dense, else by order of arrival.
struct sums {
    size_t n_groups, cap;
    uint64_t *numbers; // hash only
    struct map_u64 index;
    int64_t *n;
    struct moments *moments;
    int64_t *counts;
};

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

static void plan_done(struct plan *p) {
    selector_done(&p->selector);
    free(p->days.digit);
    free(p->days.key);
}

static bool plan_init(struct plan *p, const struct facts *f, const struct query *q,
                      struct error *err) {
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
    p->n_items = facts_grain_count(f, q->grain);
    p->dense = p->n_numbers <= DENSE_GROUPS;
    p->n_blocks = MIN(MAX(p->n_items / MIN_BLOCK_ROWS, (size_t)1), (size_t)MAX_BLOCKS);
    p->block_rows = (p->n_items + p->n_blocks - 1) / p->n_blocks;
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

static void sums_init(struct sums *s, const struct plan *p) {
    *s = (struct sums){0};
    sums_resize(s, p, p->dense ? (size_t)p->n_numbers : 64);
    s->n_groups = p->dense ? (size_t)p->n_numbers : 0;
}

static void sums_done(struct sums *s) {
    free(s->numbers);
    map_u64_done(&s->index);
    free(s->n);
    free(s->moments);
    free(s->counts);
    *s = (struct sums){0};
}

static size_t sums_group(struct sums *s, const struct plan *p, uint64_t number) {
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

static void day_codes(const struct plan *p, const struct selection *sel, uint32_t *ret) {
    const int32_t *days = p->facts->columns[FACTS_DAY].data;
    for (size_t i = 0; i < sel->n; i++) {
        int32_t day = days[sel->rows[i]];
        ret[i] = day == FACTS_NO_DAY ? 0 : p->days.digit[(uint32_t)day - (uint32_t)p->days.first];
    }
}

static void group_numbers(const struct plan *p, const struct selection *sel, uint64_t *ret) {
    memset(ret, 0, sel->n * sizeof *ret);
    for (int k = 0; k < p->query->n_by; k++) {
        uint32_t codes[CHUNK];
        int column = p->query->by[k];
        if (column == FACTS_DAY)
            day_codes(p, sel, codes);
        else
            column_codes(&p->facts->columns[column], sel, codes);
        uint64_t radix = p->radix[k];
        for (size_t i = 0; i < sel->n; i++)
            ret[i] = ret[i] * radix + codes[i];
    }
}

static void add_measure(const struct column *c, const struct selection *sel, const size_t *groups,
                        struct moments *moments, size_t stride) {
    const float *data = c->data;
    if (!data)
        return;
    for (size_t i = 0; i < sel->n; i++) {
        double x = (double)data[sel->rows[i]];
        if (!isnan(x))
            moments_add(&moments[groups[i] * stride], x);
    }
}

static uint32_t cut_class(const struct query_class *c, float x) {
    uint32_t k = 0;
    while (k < (uint32_t)c->n_cuts && c->cuts[k] <= x)
        k++;
    return k;
}

static void add_classes(const struct plan *p, int which, const struct selection *sel,
                        const size_t *groups, int64_t *counts) {
    const struct query_class *c = &p->query->classes[which];
    const struct column *column = &p->facts->columns[c->column];
    size_t stride = (size_t)p->n_counts;
    counts += p->class_at[which];
    if (c->n_cuts) {
        const float *data = column->data;
        for (size_t i = 0; data && i < sel->n; i++)
            if (!isnan(data[sel->rows[i]]))
                counts[groups[i] * stride + cut_class(c, data[sel->rows[i]])]++;
        return;
    }
    uint32_t codes[CHUNK];
    column_codes(column, sel, codes);
    for (size_t i = 0; i < sel->n; i++)
        if (codes[i] < column->n_classes)
            counts[groups[i] * stride + codes[i]]++;
}

static void add_chunk(const struct plan *p, const struct selection *sel, struct sums *s) {
    uint64_t numbers[CHUNK];
    size_t groups[CHUNK];
    group_numbers(p, sel, numbers);
    for (size_t i = 0; i < sel->n; i++)
        groups[i] = sums_group(s, p, numbers[i]);
    for (size_t i = 0; i < sel->n; i++)
        s->n[groups[i]]++;
    const struct query *q = p->query;
    for (int k = 0; k < q->n_measures; k++)
        add_measure(&p->facts->columns[q->measures[k]], sel, groups, s->moments + k,
                    (size_t)q->n_measures);
    for (int k = 0; k < q->n_classes; k++)
        add_classes(p, k, sel, groups, s->counts);
}

struct wave {
    const struct plan *plan;
    struct sums *blocks; // one a block of the wave
    size_t first;        // block of the wave's first
};

static void sum_block(void *ctx, UNUSED int worker, size_t item) {
    const struct wave *w = ctx;
    const struct plan *p = w->plan;
    struct selection sel;
    sums_init(&w->blocks[item], p);
    size_t from = (w->first + item) * p->block_rows;
    size_t end = MIN(from + p->block_rows, p->n_items);
    for (; from < end; from += CHUNK) {
        selector_apply(&p->selector, from, MIN(from + CHUNK, end), &sel);
        add_chunk(p, &sel, &w->blocks[item]);
    }
}

static void merge(struct sums *into, const struct plan *p, const struct sums *from) {
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

// Hash tables of a wave may be as large as the result: only as many at once as there are threads.
static void run(const struct plan *p, int threads, struct sums *ret) {
    size_t wave_blocks = p->dense ? p->n_blocks : (size_t)MAX(threads, 1);
    struct sums blocks[MAX_BLOCKS];
    wave_blocks = MIN(wave_blocks, (size_t)MAX_BLOCKS);
    sums_init(ret, p);
    for (size_t first = 0; first < p->n_blocks; first += wave_blocks) {
        size_t n = MIN(wave_blocks, p->n_blocks - first);
        struct wave w = {.plan = p, .blocks = blocks, .first = first};
        parallel_for(threads, n, sum_block, &w);
        for (size_t i = 0; i < n; i++) {
            merge(ret, p, &blocks[i]);
            sums_done(&blocks[i]);
        }
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

static void give_result(const struct plan *p, const struct sums *s, struct result *ret) {
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

bool facts_query(const struct facts *f, const struct query *q, int threads, struct result *ret,
                 struct error *err) {
    struct plan plan;
    struct sums sums;
    if (!plan_init(&plan, f, q, err))
        return false;
    run(&plan, threads, &sums);
    give_result(&plan, &sums, ret);
    sums_done(&sums);
    plan_done(&plan);
    return true;
}

bool facts_values(const struct facts *f, const struct query *q, int measure, float **ret,
                  size_t *ret_n, struct error *err) {
    struct plan plan;
    struct query filters = *q;
    filters.n_by = filters.n_measures = filters.n_classes = 0;
    query_measure(&filters, measure);
    filters.grain = GRAIN_FEEDBACK;
    if (measure < 0)
        return error_set(err, ERROR_INTERNAL, "没有这一列", "no such column");
    if (!plan_init(&plan, f, &filters, err))
        return false;
    float *values = mem_alloc(plan.n_items * sizeof *values);
    const float *data = f->columns[measure].data;
    size_t n = 0;
    struct selection sel;
    for (size_t from = 0; data && from < plan.n_items; from += CHUNK) {
        selector_apply(&plan.selector, from, MIN(from + CHUNK, plan.n_items), &sel);
        for (size_t i = 0; i < sel.n; i++)
            if (!isnan(data[sel.rows[i]]))
                values[n++] = data[sel.rows[i]];
    }
    plan_done(&plan);
    *ret = mem_resize(values, MAX(n, (size_t)1), sizeof *values);
    *ret_n = n;
    return true;
}
