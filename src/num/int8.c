// SPDX-License-Identifier: Apache-2.0
#include "num/int8.h"

#include <stdlib.h>

#include "base/mem.h"

#define ROWS     VECTOR_TILE_ROWS
#define COLUMNS  VECTOR_TILE_COLUMNS
#define GROUP    (8 * ROWS)  // rows of x that stay in the cache while all panels pass by
#define ROUNDING 12582912.0f // 1.5 × 2^23: adding it rounds to a whole number

static size_t n_panels(size_t out) {
    return (out + COLUMNS - 1) / COLUMNS;
}

void int8_pack(const int8_t *rows, size_t out, size_t in, const float *scales,
               struct int8_matrix *ret) {
    size_t pairs = in / 2;
    *ret = (struct int8_matrix){.out = out, .in = in, .scales = scales};
    ret->panels = mem_zero(n_panels(out) * pairs, sizeof *ret->panels); // rows past the last are 0
    for (size_t o = 0; o < out; o++) {
        int16_t(*panel)[COLUMNS][2] = ret->panels + o / COLUMNS * pairs;
        for (size_t i = 0; i < in; i++)
            panel[i / 2][o % COLUMNS][i % 2] = (int16_t) + rows[o * in + i];
    }
}

void int8_done(struct int8_matrix *m) {
    free(m->panels);
    *m = (struct int8_matrix){0};
}

void int8_scratch_init(struct int8_scratch *s, size_t n_rows, size_t n) {
    s->numbers = NEW_ARRAY(int16_t, n_rows * n);
    s->scales = NEW_ARRAY(float, n_rows);
}

void int8_scratch_done(struct int8_scratch *s) {
    free(s->numbers);
    free(s->scales);
    *s = (struct int8_scratch){0};
}

void int8_quantise(const struct vector_ops *ops, const float *x, size_t n_rows, size_t n,
                   struct int8_scratch *ret) {
    for (size_t r = 0; r < n_rows; r++)
        ret->scales[r] = ops->quantise(x + r * n, n, ret->numbers + r * n);
}

typedef void tile_fn(void *ctx, size_t row, size_t n_rows, size_t column, size_t n_columns,
                     int32_t tile[ROWS][COLUMNS]);

// Calls `each` with every tile of the product.
static void for_tiles(const struct vector_ops *ops, const struct int8_scratch *x, size_t n_rows,
                      const struct int8_matrix *w, tile_fn *each, void *ctx) {
    size_t pairs = w->in / 2;
    for (size_t group = 0; group < n_rows; group += GROUP)
        for (size_t panel = 0; panel < n_panels(w->out); panel++)
            for (size_t r = group; r < MIN(group + GROUP, n_rows); r += ROWS) {
                const int16_t *rows[ROWS];
                int32_t tile[ROWS][COLUMNS];
                for (size_t k = 0; k < ROWS;
                     k++) // past the last row: that row again, and not taken
                    rows[k] = x->numbers + MIN(r + k, n_rows - 1) * w->in;
                ops->int8_tile(rows, (const int16_t(*)[COLUMNS][2])(w->panels + panel * pairs),
                               pairs, tile);
                each(ctx, r, MIN((size_t)ROWS, n_rows - r), panel * COLUMNS,
                     MIN((size_t)COLUMNS, w->out - panel * COLUMNS), tile);
            }
}

struct floats {
    const struct int8_scratch *x;
    const struct int8_matrix *w;
    float *ret;
};

static void put_floats(void *ctx, size_t row, size_t n_rows, size_t column, size_t n_columns,
                       int32_t tile[ROWS][COLUMNS]) {
    const struct floats *f = ctx;
    for (size_t r = 0; r < n_rows; r++) {
        float *ret = f->ret + (row + r) * f->w->out + column, scale = f->x->scales[row + r];
        for (size_t c = 0; c < n_columns; c++)
            ret[c] = (float)tile[r][c] * (scale * f->w->scales[column + c]);
    }
}

void int8_times_transposed(const struct vector_ops *ops, const float *x, size_t n_rows,
                           const struct int8_matrix *w, struct int8_scratch *s, float *ret) {
    int8_quantise(ops, x, n_rows, w->in, s);
    for_tiles(ops, s, n_rows, w, put_floats, &(struct floats){s, w, ret});
}

struct numbers {
    size_t out;
    int32_t *ret;
};

static void put_numbers(void *ctx, size_t row, size_t n_rows, size_t column, size_t n_columns,
                        int32_t tile[ROWS][COLUMNS]) {
    const struct numbers *n = ctx;
    for (size_t r = 0; r < n_rows; r++)
        memcpy(n->ret + (row + r) * n->out + column, tile[r], n_columns * sizeof **tile);
}

void int8_products(const struct vector_ops *ops, const struct int8_scratch *x, size_t n_rows,
                   const struct int8_matrix *w, int32_t *ret) {
    for_tiles(ops, x, n_rows, w, put_numbers, &(struct numbers){w->out, ret});
}
