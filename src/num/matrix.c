// SPDX-License-Identifier: Apache-2.0
#include "num/matrix.h"

#include <assert.h>
#include <dlfcn.h>
#include <pthread.h>

// What is called of OpenBLAS (cblas.h), declared here: the library is opened when it is first needed, since it starts
// threads and takes memory when it is loaded, and most runs of the program have no use for it.
enum {
    ROW_MAJOR = 101,
    NO_TRANS = 111,
    TRANS = 112
};
typedef void sgemm_fn(int order, int trans_a, int trans_b, int m, int n, int k, float alpha,
                      const float *a, int lda, const float *b, int ldb, float beta, float *c,
                      int ldc);
typedef void set_num_threads_fn(int n);

static sgemm_fn *sgemm;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
    void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return;
    set_num_threads_fn *set = (set_num_threads_fn *)dlsym(library, "openblas_set_num_threads");
    if (set)
        set(1);
    sgemm = (sgemm_fn *)dlsym(library, "cblas_sgemm");
}

bool matrix_open(struct error *err) {
    pthread_once(&once, load);
    return sgemm ||
           error_set(err, ERROR_UNAVAILABLE,
                     "没有找到 OpenBLAS（libopenblas.so.0）：请安装软件包 libopenblas0",
                     "OpenBLAS (libopenblas.so.0) not found: install the package libopenblas0");
}

static void multiply(struct matrix a, struct matrix b, bool transposed, float before, float *ret,
                     size_t stride) {
    size_t n = transposed ? b.rows : b.columns, k = transposed ? b.columns : b.rows;
    assert(a.columns == k && sgemm);
    if (a.rows && n && k)
        sgemm(ROW_MAJOR, NO_TRANS, transposed ? TRANS : NO_TRANS, (int)a.rows, (int)n, (int)k, 1,
              a.data, (int)a.stride, b.data, (int)b.stride, before, ret, (int)stride);
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
