// SPDX-License-Identifier: Apache-2.0
#include "api/rate.h"

#include <math.h>
#include <pthread.h>

#include "base/clock.h"
#include "base/mem.h"

#define BUCKETS 4096

struct bucket {
    double used; // taken and not yet given back
    int64_t at_us;
};

struct rate {
    pthread_mutex_t lock;
    struct bucket buckets[BUCKETS];
};

struct rate *rate_new(void) {
    struct rate *r = NEW(struct rate);
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

void rate_free(struct rate *r) {
    if (!r)
        return;
    pthread_mutex_destroy(&r->lock);
    free(r);
}

bool rate_take(struct rate *r, struct str key, double per_second, double burst, int64_t now_us,
               int *ret_wait_s) {
    struct bucket *b = &r->buckets[str_hash(key) % BUCKETS];
    pthread_mutex_lock(&r->lock);
    double passed = (double)(now_us - b->at_us) / (double)US_PER_SECOND;
    b->used = MAX(0.0, b->used - MAX(0.0, passed) * per_second);
    b->at_us = now_us;
    bool ok = b->used + 1 <= burst;
    if (ok)
        b->used += 1;
    else
        *ret_wait_s = (int)ceil((b->used + 1 - burst) / per_second);
    pthread_mutex_unlock(&r->lock);
    return ok;
}
