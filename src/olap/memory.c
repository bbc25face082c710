// SPDX-License-Identifier: Apache-2.0
// Group-by in memory.
//
// The rows are cut into blocks by their number alone. Each block is summed on its own and the sums
// are added in the order of the blocks: every addition happens in the same order for any number of
// threads.
#include <stdlib.h>

#include "base/mem.h"
#include "num/parallel.h"
#include "olap/plan.h"

#define MIN_BLOCK_ROWS 32768
#define MAX_BLOCKS     32

static void cut_blocks(struct plan *p) {
    p->n_items = facts_grain_count(p->facts, p->query->grain);
    p->n_blocks = MIN(MAX(p->n_items / MIN_BLOCK_ROWS, (size_t)1), (size_t)MAX_BLOCKS);
    p->block_rows = (p->n_items + p->n_blocks - 1) / p->n_blocks;
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
            sums_merge(ret, p, &blocks[i]);
            sums_done(&blocks[i]);
        }
    }
}

bool facts_query(const struct facts *f, const struct query *q, int threads, struct result *ret,
                 struct error *err) {
    struct plan plan;
    struct sums sums;
    if (f->engine)
        return f->engine->query(f, q, ret, err);
    if (!plan_init(&plan, f, q, err))
        return false;
    cut_blocks(&plan);
    run(&plan, threads, &sums);
    plan_result(&plan, &sums, ret);
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
    if (f->engine)
        return f->engine->values(f, &filters, measure, ret, ret_n, err);
    if (!plan_init(&plan, f, &filters, err))
        return false;
    cut_blocks(&plan);
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
