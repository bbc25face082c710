// SPDX-License-Identifier: Apache-2.0
// Keywords as codes: how often, with which sentiment, and whether they became more frequent.
#ifndef EXPLAIN_PHRASES_H
#define EXPLAIN_PHRASES_H

#include "base/arena.h"
#include "explain/period.h"
#include "stats/compare.h"

struct phrase_found {
    uint32_t code;
    int64_t n; // feedbacks of the period that hold it
    int64_t sentiment[N_SENTIMENTS];
    uint8_t polarity; // prevailing: the sentiment whose share here is at least 1.2 × its share in
                      // all texts and highest by that ratio and has half of them; else the most
                      // frequent one
    double ratio;     // share now ÷ share before; NAN: no comparison; INFINITY: new
    struct change change; // share of texts, now − before; q over all phrases tested
};

struct phrases {
    struct phrase_found *items; // most frequent first
    size_t n;
    size_t n_all; // distinct ones before the limit
};

// `c` may be NULL (no comparison). Tested: phrases with at least 10 feedbacks in the two periods
// together. limit 0: all.
bool phrases_measure(const struct layout *l, struct period p, const struct comparison *c,
                     size_t limit, struct arena *a, struct phrases *ret,
                     struct error *err) MUST_USE;

#endif
