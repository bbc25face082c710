// SPDX-License-Identifier: Apache-2.0
// Which feedback repeats an earlier one, across all batches and files. Called in order on one
// thread, so that the first is always kept.
//
// A platform shows the same review twice (overlapping exports); a brusher posts one text under many
// names; and many honest people write “很好”. Told apart so:
//   - the same review id or order number, product and text: the export overlaps → UNIFY_DUPLICATE;
//   - the same text by the same customer on the same product → UNIFY_DUPLICATE; because exported names are masked
//     (“j***n” may be two people), a text under DEDUP_LONG_CHARS characters must have the same time as well;
//   - nothing but text and time, both the same, the text long → UNIFY_DUPLICATE;
//   - the same or nearly the same long text (nlp/neardup.h) by another or an unknown customer → UNIFY_NEAR_DUPLICATE,
//     suspected brushing; by the same customer on another product: lazy, not flagged;
//   - short texts by different or unknown customers: never flagged.
// “The same text” is the same after normalisation: letters, digits and ideographs, case and width folded.
// UNIFY_DUPLICATE takes the feedback out of the scores, UNIFY_NEAR_DUPLICATE only marks it; both are listed under
// data quality with the row they repeat.
#ifndef UNIFY_DEDUP_H
#define UNIFY_DEDUP_H

#include "unify/unify.h"

#define DEDUP_LONG_CHARS 15

struct dedup;
struct dedup *dedup_new(void);
void dedup_free(struct dedup *d);
// Serial numbers run on over calls, from 0, in the order given.
void dedup_mark(struct dedup *d, const struct feedback *feedback, struct unified *unified,
                size_t n);
size_t dedup_bytes(const struct dedup *d);

#endif
