// SPDX-License-Identifier: Apache-2.0
// From facts and texts to everything a report says (report.h). Asks explain for findings and the texts for quotes;
// draws nothing.
#ifndef REPORT_BUILD_H
#define REPORT_BUILD_H

#include "analyse/final.h"
#include "analyse/taxonomy.h"
#include "collect/source.h"
#include "explain/period.h"
#include "report/report.h"
#include "report/texts.h"

#define BUILD_EXAMPLES 3

struct build_counts {  // what the walk counted
    uint64_t given;    // feedbacks that came out of the source
    uint64_t filtered; // of them left out by --where, --since, --until
    uint64_t used;     // with a usable text or score
    uint64_t no_time;
    uint64_t masked; // personal data spans masked
    uint64_t profanity;
    uint64_t out_of_range;
    uint64_t quality[N_QUALITIES];
    uint32_t examples[N_QUALITIES][BUILD_EXAMPLES]; // numbers in texts
    uint64_t suspects;                              // long texts that other customers have too
    uint32_t suspect_examples[BUILD_EXAMPLES];
    int64_t first_us, last_us; // of the feedback given; TIME_NONE
    int64_t n_date_only, n_with_time;
};

struct build_input {
    const struct layout *layout;
    const struct texts *texts;
    const struct lexicon *lexicon;
    const struct taxonomy *taxonomy;
    struct source *source;
    const struct build_counts *counts;
    const struct zone *zone;
    struct str model;
    struct str title; // "" = from the files
    enum lang lang;
    struct compare_request compare;
    const struct period *asked; // from --since/--until, or NULL
    int64_t generated_us;
};

// All strings are in `arena` or borrowed from the input, which must outlive the report.
bool report_build(const struct build_input *in, struct arena *arena, struct report *ret,
                  struct error *err) MUST_USE;

#endif
