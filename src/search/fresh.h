// SPDX-License-Identifier: Apache-2.0
// The part of the index that grows: what came in since the last segment was written. Terms in a hash table, the
// places of each in a chain of small runs, in the bytes of search/postings.h, so that adding is appending. Documents
// are numbered as they come. Takes ≈ 8 bytes a character of text. Grows and is read under the lock of the index;
// once frozen (no more fresh_add) it is a part like any other, until fresh_write has made a segment of it.
#ifndef SEARCH_FRESH_H
#define SEARCH_FRESH_H

#include "base/map.h"
#include "base/vec.h"
#include "search/part.h"
#include "search/segment.h"
#include "search/units.h"

struct fresh_run {
    struct fresh_run *next;
    uint16_t len, cap;
    uint8_t bytes[];
};

struct fresh_term {
    struct str term;
    uint64_t hash;
    struct fresh_run *first, *last;
    struct place_end end;
};

struct fresh {
    struct part part; // first: it is a part
    int64_t watermark;
    struct {
        VEC(struct fresh_term);
    } terms;
    uint32_t *slots; // number of the term + 1, 0 is free
    uint32_t n_slots;
    struct {
        VEC(int64_t);
    } ids, gone;         // gone: may have been added again since
    struct map_u64 docs; // id → document + 1; 0: gone
    uint32_t cap_docs;   // of part.dead
    struct arena arena;
};

struct fresh *fresh_new(void); // with one reference
size_t fresh_bytes(const struct fresh *f);
// replaces what the id had in here
void fresh_add(struct fresh *f, int64_t id, const struct units *units);
void fresh_gone(struct fresh *f, int64_t id);

// Writes the documents that `dead` does not name as a segment. `is_older(ctx, id)`: an older part has the id, so
// that its deletion must be kept. Nothing to keep: true with *ret_blocks 0 and no file.
bool fresh_write(const struct fresh *f, const uint64_t *dead,
                 bool (*is_older)(const void *ctx, int64_t id), const void *ctx, const char *dir,
                 const uint8_t key[CRYPTO_KEY_BYTES], const char *name, uint32_t *ret_blocks,
                 struct error *err) MUST_USE;

#endif
