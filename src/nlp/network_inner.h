// SPDX-License-Identifier: Apache-2.0
// The parts of nlp/network.h, for network*.c only.
#ifndef NLP_NETWORK_INNER_H
#define NLP_NETWORK_INNER_H

#include "nlp/network.h"
#include "nlp/safetensors.h"
#include "nlp/wordpiece.h"
#include "num/int8.h"
#include "num/matrix.h"
#include "num/vector.h"

#define NETWORK_FORMAT    1
#define NETWORK_TEXTS     64   // of a group that is sorted by length
#define NETWORK_TOKENS    1024 // worked on at once
#define NETWORK_POSITIONS 256  // of one text at most
#define NETWORK_LAYERS    24   // at most

// y = x Wᵀ + b. W is of 8-bit numbers in the file; here it is either packed or made floats.
struct dense {
    size_t in, out;
    struct int8_matrix packed; // {0}: floats
    float *weight;             // out × in; NULL: packed
    const float *bias;
};

struct network_layer {
    struct dense qkv, out, up, down;
    struct vector_norm norm1, norm2;
};

struct network_direction {     // of the LSTM
    struct dense input, state; // gates: input, forget, cell, output
};

enum network_head {
    HEAD_SENTIMENT,
    HEAD_URGENCY,
    HEAD_VALIDITY,
    HEAD_EMOTION,
    N_HEADS,
};

#define N_POOLS (N_DIMENSIONS + N_HEADS)

struct network {
    struct safetensors *weights;
    struct wordpiece *pieces;
    const struct vector_ops *ops;
    enum network_precision precision;
    char name[64];
    size_t hidden, n_layers, n_heads, feed_forward, positions, lstm;
    size_t token;        // floats of a token: hidden + 2 × lstm
    const int8_t *words; // vocabulary × hidden
    const float *word_scales, *places;
    struct vector_norm norm;
    struct network_layer layers[NETWORK_LAYERS];
    struct network_direction directions[2]; // forwards, backwards
    struct dense attend, proof, dimension, heads[N_HEADS];
    size_t embedding; // numbers of an embedding; 0: none
    struct dense embed;
    float urgent;                // probability from which a text is URGENCY_URGENT
    float present[N_DIMENSIONS]; // probability from which a dimension is there
};

// Texts that are worked on at once, longest first; their tokens stand one text after the other.
struct network_batch {
    size_t n_texts, n_tokens;
    size_t first[NETWORK_TEXTS], length[NETWORK_TEXTS]; // tokens of each text
};

struct network_run {
    struct piece *pieces; // NETWORK_TEXTS × positions
    size_t n_pieces[NETWORK_TEXTS], order[NETWORK_TEXTS];
    uint32_t *ids; // of the tokens of the batch
    struct int8_scratch numbers;
    float *x;                      // tokens × hidden
    float *wide;                   // tokens × the widest of 3 × hidden, feed_forward, 4 × lstm
    float *mixed;                  // tokens × hidden
    float *scores;                 // positions × positions
    float *tokens;                 // tokens × token
    float *attend, *proof;         // tokens × N_POOLS, tokens × N_DIMENSIONS
    float *gates, *states, *cells; // NETWORK_TEXTS × 4 lstm, × lstm, × lstm
    float *pool;                   // token + hidden
};

// network_encode.c: fills tokens (and x with the encoder's vectors) for the ids of the batch
void network_encode(const struct network *n, struct network_run *r, const struct network_batch *b);
// The same without the LSTM: only x.
void network_encode_plain(const struct network *n, struct network_run *r,
                          const struct network_batch *b);
// network_heads.c
// The embedding of a text of an encoded batch.
void network_embed_one(const struct network *n, struct network_run *r,
                       const struct network_batch *b, size_t text, float *ret);
void network_score(const struct network *n, struct network_run *r, const struct network_batch *b);
void network_pool(const struct network *n, struct network_run *r, const struct network_batch *b,
                  size_t text, struct network_logits *ret);
// `pieces`: of the text, without [CLS] and [SEP].
void network_decide(const struct network *n, const struct network_run *r,
                    const struct network_batch *b, size_t text, const struct piece *pieces,
                    const struct network_logits *l, struct text_answer *ret);

#endif
