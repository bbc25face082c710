// SPDX-License-Identifier: Apache-2.0
// Is this different from that? Tests and difference intervals on sufficient statistics. A
// difference is always this minus other; p values are two-sided; intervals are 95 %.
//
//     struct change c = change_of_means(now, before);
//     if (c.has && c.p < 0.05) ...
//     double *p = …; fdr_adjust(p, n, q);                       // over everything that was looked
//     at
#ifndef STATS_COMPARE_H
#define STATS_COMPARE_H

#include "stats/estimate.h"
#include "stats/scores.h"

#define STATS_FDR 0.05 // a finding is significant when its q is below

// Difference between two groups or periods
struct change {
    bool has;         // both sides large enough to compare
    double diff;      // this − other
    double low, high; // 95 %
    double p, q;      // q: adjusted for everything tested beside it; p until adjusted
    bool significant; // q < 0.05
};

// Welch's unequal-variances t test with the Welch–Satterthwaite degrees of freedom, interval from
// the same t. has: both n ≥ 2. Both variances 0: p is 1 if the means are equal, else 0.
struct change change_of_means(struct moments a, struct moments b);

// Shares k/n: p by the pooled two-proportion score test where every expected count is at least 20, else by
// Fisher's exact test; interval by Newcombe's hybrid score method (1998, method 10). has: both n ≥ 1.
struct change change_of_shares(int64_t ka, int64_t na, int64_t kb, int64_t nb);

// NPS difference in points: z test and interval on the adjusted values (Lewis & Sauro 2021, as in
// score_nps).
struct change change_of_nps(struct nps_counts a, struct nps_counts b);

// p of the pooled two-proportion score test; `continuity` takes ½(1/na + 1/nb) off |difference|
// (Yates). 1 if the pooled share is 0 or 1 or a side is empty.
double proportions_p(int64_t ka, int64_t na, int64_t kb, int64_t nb, bool continuity);

// Fisher's exact test, two-sided by summing all tables no more probable than the one seen.
// Cost: the smallest margin.
double fisher_p(int64_t ka, int64_t na, int64_t kb, int64_t nb);

// Mann–Whitney U, two-sided, normal approximation with tie and continuity correction (n ≥ 8 a side
// wanted, else has-nothing: NAN). Values may hold ties and are sorted in place. `ret_shift` (may be
// NULL): probability that a value of a is above one of b, ties half, 0 … 1, NAN if a side is empty.
// Cost: sorting, O(n).
double mann_whitney_p(float *a, size_t na, float *b, size_t nb, double *ret_shift);

// The same from counts per class, classes ascending: for scores, whose values are few. NAN below 8 a side.
// Welch's test on skewed scores finds too much in small groups (30 fives in a row have no variance); asking
// that both agree, p = the larger one, keeps its promise.
double mann_whitney_counts_p(const int64_t *a, const int64_t *b, size_t n_classes,
                             double *ret_shift);

// Benjamini–Hochberg (1995) adjusted p values: q[i] = min over p[j] ≥ p[i] of p[j]·m/rank(j), at
// most 1. NAN in p is not a test: not counted, NAN in q. p and q may be the same array. Cost: n log
// n.
void fdr_adjust(const double *p, size_t n, double *ret_q);

// Takes p of the changes that `has`, adjusts, writes q and significant.
void changes_adjust(struct change *const *changes, size_t n);

#endif
