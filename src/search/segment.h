// SPDX-License-Identifier: Apache-2.0
// A part of the index in a sealed file (search/blocks.h). Three streams: the postings of all terms in order of their
// bytes; the dictionary; and, last in the file, what is read at opening:
//
//     documents n, their ids ascending (differences); ids deleted here n, the same;
//     for postings and dictionary: bytes, blocks n, block numbers;
//     chunks n, for each: first term (length, bytes), offset in the dictionary, offset in the postings
//
// all as numbers of search/postings.h. The last SEGMENT_FOOTER bytes of the file's last block say where this begins
// and how long it is. A dictionary chunk is ≈ 4 KiB of entries: bytes shared with the term before, length of the
// rest, the rest, bytes of postings. So a look-up is a binary search in memory, one chunk, one run of postings.
// Documents are numbered in ascending order of id.
//
// A reader keeps in memory 8 bytes and a bit a document, and ≈ 40 bytes a chunk.
#ifndef SEARCH_SEGMENT_H
#define SEARCH_SEGMENT_H

#include "search/blocks.h"
#include "search/part.h"

#define SEGMENT_FOOTER  24
#define SEGMENT_VERSION 1

// ── writing: terms ascending, places of a term ascending; errors stick until commit ──
struct segment_ids {
    const int64_t *ids; // ascending, each once
    uint32_t n_ids;
    const int64_t *gone; // ascending: deleted, and somewhere in an older segment
    uint32_t n_gone;
};
struct segment_writer;
// `ids` is borrowed until commit.
bool segment_writer_open(const char *dir, const uint8_t key[CRYPTO_KEY_BYTES], const char *name,
                         struct segment_ids ids, struct segment_writer **ret,
                         struct error *err) MUST_USE;
// A term without places is left out.
void segment_writer_term(struct segment_writer *w, struct str term);
void segment_writer_place(struct segment_writer *w, uint32_t doc, uint32_t pos);
bool segment_writer_failed(const struct segment_writer *w);
bool segment_writer_commit(struct segment_writer *w, uint32_t *ret_blocks,
                           struct error *err) MUST_USE;
void segment_writer_discard(struct segment_writer *w);

// ── reading ──
struct segment {
    struct part part; // first: a segment is a part
    char name[BLOCK_NAME + 1];
    struct block_file file;
    struct stream postings, dictionary;
    int64_t *ids;
    int64_t *gone;
    uint32_t n_gone;
    struct segment_chunk *chunks;
    uint32_t n_chunks;
    struct arena arena; // the chunks' first terms
};
// With one reference. ERROR_CORRUPT: damaged or another key.
bool segment_open(const char *dir, const uint8_t key[CRYPTO_KEY_BYTES], const char *name,
                  uint32_t n_blocks, struct block_cache *cache, struct segment **ret,
                  struct error *err) MUST_USE;
size_t segment_bytes(const struct segment *s); // memory it takes

// All terms in order, for merging. Reads past the cache.
struct segment_cursor {
    const struct segment *segment;
    struct block_window *window[2]; // of dictionary and postings
    struct strbuf chunk, term, postings;
    struct str rest; // of the chunk
    uint32_t next_chunk;
    uint64_t from, len; // postings of the term
    bool ended;
};
void segment_cursor_init(struct segment_cursor *c, const struct segment *s);
// The first, the next term into c->term; c->ended after the last.
bool segment_cursor_next(struct segment_cursor *c, struct error *err) MUST_USE;
// into c->postings
bool segment_cursor_postings(struct segment_cursor *c, struct error *err) MUST_USE;
void segment_cursor_done(struct segment_cursor *c);

#endif
