// SPDX-License-Identifier: Apache-2.0
// Shared by quick.c (the model and its files), quick_sum.c (n-grams to logits) and quick_read.c (logits to an
// answer). Column numbers are those of train/quick/heads.py; a change there raises QUICK_FORMAT.
#ifndef NLP_QUICK_INNER_H
#define NLP_QUICK_INNER_H

#include "nlp/features.h"
#include "nlp/quick.h"
#include "nlp/safetensors.h"

#define QUICK_FORMAT 2

#define WIDE_COLUMNS   4
#define TEXT_COLUMNS   48
#define CLAUSE_COLUMNS 80
#define DEEP_COLUMNS   (TEXT_COLUMNS + CLAUSE_COLUMNS)
#define MAX_HIDDEN     128

enum { // wide
    WIDE_POLARITY,
    WIDE_NEUTRAL,
    WIDE_URGENCY_1,
    WIDE_URGENCY_2,
};

enum { // text part
    TEXT_NEGATIVE,
    TEXT_NEUTRAL,
    TEXT_POSITIVE,
    TEXT_URGENCY_1,
    TEXT_URGENCY_2,
    TEXT_VALIDITY, // blank, gibberish, ad, irrelevant
    TEXT_MENTION = 9,
};

enum { // clause part
    CLAUSE_POLARITY,
    CLAUSE_NEUTRAL,
    CLAUSE_URGENCY_1,
    CLAUSE_URGENCY_2,
    CLAUSE_MENTION,
    CLAUSE_NEGATIVE = CLAUSE_MENTION + N_DIMENSIONS,
    CLAUSE_POSITIVE = CLAUSE_NEGATIVE + N_DIMENSIONS,
};

#define N_GLOBAL 39 // inputs of the networks once a text
#define N_ASPECT 22 // inputs of the aspect network

// Keys of n-grams, sorted; the top 18 bits of a key choose the bucket, 16 are compared.
#define INDEX_BITS 18
#define NO_ROW     UINT32_MAX

struct vocabulary {
    const uint32_t *starts; // [2^18 + 1]
    const uint16_t *keys;   // [n]
    const uint8_t *scale;   // [n], sixteenths
    const int8_t *rows;     // [n, columns]: weight × scale / step
    uint32_t n;
};

struct net {
    const float *w1;             // [inputs, hidden]
    const float *b1;             // [groups, hidden]
    const float *w2;             // [hidden, classes]
    const float *b2;             // [classes]
    int inputs, hidden, classes; // hidden: a multiple of four
};

struct quick {
    struct safetensors *weights;
    struct vocabulary wide, deep;
    const float *step[3], *bias[3]; // wide, text, clause
    struct net sentiment, urgency, validity, aspect;
    float aspect_min, urgency_1_min, urgency_2_min, validity_min;
    char name[32];
};

// A set of row numbers, emptied before each use.
#define SET_SLOTS 16384 // power of two, more than twice the n-grams of a text

struct quick_run {
    struct features features;
    uint32_t wide_rows[FEATURES_MAX_N][FEATURES_MAX_SYMBOLS]; // NO_ROW: not known
    uint32_t deep_rows[FEATURES_MAX_N][FEATURES_MAX_SYMBOLS];
    float wide[WIDE_COLUMNS]; // logits
    float text[TEXT_COLUMNS];
    float clause[FEATURES_MAX_CLAUSES][CLAUSE_COLUMNS];
    int clause_first[FEATURES_MAX_CLAUSES + 1]; // first symbol of each clause
    float clause_norm[FEATURES_MAX_CLAUSES];
    uint32_t set[SET_SLOTS];
    float gain[FEATURES_MAX_SYMBOLS]; // what each symbol argues for an aspect
};

// quick_sum.c: fills wide, text, clause of the run from its features.
void quick_sum(const struct quick *q, struct quick_run *r);

#endif
