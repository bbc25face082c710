// SPDX-License-Identifier: Apache-2.0
// A neural model of feedback: encoder (BERT; Devlin et al. 2018) → BiLSTM → heads, all heads from one pass.
// train/deep/network.py is the same definition in Python.
//
//     struct network *n;
//     if (!network_open("models/accurate", NETWORK_INT8, &n, err)) return false;
//     struct network_run *r = network_run_new(n);                // one a thread
//     network_read(n, r, texts, n_texts, answers);
//     network_run_free(r); network_close(n);
//
// How it works
//   pieces   nlp/wordpiece.h; a text is cut at `positions` pieces, [CLS] and [SEP] included.
//   encoder  words + places, layer normalisation; each layer: attention of several heads, then a feed-forward network
//            with GELU; after each of the two the input is added and normalised.
//   LSTM     over the encoder's vectors in both directions; a token is its encoder vector and the two LSTM outputs.
//   pools    each dimension and each head scores the tokens and takes their mean by the softmax of the scores.
//   heads    a dimension: absent, neg, neu, pos of its pool. The others: of their pool and the vector of [CLS].
//   proof    each token has a score for each dimension; the run of tokens whose scores sum to the most is the proof.
//
// Files: config.json (sizes, thresholds), labels.json (must be those of nlp/labels.h), vocab.txt, model.safetensors
// (matrices of 8-bit numbers with a scale a row; the rest 32-bit floats).
// Thread rule: a struct network is read-only after opening; one struct network_run a thread.
#ifndef NLP_NETWORK_H
#define NLP_NETWORK_H

#include "base/error.h"
#include "nlp/answer.h"

struct network;
struct network_run; // scratch of one thread; no allocation after it is made

enum network_precision {
    NETWORK_INT8,  // the large matrices as 8-bit numbers (num/int8.h): what is used
    NETWORK_FLOAT, // the definition
};

// `dir`: the model's folder. Errors name the file and what is wrong with it.
bool network_open(const char *dir, enum network_precision precision, struct network **ret,
                  struct error *err) MUST_USE;
void network_close(struct network *n);            // NULL is fine
struct str network_name(const struct network *n); // "accurate-1"

struct network_run *network_run_new(const struct network *n);
void network_run_free(struct network_run *r); // NULL is fine

// Any number of texts, in any order; those of like length are worked on together.
void network_read(const struct network *n, struct network_run *r, const struct str *texts,
                  size_t n_texts, struct text_answer *ret);

// Numbers of a sentence embedding, 0: this network has none.
size_t network_embedding(const struct network *n);
// Of each text its embedding, network_embedding(n) numbers with the sum of squares 1: the nearer the meaning, the
// nearer the product of two is to 1.
void network_embed(const struct network *n, struct network_run *r, const struct str *texts,
                   size_t n_texts, float *ret);

// For tests and measuring: the logits of one text as the network gives them.
struct network_logits {
    float sentiment[N_SENTIMENTS], urgency[N_URGENCIES], validity[N_VALIDITIES],
        emotion[N_EMOTIONS];
    float dimensions[N_DIMENSIONS][1 + N_SENTIMENTS]; // absent, then enum sentiment
};
void network_logits(const struct network *n, struct network_run *r, struct str text,
                    struct network_logits *ret);

#endif
