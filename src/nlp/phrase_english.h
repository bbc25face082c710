// SPDX-License-Identifier: Apache-2.0
// English phrases for phrase_extract: what is said before the thing it is said of (“slow delivery”
// also for “the delivery was really slow”), negation kept (“not friendly staff”), lower case.
#ifndef NLP_PHRASE_ENGLISH_H
#define NLP_PHRASE_ENGLISH_H

#include "base/arena.h"
#include "nlp/segment.h"

int phrase_extract_english(struct str text, const struct token *tokens, size_t n,
                           struct arena *arena, struct str *ret, int max);

#endif
