// SPDX-License-Identifier: Apache-2.0
// Several neighbouring segments become one, so that a look-up asks few files and what was deleted goes from the disk.
#ifndef SEARCH_MERGE_H
#define SEARCH_MERGE_H

#include <stdatomic.h>

#include "search/segment.h"

#define MERGE_FAN 8  // segments at least
#define MERGE_MAX 64 // at once

struct merge_range {
    size_t from, n; // of the segments, oldest first
};

// Which to merge now: the youngest MERGE_FAN or more, as soon as the largest of them is no larger than the others
// together (so that a byte is written again only when what it is in doubles), and with them older ones that are no
// larger than all these; else one of which half is dead. False: nothing to do. The dead are counted under the lock
// of the index.
bool merge_plan(struct segment *const *segments, size_t n, struct merge_range *ret);

// The next one with something dead in it.
bool merge_plan_purge(struct segment *const *segments, size_t n, struct merge_range *ret);

struct merge_job {
    struct segment *const *segments; // neighbours, oldest first; the caller holds references
    size_t n;
    uint64_t *const *dead; // of each, as it was at the beginning: what has died is left out
    // An older part than these has the id, so that its deletion must be kept.
    bool (*is_older)(const void *ctx, int64_t id);
    const void *ctx;
    const atomic_bool *stop;
};
// Nothing left: true with *ret_blocks 0 and no file. ERROR_CANCELLED when `stop` is set.
bool merge_run(const struct merge_job *job, const char *dir, const uint8_t key[CRYPTO_KEY_BYTES],
               const char *name, uint32_t *ret_blocks, struct error *err) MUST_USE;

#endif
