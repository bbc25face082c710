// SPDX-License-Identifier: Apache-2.0
#include "search/blocks_cache.h"

#include <pthread.h>

#include "base/mem.h"

#define NO_SLOT UINT32_MAX

struct slot {
    uint64_t uid;
    uint32_t block;
    uint32_t next; // in its bucket
    bool recent;   // asked for since the hand passed
    char *plain;
};

struct block_cache {
    pthread_mutex_t lock;
    struct slot *slots;
    uint32_t n_slots; // in use
    uint32_t max_slots;
    uint32_t hand;
    uint32_t *buckets;
    uint32_t n_buckets; // power of two
    uint64_t uids;
};

struct block_cache *block_cache_new(size_t max_bytes) {
    struct block_cache *c = NEW(struct block_cache);
    pthread_mutex_init(&c->lock, NULL);
    c->max_slots = (uint32_t)MAX(max_bytes / BLOCK_PLAIN, (size_t)1);
    c->slots = NEW_ARRAY(struct slot, c->max_slots);
    for (c->n_buckets = 16; c->n_buckets < c->max_slots;)
        c->n_buckets *= 2;
    c->buckets = NEW_ARRAY(uint32_t, c->n_buckets);
    memset(c->buckets, 0xFF, c->n_buckets * sizeof *c->buckets);
    return c;
}

void block_cache_free(struct block_cache *c) {
    if (!c)
        return;
    for (uint32_t i = 0; i < c->n_slots; i++) {
        crypto_wipe(c->slots[i].plain, BLOCK_PLAIN);
        free(c->slots[i].plain);
    }
    free(c->slots);
    free(c->buckets);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

size_t block_cache_bytes(struct block_cache *c) {
    pthread_mutex_lock(&c->lock);
    size_t bytes = c->n_slots * BLOCK_PLAIN + c->max_slots * sizeof *c->slots;
    pthread_mutex_unlock(&c->lock);
    return bytes;
}

uint64_t block_cache_uid(struct block_cache *c) {
    pthread_mutex_lock(&c->lock);
    uint64_t uid = ++c->uids;
    pthread_mutex_unlock(&c->lock);
    return uid;
}

static uint32_t *bucket_of(const struct block_cache *c, uint64_t uid, uint32_t block) {
    return &c->buckets[hash_u64(uid << 32 ^ block) & (c->n_buckets - 1)];
}

static uint32_t find_slot(const struct block_cache *c, uint64_t uid, uint32_t block) {
    uint32_t i = *bucket_of(c, uid, block);
    while (i != NO_SLOT && (c->slots[i].uid != uid || c->slots[i].block != block))
        i = c->slots[i].next;
    return i;
}

bool block_cache_get(struct block_cache *c, uint64_t uid, uint32_t block, char ret[BLOCK_PLAIN]) {
    pthread_mutex_lock(&c->lock);
    uint32_t i = find_slot(c, uid, block);
    if (i != NO_SLOT) {
        c->slots[i].recent = true;
        memcpy(ret, c->slots[i].plain, BLOCK_PLAIN);
    }
    pthread_mutex_unlock(&c->lock);
    return i != NO_SLOT;
}

static uint32_t take_slot(struct block_cache *c) {
    if (c->n_slots < c->max_slots) {
        c->slots[c->n_slots].plain = mem_alloc(BLOCK_PLAIN);
        return c->n_slots++;
    }
    while (c->slots[c->hand].recent) {
        c->slots[c->hand].recent = false;
        c->hand = (c->hand + 1) % c->max_slots;
    }
    uint32_t i = c->hand;
    c->hand = (c->hand + 1) % c->max_slots;
    uint32_t *link = bucket_of(c, c->slots[i].uid, c->slots[i].block);
    while (*link != i)
        link = &c->slots[*link].next;
    *link = c->slots[i].next;
    return i;
}

void block_cache_put(struct block_cache *c, uint64_t uid, uint32_t block,
                     const char plain[BLOCK_PLAIN]) {
    pthread_mutex_lock(&c->lock);
    if (find_slot(c, uid, block) == NO_SLOT) {
        uint32_t i = take_slot(c), *bucket = bucket_of(c, uid, block);
        struct slot *s = &c->slots[i];
        s->uid = uid;
        s->block = block;
        s->recent = false;
        s->next = *bucket;
        memcpy(s->plain, plain, BLOCK_PLAIN);
        *bucket = i;
    }
    pthread_mutex_unlock(&c->lock);
}
