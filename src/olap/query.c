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
