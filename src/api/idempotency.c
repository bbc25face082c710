// SPDX-License-Identifier: Apache-2.0
#include "api/idempotency.h"

#include <pthread.h>

#include "base/mem.h"
#include "base/vec.h"

struct entry {
    uint8_t lookup[VAULT_LOOKUP_BYTES];
};

// Few at a time: as many as requests are in work.
struct in_flight {
    pthread_mutex_t lock;
    VEC(struct entry);
};

struct in_flight *in_flight_new(void) {
    struct in_flight *f = NEW(struct in_flight);
    pthread_mutex_init(&f->lock, NULL);
    return f;
}

void in_flight_free(struct in_flight *f) {
    if (!f)
        return;
    vec_done(f);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

static size_t find(const struct in_flight *f, const uint8_t *lookup) {
    size_t i = 0;
    while (i < f->len && memcmp(f->items[i].lookup, lookup, VAULT_LOOKUP_BYTES) != 0)
        i++;
    return i;
}

bool in_flight_enter(struct in_flight *f, const uint8_t lookup[VAULT_LOOKUP_BYTES]) {
    struct entry e;
    memcpy(e.lookup, lookup, sizeof e.lookup);
    pthread_mutex_lock(&f->lock);
    bool is_new = find(f, lookup) == f->len;
    if (is_new)
        vec_push(f, e);
    pthread_mutex_unlock(&f->lock);
    return is_new;
}

void in_flight_leave(struct in_flight *f, const uint8_t lookup[VAULT_LOOKUP_BYTES]) {
    pthread_mutex_lock(&f->lock);
    size_t at = find(f, lookup);
    if (at < f->len)
        f->items[at] = f->items[--f->len];
    pthread_mutex_unlock(&f->lock);
}
