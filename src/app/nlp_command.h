// SPDX-License-Identifier: Apache-2.0
// `huisheng nlp analyse`: a filter over JSON lines (app/nlp_filter.h), one feedback in, one answer out.
//
//     {"id":7,"text":"质量好，物流慢"}
//     {"id":7,"sentiment":{"label":…,"score":…,"probs":{…}},"dimensions":[{"code":…,"polarity":…,"score":…,
//      "evidence":{"start":…,"end":…,"text":…}}],"urgency":{"level":…,"score":…},
//      "validity":{"label":…,"score":…},"emotions":[…],"keywords":[…],"model":"quick-1"}
//
// Offsets are code points.
#ifndef APP_NLP_COMMAND_H
#define APP_NLP_COMMAND_H

#include "app/nlp_filter.h"

struct model;

// `ctx` of the options is filled in here.
bool nlp_analyse(FILE *in, FILE *out, const struct model *model, struct nlp_filter_options options,
                 struct error *err) MUST_USE;

#endif
