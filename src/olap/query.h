// SPDX-License-Identifier: Apache-2.0
// The query model: what may be asked of facts. A struct, not strings. The answer is sufficient
// statistics per group (n, sums, sums of squares, counts per class), never finished scores: they
// merge, and `stats` makes scores and intervals of them. Every engine must give the same answer to
// the last count; olap/memory.c is the reference.
//
//     struct query q = query_init(GRAIN_FEEDBACK);
//     query_by(&q, region);
//     query_measure(&q, score);
//     query_classes(&q, sentiment);
//     query_days(&q, monday, monday + 7);
//     CLEANUP(result_done) struct result r = {0};
//     if (!facts_query(f, &q, threads, &r, err)) return false;
//     for (size_t g = 0; g < r.n_groups; g++)
//         use(facts_value(f, region, result_key(&r, g, 0)), result_moments(&r, g, 0));
//
// Grain: GRAIN_FEEDBACK counts feedbacks; GRAIN_ASPECT counts aspects, and since a feedback has a
// dimension at most once, grouped by FACTS_ASPECT it counts feedbacks too; GRAIN_PHRASE likewise.
// Columns of the feedback may be used at every grain (the value of the row the aspect hangs on);
// columns of aspects and phrases only at their own.
//
// Groups come in the order asked for; without one in ascending order of their keys. A query without
// group-by gives exactly one group, also when nothing matches. Sums are taken block by block in the
// order of the rows, so the result does not depend on the number of threads.
//
// Cost: one pass over the columns used, ≈ 2–5 ns a row and column and thread; memory of groups ×
// measures.
#ifndef OLAP_QUERY_H
#define OLAP_QUERY_H

#include "base/error.h"
#include "base/strbuf.h"
#include "num/moments.h"
#include "olap/facts.h"

enum grain {
    GRAIN_FEEDBACK,
    GRAIN_ASPECT,
    GRAIN_PHRASE,
};

enum time_bucket {
    TIME_DAY,
    TIME_WEEK,  // Monday first; key: its Monday
    TIME_MONTH, // key: the first of the month
};

#define QUERY_MAX_BY       6
#define QUERY_MAX_MEASURES 8
#define QUERY_MAX_CLASSES  4
#define QUERY_MAX_CUTS     15
#define QUERY_MAX_FILTERS  24

struct query_class { // counts per class
    int column;      // class column (its own classes), or a measure cut into classes
    int n_cuts; // measure: class = number of cuts ≤ value, n_cuts + 1 classes; unknown is in none
    float cuts[QUERY_MAX_CUTS]; // ascending
};

enum filter_kind {
    FILTER_IS,     // code is `one`
    FILTER_IN,     // code is one of the set
    FILTER_NOT_IN, // code is none of the set
    FILTER_RANGE,  // measure: low ≤ value < high; unknown never
};

struct filter {
    enum filter_kind kind;
    int column;            // dimension, class, FACTS_ASPECT …; measure for FILTER_RANGE
    const uint32_t *codes; // borrowed until the query is answered
    size_t n_codes;
    uint32_t one;
    double low, high;
};

enum order {
    ORDER_KEYS,       // ascending
    ORDER_COUNT_DESC, // most first, then by keys
};

struct query {
    enum grain grain;
    int by[QUERY_MAX_BY]; // dimension, class, FACTS_DAY, FACTS_ASPECT, FACTS_POLARITY or
                          // FACTS_PHRASE
    int n_by;
    enum time_bucket bucket; // of FACTS_DAY in `by`
    int measures[QUERY_MAX_MEASURES];
    int n_measures;
    struct query_class classes[QUERY_MAX_CLASSES];
    int n_classes;
    struct filter filters[QUERY_MAX_FILTERS]; // all must hold
    int n_filters;
    int32_t from_day, to_day; // [from, to); INT32_MIN, INT32_MAX: all, rows without a day too
    bool undated;             // rows without a day too, whatever the days
    uint32_t flags_all;       // every bit must be set
    uint32_t flags_none;      // no bit may be set
    // Only feedbacks that have an aspect of one of these dimensions (bits) with one of these polarities (bits); 0, 0:
    // all, one 0: any of that.
    // At every grain it is the feedback that is meant.
    uint64_t with_dimensions;
    uint32_t with_polarities;
    enum order order;
    size_t limit; // 0: all groups
};

struct query query_init(enum grain grain); // everything counted, one group
// The adders below ignore column −1; beyond the maxima they make the query invalid, which
// facts_query reports.
void query_by(struct query *q, int column);
void query_by_day(struct query *q, enum time_bucket bucket);
void query_measure(struct query *q, int measure);
void query_classes(struct query *q, int class_column);
void query_cuts(struct query *q, int measure, const float *cuts, int n_cuts);
void query_only(struct query *q, int column, uint32_t code); // code is this one
void query_in(struct query *q, int column, const uint32_t *codes, size_t n);
void query_not_in(struct query *q, int column, const uint32_t *codes, size_t n);
void query_range(struct query *q, int measure, double low, double high);
void query_days(struct query *q, int32_t from, int32_t to);
// Everything that `base` asks of rows is asked by `q` too: filters, days, flags, aspects. Beyond the maximum of
// filters the query is invalid.
void query_narrow(struct query *q, const struct query *base);
// Adds everything of the query that its answer depends on, as bytes: the same bytes ask the same.
void query_key(const struct query *q, struct strbuf *ret);

struct result {
    size_t n_groups;
    int n_by, n_measures;
    int n_counts;                    // classes of all class counts together
    int class_at[QUERY_MAX_CLASSES]; // where the counts of class count i begin
    int class_size[QUERY_MAX_CLASSES];
    size_t n_groups_total; // before the limit
    int32_t *keys; // [group][by]: code, class (FACTS_NO_CLASS: unknown) or day (FACTS_NO_DAY)
    int64_t *n;    // [group]
    struct moments *moments; // [group][measure]: of the rows whose measure is known
    int64_t *counts;         // [group][class of all class counts]
};

void result_done(struct result *r);

static inline int32_t result_key(const struct result *r, size_t group, int by) {
    return r->keys[group * (size_t)r->n_by + (size_t)by];
}
static inline struct moments result_moments(const struct result *r, size_t group, int measure) {
    return r->moments[group * (size_t)r->n_measures + (size_t)measure];
}
// Counts of class count `i`: class_size[i] numbers.
static inline const int64_t *result_classes(const struct result *r, size_t group, int i) {
    return r->counts + group * (size_t)r->n_counts + r->class_at[i];
}

// False only for a query that makes no sense (a column of the wrong kind or grain, too many of
// something): ERROR_INTERNAL. A column that is closed groups everything under unknown.
bool facts_query(const struct facts *f, const struct query *q, int threads, struct result *ret,
                 struct error *err) MUST_USE;

// The values of a measure where the query's filters hold, known ones only, in row order (grain
// feedback; group-by, measures and classes of the query are not read). The caller frees *ret.
bool facts_values(const struct facts *f, const struct query *q, int measure, float **ret,
                  size_t *ret_n, struct error *err) MUST_USE;

#endif
