// SPDX-License-Identifier: Apache-2.0
#include "olap/query.h"

#include <stdlib.h>

struct query query_init(enum grain grain) {
    return (struct query){.grain = grain, .from_day = INT32_MIN, .to_day = INT32_MAX};
}

// A count past its maximum is what facts_query refuses.
void query_by(struct query *q, int column) {
    if (column < 0)
        return;
    if (q->n_by < QUERY_MAX_BY)
        q->by[q->n_by] = column;
    q->n_by++;
}

void query_by_day(struct query *q, enum time_bucket bucket) {
    query_by(q, FACTS_DAY);
    q->bucket = bucket;
}

void query_measure(struct query *q, int measure) {
    if (measure < 0)
        return;
    if (q->n_measures < QUERY_MAX_MEASURES)
        q->measures[q->n_measures] = measure;
    q->n_measures++;
}

void query_classes(struct query *q, int class_column) {
    query_cuts(q, class_column, NULL, 0);
}

void query_cuts(struct query *q, int measure, const float *cuts, int n_cuts) {
    if (measure < 0)
        return;
    if (q->n_classes < QUERY_MAX_CLASSES) {
        struct query_class *c = &q->classes[q->n_classes];
        *c = (struct query_class){.column = measure, .n_cuts = n_cuts};
        for (int i = 0; i < MIN(n_cuts, QUERY_MAX_CUTS); i++)
            c->cuts[i] = cuts[i];
    }
    q->n_classes++;
}

static void add_filter(struct query *q, struct filter filter) {
    if (filter.column < 0)
        return;
    if (q->n_filters < QUERY_MAX_FILTERS)
        q->filters[q->n_filters] = filter;
    q->n_filters++;
}

void query_only(struct query *q, int column, uint32_t code) {
    add_filter(q, (struct filter){.kind = FILTER_IS, .column = column, .one = code});
}

void query_in(struct query *q, int column, const uint32_t *codes, size_t n) {
    add_filter(q,
               (struct filter){.kind = FILTER_IN, .column = column, .codes = codes, .n_codes = n});
}

void query_not_in(struct query *q, int column, const uint32_t *codes, size_t n) {
    add_filter(
        q, (struct filter){.kind = FILTER_NOT_IN, .column = column, .codes = codes, .n_codes = n});
}

void query_range(struct query *q, int measure, double low, double high) {
    add_filter(q,
               (struct filter){.kind = FILTER_RANGE, .column = measure, .low = low, .high = high});
}

void query_days(struct query *q, int32_t from, int32_t to) {
    q->from_day = MAX(q->from_day, from);
    q->to_day = MIN(q->to_day, to);
}

void result_done(struct result *r) {
    free(r->keys);
    free(r->n);
    free(r->moments);
    free(r->counts);
    *r = (struct result){0};
}

void query_narrow(struct query *q, const struct query *base) {
    for (int i = 0; i < base->n_filters; i++)
        add_filter(q, base->filters[i]);
    q->from_day = MAX(q->from_day, base->from_day);
    q->to_day = MIN(q->to_day, base->to_day);
    q->flags_all |= base->flags_all;
    q->flags_none |= base->flags_none;
    q->with_dimensions |= base->with_dimensions;
    q->with_polarities |= base->with_polarities;
}

#define ADD_BYTES(sb, x) strbuf_add(sb, str_make((const char *)&(x), sizeof(x)))

static void add_class_key(struct strbuf *ret, const struct query_class *c) {
    ADD_BYTES(ret, c->column);
    ADD_BYTES(ret, c->n_cuts);
    for (int i = 0; i < c->n_cuts; i++)
        ADD_BYTES(ret, c->cuts[i]);
}

static void add_filter_key(struct strbuf *ret, const struct filter *f) {
    const uint32_t *codes = f->kind == FILTER_IS ? &f->one : f->codes;
    size_t n = f->kind == FILTER_RANGE ? 0 : f->kind == FILTER_IS ? 1 : f->n_codes;
    ADD_BYTES(ret, f->kind);
    ADD_BYTES(ret, f->column);
    ADD_BYTES(ret, n);
    for (size_t i = 0; i < n; i++)
        ADD_BYTES(ret, codes[i]);
    if (f->kind == FILTER_RANGE) {
        ADD_BYTES(ret, f->low);
        ADD_BYTES(ret, f->high);
    }
}

void query_key(const struct query *q, struct strbuf *ret) {
    ADD_BYTES(ret, q->grain);
    ADD_BYTES(ret, q->bucket);
    ADD_BYTES(ret, q->n_by);
    for (int i = 0; i < MIN(q->n_by, QUERY_MAX_BY); i++)
        ADD_BYTES(ret, q->by[i]);
    ADD_BYTES(ret, q->n_measures);
    for (int i = 0; i < MIN(q->n_measures, QUERY_MAX_MEASURES); i++)
        ADD_BYTES(ret, q->measures[i]);
    ADD_BYTES(ret, q->n_classes);
    for (int i = 0; i < MIN(q->n_classes, QUERY_MAX_CLASSES); i++)
        add_class_key(ret, &q->classes[i]);
    ADD_BYTES(ret, q->n_filters);
    for (int i = 0; i < MIN(q->n_filters, QUERY_MAX_FILTERS); i++)
        add_filter_key(ret, &q->filters[i]);
    ADD_BYTES(ret, q->from_day);
    ADD_BYTES(ret, q->to_day);
    ADD_BYTES(ret, q->undated);
    ADD_BYTES(ret, q->flags_all);
    ADD_BYTES(ret, q->flags_none);
    ADD_BYTES(ret, q->with_dimensions);
    ADD_BYTES(ret, q->with_polarities);
    ADD_BYTES(ret, q->order);
    ADD_BYTES(ret, q->limit);
}
