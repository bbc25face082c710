// SPDX-License-Identifier: Apache-2.0
// One period as a whole, and what changed between two: scores, NPS, shares. Three families are tested, each adjusted
// for itself (Benjamini–Hochberg): the figures of the whole, the shares of the issues, the scores of the dimensions.
#ifndef EXPLAIN_OVERVIEW_H
#define EXPLAIN_OVERVIEW_H

#include "analyse/score.h"
#include "explain/period.h"
#include "stats/compare.h"

// Members as in the report's `struct satisfaction`.
struct overview {
    struct estimate score;     // system-given ratings excluded; from text where layout.from_text
    struct estimate score_all; // included
    struct estimate nps, csat, ces;
    struct estimate good_share; // score ≥ 4 of the rated (text: positive of the texts)
    struct estimate bad_share;  // score ≤ 2 (text: negative)
    int64_t n;                  // feedbacks
    int64_t n_texts;
    int64_t n_system_given;
    int64_t n_replied;
    int64_t n_unreplied_bad; // bad and not replied to
    int64_t sentiment[N_SENTIMENTS];
    // What tests are made of
    struct moments moments; // of the score
    struct nps_counts nps_counts;
    int64_t n_good, n_bad, n_rated;
    int64_t n_top_two, n_csat;
    struct moments ces_moments;
};

bool overview_measure(const struct layout *l, struct period p, struct overview *ret,
                      struct error *err) MUST_USE;

// One dimension in one period. A feedback counts once a dimension.
struct dimension_figures {
    struct estimate score; // own score column, else text
    bool from_text;
    int64_t polarity[N_SENTIMENTS];
    int64_t n;          // mentions
    struct moments own; // of the own score column
};

// All N_DIMENSIONS of them.
bool dimensions_measure(const struct layout *l, struct period p,
                        struct dimension_figures ret[N_DIMENSIONS], struct error *err) MUST_USE;

struct overview_changes {
    struct change score, nps, csat, good, bad;
    struct change sentiment[N_SENTIMENTS]; // shares of the texts
    struct change issue[N_DIMENSIONS];     // share of texts that complain of the dimension
    struct change dimension[N_DIMENSIONS]; // score of the dimension
    int64_t n_tested;
};

// has is false everywhere below EXPLAIN_TEST_MIN_N texts in all, or for a side below
// EXPLAIN_GROUP_MIN_N.
bool overview_compare(const struct layout *l, const struct comparison *c,
                      struct overview_changes *ret, struct error *err) MUST_USE;

#endif
