// SPDX-License-Identifier: Apache-2.0
// A part of the index: documents that were taken in together, in memory (search/fresh.h) or in a sealed file
// (search/segment.h). What is written never changes; that a document was replaced or deleted since is a bit in
// `dead`. An id is in a part once.
//
// Threads: the terms of a part may be read from any thread, those of the fresh part that still grows only under the
// lock of the index, which also guards `dead` and `n_dead`. Parts are counted: who uses one without the lock holds a
// reference.
#ifndef SEARCH_PART_H
#define SEARCH_PART_H

#include <stdatomic.h>

#include "base/error.h"
#include "search/clauses.h"
#include "search/postings.h"

// Called for each term's postings; false stops with an error that `fn` has set.
typedef bool part_fn(void *ctx, struct str postings, struct error *err);

struct part;
struct part_kind {
    // The postings of `term`, or of every term that begins with it.
    bool (*terms)(const struct part *p, struct str term, bool prefix, part_fn *fn, void *ctx,
                  struct error *err);
    uint32_t (*find)(const struct part *p, int64_t id); // the document's number or NO_DOC
    int64_t (*id)(const struct part *p, uint32_t doc);
    void (*free)(struct part *p);
};

struct part {
    const struct part_kind *kind;
    atomic_uint references;
    uint32_t n_docs;
    uint32_t n_dead;
    uint64_t *dead; // bits_words(n_docs); owned by the kind
};

void part_hold(struct part *p);
void part_release(struct part *p); // NULL is fine; the last one frees
// the document with this id, if it has one, is no more; under the lock
void part_kill(struct part *p, int64_t id);

// Sets the bits of the documents that match, dead or alive; `bits` is zeroed by the caller.
bool part_match(const struct part *p, const struct clauses *clauses, uint64_t *bits,
                struct error *err) MUST_USE;

#endif
