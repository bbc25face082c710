// SPDX-License-Identifier: Apache-2.0
// How readily one ideograph follows another in customers' texts, from counts
// (models/lexicon/bigrams.dat, made by train/lexicon/bigrams.py). Language scores high, random keys
// low. Read-only after opening, any thread.
#ifndef NLP_BIGRAM_H
#define NLP_BIGRAM_H

#include "base/error.h"

struct bigrams;
bool bigrams_open(const char *path, struct bigrams **ret, struct error *err) MUST_USE;
void bigrams_free(struct bigrams *b); // NULL is fine

// ln P(second | first) − ln P(second): 0 where the first says nothing of the second, above it for
// what belongs together, below for what hardly ever meets.
float bigram_lift(const struct bigrams *b, uint32_t first, uint32_t second);
// ln P(c) among ideographs; about −18 for one never seen.
float bigram_char(const struct bigrams *b, uint32_t c);

// First letter of the pinyin of a common ideograph (“a” … “z”), 0 if not known. What is typed
// without thought on the home row of a keyboard comes out of an input method as ideographs with
// these letters.
char bigram_initial(const struct bigrams *b, uint32_t c);

#endif
