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

#include <stdio.h>

#include "base/error.h"
#include "base/lang.h"

struct model;

struct nlp_options {
    const struct model *model;
    int threads; // ≥ 1
    enum lang lang;
    bool quiet;
    double in_bytes;  // size of the input for the progress line, 0 if unknown
    FILE *complaints; // where bad lines are named; standard error
};

// Reads all of `in`. Lines may be up to 16 MiB.
bool nlp_analyse(FILE *in, FILE *out, const struct nlp_options *options,
                 struct error *err) MUST_USE;

#endif
