// SPDX-License-Identifier: Apache-2.0
// Issues: a dimension with negative polarity. How many complain, what it does to the score, where
// it is worst.
#ifndef EXPLAIN_ISSUES_H
#define EXPLAIN_ISSUES_H

#include "base/arena.h"
#include "explain/period.h"
#include "stats/compare.h"

#define ISSUE_MAX_WHERE 3

struct issue_where { // an issue in one value of a column, against the rest of that column's rows
    int column;
    uint32_t value;
    int64_t n;                // texts that complain of it here
    int64_t n_texts;          // texts here
    double share, base_share; // here / in all rows
    double excess;            // complaints above what the share of the rest would give here
    double lift;              // share ÷ share in the rest (rest without any: INFINITY)
    double p, q;              // q over all (issue × column × value) tested
};

struct issue_found {
    uint8_t dimension;          // enum dimension
    int64_t n;                  // texts that complain of it
    struct estimate share;      // of the texts
    double share_of_bad;        // share of the negative texts that complain of it; NAN without any
    struct change score_effect; // mean score with minus without; low, high, p; q over all issues
    int64_t n_scored;           // scored feedbacks with the issue
    struct issue_where where
        [ISSUE_MAX_WHERE]; // significant and worse than elsewhere, most excess complaints first;
    // of a part and its whole (shop and platform) only the one that the complaints are about
    int n_where;
};

struct issues {
    struct issue_found *items; // by n, most first; n ≥ 1, `overall` left out
    size_t n;
    int64_t n_tested; // (issue × column × value)
};

// A place is tested when it and the rest have EXPLAIN_GROUP_MIN_N texts; a finding needs 5 complaints.
// Where it is worst is looked for in the `n_located` most frequent issues (SIZE_MAX: all), since every issue costs a
// question or more.
bool issues_find(const struct layout *l, struct period p, size_t n_located, struct arena *a,
                 struct issues *ret, struct error *err) MUST_USE;

#endif
