// SPDX-License-Identifier: Apache-2.0
// The texts behind the facts: number of the feedback → what a quote needs. Facts hold no text and no identity;
// this does, masked. Appended in order by one thread, read by any number after that.
//
// Cost: 80 bytes a record + 12 an aspect + 4 a keyword + the text itself.
#ifndef REPORT_TEXTS_H
#define REPORT_TEXTS_H

#include "base/arena.h"
#include "base/map.h"
#include "base/vec.h"
#include "nlp/labels.h"

#define TEXT_NO_FACT UINT32_MAX

struct text_aspect {
    uint8_t dimension; // enum dimension
    uint8_t polarity;  // enum sentiment
    float score;       // confidence 0 … 1
    uint32_t start;    // code points of `text`
    uint32_t end;
};

struct text {
    const char *ptr; // masked text, `len` bytes, in the store's arena
    uint64_t row;
    int64_t occurred_us; // TIME_NONE if unknown
    const struct text_aspect *aspects;
    const uint32_t *keywords; // ids in texts.keywords
    uint32_t len;
    uint32_t tail;    // id in texts.names: end of the order or customer id
    uint32_t channel; // id in texts.names
    int32_t day;      // local day since 1970-01-01, FACTS_NO_DAY if unknown
    uint32_t fact;    // its row in the facts, TEXT_NO_FACT if it has none
    uint16_t file;
    float satisfaction; // 1–5, NAN if none
    float urgency_score;
    uint8_t n_aspects, n_keywords;
    uint8_t sentiment, urgency; // enums of nlp/labels.h
    uint8_t quality;            // enum quality of analyse/final.h: why it is not used, 0 = used
    bool date_only : 1, replied : 1;
};

struct texts {
    VEC(struct text);
    struct arena arena;
    struct dict names;    // channels and tails; id 0 is ""
    struct dict keywords; // every phrase seen
};

void texts_init(struct texts *t);
void texts_done(struct texts *t);

// Copies everything `in` points to. Returns its number: 0, 1, 2 …
uint32_t texts_add(struct texts *t, const struct text *in);

static inline struct str text_str(const struct text *t) {
    return (struct str){t->ptr, t->len};
}

#endif
