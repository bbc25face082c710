// SPDX-License-Identifier: Apache-2.0
// Compiled with -mavx2 -mfma; only run where vector_ops() has found both.
#include <immintrin.h>

#include "num/vector.h"

// Pairs of 16-bit numbers are multiplied and added to 32 bits in one instruction (vpmaddwd), so nothing saturates: the
// instruction for 8-bit numbers (vpmaddubsw) adds its pairs in 16 bits and would.
static void int8_tile(const int16_t *const rows[VECTOR_TILE_ROWS],
                      const int16_t (*panel)[VECTOR_TILE_COLUMNS][2], size_t n_pairs,
                      int32_t ret[VECTOR_TILE_ROWS][VECTOR_TILE_COLUMNS]) {
    __m256i left[VECTOR_TILE_ROWS], right[VECTOR_TILE_ROWS];
    for (size_t r = 0; r < VECTOR_TILE_ROWS; r++)
        left[r] = right[r] = _mm256_setzero_si256();
    for (size_t k = 0; k < n_pairs; k++) {
        __m256i a = _mm256_loadu_si256((const __m256i *)panel[k]);
        __m256i b = _mm256_loadu_si256((const __m256i *)(panel[k] + 8));
#pragma GCC unroll 4
        for (size_t r = 0; r < VECTOR_TILE_ROWS; r++) {
            int32_t pair;
            memcpy(&pair, rows[r] + 2 * k, sizeof pair);
            __m256i x = _mm256_set1_epi32(pair);
            left[r] = _mm256_add_epi32(left[r], _mm256_madd_epi16(x, a));
            right[r] = _mm256_add_epi32(right[r], _mm256_madd_epi16(x, b));
        }
    }
    for (size_t r = 0; r < VECTOR_TILE_ROWS; r++) {
        _mm256_storeu_si256((__m256i *)ret[r], left[r]);
        _mm256_storeu_si256((__m256i *)(ret[r] + 8), right[r]);
    }
}

#define VECTOR_OPS  vector_avx2
#define VECTOR_NAME "avx2"
#include "num/vector.inc"
