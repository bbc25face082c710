// SPDX-License-Identifier: Apache-2.0
// All positions of a sample of the texts are sorted by what follows them (a suffix array of at most
// six characters), so that the occurrences of every expression lie side by side: their number, and
// the variety of what stands before and after them, are read off in one pass. An expression is new
// if it holds together better than chance (pointwise mutual information of its weakest split), is
// used freely (entropy on both sides), and is no word of the dictionary and no mere sequence of
// common words.
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "nlp/phrase.h"

#define MAX_CHARS    4000000u
#define MAX_LEN      6u
#define MIN_COHESION 4.0f
#define MIN_ENTROPY  1.2f
#define BOUNDARY     1u // stands between texts and for what is not an ideograph

struct phrase_miner {
    struct segmenter *sg;
    VEC(uint32_t); // characters, runs of ideographs with one BOUNDARY between
    uint64_t n_texts;
    uint64_t stride; // every stride-th text is taken; doubles when the sample is full
};

struct phrase_miner *phrase_miner_new(const struct lexicon *lx) {
    struct phrase_miner *m = NEW(struct phrase_miner);
    m->sg = segmenter_new(lx);
    m->stride = 1;
    vec_push(m, BOUNDARY);
    return m;
}

void phrase_miner_free(struct phrase_miner *m) {
    if (!m)
        return;
    segmenter_free(m->sg);
    vec_done(m);
    free(m);
}

void phrase_miner_add(struct phrase_miner *m, struct str text) {
    if (m->n_texts++ % m->stride || m->len >= MAX_CHARS)
        return;
    for (size_t pos = 0; pos < text.len && m->len < MAX_CHARS;) {
        uint32_t c = utf8_next(text, &pos);
        if (utf8_is_han(c))
            vec_push(m, c);
        else if (m->items[m->len - 1] != BOUNDARY)
            vec_push(m, BOUNDARY);
    }
    if (m->items[m->len - 1] != BOUNDARY)
        vec_push(m, BOUNDARY);
    if (m->len >= MAX_CHARS / 2)
        m->stride = 4; // the rest of a large collection is sampled more thinly
}

static int by_suffix(const void *a, const void *b, void *ctx) {
    const uint32_t *chars = ctx, x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    for (uint32_t k = 0; k <= MAX_LEN; k++) {
        if (chars[x + k] != chars[y + k])
            return chars[x + k] < chars[y + k] ? -1 : 1;
        if (chars[x + k] == BOUNDARY)
            break;
    }
    return x < y ? -1 : x > y;
}

// Entropy in nats of a list of neighbours; a BOUNDARY is each time another neighbour.
static float entropy(uint32_t *list, size_t n) {
    double h = 0;
    for (size_t i = 0; i < n;) {
        size_t k = i;
        while (k < n && list[k] == list[i])
            k++;
        double p = (double)(k - i) / (double)n;
        if (list[i] == BOUNDARY)
            h += p * log((double)n);
        else
            h -= p * log(p);
        i = k;
    }
    return (float)h;
}

