// SPDX-License-Identifier: Apache-2.0
// How facts lie in memory: for this folder only.
#ifndef OLAP_COLUMNS_H
#define OLAP_COLUMNS_H

#include "base/map.h"
#include "olap/query.h"

struct column {
    struct str name, role; // in facts.names
    enum column_kind kind;
    enum column_state state;
    enum grain grain;
    int width;          // bytes a value: dimension 1 or 2, class 1, the others 4
    uint32_t n_classes; // class; polarity and aspect: one more than the largest seen
    struct dict dict;   // dimension; code 0 is ""
    void *data;         // NULL once closed: reads as unknown
};

// Aspects and phrases: row of the feedback they hang on, ascending. Their columns hold the values.
struct list {
    uint32_t *parents;
    size_t n, cap;
};

// Who answers for facts whose rows lie elsewhere. Names, kinds, dictionaries and counts stand in struct facts as
// always; only the rows do not.
struct facts_engine {
    bool (*query)(const struct facts *f, const struct query *q, struct result *ret,
                  struct error *err);
    // `q` has the filters only; `measure` is a column ≥ 0
    bool (*values)(const struct facts *f, const struct query *q, int measure, float **ret,
                   size_t *ret_n, struct error *err);
};

struct facts {
    const struct facts_engine *engine; // NULL: the rows are here, in columns
    struct column columns[FACTS_MAX_COLUMNS];
    int n_columns;
    uint32_t n, cap;
    uint32_t *flags;
    struct list aspects, phrases;
    uint32_t n_phrase_codes; // one more than the largest
    int32_t first_day, last_day;
    bool has_day, sealed;
    struct arena names;
};

// Rows of one chunk that pass a query's filters. `items` are rows of the grain, `rows` the
// feedbacks they hang on.
#define CHUNK 2048

struct selection {
    uint32_t items[CHUNK];
    uint32_t rows[CHUNK];
    size_t n;
};

// A query's filters made ready to be applied. Read-only after; shared by threads.
struct selector {
    const struct facts *facts;
    const struct query *query;
    uint8_t *allowed[QUERY_MAX_FILTERS]; // by code, for the filters on codes
    // by row: has an aspect that is asked for; NULL: not asked, or another engine
    uint8_t *with;
    bool by_day;
};

bool selector_init(struct selector *s, const struct facts *f, const struct query *q,
                   struct error *err) MUST_USE;
void selector_done(struct selector *s);
// Passing rows among [from, to) of the grain; to − from ≤ CHUNK.
void selector_apply(const struct selector *s, size_t from, size_t to, struct selection *ret);

size_t facts_grain_count(const struct facts *f, enum grain grain);

// Codes of a dimension, class, aspect or phrase column, one for each selected item; class unknown
// becomes n_classes. A closed column gives 0.
void column_codes(const struct column *c, const struct selection *s, uint32_t *ret);
// Codes that column_codes may give.
uint32_t column_code_count(const struct facts *f, int column);
// Index of the value in the data: the item itself or its feedback.
static inline const uint32_t *column_index(const struct column *c, const struct selection *s) {
    return c->grain == GRAIN_FEEDBACK ? s->rows : s->items;
}

#endif
