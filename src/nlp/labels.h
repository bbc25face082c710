// SPDX-License-Identifier: Apache-2.0
// What the model says about one piece of feedback: the codes used alike in training data, model
// files, JSON, CSV and on screen. Order is part of the contract: model files index by it.
#ifndef NLP_LABELS_H
#define NLP_LABELS_H

#include "base/lang.h"
#include "base/str.h"

enum sentiment {
    SENTIMENT_NEG,
    SENTIMENT_NEU,
    SENTIMENT_POS,
    N_SENTIMENTS,
};

enum dimension {
    DIM_QUALITY,
    DIM_TASTE,
    DIM_FUNCTION,
    DIM_USABILITY,
    DIM_APPEARANCE,
    DIM_DESCRIPTION,
    DIM_PACKAGING,
    DIM_LOGISTICS,
    DIM_SERVICE,
    DIM_RESPONSE,
    DIM_EXPERTISE,
    DIM_AFTERSALES,
    DIM_PRICE,
    DIM_PROMOTION,
    DIM_BILLING,
    DIM_ENVIRONMENT,
    DIM_HYGIENE,
    DIM_FACILITY,
    DIM_LOCATION,
    DIM_STOCK,
    DIM_ACCOUNT,
    DIM_PROCESS,
    DIM_CONTENT,
    DIM_POLICY,
    DIM_OVERALL,
    N_DIMENSIONS,
    DIM_NONE = 255,
};

enum urgency {
    URGENCY_ORDINARY, // 0
    URGENCY_REPLY,    // 1: a concrete unsolved problem of this customer
    URGENCY_URGENT,   // 2: injury, safety, fraud, threat, leaving in anger …
    N_URGENCIES,
};

enum validity {
    VALIDITY_OK,
    VALIDITY_BLANK,
    VALIDITY_GIBBERISH,
    VALIDITY_AD,
    VALIDITY_IRRELEVANT,
    N_VALIDITIES,
};

enum emotion {
    EMOTION_NONE,
    EMOTION_JOY,
    EMOTION_ANGER,
    EMOTION_SADNESS,
    EMOTION_FEAR,
    EMOTION_SURPRISE,
    EMOTION_DISGUST,
    N_EMOTIONS,
};

struct label {
    const char *code;  // "logistics": stable
    struct words name; // generic; industry templates give local names
};

extern const struct label sentiment_labels[N_SENTIMENTS];
extern const struct label dimension_labels[N_DIMENSIONS];
extern const struct label urgency_labels[N_URGENCIES];
extern const struct label validity_labels[N_VALIDITIES];
extern const struct label emotion_labels[N_EMOTIONS];

// Index of a code in one of the tables above, or -1.
int label_find(const struct label *labels, int n, struct str code);

#endif
