// SPDX-License-Identifier: Apache-2.0
// What `huisheng nlp` does with texts beside analysing them, as filters over JSON lines (app/nlp_filter.h). Offsets are
// code points.
//
//     pii      {"id":7,"spans":[{"type":"mobile","start":3,"end":14}],"masked":"…"}
//     dedup    {"id":7,"duplicate_of":3}        null: it repeats no text before it
//     phrases  {"phrase":"物流慢","count":12}, most frequent first; then, with "new":true, expressions that no
//              dictionary has, with "cohesion" and "freedom" (app/nlp_verbs.c says what they are)
#ifndef APP_NLP_VERBS_H
#define APP_NLP_VERBS_H

#include "app/nlp_filter.h"

// `ctx` of the options is filled in by these. `masks`: with the masked text.
bool nlp_pii(FILE *in, FILE *out, bool masks, struct nlp_filter_options options,
             struct error *err) MUST_USE;
bool nlp_dedup(FILE *in, FILE *out, struct nlp_filter_options options, struct error *err) MUST_USE;
// At most `max` phrases and as many new ones.
bool nlp_phrases(FILE *in, FILE *out, size_t max, struct nlp_filter_options options,
                 struct error *err) MUST_USE;

#endif
