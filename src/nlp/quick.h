// SPDX-License-Identifier: Apache-2.0
// The `quick` model: linear heads over character and word n-grams, and four small networks on top. No text is
// too long or too odd for it; it reads the first 2,000 characters.
//
//     struct quick *q;
//     if (!quick_open("models/quick", &q, err)) return false;
//     struct quick_run *r = quick_run_new();              // one a thread
//     struct text_answer a;
//     quick_read(q, r, STR("质量不错，但是物流太慢"), &a);
//     quick_run_free(r); quick_close(q);
//
// How it works (train/quick/heads.py is the same in Python)
//   wide    every n-gram of the text (nlp/features.h) that the wide vocabulary knows adds its row of four int8
//           weights: positive against negative, neutral, urgency. A row already holds weight ×
// scale; the sum is divided
//           by the length of the vector of scales and by the step of the column.
//   deep    the same over a smaller vocabulary with rows of 128: 48 columns summed over the whole text
//           (sentiment, urgency, validity, a mention of each dimension) and 80 summed over each clause
//           (leaning, urgency, and for each dimension: mentioned, complained of, praised).
//   nets    vectors of these logits go through softmax networks of one hidden layer: sentiment, urgency,
//           validity once a text, aspect once for each dimension that comes into question.
//   proof   of an aspect: the clause where its head is strongest; inside it the run of characters whose n-grams
//           argue for it.
//   An n-gram counts once in a text, and once in a clause.
//
// Files: config.json (name, version, format, thresholds), labels.json (must be those of nlp/labels.h),
// model.safetensors. Weights are mapped; nothing is copied but the small networks.
// Thread rule: a struct quick is read-only after opening; one struct quick_run a thread.
#ifndef NLP_QUICK_H
#define NLP_QUICK_H

#include "base/error.h"
#include "nlp/answer.h"

struct quick;
struct quick_run; // scratch, about 400 KB; no allocation after it is made

// `dir`: the model's folder. Errors name the file and what is wrong with it.
bool quick_open(const char *dir, struct quick **ret, struct error *err) MUST_USE;
void quick_close(struct quick *q);            // NULL is fine
struct str quick_name(const struct quick *q); // "quick-1"

struct quick_run *quick_run_new(void);
void quick_run_free(struct quick_run *r); // NULL is fine

void quick_read(const struct quick *q, struct quick_run *r, struct str text,
                struct text_answer *ret);

#endif
