// SPDX-License-Identifier: Apache-2.0
// From n-grams to logits: look the rows up, add each once.
#include "nlp/quick_inner.h"

static uint32_t find_row(const struct vocabulary *v, uint64_t key) {
    uint32_t top = (uint32_t)(key >> (FEATURES_KEY_BITS - INDEX_BITS));
    uint16_t low = (uint16_t)key;
    for (uint32_t i = v->starts[top], end = v->starts[top + 1]; i < end; i++)
        if (v->keys[i] == low)
            return i;
    return NO_ROW;
}

// The tables are larger than the caches: ask for a few look-ups ahead.
#define AHEAD 12

static void find_rows(const struct vocabulary *v, const struct features *f,
                      uint32_t rows[FEATURES_MAX_N][FEATURES_MAX_SYMBOLS]) {
    for (int n = 0; n < FEATURES_MAX_N; n++) {
        const uint64_t *keys = f->keys[n];
        int count = f->n_symbols - n;
        for (int i = 0; i < count; i++) {
            if (i + AHEAD < count)
                __builtin_prefetch(&v->starts[keys[i + AHEAD] >> (FEATURES_KEY_BITS - INDEX_BITS)]);
            if (i + AHEAD / 2 < count) {
                uint32_t at = v->starts[keys[i + AHEAD / 2] >> (FEATURES_KEY_BITS - INDEX_BITS)];
                __builtin_prefetch(&v->keys[at]);
            }
            rows[n][i] = find_row(v, keys[i]);
        }
    }
}

struct set {
    uint32_t *slots; // row + 1, 0 = free
    uint32_t mask;
};

// Room for `most` rows, at most half full.
static struct set set_make(uint32_t *slots, int most) {
    uint32_t n = 16;
    while (n < 2 * (uint32_t)most && n < SET_SLOTS)
        n *= 2;
    memset(slots, 0, n * sizeof *slots);
    return (struct set){slots, n - 1};
}

static bool set_add(struct set *s, uint32_t row) {
    uint32_t i = (row * 0x9E3779B1u) >> 12 & s->mask;
    for (; s->slots[i]; i = (i + 1) & s->mask)
        if (s->slots[i] == row + 1)
            return false;
    s->slots[i] = row + 1;
    return true;
}

static float length_of(uint32_t squares) {
    return sqrtf((float)squares) / 16;
}

static void sum_wide(const struct quick *q, struct quick_run *r) {
    const struct features *f = &r->features;
    struct set seen = set_make(r->set, FEATURES_MAX_N * f->n_symbols);
    int32_t sum[WIDE_COLUMNS] = {0};
    uint32_t squares = 0;
    for (int n = 0; n < FEATURES_MAX_N; n++)
        for (int i = 0; i + n < f->n_symbols; i++) {
            uint32_t row = r->wide_rows[n][i];
            if (row == NO_ROW || !set_add(&seen, row))
                continue;
            squares += (uint32_t)q->wide.scale[row] * q->wide.scale[row];
            for (int c = 0; c < WIDE_COLUMNS; c++)
                sum[c] += q->wide.rows[(size_t)row * WIDE_COLUMNS + (size_t)c];
        }
    float length = squares ? length_of(squares) : 1;
    for (int c = 0; c < WIDE_COLUMNS; c++)
        r->wide[c] = (float)sum[c] * q->step[0][c] / length + q->bias[0][c];
}

typedef int8_t bytes8 __attribute__((vector_size(8)));
typedef int16_t shorts8 __attribute__((vector_size(16)));

#define MAX_VECTORS (CLAUSE_COLUMNS / 8)
// 127 × 256 stays below 2^15.
#define FLUSH_AFTER 256

struct sums {
    shorts8 near[MAX_VECTORS];
    int32_t far[CLAUSE_COLUMNS];
    uint32_t squares;
    int n; // rows in `near`
};

static void flush(struct sums *s, int columns) {
    for (int c = 0; c < columns; c++)
        s->far[c] += s->near[c / 8][c % 8];
    memset(s->near, 0, sizeof s->near);
    s->n = 0;
}

// `columns` is a constant at each call, so that this becomes straight vector code.
static inline __attribute__((always_inline)) void add_row(struct sums *s, const int8_t *row,
                                                          int columns) {
    for (int v = 0; v < columns / 8; v++) {
        bytes8 b;
        memcpy(&b, row + 8 * v, sizeof b);
        s->near[v] += __builtin_convertvector(b, shorts8);
    }
    if (++s->n == FLUSH_AFTER)
        flush(s, columns);
}

static float finish(struct sums *s, int columns, const float *step, const float *bias, float *ret) {
    flush(s, columns);
    float length = s->squares ? length_of(s->squares) : 1;
    for (int c = 0; c < columns; c++)
        ret[c] = (float)s->far[c] * step[c] / length + bias[c];
    return length;
}

static void sum_text(const struct quick *q, struct quick_run *r) {
    const struct features *f = &r->features;
    struct set seen = set_make(r->set, FEATURES_MAX_N * f->n_symbols);
    struct sums s = {0};
    for (int n = 0; n < FEATURES_MAX_N; n++)
        for (int i = 0; i + n < f->n_symbols; i++) {
            uint32_t row = r->deep_rows[n][i];
            if (row == NO_ROW || !set_add(&seen, row))
                continue;
            s.squares += (uint32_t)q->deep.scale[row] * q->deep.scale[row];
            add_row(&s, q->deep.rows + (size_t)row * DEEP_COLUMNS, TEXT_COLUMNS);
        }
    finish(&s, TEXT_COLUMNS, q->step[1], q->bias[1], r->text);
}

// Only n-grams that lie wholly inside the clause.
static void sum_clause(const struct quick *q, struct quick_run *r, int clause) {
    int from = r->clause_first[clause], to = r->clause_first[clause + 1];
    struct set seen = set_make(r->set, FEATURES_MAX_N * (to - from));
    struct sums s = {0};
    for (int n = 0; n < FEATURES_MAX_N; n++)
        for (int i = from; i + n < to; i++) {
            uint32_t row = r->deep_rows[n][i];
            if (row == NO_ROW || !set_add(&seen, row))
                continue;
            s.squares += (uint32_t)q->deep.scale[row] * q->deep.scale[row];
            add_row(&s, q->deep.rows + (size_t)row * DEEP_COLUMNS + TEXT_COLUMNS, CLAUSE_COLUMNS);
        }
    r->clause_norm[clause] = finish(&s, CLAUSE_COLUMNS, q->step[2], q->bias[2], r->clause[clause]);
}

void quick_sum(const struct quick *q, struct quick_run *r) {
    const struct features *f = &r->features;
    find_rows(&q->wide, f, r->wide_rows);
    find_rows(&q->deep, f, r->deep_rows);
    sum_wide(q, r);
    sum_text(q, r);
    for (int i = f->n_symbols - 1; i >= 0; i--)
        r->clause_first[f->symbols[i].clause] = i;
    r->clause_first[f->n_clauses] = f->n_symbols;
    for (int c = 0; c < f->n_clauses; c++)
        sum_clause(q, r, c);
}
