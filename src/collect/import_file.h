// SPDX-License-Identifier: Apache-2.0
// The files of an import: the upload itself, the rows that were not taken as they stood, the report. They lie in
// DATA/uploads/, sealed, each import under a random key that only its row has (sealed by the workspace's): rotating
// keys touches rows, not files, and who deletes the row has deleted the files. Nothing of them is readable on a disk
// at any time; to be read they are opened into memory.
//
//     struct import_upload *u;
//     if (!import_upload_begin(data_dir, id, &u, err)) …
//     while (…) if (!import_upload_add(u, piece, err)) …          // ERROR_LIMIT above IMPORT_MAX_BYTES
//     if (!import_upload_commit(u, &im.bytes, key, err)) …    // on disk; import_insert tells the store
//
//     struct import_file file;
//     if (!import_file_open(data_dir, &im, &file, err)) …         // file.path is for source_open
//     import_file_close(&file);
#ifndef COLLECT_IMPORT_FILE_H
#define COLLECT_IMPORT_FILE_H

#include "base/strbuf.h"
#include "collect/import.h"

#define IMPORT_MAX_BYTES (512 * MIB)

enum import_part {
    IMPORT_PART_FILE,   // as it was uploaded
    IMPORT_PART_ERRORS, // JSON lines [file, row, column, zh, en, sample]
    IMPORT_PART_REPORT, // HTML
};

// An upload on its way. What a killed process left of one is removed a day later, when another begins. One thread at
// a time.
struct import_upload;
bool import_upload_begin(const char *data_dir, int64_t id, struct import_upload **ret,
                         struct error *err) MUST_USE;
bool import_upload_add(struct import_upload *u, struct str piece, struct error *err) MUST_USE;
// Frees `u` in any case. `ret_key`: CRYPTO_KEY_BYTES. ERROR_INVALID when nothing was uploaded, ERROR_NO_SPACE.
bool import_upload_commit(struct import_upload *u, int64_t *ret_bytes, uint8_t *ret_key,
                          struct error *err) MUST_USE;
void import_upload_discard(struct import_upload *u); // NULL is fine

// The upload in memory. ERROR_NOT_FOUND where it was removed, or another node has it.
struct import_file {
    int fd; // −1: not open
    char path[32];
};
bool import_file_open(const char *data_dir, const struct import *im, struct import_file *ret,
                      struct error *err) MUST_USE;
void import_file_close(struct import_file *f); // {.fd = -1} is fine

struct seal_writer;
bool import_part_write(const char *data_dir, const struct import *im, enum import_part part,
                       struct seal_writer **ret, struct error *err) MUST_USE;
// Hands the plain text to `sink` piece by piece; see seal_file_read.
bool import_part_read(const char *data_dir, const struct import *im, enum import_part part,
                      bool (*sink)(void *ctx, struct str plain, struct error *err), void *ctx,
                      struct error *err) MUST_USE;
void import_part_remove(const char *data_dir, int64_t id, enum import_part part);

#endif
