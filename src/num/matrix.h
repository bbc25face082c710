// SPDX-License-Identifier: Apache-2.0
// Products of matrices of floats, row by row, over OpenBLAS. Each call uses the calling thread only: who has more work
// than that gives whole matrices to several threads.
#ifndef NUM_MATRIX_H
#define NUM_MATRIX_H

#include "base/error.h"

// Before anything else here, as often as one likes. ERROR_UNAVAILABLE: there is no OpenBLAS on this machine.
bool matrix_open(struct error *err) MUST_USE;

struct matrix { // rows × columns, row r begins at data + r × stride
    const float *data;
    size_t rows, columns, stride;
};

// ret = a × bᵀ: a is m × k, b is n × k, ret is m × n with its own stride. What `ret` held is not read.
void matrix_times_transposed(struct matrix a, struct matrix b, float *ret, size_t stride);
// ret = a × b: a is m × k, b is k × n.
void matrix_times(struct matrix a, struct matrix b, float *ret, size_t stride);
// ret += a × bᵀ
void matrix_add_times_transposed(struct matrix a, struct matrix b, float *ret, size_t stride);

#endif
