// SPDX-License-Identifier: Apache-2.0
// Feedback made comparable: what is no feedback is flagged (never removed), scores of every scale
// become 1–5, the text to be analysed is put together, personal data in it is masked. Nothing of
// the original is changed.
//
//     unify_batch(lx, &schema, feedback, n, &arena, unified);   // stateless: any thread, any batch
//     dedup_mark(dedup, feedback, unified, n);                  // unify/dedup.h: in order, one thread
#ifndef UNIFY_UNIFY_H
#define UNIFY_UNIFY_H

#include "base/arena.h"
#include "collect/feedback.h"
#include "nlp/neardup.h"

struct lexicon;

enum unify_flag {
    UNIFY_BLANK = 1 << 0,          // nothing said
    UNIFY_DEFAULT_PRAISE = 1 << 1, // the platform's words, the rating given by the system
    UNIFY_GIBBERISH = 1 << 2,
    UNIFY_AD = 1 << 3,
    UNIFY_DUPLICATE = 1 << 4, // the same feedback twice (unify/dedup.h says when)
    // A long text copied by other customers: suspected brushing. A suspicion takes no customer's voice
    // away: it counts, is listed, and the score without all of them is shown beside.
    UNIFY_NEAR_DUPLICATE = 1 << 5,
    UNIFY_PROFANITY = 1 << 6,        // a mark only
    UNIFY_OUT_OF_RANGE = 1 << 7,     // a score its scale does not have: that score is not counted
    UNIFY_UNREADABLE_SCORE = 1 << 8, // words in a score column that are no score
};

// The text of these is not analysed and the feedback is in no score, but it is listed under data
// quality.
#define UNIFY_UNUSED_TEXT                                                                          \
    (UNIFY_BLANK | UNIFY_DEFAULT_PRAISE | UNIFY_GIBBERISH | UNIFY_AD | UNIFY_DUPLICATE)
// Neither is the rating of these. A rating without words (UNIFY_BLANK) is a rating;
// UNIFY_DEFAULT_PRAISE is counted apart; a rating beside random characters was still given by a
// customer.
#define UNIFY_UNUSED_SCORE (UNIFY_AD | UNIFY_DUPLICATE)

struct unified {
    uint32_t flags;                    // enum unify_flag
    double satisfaction;               // 1–5 of the whole, NAN if not rated
    double nps;                        // 0–10, NAN
    double csat;                       // 1–5, NAN
    double ces;                        // 1–7, NAN
    double score[FEEDBACK_MAX_SCORES]; // 1–5 by score column (METRIC_RATING, METRIC_CSAT), NAN
    struct str text;              // review and follow-up, without what the platform put around them
    struct str masked;            // the same, personal data masked, as many code points
    uint32_t n_pii;               // spans masked
    struct neardup_sketch sketch; // for dedup_mark
    uint64_t repeats;             // serial number of the feedback it repeats + 1, 0 if none
};

// Neither fails nor depends on anything but its arguments. `ret` has n elements; strings are
// borrowed from `feedback` or `arena`.
void unify_batch(const struct lexicon *lx, const struct schema *schema,
                 const struct feedback *feedback, size_t n, struct arena *arena,
                 struct unified *ret);

// The text without what the platform put around it: “追评：”, “【3天后追评】” in front, page
// footers behind. Borrowed.
struct str unify_trim(struct str s);

#endif
