// SPDX-License-Identifier: Apache-2.0
// Where a term stands, as bytes. A part of the index numbers its documents 0, 1, 2 …; a place is (document,
// position). Places are written in ascending order, each as one number v of 7-bit groups, lowest first:
//
//     v odd:  another document, v >> 1 after the one before (the first: after 0); its position follows as another
//     v even: the same document, v >> 1 positions on
//
// So most places take two bytes, and a list may be appended to. Reading checks every bound: damaged bytes give false.
#ifndef SEARCH_POSTINGS_H
#define SEARCH_POSTINGS_H

#include "base/str.h"

#define POSTINGS_MAX_BYTES 10 // of one place
#define NO_DOC             UINT32_MAX

struct place_end { // {0} before the first place
    uint32_t doc, pos;
    bool any;
};

// Bytes written to `out`. (doc, pos) is after all before.
size_t postings_put(struct place_end *end, uint32_t doc, uint32_t pos, uint8_t *out);

// Sets the bit of each document.
bool postings_docs(struct str bytes, uint32_t n_docs, uint64_t *bits) MUST_USE;

struct places { // document << 32 | position
    uint64_t *items;
    size_t len;
    size_t cap;
};
bool postings_places(struct str bytes, uint32_t n_docs, struct places *ret) MUST_USE; // appends
void places_sort(struct places *p); // cheap when sorted already
void places_done(struct places *p);

// Numbers as above, for what else is stored.
size_t varint_put(uint64_t v, uint8_t *out); // ≤ 10 bytes
// cuts it off the front of `rest`
bool varint_get(struct str *rest, uint64_t *ret) MUST_USE;
static inline uint64_t zigzag(int64_t v) {
    return (uint64_t)v << 1 ^ (uint64_t)(v >> 63);
}
static inline int64_t unzigzag(uint64_t v) {
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

// ── sets of documents: one bit each, in words of 64 ──
static inline size_t bits_words(uint32_t n_docs) {
    return ((size_t)n_docs + 63) / 64;
}
static inline bool bits_has(const uint64_t *bits, uint32_t doc) {
    return bits[doc / 64] >> doc % 64 & 1;
}
static inline void bits_set(uint64_t *bits, uint32_t doc) {
    bits[doc / 64] |= UINT64_C(1) << doc % 64;
}
bool bits_any(const uint64_t *bits, size_t words);

#endif
