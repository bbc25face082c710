// SPDX-License-Identifier: Apache-2.0
// Two open-addressing tables.
//   struct dict     strings ↔ dense ids 0, 1, 2 … in order of arrival (keys are copied in)
//   struct map_u64  64-bit key → 64-bit value
// Neither can delete a single entry. Not thread-safe for writing; reading a finished table from many threads is.
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

#define DICT_NONE UINT32_MAX

struct dict {
    uint32_t *slots;  // id + 1, 0 = free
    uint32_t n_slots; // power of two
    struct str *keys; // by id
    uint32_t count;
    uint32_t cap;
    struct arena arena;
};

void dict_done(struct dict *d);                           // {0} is a valid empty dict
uint32_t dict_add(struct dict *d, struct str key);        // id, existing or new
uint32_t dict_find(const struct dict *d, struct str key); // id or DICT_NONE
static inline struct str dict_str(const struct dict *d, uint32_t id) {
    return d->keys[id];
}

struct map_u64 {
    uint64_t *keys; // 0 = free; key 0 itself lives in zero_*
    uint64_t *values;
    size_t n_slots; // power of two
    size_t count;
    bool has_zero;
    uint64_t zero_value;
};

void map_u64_done(struct map_u64 *m); // {0} is a valid empty map
bool map_u64_get(const struct map_u64 *m, uint64_t key, uint64_t *ret);
void map_u64_put(struct map_u64 *m, uint64_t key, uint64_t value); // inserts or replaces

#endif
