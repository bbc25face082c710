// SPDX-License-Identifier: Apache-2.0
// Who differs: every value of every dimension column against the rest, in score and in share of
// negative texts, corrected for all that was looked at. Small groups are listed but never judged.
#ifndef EXPLAIN_SEGMENTS_H
#define EXPLAIN_SEGMENTS_H

#include "base/arena.h"
#include "explain/period.h"
#include "stats/compare.h"

struct segment_found {
    int column;     // of the facts: facts_name, facts_role, facts_value give the words
    uint32_t value; // code
    int64_t n;      // feedbacks with a score
    struct estimate score;
    struct change diff;     // score, this − rest; q over all score tests
    int64_t n_texts, n_bad; // texts, negative ones
    struct change bad;      // share of negative texts, this − rest; q over all share tests
    double shrunk;          // empirical-Bayes score within its column
    bool significant;       // diff or bad is
    bool small;             // below EXPLAIN_GROUP_MIN_N
    int echo_of; // index of the segment that tells the same (city of a province …), or −1: show
                 // that one
};

enum segment_skip { // why a column was not looked at
    SEGMENT_ONE_VALUE,
    SEGMENT_OUTCOME,  // follows from dissatisfaction (layout_is_outcome)
    SEGMENT_RESTATES, // its values give the score away (a star column read as a dimension): η² ≥
                      // 0.75
};

struct segments {
    struct segment_found
        *items; // significant ones by |diff| first, then the others by |diff|, small ones last
    size_t n;
    int64_t n_tested; // values tested
    struct {
        int column;
        enum segment_skip why;
    } skipped[FACTS_MAX_COLUMNS];
    int n_skipped;
};

// Below EXPLAIN_TEST_MIN_N texts or ratings nothing is tested: items hold figures only. Arrays live
// in the arena.
bool segments_find(const struct layout *l, struct period p, struct arena *a, struct segments *ret,
                   struct error *err) MUST_USE;

#endif
