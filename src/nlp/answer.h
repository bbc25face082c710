// SPDX-License-Identifier: Apache-2.0
// What a model of any kind says of one text.
#ifndef NLP_ANSWER_H
#define NLP_ANSWER_H

#include "nlp/labels.h"

#define ANSWER_MAX_ASPECTS 6

struct answer_aspect {
    uint8_t dimension; // enum dimension
    uint8_t polarity;  // enum sentiment
    float score;       // probability of dimension and polarity together
    uint32_t start;    // proof, code points of the text [start, end)
    uint32_t end;
};

struct text_answer {
    float sentiment[N_SENTIMENTS]; // probabilities, sum 1
    float urgency[N_URGENCIES];
    float validity[N_VALIDITIES];
    float emotion[N_EMOTIONS]; // all 0: the model has no opinion
    uint8_t urgency_level;     // by the thresholds of the model, not the largest probability
    uint8_t validity_label;
    uint8_t n_aspects; // by score, best first; 0 unless the text is VALIDITY_OK
    struct answer_aspect aspects[ANSWER_MAX_ASPECTS];
    // 0 … 1: smallest of the probabilities that sentiment, urgency and dimensions were decided by; 0: not known
    float certainty;
};

// Puts an aspect in its place by score; the weakest falls out when there are too many.
void answer_add_aspect(struct text_answer *a, struct answer_aspect new_one);

#endif
