// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"

#include <stdlib.h>

#include "base/mem.h"

void dict_done(struct dict *d) {
    free(d->slots);
    free(d->keys);
    arena_done(&d->arena);
    *d = (struct dict){0};
}

// Slot that holds `key`, or the free one where it belongs.
static uint32_t dict_slot(const struct dict *d, struct str key) {
    uint32_t mask = d->n_slots - 1, i = (uint32_t)str_hash(key) & mask;
    while (d->slots[i] && !str_eq(d->keys[d->slots[i] - 1], key))
        i = (i + 1) & mask;
    return i;
}

static void dict_grow(struct dict *d) {
    free(d->slots);
    d->n_slots = d->n_slots ? d->n_slots * 2 : 16;
    d->slots = NEW_ARRAY(uint32_t, d->n_slots);
    for (uint32_t id = 0; id < d->count; id++)
        d->slots[dict_slot(d, d->keys[id])] = id + 1;
}

uint32_t dict_add(struct dict *d, struct str key) {
    if (!d->n_slots)
        dict_grow(d);
    uint32_t i = dict_slot(d, key);
    if (d->slots[i])
        return d->slots[i] - 1;
    if (d->count == d->cap) {
        d->cap = d->cap ? d->cap * 2 : 8;
        d->keys = mem_resize(d->keys, d->cap, sizeof *d->keys);
    }
    uint32_t id = d->count++;
    d->keys[id] = arena_str(&d->arena, key);
    d->slots[i] = id + 1;
    if (d->count * 4 > d->n_slots * 3)
        dict_grow(d);
    return id;
}

uint32_t dict_find(const struct dict *d, struct str key) {
    if (!d->n_slots)
        return DICT_NONE;
    uint32_t slot = d->slots[dict_slot(d, key)];
    return slot ? slot - 1 : DICT_NONE;
}

void map_u64_done(struct map_u64 *m) {
    free(m->keys);
    free(m->values);
    *m = (struct map_u64){0};
}

static size_t map_slot(const struct map_u64 *m, uint64_t key) {
    size_t mask = m->n_slots - 1, i = hash_u64(key) & mask;
    while (m->keys[i] && m->keys[i] != key)
        i = (i + 1) & mask;
    return i;
}

bool map_u64_get(const struct map_u64 *m, uint64_t key, uint64_t *ret) {
    if (key == 0) {
        if (m->has_zero)
            *ret = m->zero_value;
        return m->has_zero;
    }
    if (!m->n_slots)
        return false;
    size_t i = map_slot(m, key);
    if (!m->keys[i])
        return false;
    *ret = m->values[i];
    return true;
}

static void map_grow(struct map_u64 *m) {
    struct map_u64 old = *m;
    m->n_slots = old.n_slots ? old.n_slots * 2 : 16;
    m->keys = NEW_ARRAY(uint64_t, m->n_slots);
    m->values = NEW_ARRAY(uint64_t, m->n_slots);
    for (size_t i = 0; i < old.n_slots; i++) {
        if (!old.keys[i])
            continue;
        size_t at = map_slot(m, old.keys[i]);
        m->keys[at] = old.keys[i];
        m->values[at] = old.values[i];
    }
    free(old.keys);
    free(old.values);
}

void map_u64_put(struct map_u64 *m, uint64_t key, uint64_t value) {
    if (key == 0) {
        m->has_zero = true;
        m->zero_value = value;
        return;
    }
    if ((m->count + 1) * 4 > m->n_slots * 3)
        map_grow(m);
    size_t i = map_slot(m, key);
    m->count += !m->keys[i];
    m->keys[i] = key;
    m->values[i] = value;
}
