// SPDX-License-Identifier: Apache-2.0
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

static NORETURN void out_of_memory(size_t count, size_t bytes) {
    fprintf(stderr, "huisheng: out of memory (%zu x %zu bytes)\n", count, bytes);
    abort();
}

void *mem_alloc(size_t bytes) {
    void *p = malloc(bytes ? bytes : 1);
    if (!p)
        out_of_memory(1, bytes);
    return p;
}

void *mem_zero(size_t count, size_t bytes) {
    void *p = calloc(count ? count : 1, bytes ? bytes : 1);
    if (!p)
        out_of_memory(count, bytes);
    return p;
}

void *mem_resize(void *ptr, size_t count, size_t bytes) {
    size_t total;
    if (__builtin_mul_overflow(count, bytes, &total))
        out_of_memory(count, bytes);
    void *p = realloc(ptr, total ? total : 1);
    if (!p)
        out_of_memory(count, bytes);
    return p;
}

void mem_freep(void *ptr_to_ptr) {
    void **p = ptr_to_ptr;
    free(*p);
    *p = NULL;
}
