// SPDX-License-Identifier: Apache-2.0
// The last word on what a feedback counts for: unify's flags first (rules that can be explained), the model's
// opinion where it is sure. Nothing is dropped; what is not used is listed under data quality with its reason.
#ifndef ANALYSE_FINAL_H
#define ANALYSE_FINAL_H

#include "analyse/enrich.h"
#include "unify/unify.h"

// Why a text is not used; QUALITY_USED if it is.
enum quality {
    QUALITY_USED,
    QUALITY_BLANK,
    QUALITY_DEFAULT_PRAISE,
    QUALITY_GIBBERISH,
    QUALITY_AD,
    QUALITY_IRRELEVANT,
    QUALITY_DUPLICATE,
    N_QUALITIES,
};

struct quality_kind {
    const char *code; // stable: "blank", "default_praise" …
    struct words name;
    struct words treatment; // what was done with them
    bool score_counts;      // a rating beside such a text is still a customer's
};
extern const struct quality_kind quality_kinds[N_QUALITIES];

// The model must be at least so sure before it alone takes a text out.
#define FINAL_MODEL_SURE 0.90f

enum quality final_quality(const struct unified *u, const struct enrichment *e);

#endif
