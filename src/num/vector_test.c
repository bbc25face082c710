// SPDX-License-Identifier: Apache-2.0
// Every table against the functions of the standard library.
#include "num/vector.h"

#include <math.h>
#include <stdlib.h>

#include "num/random.h"
#include "tests/support/test.h"

#define N 64

static void fill(struct random *r, float *x, size_t n, double size) {
    for (size_t i = 0; i < n; i++)
        x[i] = (float)((random_unit(r) - 0.5) * 2 * size);
}

#define FOR_EACH_TABLE(v) for (int i_ = 0; (v = vector_ops_at(i_)); i_++)

TEST(vector_there_is_always_a_table) {
    const struct vector_ops *v = vector_ops_at(0), *last = v;
    assert_non_null(v);
    FOR_EACH_TABLE(v)
    last = v;
    assert_string_equal(last->name, "generic");
    setenv("HUISHENG_CPU", "generic", 1);
    assert_string_equal(vector_ops()->name, "generic");
    setenv("HUISHENG_CPU", "abacus", 1);
    assert_ptr_equal(vector_ops(), vector_ops_at(0));
    unsetenv("HUISHENG_CPU");
    assert_ptr_equal(vector_ops(), vector_ops_at(0));
}

TEST(vector_softmax_is_a_distribution) {
    struct random r = random_init(1);
    const struct vector_ops *v;
    FOR_EACH_TABLE(v)
    for (size_t n = 1; n < 40; n++) {
        float x[N], y[N];
        double sum = 0;
        fill(&r, x, n, 50);
        memcpy(y, x, sizeof x);
        v->softmax(y, n, 0.5f);
        for (size_t i = 0; i < n; i++)
            sum += exp((double)x[i] * 0.5);
        for (size_t i = 0; i < n; i++)
            assert_float_equal(y[i], exp((double)x[i] * 0.5) / sum, 1e-6);
    }
}

TEST(vector_gelu_is_that_of_the_error_function) {
    const struct vector_ops *v;
    FOR_EACH_TABLE(v)
    for (int i = -8000; i < 8000; i += N) {
        float x[N], bias[N];
        for (int k = 0; k < N; k++) {
            x[k] = (float)(i + k) / 1000;
            bias[k] = 0.25f;
        }
        v->add_and_gelu(x, bias, 1, N);
        for (int k = 0; k < N; k++) {
            double y = (double)((float)(i + k) / 1000) + 0.25;
            assert_float_equal(x[k], 0.5 * y * erfc(-y / sqrt(2)), 2e-6);
        }
    }
}

TEST(vector_norm_has_mean_and_variance) {
    struct random r = random_init(2);
    const struct vector_ops *v;
    FOR_EACH_TABLE(v) {
        float x[2 * N], more[2 * N], bias[N], scale[N], shift[N], same[2 * N];
        fill(&r, x, 2 * N, 3), fill(&r, more, 2 * N, 3), fill(&r, bias, N, 1);
        fill(&r, scale, N, 1), fill(&r, shift, N, 1);
        const struct vector_norm norm = {scale, shift, 1e-12f};
        double want[2 * N];
        for (size_t row = 0; row < 2; row++) {
            double mean = 0, square = 0;
            for (size_t i = row * N; i < (row + 1) * N; i++) {
                same[i] = x[i] + more[i] + bias[i % N];
                want[i] = (double)same[i];
                mean += want[i] / N;
            }
            for (size_t i = row * N; i < (row + 1) * N; i++)
                square += (want[i] - mean) * (want[i] - mean) / N;
            for (size_t i = row * N; i < (row + 1) * N; i++)
                want[i] =
                    (want[i] - mean) / sqrt(square) * (double)scale[i % N] + (double)shift[i % N];
        }
        v->add_and_norm(x, more, bias, &norm, 2, N);
        v->norm(same, &norm, 2, N);
        for (size_t i = 0; i < 2 * N; i++) {
            assert_float_equal(x[i], want[i], 1e-5);
            assert_float_equal(same[i], want[i], 1e-5);
        }
    }
}

TEST(vector_lstm_step_is_the_definition) {
    struct random r = random_init(4);
    const struct vector_ops *v;
    FOR_EACH_TABLE(v) {
        float gates[4 * N], cell[N], before[N], out[N];
        fill(&r, gates, 4 * N, 20), fill(&r, cell, N, 2);
        memcpy(before, cell, sizeof cell);
        v->lstm_step(gates, cell, out, N);
        for (int i = 0; i < N; i++) {
            double in = 1 / (1 + exp(-(double)gates[i])),
                   forget = 1 / (1 + exp(-(double)gates[N + i]));
            double c = forget * (double)before[i] + in * tanh((double)gates[2 * N + i]);
            assert_float_equal(cell[i], c, 1e-5);
            assert_float_equal(out[i], tanh(c) / (1 + exp(-(double)gates[3 * N + i])), 1e-5);
        }
    }
}

TEST(vector_sums_are_sums) {
    struct random r = random_init(5);
    const struct vector_ops *v;
    FOR_EACH_TABLE(v)
    for (size_t n = 0; n < N; n++) {
        float a[N], b[N], c[2 * N];
        double sum = 0;
        fill(&r, a, N, 1), fill(&r, b, N, 1), fill(&r, c, 2 * N, 1);
        for (size_t i = 0; i < n; i++)
            sum += (double)a[i] * (double)b[i];
        assert_float_equal(v->dot(a, b, n), sum, 1e-5);
        float was = c[0], end = c[n];
        v->add_scaled(c, a, 2, n);
        assert_float_equal(c[0], n ? was + 2 * a[0] : was, 1e-6);
        assert_true(c[n] == end);
        v->add_rows(c, b, 2, N);
        assert_float_equal(c[n], end + b[n], 1e-6);
    }
}
