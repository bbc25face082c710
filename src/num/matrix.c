// SPDX-License-Identifier: Apache-2.0
#include "num/matrix.h"

#include <assert.h>
#include <cblas.h>
#include <pthread.h>

static void use_one_thread(void) {
    openblas_set_num_threads(1);
}

static void multiply(struct matrix a, struct matrix b, bool transposed, float before, float *ret,
                     size_t stride) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    size_t n = transposed ? b.rows : b.columns, k = transposed ? b.columns : b.rows;
    assert(a.columns == k);
    pthread_once(&once, use_one_thread);
    if (a.rows && n && k)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans,
                    (blasint)a.rows, (blasint)n, (blasint)k, 1, a.data, (blasint)a.stride, b.data,
                    (blasint)b.stride, before, ret, (blasint)stride);
}

void matrix_times_transposed(struct matrix a, struct matrix b, float *ret, size_t stride) {
    multiply(a, b, true, 0, ret, stride);
}

void matrix_times(struct matrix a, struct matrix b, float *ret, size_t stride) {
    multiply(a, b, false, 0, ret, stride);
}

void matrix_add_times_transposed(struct matrix a, struct matrix b, float *ret, size_t stride) {
    multiply(a, b, true, 1, ret, stride);
}
