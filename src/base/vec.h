// SPDX-License-Identifier: Apache-2.0
// A growing array of one type, on the heap.
//
//     struct { VEC(struct span); } spans = {0};         // or a named struct with VEC(T) inside
//     vec_push(&spans, ((struct span){...}));
//     for (size_t i = 0; i < spans.len; i++) use(spans.items[i]);
//     vec_done(&spans);
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stdlib.h>

#include "base/mem.h"

#define VEC(type)                                                                                  \
    type *items;                                                                                   \
    size_t len;                                                                                    \
    size_t cap

#define vec_reserve(v, n)                                                                          \
    do {                                                                                           \
        if ((n) > (v)->cap) {                                                                      \
            (v)->cap = MAX((size_t)(n), MAX((v)->cap * 2, (size_t)8));                             \
            (v)->items = mem_resize((v)->items, (v)->cap, sizeof *(v)->items);                     \
        }                                                                                          \
    } while (0)

#define vec_push(v, ...)                                                                           \
    do {                                                                                           \
        vec_reserve(v, (v)->len + 1);                                                              \
        (v)->items[(v)->len++] = (__VA_ARGS__);                                                    \
    } while (0)

#define vec_done(v)                                                                                \
    do {                                                                                           \
        free((v)->items);                                                                          \
        (v)->items = NULL;                                                                         \
        (v)->len = (v)->cap = 0;                                                                   \
    } while (0)

#endif
