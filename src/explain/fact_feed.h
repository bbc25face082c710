// SPDX-License-Identifier: Apache-2.0
// From stored feedback to durable facts: which column of a workspace's fact store holds what. The same columns as
// explain/layout.h, found by name, so that layout_attach reads them back.
//
//     struct fact_feed *ff;
//     if (!fact_feed_open(store, zone, taxonomy, &ff, err)) …
//     for (…) if (!fact_feed_add(ff, &stored, &facts_of_it, err)) …
//     if (!fact_feed_apply(ff, watermark, err)) …          // all that were added, in one transaction
//     fact_feed_close(ff);
//
// One thread at a time.
#ifndef EXPLAIN_FACT_FEED_H
#define EXPLAIN_FACT_FEED_H

#include "analyse/record_analysis.h"
#include "olap/store.h"

#define FACT_COLUMN_SENTIMENT "sentiment"
#define FACT_COLUMN_URGENCY   "urgency"
#define FACT_COLUMN_VALIDITY  "validity" // enum quality
#define FACT_COLUMN_SCORE     "score"
#define FACT_COLUMN_TEXT      "text_score"
#define FACT_COLUMN_NPS       "nps"
#define FACT_COLUMN_CSAT      "csat"
#define FACT_COLUMN_CES       "ces"
#define FACT_COLUMN_CHANNEL   "channel"
#define FACT_COLUMN_SOURCE    "source"
#define FACT_COLUMN_PRODUCT   "product"
#define FACT_OWN_PREFIX       "score." // + dimension code: rating of one dimension

struct fact_feed;
// `taxonomy`: which dimensions are one, and whose words labels are; NULL: as the model says. Borrowed until the
// feed is closed.
bool fact_feed_open(struct fact_store *store, const struct zone *zone,
                    const struct taxonomy *taxonomy, struct fact_feed **ret,
                    struct error *err) MUST_USE;
void fact_feed_close(struct fact_feed *ff);

// Copies what it needs. A deleted feedback, or one that is not there, is taken out.
bool fact_feed_add(struct fact_feed *ff, const struct stored_feedback *f,
                   const struct analysis_facts *a, struct error *err) MUST_USE;
// Measures and segments that come from elsewhere (behaviour), for the feedback added last.
void fact_feed_measure(struct fact_feed *ff, struct str name, struct str role, double value);
void fact_feed_dimension(struct fact_feed *ff, struct str name, struct str role, struct str value);
bool fact_feed_apply(struct fact_feed *ff, int64_t watermark, struct error *err) MUST_USE;

#endif
