// SPDX-License-Identifier: Apache-2.0
// Which rows a query looks at.
#include <stdlib.h>

#include "base/mem.h"
#include "olap/columns.h"

size_t facts_grain_count(const struct facts *f, enum grain grain) {
    switch (grain) {
    case GRAIN_FEEDBACK:
        return f->n;
    case GRAIN_ASPECT:
        return f->aspects.n;
    case GRAIN_PHRASE:
        return f->phrases.n;
    }
    return 0;
}

uint32_t column_code_count(const struct facts *f, int column) {
    const struct column *c = &f->columns[column];
    return facts_cardinality(f, column) + (c->kind == COLUMN_CLASS);
}

void column_codes(const struct column *c, const struct selection *s, uint32_t *ret) {
    const uint32_t *at = column_index(c, s);
    if (!c->data) {
        memset(ret, 0, s->n * sizeof *ret);
    } else if (c->kind == COLUMN_CLASS) {
        const uint8_t *data = c->data;
        uint32_t none = c->n_classes;
        for (size_t i = 0; i < s->n; i++) {
            uint32_t code = data[at[i]];
            ret[i] = MIN(code, none);
        }
    } else if (c->width == 1) {
        const uint8_t *data = c->data;
        for (size_t i = 0; i < s->n; i++)
            ret[i] = data[at[i]];
    } else if (c->width == 2) {
        const uint16_t *data = c->data;
        for (size_t i = 0; i < s->n; i++)
            ret[i] = data[at[i]];
    } else {
        const uint32_t *data = c->data;
        for (size_t i = 0; i < s->n; i++)
            ret[i] = data[at[i]];
    }
}

static bool filter_is_sound(const struct facts *f, const struct query *q, const struct filter *w) {
    if (w->column < 0 || w->column >= f->n_columns)
        return false;
    const struct column *c = &f->columns[w->column];
    if (c->grain != GRAIN_FEEDBACK && c->grain != q->grain)
        return false;
    if (w->kind == FILTER_RANGE)
        return c->kind == COLUMN_MEASURE;
    return c->kind == COLUMN_DIMENSION || c->kind == COLUMN_CLASS || c->kind == COLUMN_PHRASE;
}

// A byte for each code: whether it passes. FACTS_NO_CLASS in a set means a class that is unknown.
static uint8_t *allowed_codes(const struct facts *f, const struct filter *w) {
    const struct column *c = &f->columns[w->column];
    uint32_t n = column_code_count(f, w->column);
    uint8_t *allowed = mem_alloc(MAX(n, 1u));
    memset(allowed, w->kind == FILTER_NOT_IN, MAX(n, 1u));
    const uint32_t *codes = w->kind == FILTER_IS ? &w->one : w->codes;
    size_t n_codes = w->kind == FILTER_IS ? 1 : w->n_codes;
    for (size_t i = 0; i < n_codes; i++) {
        uint32_t code = codes[i];
        if (c->kind == COLUMN_CLASS && code == FACTS_NO_CLASS)
            code = c->n_classes;
        else if (c->kind == COLUMN_CLASS && code >= c->n_classes)
            continue;
        if (code < n)
            allowed[code] = w->kind != FILTER_NOT_IN;
    }
    return allowed;
}

// Whether a number is among the bits; no bits: any is.
static bool among(uint64_t bits, uint8_t number) {
    return !bits || (number < 64 && bits >> number & 1);
}

// A byte for each row: whether it has an aspect that is asked for.
static uint8_t *rows_with(const struct facts *f, const struct query *q) {
    uint8_t *with = mem_zero(MAX(f->n, 1u), 1);
    const uint8_t *dimensions = f->columns[FACTS_ASPECT].data;
    const uint8_t *polarities = f->columns[FACTS_POLARITY].data;
    for (size_t i = 0; i < f->aspects.n; i++)
        if (among(q->with_dimensions, dimensions[i]) && among(q->with_polarities, polarities[i]))
            with[f->aspects.parents[i]] = 1;
    return with;
}

