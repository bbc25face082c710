// SPDX-License-Identifier: Apache-2.0
// The part of a long quote that is worth showing: what surrounds its proof.
#ifndef REPORT_EXCERPT_H
#define REPORT_EXCERPT_H

#include "base/strbuf.h"
#include "report/report.h"

// A quote cut to `max_characters` around its proof: before + proof + after, borrowed from the
// quote.
struct excerpt {
    struct str before, proof, after; // proof may be empty
    bool cut_head, cut_tail;         // something was left out: show “…”
};
struct excerpt excerpt_of(const struct quote *q, size_t max_characters);

// As HTML, with <mark> round the proof.
void markup_quote(struct strbuf *out, const struct quote *q, size_t max_characters);

#endif
