// SPDX-License-Identifier: Apache-2.0
#include "num/sort.h"

#include <string.h>

#include "base/mem.h"

#define DIGIT_BITS 11
#define N_DIGITS   (1u << DIGIT_BITS)
#define N_PASSES   3

// Maps floats to integers of the same order: negative ones turned round, positive ones above them.
static uint32_t to_key(uint32_t bits) {
    return bits ^ ((uint32_t)(-(int32_t)(bits >> 31)) | UINT32_C(0x80000000));
}

static uint32_t from_key(uint32_t key) {
    return key ^ (((key >> 31) - 1) | UINT32_C(0x80000000));
}

static uint32_t digit(uint32_t key, int pass) {
    return key >> (pass * DIGIT_BITS) & (N_DIGITS - 1);
}

void sort_floats(float *items, size_t n) {
    size_t(*at)[N_DIGITS] = mem_zero(N_PASSES, sizeof *at);
    uint32_t *from = mem_alloc(n * sizeof *from), *to = mem_alloc(n * sizeof *to);
    memcpy(from, items, n * sizeof *from);
    for (size_t i = 0; i < n; i++) {
        from[i] = to_key(from[i]);
        for (int pass = 0; pass < N_PASSES; pass++)
            at[pass][digit(from[i], pass)]++;
    }
    for (int pass = 0; pass < N_PASSES; pass++) {
        size_t sum = 0;
        for (size_t d = 0; d < N_DIGITS; d++) {
            size_t count = at[pass][d];
            at[pass][d] = sum;
            sum += count;
        }
        for (size_t i = 0; i < n; i++)
            to[at[pass][digit(from[i], pass)]++] = from[i];
        uint32_t *swap = from;
        from = to;
        to = swap;
    }
    for (size_t i = 0; i < n; i++)
        from[i] = from_key(from[i]);
    if (n)
        memcpy(items, from, n * sizeof *from);
    free(from);
    free(to);
    free(at);
}
