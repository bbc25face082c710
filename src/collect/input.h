// SPDX-License-Identifier: Apache-2.0
// Bytes pulled from a file, from standard input, out of a packed stream or from memory. What is
// underneath is known only here; readers see a stream that can be looked into before it is read.
//
//     struct input *in;
//     if (!input_open(path, &in, err)) return false;
//     input_peek(in, 4096, &head, err);          // looks, takes nothing
//     in = input_unpack_gzip(in);                // takes the inner stream over
//     while (input_read(in, buf, sizeof buf, &n, err) && n > 0) …
//     input_close(in);
//
// Every read asks sys/stop.h first, so that whatever is read can be stopped. One thread at a time.
#ifndef COLLECT_INPUT_H
#define COLLECT_INPUT_H

#include "base/error.h"
#include "base/str.h"

struct input;

// What an unpacked stream may grow to. Memory never depends on it: a bomb costs time and is
// stopped.
struct input_limits {
    uint64_t max_bytes;  // of the whole
    uint64_t bomb_bytes; // beyond it …
    uint64_t bomb_ratio; // … more than so many times the packed size is a bomb
};
extern const struct input_limits input_default_limits;

// A source of bytes: what a new kind of stream has to provide.
struct input_ops {
    // At least one byte, or 0 at the end.
    bool (*read)(void *ctx, char *buf, size_t cap, size_t *ret_n, struct error *err);
    double (*progress)(void *ctx); // 0 … 1, negative unknown
    void (*close)(void *ctx);
};
struct input *input_new(const struct input_ops *ops, void *ctx);

bool input_open(const char *path, struct input **ret,
                struct error *err) MUST_USE;  // "-" is standard input
struct input *input_memory(struct str bytes); // borrowed until closed
// Members that follow each other are one stream, as gzip and zstd do it. Fails when read, not when
// made.
struct input *input_unpack_gzip(struct input *packed, struct input_limits limits);
struct input *input_unpack_zstd(struct input *packed, struct input_limits limits);
// A member of a zip archive, checked against its CRC-32.
struct input *input_unpack_deflate(struct input *packed, struct input_limits limits, uint32_t crc);
void input_close(struct input *in); // NULL is fine; closes what is underneath

// At least one byte unless at the end (then *ret_n is 0). `cap` ≥ 1.
bool input_read(struct input *in, char *buf, size_t cap, size_t *ret_n, struct error *err) MUST_USE;
// The next `want` bytes, fewer only near the end or before an error, which input_read then meets.
// Borrowed until the next call. `want` ≤ INPUT_MAX_PEEK.
#define INPUT_MAX_PEEK (MIB)
bool input_peek(struct input *in, size_t want, struct str *ret, struct error *err) MUST_USE;
double input_progress(
    const struct input *in); // share read of the file underneath; negative unknown

// The whole of the stream as a file that can be read anywhere: itself if it is a plain file from
// its start, else a copy in a nameless temporary file, or `in_memory` where nothing may reach a
// disk (at most `limit` bytes, else ERROR_LIMIT). Call before the first input_read. *ret_fd belongs
// to the caller.
bool input_spool(struct input *in, uint64_t limit, bool in_memory, int *ret_fd, uint64_t *ret_size,
                 struct error *err) MUST_USE;

#endif
