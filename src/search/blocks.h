// SPDX-License-Identifier: Apache-2.0
// A file of sealed blocks, all of one size, written once and read at will. A block is filled up with zeros, so sizes
// tell nothing finer than BLOCK_BYTES. Each block is bound to its number and sealed with a key of the file's own
// (derived from the index's key and the file's random name), so that no block can stand in for another. Streams lie
// over the blocks: one file holds several, written side by side.
//
//     struct block_writer *w; block_writer_open(dir, key, name, &w, err) …
//     struct stream_writer s = {.to = w};  stream_add(&s, bytes); …  stream_end(&s);
//     block_writer_commit(w, &n_blocks, err)                       // fsync; or block_writer_discard
//
//     struct block_file f;  block_file_open(&f, dir, key, name, n_blocks, cache, err)
//     struct block_window *win = NEW(struct block_window);          // the last block read; one a thread
//     stream_read(&f, win, &stream, from, len, &sb, err)            // appends to sb
//
// The cache keeps opened blocks of all files of an index, within a bound, for any number of threads.
#ifndef SEARCH_BLOCKS_H
#define SEARCH_BLOCKS_H

#include "sys/crypto.h"

#define BLOCK_BYTES ((size_t)8192)
#define BLOCK_PLAIN (BLOCK_BYTES - SEAL_OVERHEAD)
#define BLOCK_NAME  32 // characters of a file's name: 16 random bytes in hexadecimal

// ── writing ──
struct block_writer;
void block_name(char ret[BLOCK_NAME + 1]);
bool block_writer_open(const char *dir, const uint8_t key[CRYPTO_KEY_BYTES], const char *name,
                       struct block_writer **ret, struct error *err) MUST_USE;
uint32_t block_writer_count(const struct block_writer *w);
// fsync of the file; its name in the folder is durable with the next fsync of the folder. Frees, also on failure
// (the file is removed then).
bool block_writer_commit(struct block_writer *w, uint32_t *ret_blocks, struct error *err) MUST_USE;
void block_writer_discard(struct block_writer *w);      // NULL is fine
bool block_writer_failed(const struct block_writer *w); // to stop early; errors stick until commit

struct stream_writer {
    struct block_writer *to;
    char plain[BLOCK_PLAIN]; // the block that fills
    size_t used;
    uint64_t len;     // bytes of the stream
    uint32_t *blocks; // numbers of the blocks written
    size_t n_blocks, cap;
};
void stream_add(struct stream_writer *s, struct str bytes);
void stream_end(struct stream_writer *s); // writes the last block
void stream_writer_done(struct stream_writer *s);

// ── reading ──
struct block_cache;
struct block_cache *block_cache_new(size_t max_bytes);
void block_cache_free(struct block_cache *c);
size_t block_cache_bytes(struct block_cache *c);

struct block_file {
    int fd;
    uint32_t n_blocks;
    uint64_t uid; // in the cache
    struct block_cache *cache;
    struct seal_key key;
    char *path;
};
// ERROR_CORRUPT: not there or of another length. Reads nothing yet.
bool block_file_open(struct block_file *f, const char *dir, const uint8_t key[CRYPTO_KEY_BYTES],
                     const char *name, uint32_t n_blocks, struct block_cache *cache,
                     struct error *err) MUST_USE;
void block_file_close(struct block_file *f);

struct block_window {
    bool filled;
    bool passing; // do not put into the cache what is read once
    uint32_t block;
    char plain[BLOCK_PLAIN];
};
// ERROR_CORRUPT: damaged, or sealed with another key.
bool block_read(const struct block_file *f, struct block_window *w, uint32_t block,
                struct error *err) MUST_USE;

struct stream {
    uint32_t *blocks; // owned by who has the stream
    uint32_t n_blocks;
    uint64_t len;
};
bool stream_read(const struct block_file *f, struct block_window *w, const struct stream *s,
                 uint64_t from, uint64_t len, struct strbuf *ret, struct error *err) MUST_USE;

// "DIR/NAME.seg"; the caller frees.
char *block_path(const char *dir, const char *name) MUST_USE;

#endif
