// SPDX-License-Identifier: Apache-2.0
// A filter over JSON lines: one text in, one answer out, order kept, on several threads. What is done with the texts is
// a verb (app/nlp_command.h, app/nlp_verbs.h).
//
//     {"id":7,"text":"质量好，物流慢"}      →      {"id":7,…}
//
// The id may be any JSON value and comes back as it was; without one it is null. A line that cannot be read gives one
// line on standard error and {"id":…,"line":N,"error":"…"} in its place, so that order and count stay; the run goes
// on and ends with ERROR_FORMAT (exit status 65). Empty lines are skipped. Lines may be up to 16 MiB.
#ifndef APP_NLP_FILTER_H
#define APP_NLP_FILTER_H

#include <stdio.h>

#include "base/error.h"
#include "base/json.h"
#include "base/lang.h"

#define NLP_BATCH 128 // texts that are read together

struct nlp_verb {
    struct words doing; // “分析” / "analysing"
    size_t mark_bytes;  // of what `read` leaves for `write` of each text, zeroed before; 0: nothing
    bool in_order;      // `write` is called for one text after the other, in the order of the input
    // and adds nothing: the answer comes at the end, from all of them. w is NULL
    bool silent;
    // Reads texts together; NULL: nothing to be read beforehand. `marks`: n × mark_bytes.
    void (*read)(void *ctx, int worker, const struct str *texts, size_t n, void *marks);
    // Adds keys to the answer, which has its id already. `id` is NULL when there is none.
    void (*write)(void *ctx, void *mark, const struct json *id, struct str text,
                  struct json_writer *w);
};

struct nlp_filter_options {
    void *ctx;   // of the verb
    int threads; // ≥ 1
    enum lang lang;
    bool quiet;
    double in_bytes;  // size of the input for the progress line, 0 if unknown
    FILE *complaints; // where bad lines are named; standard error
};

// Reads all of `in`.
bool nlp_filter(FILE *in, FILE *out, const struct nlp_verb *verb,
                const struct nlp_filter_options *options, struct error *err) MUST_USE;

#endif
