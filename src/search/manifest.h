// SPDX-License-Identifier: Apache-2.0
// Which segments an index consists of, oldest first, and how far the change log is in them: one small sealed file,
// replaced whole (written beside, fsync, rename, fsync of the folder). What it does not name does not belong to the
// index.
#ifndef SEARCH_MANIFEST_H
#define SEARCH_MANIFEST_H

#include "search/blocks.h"

#define MANIFEST_MAX 4096 // segments

struct manifest_entry {
    char name[BLOCK_NAME + 1];
    uint32_t n_blocks;
};

struct manifest {
    int64_t watermark;
    struct manifest_entry *items; // owned
    size_t len;
};

// Nothing there: an empty manifest. ERROR_CORRUPT: damaged or another key; ERROR_UNSUPPORTED: of a newer version.
bool manifest_load(const char *dir, const uint8_t key[CRYPTO_KEY_BYTES], struct manifest *ret,
                   struct error *err) MUST_USE;
// *ret_switched, also on failure: the folder may name the new one already, so keep both its segments and those of
// the old.
bool manifest_save(const char *dir, const uint8_t key[CRYPTO_KEY_BYTES], const struct manifest *m,
                   bool *ret_switched, struct error *err) MUST_USE;
void manifest_done(struct manifest *m);
// The reading itself, of an opened file; false if it is none.
bool manifest_parse(struct str plain, struct manifest *ret) MUST_USE;

// Removes the files of the folder that are ours and that `m` does not name. Returns how many.
size_t manifest_sweep(const char *dir, const struct manifest *m);

#endif
