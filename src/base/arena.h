// SPDX-License-Identifier: Apache-2.0
// Memory with one lifetime: everything taken from an arena is freed together. One arena belongs to one thread
// at a time. A function that takes an arena returns arena memory.
//
//     CLEANUP(arena_done) struct arena a = {0};
//     struct str copy = arena_str(&a, s);
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena_block;

struct arena {
    struct arena_block *block; // newest first; {0} is a valid empty arena
    size_t used;               // bytes of the newest block in use
    size_t total_bytes;        // all blocks, for accounting
};

void arena_done(struct arena *a);
void arena_reset(struct arena *a); // forgets everything, keeps one block for the next round

void *arena_alloc(struct arena *a, size_t bytes) MUST_USE; // uninitialised, aligned for any type
void *arena_zero(struct arena *a, size_t count, size_t bytes) MUST_USE;

#define ARENA_NEW(a, type)      ((type *)arena_zero((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_zero((a), (n), sizeof(type)))

struct str arena_str(struct arena *a, struct str s); // a copy, NUL-terminated after its len bytes
struct str arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);

#endif
