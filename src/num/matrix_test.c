// SPDX-License-Identifier: Apache-2.0
#include "num/matrix.h"

#include "base/mem.h"
#include "num/random.h"
#include "tests/support/test.h"

#define STRIDE 40

static void fill(struct random *r, float *x, size_t n) {
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(random_unit(r) - 0.5);
}

TEST(matrix_products_are_those_of_the_definition) {
    struct random r = random_init(3);
    assert_true(matrix_open(NULL));
    float a[STRIDE * STRIDE], b[STRIDE * STRIDE], c[STRIDE * STRIDE];
    for (int round = 0; round < 30; round++) {
        size_t m = 1 + random_below(&r, 33), n = 1 + random_below(&r, 33),
               k = 1 + random_below(&r, 33);
        fill(&r, a, ARRAY_LEN(a));
        fill(&r, b, ARRAY_LEN(b));
        for (int kind = 0; kind < 3; kind++) {
            struct matrix x = {a, m, k, STRIDE};
            struct matrix y = {b, kind == 1 ? k : n, kind == 1 ? n : k, STRIDE};
            for (size_t i = 0; i < ARRAY_LEN(c); i++)
                c[i] = 7;
            if (kind == 0)
                matrix_times_transposed(x, y, c, STRIDE);
            else if (kind == 1)
                matrix_times(x, y, c, STRIDE);
            else
                matrix_add_times_transposed(x, y, c, STRIDE);
            for (size_t i = 0; i < m; i++)
                for (size_t j = 0; j < n; j++) {
                    double sum = kind == 2 ? 7 : 0;
                    for (size_t p = 0; p < k; p++)
                        sum += (double)a[i * STRIDE + p] *
                               (double)(kind == 1 ? b[p * STRIDE + j] : b[j * STRIDE + p]);
                    assert_float_equal(c[i * STRIDE + j], sum, 1e-5);
                }
            assert_true(c[m * STRIDE] == 7 && c[n] == 7); // and nothing beside
        }
    }
}
