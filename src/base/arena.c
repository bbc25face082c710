// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

struct arena_block {
    struct arena_block *older;
    size_t cap; // bytes in data
    alignas(max_align_t) char data[];
};

#define BLOCK_BYTES (16 * KIB)

void arena_done(struct arena *a) {
    while (a->block) {
        struct arena_block *older = a->block->older;
        free(a->block);
        a->block = older;
    }
    *a = (struct arena){0};
}

void arena_reset(struct arena *a) {
    if (!a->block)
        return;
    struct arena_block *keep = a->block; // usually the largest
    a->block = keep->older;
    arena_done(a);
    keep->older = NULL;
    *a = (struct arena){.block = keep, .total_bytes = keep->cap};
}

void *arena_alloc(struct arena *a, size_t bytes) {
    size_t align = alignof(max_align_t);
    if (bytes > PTRDIFF_MAX - sizeof(struct arena_block) - align)
        abort(); // no machine has it, and the sums below must not wrap round
    size_t need = (MAX(bytes, (size_t)1) + align - 1) & ~(align - 1);
    if (!a->block || a->block->cap - a->used < need) {
        size_t cap = a->block ? MIN(a->block->cap * 2, MIB) : BLOCK_BYTES;
        cap = MAX(cap, need);
        struct arena_block *b = mem_alloc(sizeof *b + cap);
        b->older = a->block;
        b->cap = cap;
        a->block = b;
        a->used = 0;
        a->total_bytes += cap;
    }
    void *p = a->block->data + a->used;
    a->used += need;
    return p;
}

void *arena_zero(struct arena *a, size_t count, size_t bytes) {
    size_t total;
    if (__builtin_mul_overflow(count, bytes, &total))
        abort();
    return memset(arena_alloc(a, total), 0, total);
}

struct str arena_str(struct arena *a, struct str s) {
    char *p = arena_alloc(a, s.len + 1);
    if (s.len)
        memcpy(p, s.ptr, s.len);
    p[s.len] = '\0';
    return (struct str){p, s.len};
}

struct str arena_printf(struct arena *a, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n < 0)
        return STR("");
    char *p = arena_alloc(a, (size_t)n + 1);
    va_start(args, fmt);
    vsnprintf(p, (size_t)n + 1, fmt, args);
    va_end(args);
    return (struct str){p, (size_t)n};
}
