// SPDX-License-Identifier: Apache-2.0
// One piece of feedback as it was read, before anything is concluded from it. Every later stage takes arrays of
// these and writes its own struct beside them; nobody changes what was read.
//
// Memory: strings live in the arena of the batch that brought the record. All text is valid UTF-8.
#ifndef COLLECT_FEEDBACK_H
#define COLLECT_FEEDBACK_H

#include "base/clock.h"
#include "base/str.h"

// What a score column measures. NPS only where the column says so (a 0–10 column named as such).
enum metric {
    METRIC_RATING, // satisfaction with the whole: stars, points, words
    METRIC_NPS,
    METRIC_CSAT,
    METRIC_CES,
};

#define FEEDBACK_MAX_SCORES 8
#define FEEDBACK_MAX_ATTRS  32 // dimension columns and measures, joined order columns included

// One score cell. The number is worked out by unify/scale from `raw` and the column's scale.
struct raw_score {
    uint8_t column; // index into schema.scores
    struct str raw; // as written: "4", "★★★☆☆", "非常满意", "" = no score given
};

struct feedback {
    uint32_t file; // index into the source list
    // 1-based row of the sheet or line of the file, as the user's program shows it
    uint64_t row;
    struct str text;        // first review, question-answer texts joined; "" if none
    struct str follow_up;   // 追评, "" if none
    struct str reply;       // seller's own reply, "" if none: never analysed as feedback
    struct str label;       // a column such as 好评/差评 or a complaint category, "" if none
    struct str channel;     // "tmall", or what the column says
    struct str customer;    // masked name or id as exported
    struct str order;       // order number
    struct str product;     // product or SKU
    struct str external_id; // review id of the platform
    int64_t occurred_us;    // TIME_NONE if unknown
    bool date_only;         // the time of day is not known
    bool replied;           // a reply text, or a reply status that says so
    uint8_t n_scores;
    struct raw_score scores[FEEDBACK_MAX_SCORES];
    struct str *attrs; // schema.n_attrs values, "" where empty (numbers as written)
    // the row as it was read, n_cells values: for “each input row with its analysis”
    struct str *cells;
    uint32_t n_cells;
};

enum attr_kind {
    ATTR_DIMENSION, // few distinct values: region, store, agent …
    ATTR_MEASURE,   // a number: delivery days, amount, waiting minutes
};

struct attr_column {
    struct str name; // as shown: “省份”
    // "region", "product", "store", "channel", "agent", "courier", "delivery_days" … or ""
    struct str role;
    enum attr_kind kind;
    bool from_orders; // joined through the order number
};

struct score_column {
    struct str name; // header
    enum metric metric;
    double low, high;     // scale ends as detected, e.g. 1–5, 0–10, 0–100
    bool reversed;        // 1 is best
    bool is_words;        // 满意/一般/不满意
    struct str dimension; // code of the dimension it belongs to ("logistics"), "" = the whole
};

// What the columns of all sources together mean. Attributes of several files are merged by role, else by name.
struct schema {
    struct score_column scores[FEEDBACK_MAX_SCORES];
    int n_scores;
    struct attr_column attrs[FEEDBACK_MAX_ATTRS];
    int n_attrs;
    bool has_time, has_customer, has_order, has_reply, has_follow_up;
    struct str text_name, time_name; // headers of the first file, for “what I understood”
};

#endif
