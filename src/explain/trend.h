// SPDX-License-Identifier: Apache-2.0
// The course of things: days, weeks or months, whichever draws a readable line, without gaps.
#ifndef EXPLAIN_TREND_H
#define EXPLAIN_TREND_H

#include "analyse/score.h"
#include "base/arena.h"
#include "explain/period.h"

struct trend_bucket {
    int32_t from, to; // local days, [from, to); whole bucket, also where the data covers part of it
    int64_t n;        // feedbacks
    int64_t n_texts;
    struct estimate score;
    int64_t sentiment[N_SENTIMENTS];
    int64_t issue[N_DIMENSIONS]; // texts that complain of the dimension
    bool partial;                // cut by the first or last day of the data or of the period
};

struct trend {
    enum time_bucket bucket;
    struct trend_bucket *items;
    size_t n;
    int64_t
        // rows of the period that are in no bucket: no day, or a stray one (layout.h)
        n_without_day;
};

// Days up to 31 days, weeks up to 26 weeks, else months. At most 600 buckets: the last ones. n = 0
// without any day.
bool trend_measure(const struct layout *l, struct period p, struct arena *a, struct trend *ret,
                   struct error *err) MUST_USE;

// Days 1, 7, 30 for a bucket kind, and the choice itself.
int trend_bucket_days(enum time_bucket b);
enum time_bucket trend_choose(int32_t first_day, int32_t last_day);

#endif
