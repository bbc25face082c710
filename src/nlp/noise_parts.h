// SPDX-License-Identifier: Apache-2.0
// The parts of nlp/noise.h. They work on a plain form of the text: lower case, full-width letters
// made half-width, without white space; `words` keeps only letters, digits and ideographs of it.
#ifndef NLP_NOISE_PARTS_H
#define NLP_NOISE_PARTS_H

#include "base/strbuf.h"
#include "nlp/segment.h"

bool noise_is_blank(struct str words, struct str plain);
bool noise_is_default_praise(struct str words); // the whole text is the platform's wording
bool noise_is_ad(struct str plain);
// `tokens`: what segment() made of `text`.
bool noise_is_gibberish(const struct lexicon *lx, struct str text, const struct token *tokens,
                        size_t n);

// What the model of random ideographs looks at, for fitting it: n_han, n_joints, lift, bad,
// single, home, step, opinion,
// function, char_ln, word_cost, rare.
#define NOISE_MEMBERS 12
void noise_members(const struct lexicon *lx, struct str text, const struct token *tokens, size_t n,
                   double ret[NOISE_MEMBERS]);

#endif
