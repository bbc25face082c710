// SPDX-License-Identifier: Apache-2.0
// One satisfaction scale, 1–5, from whatever the source used. The original is always kept beside it. NPS and CES
// cells are read but never turned into satisfaction.
#ifndef UNIFY_SCALE_H
#define UNIFY_SCALE_H

#include "collect/feedback.h"

enum scale_result {
    SCALE_OK,
    SCALE_EMPTY,        // no score given (“未评价”, "", "-")
    SCALE_OUT_OF_RANGE, // a number that the scale does not have: kept, not counted
    SCALE_UNREADABLE,   // words that are no score
};

// ret_satisfaction: 1–5 (METRIC_RATING and METRIC_CSAT only, else NAN). Linear between the scale's ends:
// 1 + 4·(x − low)/(high − low), turned round when reversed; words by the case table.
// ret_original: on its own scale (11-point NPS 0–10, CES 1–7 …). Both are NAN unless SCALE_OK.
enum scale_result scale_unify(const struct score_column *column, struct str raw,
                              double *ret_satisfaction, double *ret_original);

#endif