static int by_value(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

struct mining {
    const struct phrase_miner *m;
    const uint32_t *order; // positions sorted by suffix
    size_t n;
    struct map_u64 counts; // hash of an expression → occurrences, for splits
    uint32_t min_n;
};

static uint64_t hash_chars(const uint32_t *c, uint32_t len) {
    uint64_t h = len;
    for (uint32_t i = 0; i < len; i++)
        h = hash_u64(h ^ c[i]) + 0x9E3779B97F4A7C15u;
    return h;
}

static bool is_shared(const uint32_t *chars, uint32_t x, uint32_t y, uint32_t len) {
    for (uint32_t k = 0; k < len; k++)
        if (chars[x + k] != chars[y + k] || chars[x + k] == BOUNDARY)
            return false;
    return true;
}

// Calls for every expression of `len` characters that occurs min_n times: first place in `order`
// and number.
typedef void each_fn(struct mining *w, uint32_t len, size_t at, size_t n, void *ctx);

static void each_expression(struct mining *w, uint32_t len, each_fn *fn, void *ctx) {
    const uint32_t *chars = w->m->items;
    for (size_t i = 0; i < w->n;) {
        size_t k = i + 1;
        if (!is_shared(chars, w->order[i], w->order[i], len)) {
            i = k;
            continue;
        }
        while (k < w->n && is_shared(chars, w->order[i], w->order[k], len))
            k++;
        if (k - i >= w->min_n)
            fn(w, len, i, k - i, ctx);
        i = k;
    }
}

static void remember_count(struct mining *w, uint32_t len, size_t at, size_t n, UNUSED void *ctx) {
    map_u64_put(&w->counts, hash_chars(w->m->items + w->order[at], len), n);
}

static float cohesion(const struct mining *w, const uint32_t *c, uint32_t len, size_t n) {
    double total = (double)w->n, least = 1e9;
    for (uint32_t k = 1; k < len; k++) {
        uint64_t left = 0, right = 0;
        if (!map_u64_get(&w->counts, hash_chars(c, k), &left) ||
            !map_u64_get(&w->counts, hash_chars(c + k, len - k), &right))
            return 0;
        least = MIN(least, log((double)n * total / ((double)left * (double)right)));
    }
    return (float)least;
}

struct collected {
    VEC(struct new_phrase);
    struct arena *arena;
};

// New is what joins characters that are no word together; words of the dictionary in a row, or
// anything with words of degree, pronouns, particles and numbers in it, is a sentence and not a
// name.
static bool is_known(struct mining *w, struct str s) {
    const struct token *t;
    size_t n = segment(w->m->sg, s, &t), loose = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_function = (t[i].flags & (WORD_DEGREE | WORD_NEGATION | WORD_VAGUE)) ||
                           (t[i].flags & WORD_STOP && t[i].len <= 3) || t[i].tag == TAG_PARTICLE ||
                           t[i].tag == TAG_PRONOUN || t[i].tag == TAG_NUMBER ||
                           t[i].tag == TAG_MEASURE || t[i].tag == TAG_ADVERB ||
                           t[i].tag == TAG_TIME || t[i].tag == TAG_PREPOSITION;
        if (is_function || ((t[i].flags & WORD_OPINION) && n == 2 && i == 1 && t[0].len > 3))
            return true;
        loose += t[i].len <= 3;
    }
    return n <= 1 || loose == 0;
}

static void consider(struct mining *w, uint32_t len, size_t at, size_t n, void *ctx) {
    struct collected *found = ctx;
    const uint32_t *chars = w->m->items;
    float together = cohesion(w, chars + w->order[at], len, n);
    if (together < MIN_COHESION)
        return;
    uint32_t *list = NEW_ARRAY(uint32_t, n);
    for (size_t i = 0; i < n; i++)
        list[i] = chars[w->order[at + i] - 1];
    qsort(list, n, sizeof *list, by_value);
    float left = entropy(list, n);
    for (size_t i = 0; i < n; i++)
        list[i] = chars[w->order[at + i] + len];
    qsort(list, n, sizeof *list, by_value);
    float right = entropy(list, n);
    free(list);
    if (left < MIN_ENTROPY || right < MIN_ENTROPY)
        return;
    char buf[MAX_LEN * 4];
    size_t bytes = 0;
    for (uint32_t k = 0; k < len; k++)
        bytes += utf8_encode(chars[w->order[at] + k], buf + bytes);
    if (is_known(w, str_make(buf, bytes)))
        return;
    vec_push(found, ((struct new_phrase){arena_str(found->arena, str_make(buf, bytes)), (uint32_t)n,
                                         together, left, right}));
}

static int by_weight(const void *a, const void *b) {
    const struct new_phrase *x = a, *y = b;
    float wx = (float)x->n * x->cohesion, wy = (float)y->n * y->cohesion;
    if (wx != wy)
        return wx > wy ? -1 : 1;
    return str_cmp(x->text, y->text);
}

size_t phrase_miner_top(struct phrase_miner *m, uint32_t min_n, struct arena *arena, size_t max,
                        struct new_phrase **ret) {
    for (uint32_t k = 0; k <= MAX_LEN; k++) // so that a suffix can always be read to its end
        vec_push(m, BOUNDARY);
    uint32_t *order = mem_resize(NULL, m->len, sizeof *order);
    struct mining w = {.m = m, .order = order, .min_n = MAX(min_n, 2u)};
    for (size_t i = 0; i + MAX_LEN < m->len; i++)
        if (m->items[i] != BOUNDARY)
            order[w.n++] = (uint32_t)i;
    qsort_r(order, w.n, sizeof *order, by_suffix, m->items);
    struct collected found = {.arena = arena};
    for (uint32_t len = 1; len <= MAX_LEN; len++)
        each_expression(&w, len, remember_count, NULL);
    for (uint32_t len = 2; len <= MAX_LEN; len++)
        each_expression(&w, len, consider, &found);
    m->len -= MAX_LEN + 1;
    free(order);
    map_u64_done(&w.counts);
    if (found.len)
        qsort(found.items, found.len, sizeof *found.items, by_weight);
    size_t n = MIN(found.len, max);
    *ret = ARENA_ARRAY(arena, struct new_phrase, n);
    if (n)
        memcpy(*ret, found.items, n * sizeof **ret);
    vec_done(&found);
    return n;
}
