// SPDX-License-Identifier: Apache-2.0
// The file is used as it lies: 16 bytes of magic, 65,536 bytes of character counts as 8·log2(1 +
// n), 2^19 slots of fingerprint << 4 | 1 + log2(n).
#include "nlp/bigram.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "sys/file.h"

#define MAGIC      "HSBIGRAM1\n"
#define HEAD       16
#define N_CHARS    65536u
#define N_SLOTS    (1u << 19)
#define FILE_BYTES (HEAD + N_CHARS + 2 * (size_t)N_SLOTS + N_INITIALS)
#define N_INITIALS 0x5200u
#define FIRST_HAN  0x4E00u
#define PRIOR      20.0f // pseudo-counts of a pair, spread by the frequency of the second

struct bigrams {
    struct strbuf file;
    float n[256]; // count by byte of the table
    float p[256]; // share of all characters, never 0
};

bool bigrams_open(const char *path, struct bigrams **ret, struct error *err) {
    struct bigrams *b = NEW(struct bigrams);
    b->file = strbuf_init(FILE_BYTES + 1);
    if (!file_read(path, FILE_BYTES, &b->file, err)) {
        bigrams_free(b);
        return false;
    }
    if (b->file.len != FILE_BYTES || !str_starts(strbuf_str(&b->file), STR(MAGIC))) {
        bigrams_free(b);
        return error_set(err, ERROR_FORMAT, "%s 已损坏，请重新安装",
                         "%s is damaged; install it again", path);
    }
    for (int i = 0; i < 256; i++)
        b->n[i] = exp2f((float)i / 8) - 1;
    double total = 1;
    for (size_t c = 0; c < N_CHARS; c++)
        total += (double)b->n[(unsigned char)b->file.ptr[HEAD + c]];
    for (int i = 0; i < 256; i++)
        b->p[i] = (float)((double)(b->n[i] + 0.1f) / total);
    *ret = b;
    return true;
}

void bigrams_free(struct bigrams *b) {
    if (!b)
        return;
    strbuf_done(&b->file);
    free(b);
}

static unsigned char level_of(const struct bigrams *b, uint32_t c) {
    return c < N_CHARS ? (unsigned char)b->file.ptr[HEAD + c] : 0;
}

float bigram_char(const struct bigrams *b, uint32_t c) {
    return logf(b->p[level_of(b, c)]);
}

char bigram_initial(const struct bigrams *b, uint32_t c) {
    return c >= FIRST_HAN && c < FIRST_HAN + N_INITIALS
               ? b->file.ptr[FILE_BYTES - N_INITIALS + (c - FIRST_HAN)]
               : 0;
}

static float pair_count(const struct bigrams *b, uint32_t first, uint32_t second) {
    uint64_t h = hash_u64((uint64_t)first << 32 | second);
    const unsigned char *slots = (const unsigned char *)b->file.ptr + HEAD + N_CHARS;
    for (uint32_t i = (uint32_t)h & (N_SLOTS - 1), steps = 0; steps < N_SLOTS; steps++) {
        uint32_t slot = slots[2 * i] | (uint32_t)slots[2 * i + 1] << 8;
        if (!slot)
            return 0;
        if (slot >> 4 == h >> 52)
            return 1.5f *
                   (float)(1u << ((slot & 15) ? (slot & 15) - 1 : 0)); // middle of [2^k, 2^(k+1))
        i = (i + 1) & (N_SLOTS - 1);
    }
    return 0;
}

float bigram_lift(const struct bigrams *b, uint32_t first, uint32_t second) {
    float p_second = b->p[level_of(b, second)];
    float p =
        (pair_count(b, first, second) + PRIOR * p_second) / (b->n[level_of(b, first)] + PRIOR);
    return logf(p / p_second);
}
