// SPDX-License-Identifier: Apache-2.0
// The figures of the trade, as the trade defines them, from counts and moments. None is ever made
// from another: a CES or NPS answer is no satisfaction.
#ifndef STATS_SCORES_H
#define STATS_SCORES_H

#include "stats/estimate.h"

// Net Promoter Score, −100 … 100: share of 9–10 minus share of 0–6 on the 0–10 question (Reichheld
// 2003), in points. Interval: adjusted Wald for a trinomial, ¾ added to detractors, 1½ to passives,
// ¾ to promoters, n + 3 (Lewis & Sauro 2021); value itself is unadjusted. The adjusted centre is
// not the value, so the interval is not symmetric about it. Cut to ±100; has: n ≥ 1.
struct nps_counts {
    int64_t detractors; // 0 … 6
    int64_t passives;   // 7, 8
    int64_t promoters;  // 9, 10
};
struct estimate score_nps(struct nps_counts c);
// Cut points for a class count on an NPS column: classes 0, 1, 2 are detractors, passives,
// promoters.
#define NPS_CUT_PASSIVE  7
#define NPS_CUT_PROMOTER 9

// Customer satisfaction, top two boxes: share of answers 4 and 5 on the 1–5 scale (other scales
// unified first, so ≥ 4 after unification). 0 … 1, Wilson.
struct estimate score_csat(int64_t top_two, int64_t n);
#define CSAT_CUT_TOP_TWO 4

// Customer effort score, CES 2.0: mean agreement, 1–7, that the company made it easy (7 is best), t
// interval.
struct estimate score_ces(struct moments m);

// Satisfaction index, 0 … 100, in the manner of the ACSI: 100·(mean − 1)/4 of 1–5 scores, weighted over its parts.
// A part without answers (n = 0) is left out and the weights of the others are scaled up. Interval: of each half
// width `shared` errs the same way in all parts and is added with the weights; what is left is independent from
// part to part and added in squares. n: the sum of n. has: some part has n ≥ 1 and weight > 0.
struct index_part {
    struct estimate score; // 1–5
    double weight;         // ≥ 0, any unit
    double
        // points of the 1–5 scale; INFINITY: all of the half width (the same customers answer all parts)
        shared;
};
struct estimate score_index(const struct index_part *parts, size_t n_parts);
// Equal weights, everything shared: never too narrow.
struct estimate score_index_equal(const struct estimate *scores, size_t n_parts);

#endif
