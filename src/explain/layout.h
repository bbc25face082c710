// SPDX-License-Identifier: Apache-2.0
// Which column of the facts holds what: the bridge between feedback and facts. Filled row by row in
// the order of the source, sealed, then asked by the rest of this folder from any thread.
//
//     struct layout l;
//     layout_init(&l, &schema, threads);
//     layout_put(&l, &row);                         // once a feedback that counts (valid, or a
//     rating without words) layout_seal(&l); segments_find(&l, &period, &arena, &segments, err);
//     layout_done(&l);
//
// Feedback that is noise (gibberish, ad, duplicate …) is not put in; the caller counts it as
// quality.
#ifndef EXPLAIN_LAYOUT_H
#define EXPLAIN_LAYOUT_H

#include "analyse/enrich.h"
#include "collect/feedback.h"
#include "olap/query.h"

#define EXPLAIN_TEST_MIN_N  100 // fewer usable texts: nothing is tested
#define EXPLAIN_GROUP_MIN_N 30  // a smaller group is not judged

enum fact_flag {
    FACT_SYSTEM_GIVEN = 1 << 0, // the platform gave the rating (default praise): counted apart
    FACT_NO_TEXT = 1 << 1,      // rated without words: in the scores, not among the texts
    FACT_REPLIED = 1 << 2,
    FACT_SUSPECT = 1 << 3, // a long text that others have too: counted, and counted without beside
    // noise that a store keeps to be listed: in no figure (period_query leaves it out)
    FACT_NOT_COUNTED = 1 << 4,
};

struct layout {
    struct facts *facts; // owned, unless attached
    bool attached;
    int threads;   // for queries; results do not depend on it
    int sentiment; // class, enum sentiment; unknown for rows without text
    int urgency;   // class, enum urgency
    int score; // measure: rating of the whole, 1–5; system-given ones included (filter by flag)
    int text_score;     // measure: what the text's sentiment is worth (analyse/score.h)
    int nps, csat, ces; // measures: 0–10, 1–5, 1–7; −1 if the data has none
    int channel;        // dimension from feedback.channel
    int product;        // dimension from feedback.product
    int n_attrs;
    int attrs[FEEDBACK_MAX_ATTRS]; // dimension or measure, as schema.attrs
    int n_own;                     // score columns that belong to a dimension
    struct {
        int column;        // measure, 1–5
        int source;        // index into schema.scores
        uint8_t dimension; // enum dimension
    } own[FEEDBACK_MAX_SCORES];
    const struct schema *schema; // borrowed
    bool score_of_parts; // no column rates the whole: a row's score is the mean of its dimensions'
                         // ratings
    // Set by layout_seal: first and last day of the data without stragglers (a handful of rows, ½ % at most, further
    // off than all the others are apart: 1970, 2099 …). Trends and periods go by these.
    bool has_days;
    int32_t first_day, last_day;
    int64_t n_stray;
    int64_t n_rated; // rows with a rating that a customer gave
    int64_t n_texts; // rows with text
    bool from_text; // set by layout_seal: scores are read from the text (analyse/score.h says when)
};

// One feedback as facts take it.
struct fact_row {
    const struct feedback *feedback;
    const struct enrichment *enrichment; // NULL: no text
    double
        satisfaction[FEEDBACK_MAX_SCORES]; // by schema.scores column, from unify/scale: 1–5 or NAN
    double original[FEEDBACK_MAX_SCORES];  // on its own scale (NPS, CES), or NAN
    int64_t local_day;                     // FACTS_NO_DAY if unknown
    uint32_t flags;                        // enum fact_flag
    const uint32_t *phrases;               // codes of its keywords (the caller's dict), n_phrases
    size_t n_phrases;
};

void layout_init(struct layout *l, const struct schema *schema, int threads);
// On facts that explain/fact_feed.h filled, as they are in a view; nothing may be put. `l` borrows them.
bool layout_attach(struct layout *l, const struct facts *facts, int threads,
                   struct error *err) MUST_USE;
void layout_done(struct layout *l);
void layout_put(struct layout *l, const struct fact_row *row);
void layout_seal(struct layout *l);

// The measure that means “score” here: ratings, or text where from_text.
int layout_score(const struct layout *l);
// A column that follows from dissatisfaction or says it once more, by its role: refund, status of the order or
// ticket, category of the complaint, tags. True of it that the refunded are dissatisfied, but nobody is helped by
// hearing it: such columns are no segments, places or drivers.
bool layout_is_outcome(const struct layout *l, int column);
// Dimension columns worth comparing: channel, product, attributes; open ones with at least two values that are no
// outcomes. Returns how many.
int layout_dimensions(const struct layout *l, int ret[FACTS_MAX_COLUMNS]);
// Number columns other than scores and outcomes. Returns how many.
int layout_measures(const struct layout *l, int ret[FACTS_MAX_COLUMNS]);
// Rows with text in all (what EXPLAIN_TEST_MIN_N is held against).
int64_t layout_texts(const struct layout *l);

#endif
