// SPDX-License-Identifier: Apache-2.0
#include "olap/answers.h"

#include <stdlib.h>

#include "base/mem.h"

void answers_init(struct answers *a) {
    *a = (struct answers){.generation = -1};
    pthread_mutex_init(&a->lock, NULL);
}

static void forget(struct answers *a) {
    for (size_t i = 0; i < a->len; i++)
        free(a->items[i].bytes);
    a->len = 0;
    a->n_bytes = 0;
    dict_done(&a->keys);
    a->keys = (struct dict){0};
}

void answers_forget(struct answers *a) {
    pthread_mutex_lock(&a->lock);
    forget(a);
    pthread_mutex_unlock(&a->lock);
}

void answers_done(struct answers *a) {
    forget(a);
    vec_done(a);
    pthread_mutex_destroy(&a->lock);
}

static void *copy_bytes(const void *bytes, size_t size) {
    void *copy = mem_alloc(MAX(size, (size_t)1));
    if (size)
        memcpy(copy, bytes, size);
    return copy;
}

void *answers_find(struct answers *a, int64_t generation, struct str key, size_t *ret_size) {
    void *found = NULL;
    pthread_mutex_lock(&a->lock);
    uint32_t id = a->generation == generation ? dict_find(&a->keys, key) : DICT_NONE;
    if (id != DICT_NONE) {
        found = copy_bytes(a->items[id].bytes, a->items[id].size);
        *ret_size = a->items[id].size;
    }
    pthread_mutex_unlock(&a->lock);
    return found;
}

void answers_keep(struct answers *a, int64_t generation, struct str key, const void *bytes,
                  size_t size) {
    if (size > ANSWER_MAX_BYTES)
        return;
    pthread_mutex_lock(&a->lock);
    if (generation > a->generation || a->n_bytes + key.len + size > ANSWERS_MAX_BYTES)
        forget(a);
    if (generation >= a->generation) {
        a->generation = generation;
        if (dict_add(&a->keys, key) == a->len) { // else another thread has asked the same
            vec_push(a, (struct answer){copy_bytes(bytes, size), size});
            a->n_bytes += key.len + size;
        }
    }
    pthread_mutex_unlock(&a->lock);
}

// ── results ──

struct parts {
    size_t keys, n, moments, counts; // bytes
};

static struct parts parts_of(const struct result *r) {
    return (struct parts){r->n_groups * (size_t)r->n_by * sizeof *r->keys,
                          r->n_groups * sizeof *r->n,
                          r->n_groups * (size_t)r->n_measures * sizeof *r->moments,
                          r->n_groups * (size_t)r->n_counts * sizeof *r->counts};
}

static char *put(char *at, const void *bytes, size_t size) {
    if (size)
        memcpy(at, bytes, size);
    return at + size;
}

void *result_pack(const struct result *r, size_t *ret_size) {
    struct parts size = parts_of(r);
    *ret_size = sizeof *r + size.keys + size.n + size.moments + size.counts;
    char *packed = mem_alloc(*ret_size), *at = put(packed, r, sizeof *r);
    at = put(at, r->moments, size.moments);
    at = put(at, r->n, size.n);
    at = put(at, r->counts, size.counts);
    put(at, r->keys, size.keys);
    return packed;
}

static const char *take(const char *at, size_t size, void *ret) {
    void *copy = copy_bytes(at, size);
    memcpy(ret, &copy, sizeof copy);
    return at + size;
}

void result_unpack(const void *packed, struct result *ret) {
    memcpy(ret, packed, sizeof *ret);
    struct parts size = parts_of(ret);
    const char *at = (const char *)packed + sizeof *ret;
    at = take(at, size.moments, &ret->moments);
    at = take(at, size.n, &ret->n);
    at = take(at, size.counts, &ret->counts);
    take(at, size.keys, &ret->keys);
}
