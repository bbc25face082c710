// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "nlp/network_inner.h"

static struct matrix rows_of(const float *data, size_t rows, size_t columns) {
    return (struct matrix){data, rows, columns, columns};
}

static void apply(const struct network *n, struct network_run *r, const struct dense *d,
                  const float *x, size_t n_rows, float *ret) {
    if (d->weight)
        matrix_times_transposed(rows_of(x, n_rows, d->in), rows_of(d->weight, d->out, d->in), ret,
                                d->out);
    else
        int8_times_transposed(n->ops, x, n_rows, &d->packed, &r->numbers, ret);
}

static void embed(const struct network *n, struct network_run *r, const struct network_batch *b) {
    for (size_t t = 0; t < b->n_texts; t++)
        for (size_t i = 0; i < b->length[t]; i++) {
            size_t at = b->first[t] + i, id = r->ids[at];
            const int8_t *word = n->words + id * n->hidden;
            const float *place = n->places + i * n->hidden;
            float *x = r->x + at * n->hidden, scale = n->word_scales[id];
            for (size_t k = 0; k < n->hidden; k++)
                x[k] = (float)word[k] * scale + place[k];
        }
    n->ops->norm(r->x, &n->norm, b->n_tokens, n->hidden);
}

// Each text by itself: no token sees another text.
static void attend(const struct network *n, struct network_run *r, const struct network_batch *b) {
    size_t size = n->hidden / n->n_heads, stride = 3 * n->hidden;
    float factor = 1 / sqrtf((float)size);
    for (size_t t = 0; t < b->n_texts; t++)
        for (size_t h = 0; h < n->n_heads; h++) {
            const float *q = r->wide + b->first[t] * stride + h * size;
            size_t length = b->length[t];
            struct matrix queries = {q, length, size, stride};
            struct matrix keys = {q + n->hidden, length, size, stride};
            struct matrix values = {q + 2 * n->hidden, length, size, stride};
            matrix_times_transposed(queries, keys, r->scores, length);
            for (size_t i = 0; i < length; i++)
                n->ops->softmax(r->scores + i * length, length, factor);
            matrix_times(rows_of(r->scores, length, length), values,
                         r->mixed + b->first[t] * n->hidden + h * size, n->hidden);
        }
}

static void run_layer(const struct network *n, const struct network_layer *l, struct network_run *r,
                      const struct network_batch *b) {
    apply(n, r, &l->qkv, r->x, b->n_tokens, r->wide);
    n->ops->add_rows(r->wide, l->qkv.bias, b->n_tokens, l->qkv.out);
    attend(n, r, b);
    apply(n, r, &l->out, r->mixed, b->n_tokens, r->wide);
    n->ops->add_and_norm(r->x, r->wide, l->out.bias, &l->norm1, b->n_tokens, n->hidden);
    apply(n, r, &l->up, r->x, b->n_tokens, r->wide);
    n->ops->add_and_gelu(r->wide, l->up.bias, b->n_tokens, n->feed_forward);
    apply(n, r, &l->down, r->wide, b->n_tokens, r->mixed);
    n->ops->add_and_norm(r->x, r->mixed, l->down.bias, &l->norm2, b->n_tokens, n->hidden);
}

// One direction over all texts together, step by step; texts are sorted by length, so those that go on come first.
static void run_direction(const struct network *n, int direction, struct network_run *r,
                          const struct network_batch *b) {
    const struct network_direction *d = &n->directions[direction];
    size_t size = n->lstm, active = b->n_texts;
    apply(n, r, &d->input, r->x, b->n_tokens, r->wide);
    n->ops->add_rows(r->wide, d->input.bias, b->n_tokens, 4 * size);
    memset(r->states, 0, b->n_texts * size * sizeof *r->states);
    memset(r->cells, 0, b->n_texts * size * sizeof *r->cells);
    for (size_t step = 0; step < b->length[0]; step++) {
        while (b->length[active - 1] <= step)
            active--;
        for (size_t t = 0; t < active; t++) {
            size_t at = b->first[t] + (direction ? b->length[t] - 1 - step : step);
            memcpy(r->gates + t * 4 * size, r->wide + at * 4 * size, 4 * size * sizeof *r->gates);
        }
        matrix_add_times_transposed(rows_of(r->states, active, size),
                                    rows_of(d->state.weight, 4 * size, size), r->gates, 4 * size);
        for (size_t t = 0; t < active; t++) {
            size_t at = b->first[t] + (direction ? b->length[t] - 1 - step : step);
            float *state = r->states + t * size;
            n->ops->lstm_step(r->gates + t * 4 * size, r->cells + t * size, state, size);
            memcpy(r->tokens + at * n->token + n->hidden + (size_t)direction * size, state,
                   size * sizeof *state);
        }
    }
}

void network_encode_plain(const struct network *n, struct network_run *r,
                          const struct network_batch *b) {
    embed(n, r, b);
    for (size_t i = 0; i < n->n_layers; i++)
        run_layer(n, &n->layers[i], r, b);
}

void network_encode(const struct network *n, struct network_run *r, const struct network_batch *b) {
    network_encode_plain(n, r, b);
    for (size_t i = 0; i < b->n_tokens; i++)
        memcpy(r->tokens + i * n->token, r->x + i * n->hidden, n->hidden * sizeof *r->x);
    run_direction(n, 0, r, b);
    run_direction(n, 1, r, b);
}
