// SPDX-License-Identifier: Apache-2.0
// Where a change of the mean score comes from, in parts that add up to it exactly.
//
// For the values v of a column, with shares w and means s in the two periods (0 before, 1 now), M =
// ½(mean0 + mean1):
//     rate_v = ½(w0 + w1)·(s1 − s0)          the value itself got better or worse
//     mix_v  = (w1 − w0)·(½(s0 + s1) − M)    more or fewer of its customers
// and Σ (rate + mix) = mean1 − mean0, exactly, for any M. A value that is in one period only has no
// rate: s of the other period is taken as its own. (Marshall–Edgeworth weights; Bennet 1920.)
//
//     struct driver d;
//     driver_find(&l, &comparison, &arena, &d, err);
//     if (d.has) “下降的 {d.share} 来自 {values} 的 {issue}”
#ifndef EXPLAIN_DRIVER_H
#define EXPLAIN_DRIVER_H

#include "base/arena.h"
#include "explain/period.h"
#include "stats/compare.h"

#define DRIVER_MAX_VALUES 3

struct contribution {
    uint32_t value;
    int64_t n_now, n_before;
    double score_now, score_before; // NAN where n is 0
    double rate, mix;               // points of the mean score
    double share;         // (rate + mix) ÷ change of the mean; may be negative or above 1
    struct change change; // of this value's score; q over all values of all columns
};

struct decomposition {
    int column;
    double change;              // mean now − mean before, over scored rows
    struct contribution *items; // by share, most first
    size_t n;
};

// Pure arithmetic: fills rate, mix, share of n items from the moments of both periods.
double contributions(const struct moments *now, const struct moments *before, size_t n,
                     struct contribution *ret);

bool decompose(const struct layout *l, const struct comparison *c, int column, struct arena *a,
               struct decomposition *ret, struct error *err) MUST_USE;

// The main driver of the change, only where it can be said truthfully: the change of the score is
// significant, and either
//   a few values (≤ DRIVER_MAX_VALUES) of one column, each significantly changed in the same
//   direction (q < 0.05, at least 15 scored feedbacks in each period), make up at least a third of
//   the change and twice their share of the feedbacks, or one issue makes up a third (its mentions'
//   contribution), anywhere.
// In a place, an issue that makes up at least half of what the place does is named with it: feedbacks
// of those values that complain of that issue.
struct driver {
    bool has;
    double change; // of the mean score
    int column;    // −1: no place, an issue only
    uint32_t values[DRIVER_MAX_VALUES];
    int n_values;
    double place_share; // of the change that comes from these values, all their feedbacks
    bool has_issue;
    uint8_t issue; // enum dimension
    double issue_now,
        issue_before; // share of texts that complain of it: in the values, or everywhere
    double share; // of the change: what may be said of all that is named (values × issue, or the
                  // one there is)
    bool whole;   // share ≥ 1: without it the score would not have fallen (risen)
};

bool driver_find(const struct layout *l, const struct comparison *c, struct arena *a,
                 struct driver *ret, struct error *err) MUST_USE;

#endif
