// SPDX-License-Identifier: Apache-2.0
// Keywords judged: which sentiment they go with, and whether they became more frequent. Pure arithmetic on counts of
// texts; who counts them, and what their words are, is the caller's.
//
//     struct phrase_counts totals = {...}, counts[] = {...};
//     phrases_judge(&totals, counts, n, judged);
#ifndef EXPLAIN_PHRASES_H
#define EXPLAIN_PHRASES_H

#include "analyse/enrich.h"
#include "stats/compare.h"

#define PHRASE_MIN_N 10 // texts in the two periods together, below which a phrase is not tested

struct phrase_counts {               // texts that hold the phrase; or all texts
    int64_t sentiment[N_SENTIMENTS]; // of the whole report
    int64_t now, before; // of the two compared periods; 0 and 0 in the totals: no comparison
};

struct phrase_judged {
    uint8_t
        // the sentiment that is most over-represented among its texts and has at least half of them;
        polarity;
    // else neu
    double ratio;         // share now ÷ share before; NAN: not comparable; INFINITY: new
    struct change change; // share of texts, now − before; q over all phrases tested
};

// has of a change needs PHRASE_MIN_N, and EXPLAIN_GROUP_MIN_N texts in each period. Cost: n log n.
void phrases_judge(const struct phrase_counts *totals, const struct phrase_counts *phrases,
                   size_t n, struct phrase_judged *ret);

#endif
