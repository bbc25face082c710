// SPDX-License-Identifier: Apache-2.0
// What a network does with rows of floats beside multiplying matrices, as a table of functions for the processor at
// hand.
//
//     const struct vector_ops *v = vector_ops();
//     v->softmax(scores, n, 1 / sqrtf(64));
//
// Lengths n of rows are multiples of 8 except for dot, add_scaled and softmax. Nothing allocates; any number of
// threads.
// Results of different tables agree to about 1e-6 of the largest value (tests: vector_*).
#ifndef NUM_VECTOR_H
#define NUM_VECTOR_H

#include "base/def.h"

#define VECTOR_TILE_ROWS    4
#define VECTOR_TILE_COLUMNS 16

struct vector_norm { // layer normalisation: (x − mean) ÷ √(variance + eps) × scale + shift
    const float *scale, *shift;
    float eps;
};

struct vector_ops {
    const char *name;
    float (*dot)(const float *a, const float *b, size_t n);
    void (*add_scaled)(float *ret, const float *x, float factor, size_t n); // ret += factor × x
    void (*add_rows)(float *x, const float *bias, size_t n_rows, size_t n); // each row += bias
    void (*norm)(float *x, const struct vector_norm *norm, size_t n_rows, size_t n);
    // x = norm(x + more + bias), row by row
    void (*add_and_norm)(float *x, const float *more, const float *bias,
                         const struct vector_norm *norm, size_t n_rows, size_t n);
    // x = gelu(x + bias), gelu(x) = x Φ(x)
    void (*add_and_gelu)(float *x, const float *bias, size_t n_rows, size_t n);
    void (*softmax)(float *x, size_t n, float factor); // of factor × x
    // One step of an LSTM: gates (4 × n: input, forget, cell, output; Hochreiter and Schmidhuber 1997 with the forget
    // gate of Gers 2000), cell state in and out, output.
    void (*lstm_step)(const float *gates, float *cell, float *ret, size_t n);
    // x ÷ scale as whole numbers of −127 … 127, n of them; returns the scale: the largest absolute value ÷ 127.
    float (*quantise)(const float *x, size_t n, int16_t *ret);
    // Sums of products of 8-bit numbers, exact: ret[r][c] = Σ rows[r][i] × panel[i / 2][c][i % 2] over 2 × n_pairs
    // numbers i. The same on every processor (num/int8.h).
    void (*int8_tile)(const int16_t *const rows[VECTOR_TILE_ROWS],
                      const int16_t (*panel)[VECTOR_TILE_COLUMNS][2], size_t n_pairs,
                      int32_t ret[VECTOR_TILE_ROWS][VECTOR_TILE_COLUMNS]);
};

// The fastest table that this processor can run; HUISHENG_CPU=generic or avx2 takes that one (if it can be run).
const struct vector_ops *vector_ops(void);
// Table i, NULL after the last; those that this processor cannot run are left out. For tests.
const struct vector_ops *vector_ops_at(int i);

#endif
