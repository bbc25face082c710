// SPDX-License-Identifier: Apache-2.0
// What the files of search/search.h share.
//
// Locks, in the order they are taken:
//   merging one merge at a time
//   apply   who takes documents in; guards `units`
//   disk    who changes the folder: flush, the beginning and the end of a merge, clear. The list of segments
//           changes only under disk and lock together, so it may be read under either.
//   lock    the parts: lists, the growing part, who is dead. Held for writing only for moments; a
//           search holds it for reading while it looks at the growing part and takes references to the others.
//   wake    what the background threads wait for
#ifndef SEARCH_SEARCH_INNER_H
#define SEARCH_SEARCH_INNER_H

#include <pthread.h>

#include "search/fresh.h"
#include "search/manifest.h"
#include "search/search.h"

#define SEARCH_CACHE_BYTES  (24 * MIB)
#define SEARCH_FREEZE_BYTES (8 * MIB)                 // a growing part above this is written
#define SEARCH_MEMORY_BYTES (3 * SEARCH_FREEZE_BYTES) // above, who applies waits for the disk
#define SEARCH_MAX_FROZEN   8
#define SEARCH_BATCH        64 // documents taken in at a time under the lock
#define SEARCH_FLUSH_US     (2 * US_PER_SECOND)

struct search {
    char *dir;
    uint8_t key[CRYPTO_KEY_BYTES];
    int lock_file;
    struct block_cache *cache;

    pthread_mutex_t apply;
    struct units units[SEARCH_BATCH];

    pthread_mutex_t merging;

    pthread_mutex_t disk;
    uint64_t clearings; // a merge that began before the last one is thrown away

    pthread_rwlock_t lock;
    struct fresh *growing;
    struct fresh *frozen[SEARCH_MAX_FROZEN]; // oldest first
    size_t n_frozen;
    struct segment **segments; // oldest first
    size_t n_segments;

    atomic_llong durable; // watermark
    atomic_bool closing;

    pthread_mutex_t wake;
    pthread_cond_t wake_flush, wake_merge, flushed;
    bool running; // the threads
    bool merge_wanted;
    bool flush_wanted;   // now, not at the next beat
    int64_t dirty_since; // monotonic; 0: everything is on disk
    uint64_t flushes;    // counted when they end
    bool failing;        // the last flush failed, with:
    struct error failure;
    pthread_t flusher, merger;
};

// Writes everything in memory as segments. Takes disk.
bool search_write_out(struct search *s, struct error *err) MUST_USE;
void search_start(struct search *s); // the background threads; once, under apply
void search_stop(struct search *s);  // ends them
void search_dirty(struct search *s, bool now);

#endif
