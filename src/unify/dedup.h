// SPDX-License-Identifier: Apache-2.0
// Which feedback repeats an earlier one, across all batches and files. Called in order on one
// thread, so that the first is always kept.
//
// A platform shows the same review twice (overlapping exports); a brusher posts one text under many
// names; and many honest people write “很好”. Told apart so:
//   - the same review id, or the same order + product + text: the export overlaps →
//   UNIFY_DUPLICATE;
//   - the same normalised text by the same customer on the same product → UNIFY_DUPLICATE;
//   - the same or nearly the same text of ≥ DEDUP_LONG_CHARS characters by another or an unknown
//   customer →
//     UNIFY_NEAR_DUPLICATE (exact copies without any customer column, same time → UNIFY_DUPLICATE);
//   - short texts by different or unknown customers: never flagged.
// The flags take the feedback out of the scores but leave it in the data-quality list with the row
// it repeats.
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
