// SPDX-License-Identifier: Apache-2.0
// Products with a matrix of 8-bit numbers. Each of its rows has a scale; each row of the other matrix is made 8-bit
// when it comes (largest absolute value → 127), so the sums of products are whole numbers, the same on every
// processor and in every order, and only the last multiplication by the two scales is in floats.
//
//     struct int8_matrix w;
//     int8_pack(rows, out, in, scales, &w);                            // once; in: a multiple of 8
//     int8_times_transposed(vector_ops(), x, n_rows, &w, &scratch, y);    // y = x Wᵀ: n_rows × out
//     int8_done(&w);
//
// Memory: two bytes a number of the matrix (sixteen bits are what the instructions of most processors take), laid out
// in panels of 16 rows, and in the scratch two bytes a number of x.
#ifndef NUM_INT8_H
#define NUM_INT8_H

#include "num/vector.h"

struct int8_matrix {
    size_t out, in;
    int16_t (*panels)[VECTOR_TILE_COLUMNS][2]; // [panel][pair of columns][row of the panel][2]
    const float *scales;                       // of rows; borrowed
};

struct int8_scratch { // of one thread, for matrices of at most n_rows rows and n columns
    int16_t *numbers;
    float *scales;
};

void int8_pack(const int8_t *rows, size_t out, size_t in, const float *scales,
               struct int8_matrix *ret);
void int8_done(struct int8_matrix *m); // {0} is fine

void int8_scratch_init(struct int8_scratch *s, size_t n_rows, size_t n);
void int8_scratch_done(struct int8_scratch *s);

// ret = x Wᵀ, n_rows × out. x is n_rows × in.
void int8_times_transposed(const struct vector_ops *ops, const float *x, size_t n_rows,
                           const struct int8_matrix *w, struct int8_scratch *s, float *ret);

// The two steps apart, for tests: rows of x as whole numbers of −127 … 127 with a scale, and the sums of products.
void int8_quantise(const struct vector_ops *ops, const float *x, size_t n_rows, size_t n,
                   struct int8_scratch *ret);
void int8_products(const struct vector_ops *ops, const struct int8_scratch *x, size_t n_rows,
                   const struct int8_matrix *w, int32_t *ret); // n_rows × out

#endif