bool selector_init(struct selector *s, const struct facts *f, const struct query *q,
                   struct error *err) {
    *s = (struct selector){.facts = f, .query = q};
    s->by_day = q->from_day != INT32_MIN || q->to_day != INT32_MAX;
    if (q->n_filters > QUERY_MAX_FILTERS)
        return error_set(err, ERROR_INTERNAL, "查询条件多于 %d 个",
                         "more than %d filters in a query", QUERY_MAX_FILTERS);
    for (int i = 0; i < q->n_filters; i++) {
        if (!filter_is_sound(f, q, &q->filters[i])) {
            selector_done(s);
            return error_set(err, ERROR_INTERNAL, "第 %d 个查询条件不适用于它的列",
                             "filter %d of a query does not fit its column", i + 1);
        }
        if (q->filters[i].kind != FILTER_RANGE)
            s->allowed[i] = allowed_codes(f, &q->filters[i]);
    }
    if ((q->with_dimensions || q->with_polarities) && !f->engine)
        s->with = rows_with(f, q);
    return true;
}

void selector_done(struct selector *s) {
    for (int i = 0; i < QUERY_MAX_FILTERS; i++)
        free(s->allowed[i]);
    free(s->with);
    *s = (struct selector){0};
}

// Keeps item i of the selection where `pass` holds; the branch-free copy is what makes it quick.
#define KEEP_WHERE(s, pass)                                                                        \
    do {                                                                                           \
        size_t kept = 0;                                                                           \
        for (size_t i = 0; i < (s)->n; i++) {                                                      \
            bool passes = (pass);                                                                  \
            (s)->items[kept] = (s)->items[i];                                                      \
            (s)->rows[kept] = (s)->rows[i];                                                        \
            kept += passes;                                                                        \
        }                                                                                          \
        (s)->n = kept;                                                                             \
    } while (0)

static void keep_days(const struct selector *s, struct selection *sel) {
    const int32_t *days = s->facts->columns[FACTS_DAY].data;
    int32_t from = s->query->from_day, to = s->query->to_day;
    bool undated = s->query->undated;
    KEEP_WHERE(sel, days[sel->rows[i]] == FACTS_NO_DAY
                        ? undated
                        : days[sel->rows[i]] >= from && days[sel->rows[i]] < to);
}

static void keep_flags(const struct selector *s, struct selection *sel) {
    const uint32_t *flags = s->facts->flags;
    uint32_t all = s->query->flags_all, none = s->query->flags_none;
    KEEP_WHERE(sel, (flags[sel->rows[i]] & all) == all && !(flags[sel->rows[i]] & none));
}

static void keep_range(const struct column *c, const struct filter *w, struct selection *sel) {
    const float *data = c->data;
    if (!data) {
        sel->n = 0;
        return;
    }
    KEEP_WHERE(sel, (double)data[sel->rows[i]] >= w->low && (double)data[sel->rows[i]] < w->high);
}

static void keep_allowed(const struct column *c, const uint8_t *allowed, struct selection *sel) {
    uint32_t codes[CHUNK];
    column_codes(c, sel, codes);
    KEEP_WHERE(sel, allowed[codes[i]]);
}

void selector_apply(const struct selector *s, size_t from, size_t to, struct selection *ret) {
    const struct query *q = s->query;
    const struct facts *f = s->facts;
    const uint32_t *parents = q->grain == GRAIN_ASPECT   ? f->aspects.parents
                              : q->grain == GRAIN_PHRASE ? f->phrases.parents
                                                         : NULL;
    ret->n = to - from;
    for (size_t i = 0; i < ret->n; i++) {
        ret->items[i] = (uint32_t)(from + i);
        ret->rows[i] = parents ? parents[from + i] : (uint32_t)(from + i);
    }
    if (s->by_day)
        keep_days(s, ret);
    if (q->flags_all | q->flags_none)
        keep_flags(s, ret);
    if (s->with)
        KEEP_WHERE(ret, s->with[ret->rows[i]]);
    for (int k = 0; k < q->n_filters; k++) {
        const struct column *c = &f->columns[q->filters[k].column];
        if (q->filters[k].kind == FILTER_RANGE)
            keep_range(c, &q->filters[k], ret);
        else
            keep_allowed(c, s->allowed[k], ret);
    }
}
