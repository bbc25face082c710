// SPDX-License-Identifier: Apache-2.0
// Numbers that go with dissatisfaction: delivery days, amount, waiting minutes … for the negative
// against the others, and for this period against the one before.
#ifndef EXPLAIN_NUMBERS_H
#define EXPLAIN_NUMBERS_H

#include "base/arena.h"
#include "explain/period.h"
#include "stats/compare.h"

struct number_found {
    int column;
    struct estimate bad, good; // mean of the negative and of the other texts
    struct change
        diff; // bad − good (Welch); p is the larger of Welch's and Mann–Whitney's, so that neither
              // a few huge values nor a mere shift of ranks makes a finding; q over all columns
    double above; // probability that a negative one has the larger number, 0.5 = no difference
};

struct numbers {
    struct number_found *items; // significant first, then by |above − ½|
    size_t n;
};

// Columns with fewer than EXPLAIN_GROUP_MIN_N values on a side are listed with diff.has = false.
bool numbers_compare(const struct layout *l, struct period p, struct arena *a, struct numbers *ret,
                     struct error *err) MUST_USE;

// Mean of a number in both periods, all rows or only those with `value` in `column` (−1: all).
// Welch; q = p.
bool number_change(const struct layout *l, const struct comparison *c, int number, int column,
                   const uint32_t *values, size_t n_values, struct estimate *ret_now,
                   struct estimate *ret_before, struct change *ret, struct error *err) MUST_USE;

#endif
