// SPDX-License-Identifier: Apache-2.0
// Each 3-gram of the normalised text has two hashes h1, h2; its k-th value is h1 + k·h2 (mod 2^32),
// and the minimum of the k-th values over all grams is the k-th MinHash. The first BANDS × ROWS of
// the BITS minima make the band hashes; one mixed bit of each minimum is kept for the check: texts
// of similarity J agree in a bit with probability (1 + J) / 2.
#include "nlp/neardup.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

#define MAX_GRAMS  4096 // of a longer text the beginning decides
#define MAX_REPEAT 3
#define MAX_CHECKS                                                                                 \
    32 // candidates looked at in one band: a band that half of all texts share tells nothing

static uint32_t fold(uint32_t c) {
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFEE0;
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static bool is_text(uint32_t c) {
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (utf8_is_han(c))
        return true;
    return c >= 0xC0 && c != UTF8_REPLACEMENT && !utf8_is_emoji(c) &&
           !(c >= 0x2000 && c < 0x3040) && !(c >= 0xFE00 && c <= 0xFFEF);
}

static inline void lower_minima(uint32_t *minima, uint32_t h1, uint32_t h2) {
    for (uint32_t k = 0; k < NEARDUP_BITS; k++) {
        uint32_t v = h1 + k * h2;
        minima[k] = v < minima[k] ? v : minima[k];
    }
}

static void minima_plain(uint32_t *minima, const uint64_t *grams, size_t n) {
    for (size_t i = 0; i < n; i++)
        lower_minima(minima, (uint32_t)grams[i], (uint32_t)(grams[i] >> 32) | 1);
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void minima_avx2(uint32_t *minima, const uint64_t *grams,
                                                        size_t n) {
    for (size_t i = 0; i < n; i++)
        lower_minima(minima, (uint32_t)grams[i], (uint32_t)(grams[i] >> 32) | 1);
}
#endif

static void take_minima(uint32_t *minima, const uint64_t *grams, size_t n) {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        minima_avx2(minima, grams, n);
        return;
    }
#endif
    minima_plain(minima, grams, n);
}

void neardup_sketch(struct str text, struct neardup_sketch *ret) {
    uint32_t minima[NEARDUP_BITS];
    memset(minima, 0xFF, sizeof minima);
    *ret = (struct neardup_sketch){0};
    uint64_t grams[64], exact = 0x9E3779B97F4A7C15u;
    size_t n_grams = 0, total = 0;
    uint32_t before = 0, last = 0, repeat = 0;
    for (size_t pos = 0; pos < text.len;) {
        uint32_t c = fold(utf8_next(text, &pos));
        if (!is_text(c))
            continue;
        repeat = c == last && ret->n_chars ? repeat + 1 : 1;
        if (repeat > MAX_REPEAT)
            continue;
        exact = hash_u64(exact ^ c) + exact;
        if (++ret->n_chars >= 3 && total < MAX_GRAMS) {
            grams[n_grams++] =
                hash_u64((uint64_t)before << 42 ^ (uint64_t)last << 21 ^ c ^ UINT64_C(1) << 63);
            total++;
            if (n_grams == ARRAY_LEN(grams)) {
                take_minima(minima, grams, n_grams);
                n_grams = 0;
            }
        }
        before = last;
        last = c;
    }
    take_minima(minima, grams, n_grams);
    ret->exact = ret->n_chars ? exact | 1 : 0;
    for (uint32_t b = 0; b < NEARDUP_BANDS; b++) {
        uint64_t h = b + 1;
        for (uint32_t r = 0; r < NEARDUP_ROWS; r++)
            h = hash_u64(h ^ minima[b * NEARDUP_ROWS + r]);
        ret->bands[b] = (uint32_t)(h >> 16);
    }
    for (uint32_t k = 0; k < NEARDUP_BITS; k++)
        ret->bits[k / 64] |= (uint64_t)(minima[k] * 0x9E3779B1u >> 31) << (k % 64);
}

static double similarity(const uint64_t *a, const uint64_t *b) {
    int differ = 0;
    for (size_t i = 0; i < NEARDUP_BITS / 64; i++)
        differ += __builtin_popcountll(a[i] ^ b[i]);
    return 1 - 2.0 * differ / NEARDUP_BITS;
}

double neardup_similarity(const struct neardup_sketch *a, const struct neardup_sketch *b) {
    return MAX(similarity(a->bits, b->bits), 0.0);
}

struct kept { // what is remembered of a text
    uint64_t bits[NEARDUP_BITS / 64];
    uint32_t id;
};

struct slot {
    uint32_t hash; // of one band
    uint32_t text; // index into kept + 1, 0 = free
};

struct neardup {
    struct kept *kept;
    uint32_t n_kept, cap_kept;
    struct slot *slots; // linear probing, at most 7/10 full
    size_t n_slots, n_used;
};

struct neardup *neardup_new(void) {
    return NEW(struct neardup);
}

void neardup_free(struct neardup *nd) {
    if (!nd)
        return;
    free(nd->kept);
    free(nd->slots);
    free(nd);
}

size_t neardup_bytes(const struct neardup *nd) {
    return nd->cap_kept * sizeof *nd->kept + nd->n_slots * sizeof *nd->slots;
}

static size_t place_of(const struct neardup *nd, uint32_t hash) {
    return (size_t)((uint64_t)hash * nd->n_slots >> 32);
}

static size_t after(const struct neardup *nd, size_t slot) {
    return slot + 1 == nd->n_slots ? 0 : slot + 1;
}

static void put(struct neardup *nd, struct slot s) {
    size_t i = place_of(nd, s.hash);
    while (nd->slots[i].text)
        i = after(nd, i);
    nd->slots[i] = s;
    nd->n_used++;
}

static void grow(struct neardup *nd) {
    struct slot *old = nd->slots;
    size_t n_old = nd->n_slots;
    nd->n_slots = n_old ? n_old + n_old / 2 : 1024;
    nd->n_used = 0;
    nd->slots = NEW_ARRAY(struct slot, nd->n_slots);
    for (size_t i = 0; i < n_old; i++)
        if (old[i].text)
            put(nd, old[i]);
    free(old);
}

static uint32_t find(const struct neardup *nd, const struct neardup_sketch *s) {
    for (uint32_t b = 0; b < NEARDUP_BANDS; b++) {
        int checks = 0;
        for (size_t i = place_of(nd, s->bands[b]); nd->slots[i].text && checks < MAX_CHECKS;
             i = after(nd, i)) {
            if (nd->slots[i].hash != s->bands[b])
                continue;
            const struct kept *k = &nd->kept[nd->slots[i].text - 1];
            if (similarity(k->bits, s->bits) >= NEARDUP_THRESHOLD)
                return k->id;
            checks++;
        }
    }
    return NEARDUP_NONE;
}

uint32_t neardup_add(struct neardup *nd, const struct neardup_sketch *s, uint32_t id) {
    if (s->n_chars < NEARDUP_MIN_CHARS)
        return NEARDUP_NONE;
    uint32_t found = nd->n_slots ? find(nd, s) : NEARDUP_NONE;
    if (found != NEARDUP_NONE || nd->n_kept == UINT32_MAX - 1)
        return found;
    if (nd->n_kept == nd->cap_kept) {
        nd->cap_kept = nd->cap_kept ? nd->cap_kept + nd->cap_kept / 2 : 256;
        nd->kept = mem_resize(nd->kept, nd->cap_kept, sizeof *nd->kept);
    }
    struct kept *k = &nd->kept[nd->n_kept++];
    memcpy(k->bits, s->bits, sizeof k->bits);
    k->id = id;
    while ((nd->n_used + NEARDUP_BANDS) * 10 >= nd->n_slots * 7)
        grow(nd);
    for (uint32_t b = 0; b < NEARDUP_BANDS; b++)
        put(nd, (struct slot){s->bands[b], nd->n_kept});
    return NEARDUP_NONE;
}
