// SPDX-License-Identifier: Apache-2.0
// Texts that repeat earlier ones. A sketch of a text is its MinHash over character 3-grams of the
// normalised text: hashes of bands for the look-up and one bit of each minimum for the check; no
// text is kept. Sketching is stateless and runs on any thread; the index remembers and is used in
// order by one thread.
//
//     struct neardup_sketch s;
//     neardup_sketch(text, &s);                                      // parallel
//     uint32_t first = neardup_add(index, &s, id);                   // ordered: NEARDUP_NONE or
//     the id it repeats
//
// Sources: Broder 1997 (MinHash), Indyk & Motwani 1998 (LSH bands), Li & König 2010 (b-bit minwise
// hashing).
#ifndef NLP_NEARDUP_H
#define NLP_NEARDUP_H

#include "base/str.h"

#define NEARDUP_BANDS     8
#define NEARDUP_ROWS      5
#define NEARDUP_BITS      512  // minima in the check
#define NEARDUP_MIN_CHARS 8    // shorter texts have no near-duplicates, only exact ones
#define NEARDUP_THRESHOLD 0.85 // Jaccard similarity of the sets of 3-grams
#define NEARDUP_NONE      UINT32_MAX

struct neardup_sketch {
    uint64_t exact;   // of the normalised text; 0 when nothing is left of it
    uint32_t n_chars; // letters and digits of the normalised text
    uint32_t bands[NEARDUP_BANDS];
    uint64_t bits[NEARDUP_BITS / 64];
};

// Normalised: letters, digits and ideographs only; full-width and case folded; runs of one
// character shortened to 3.
void neardup_sketch(struct str text, struct neardup_sketch *ret);
double neardup_similarity(const struct neardup_sketch *a,
                          const struct neardup_sketch *b); // estimated Jaccard

struct neardup; // about 190 bytes a different text
struct neardup *neardup_new(void);
void neardup_free(struct neardup *nd);
// The id of an earlier text that `s` repeats (similarity ≥ NEARDUP_THRESHOLD), else NEARDUP_NONE
// and `s` is remembered under `id`. Copies are not remembered: all copies point to the first.
uint32_t neardup_add(struct neardup *nd, const struct neardup_sketch *s, uint32_t id);
size_t neardup_bytes(const struct neardup *nd); // memory held

#endif
