// SPDX-License-Identifier: Apache-2.0
#include "account/cache.h"

#include <pthread.h>

#include "base/mem.h"

#define WAYS 4
#define SETS 256

struct slot {
    bool used;
    uint8_t hash[CRYPTO_HASH_BYTES];
    int64_t loaded_us, touched_us;
    struct auth_entry entry; // its principal stands in `memory`
    struct principal principal;
    struct arena memory;
};

struct auth_cache {
    pthread_mutex_t lock;
    unsigned epoch;
    struct slot slots[SETS][WAYS];
};

struct auth_cache *auth_cache_new(void) {
    struct auth_cache *c = NEW(struct auth_cache);
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

static void slot_empty(struct slot *s) {
    arena_done(&s->memory);
    *s = (struct slot){0};
}

static void empty(struct auth_cache *c) {
    for (size_t i = 0; i < SETS; i++)
        for (size_t k = 0; k < WAYS; k++)
            if (c->slots[i][k].used)
                slot_empty(&c->slots[i][k]);
}

void auth_cache_free(struct auth_cache *c) {
    if (!c)
        return;
    empty(c);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static struct slot *row_of(struct auth_cache *c, const uint8_t *hash) {
    return c->slots[(hash[0] | hash[1] << 8) % SETS];
}

static struct slot *find(struct auth_cache *c, const uint8_t *hash) {
    struct slot *row = row_of(c, hash);
    for (size_t k = 0; k < WAYS; k++)
        if (row[k].used && memcmp(row[k].hash, hash, CRYPTO_HASH_BYTES) == 0)
            return &row[k];
    return NULL;
}

enum auth auth_cache_find(struct auth_cache *c, const uint8_t hash[CRYPTO_HASH_BYTES],
                          int64_t now_us, struct arena *a, struct principal *ret,
                          struct auth_entry *ret_entry, bool *ret_touch) {
    enum auth answer = AUTH_ASK;
    *ret_touch = false;
    pthread_mutex_lock(&c->lock);
    struct slot *s = find(c, hash);
    // A clock that was set back must not keep an entry alive.
    if (s && now_us >= s->loaded_us && now_us - s->loaded_us < AUTH_CACHE_US &&
        now_us < s->entry.ends_us) {
        answer = s->entry.principal ? AUTH_KNOWN : AUTH_REFUSED;
        if (answer == AUTH_KNOWN)
            *ret = principal_copy(a, s->entry.principal);
        *ret_entry = s->entry;
        ret_entry->principal = NULL;
        if (answer == AUTH_KNOWN && now_us - s->touched_us >= AUTH_TOUCH_US) {
            s->touched_us = now_us;
            *ret_touch = true;
        }
    }
    pthread_mutex_unlock(&c->lock);
    return answer;
}

unsigned auth_cache_epoch(struct auth_cache *c) {
    pthread_mutex_lock(&c->lock);
    unsigned epoch = c->epoch;
    pthread_mutex_unlock(&c->lock);
    return epoch;
}

static struct slot *choose(struct auth_cache *c, const uint8_t *hash) {
    struct slot *s = find(c, hash), *row = row_of(c, hash);
    for (size_t k = 0; !s && k < WAYS; k++)
        if (!row[k].used)
            s = &row[k];
    if (s)
        return s;
    s = &row[0];
    for (size_t k = 1; k < WAYS; k++) {
        bool kept = row[k].entry.principal, s_kept = s->entry.principal;
        if (kept == s_kept ? row[k].loaded_us < s->loaded_us : s_kept)
            s = &row[k];
    }
    return s;
}

static void fill(struct slot *s, const uint8_t *hash, int64_t now_us, int64_t touched_us,
                 const struct auth_entry *entry) {
    slot_empty(s);
    s->used = true;
    memcpy(s->hash, hash, CRYPTO_HASH_BYTES);
    s->loaded_us = now_us;
    s->touched_us = touched_us;
    s->entry = *entry;
    if (entry->principal) {
        s->principal = principal_copy(&s->memory, entry->principal);
        s->entry.principal = &s->principal;
    }
}

bool auth_cache_put(struct auth_cache *c, const uint8_t hash[CRYPTO_HASH_BYTES], int64_t now_us,
                    unsigned epoch, const struct auth_entry *entry) {
    pthread_mutex_lock(&c->lock);
    // What was asked to be written a moment ago may not be in the store yet.
    const struct slot *known = find(c, hash);
    int64_t touched = known ? MAX(known->touched_us, entry->used_us) : entry->used_us;
    bool touch = entry->principal && now_us - touched >= AUTH_TOUCH_US;
    if (epoch == c->epoch)
        fill(choose(c, hash), hash, now_us, touch ? now_us : touched, entry);
    pthread_mutex_unlock(&c->lock);
    return touch;
}

void auth_cache_clear(struct auth_cache *c) {
    pthread_mutex_lock(&c->lock);
    c->epoch++;
    empty(c);
    pthread_mutex_unlock(&c->lock);
}
