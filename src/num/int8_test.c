// SPDX-License-Identifier: Apache-2.0
#include "num/int8.h"

#include <math.h>

#include "base/mem.h"
#include "num/random.h"
#include "tests/support/test.h"

#define MAX_ROWS 60
#define MAX_IN   304

struct problem {
    size_t n_rows, out, in;
    int8_t weights[MAX_ROWS * MAX_IN];
    float x[MAX_ROWS * MAX_IN], scales[MAX_ROWS];
};

static struct problem *new_problem(struct random *r, bool extreme) {
    struct problem *p = NEW(struct problem);
    p->n_rows = 1 + random_below(r, MAX_ROWS);
    p->out = 1 + random_below(r, MAX_ROWS);
    p->in = 8 * (1 + random_below(r, MAX_IN / 8));
    for (size_t i = 0; i < p->out * p->in; i++)
        p->weights[i] = extreme ? -127 : (int8_t)((int)random_below(r, 255) - 127);
    for (size_t i = 0; i < p->n_rows * p->in; i++)
        p->x[i] = extreme ? -3 : (float)random_normal(r);
    for (size_t i = 0; i < p->out; i++)
        p->scales[i] = (float)(0.01 + random_unit(r));
    return p;
}

// Largest and smallest numbers too: no sum may be cut.
TEST(int8_products_are_exact_on_every_processor) {
    struct random r = random_init(9);
    const struct vector_ops *ops;
    for (int round = 0; round < 40; round++) {
        struct problem *p = new_problem(&r, round % 4 == 0);
        struct int8_matrix w;
        struct int8_scratch s;
        int8_pack(p->weights, p->out, p->in, p->scales, &w);
        int8_scratch_init(&s, p->n_rows, p->in);
        int8_quantise(vector_ops(), p->x, p->n_rows, p->in, &s);
        int32_t *have = NEW_ARRAY(int32_t, p->n_rows * p->out);
        for (int i = 0; (ops = vector_ops_at(i)); i++) {
            int8_products(ops, &s, p->n_rows, &w, have);
            for (size_t row = 0; row < p->n_rows; row++)
                for (size_t o = 0; o < p->out; o++) {
                    int32_t want = 0;
                    for (size_t k = 0; k < p->in; k++)
                        want += s.numbers[row * p->in + k] * p->weights[o * p->in + k];
                    assert_int_equal(have[row * p->out + o], want);
                }
        }
        free(have);
        int8_scratch_done(&s);
        int8_done(&w);
        free(p);
    }
}

TEST(int8_rows_keep_their_largest_value) {
    struct random r = random_init(10);
    float x[4][64] = {{0}};
    struct int8_scratch s;
    for (size_t i = 0; i < 64; i++) {
        x[1][i] = (float)random_normal(&r);
        x[2][i] = (float)i - 31.5f;
        x[3][i] = 1e-30f * (float)i;
    }
    int8_scratch_init(&s, 4, 64);
    int8_quantise(vector_ops(), &x[0][0], 4, 64, &s);
    for (size_t row = 0; row < 4; row++) {
        int top = 0;
        for (size_t i = 0; i < 64; i++) {
            int q = s.numbers[row * 64 + i];
            top = MAX(top, abs(q));
            assert_true(fabs((double)x[row][i] - q * (double)s.scales[row]) <=
                        0.5001 * (double)s.scales[row]);
        }
        assert_int_equal(top, row ? 127 : 0);
    }
    int8_scratch_done(&s);
}

TEST(int8_times_is_near_the_product_of_floats) {
    struct random r = random_init(11);
    struct problem *p = new_problem(&r, false);
    struct int8_matrix w;
    struct int8_scratch s;
    float *have = NEW_ARRAY(float, p->n_rows * p->out);
    int8_pack(p->weights, p->out, p->in, p->scales, &w);
    int8_scratch_init(&s, p->n_rows, p->in);
    int8_times_transposed(vector_ops(), p->x, p->n_rows, &w, &s, have);
    for (size_t row = 0; row < p->n_rows; row++)
        for (size_t o = 0; o < p->out; o++) {
            double want = 0, size = 0;
            for (size_t k = 0; k < p->in; k++) {
                double product = (double)p->x[row * p->in + k] * p->weights[o * p->in + k] *
                                 (double)p->scales[o];
                want += product;
                size += product * product;
            }
            assert_true(fabs((double)have[row * p->out + o] - want) < 0.1 * sqrt(size));
        }
    free(have);
    int8_scratch_done(&s);
    int8_done(&w);
    free(p);
}
