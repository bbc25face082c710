// SPDX-License-Identifier: Apache-2.0
// How a query is answered by any engine: which groups there are, what is summed for each, and how the sums become the
// result. An engine finds rows (or groups of rows) and adds them up here; order and limit are then the same
// everywhere.
//
//     struct plan p;
//     if (!plan_init(&p, facts, query, err)) return false;
//     sums_init(&s, &p);
//     … size_t g = sums_group(&s, &p, number); s.n[g]++ …
//     plan_result(&p, &s, ret);
//     sums_done(&s); plan_done(&p);
//
// A group is one number: the codes of the group-by columns as digits of a mixed radix, most significant first, so
// that ascending numbers are ascending keys. If there are few such numbers they index arrays directly, else a
// hash table gives each an index.
#ifndef OLAP_PLAN_H
#define OLAP_PLAN_H

#include "base/map.h"
#include "olap/columns.h"

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
    size_t n_items, block_rows, n_blocks; // memory.c: rows of the grain, and how they are cut
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

bool plan_init(struct plan *p, const struct facts *f, const struct query *q,
               struct error *err) MUST_USE;
void plan_done(struct plan *p);
// Sorted and limited as the query says.
void plan_result(const struct plan *p, const struct sums *s, struct result *ret);

void sums_init(struct sums *s, const struct plan *p);
void sums_done(struct sums *s);
size_t sums_group(struct sums *s, const struct plan *p, uint64_t number); // index of the group
void sums_merge(struct sums *into, const struct plan *p, const struct sums *from);

#endif
