// SPDX-License-Identifier: Apache-2.0
#include "olap/answers.h"

#include <stdlib.h>

#include "base/mem.h"

void answers_init(struct answers *a) {
    *a = (struct answers){0};
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

void *answers_find(struct answers *a, struct str key, size_t *ret_size) {
    void *found = NULL;
    pthread_mutex_lock(&a->lock);
    uint32_t id = dict_find(&a->keys, key);
    if (id != DICT_NONE) {
        found = copy_bytes(a->items[id].bytes, a->items[id].size);
        *ret_size = a->items[id].size;
    }
    pthread_mutex_unlock(&a->lock);
    return found;
}

void answers_keep(struct answers *a, struct str key, const void *bytes, size_t size) {
    if (size > ANSWER_MAX_BYTES)
        return;
    pthread_mutex_lock(&a->lock);
    if (a->n_bytes + key.len + size > ANSWERS_MAX_BYTES)
        forget(a);
    if (dict_add(&a->keys, key) == a->len) { // else another thread has asked the same
        vec_push(a, (struct answer){copy_bytes(bytes, size), size});
        a->n_bytes += key.len + size;
    }
    pthread_mutex_unlock(&a->lock);
}
