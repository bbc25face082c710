// SPDX-License-Identifier: Apache-2.0
// What was asked of a fact store and what it answered, so that a page shown again (to a second person, by a console
// that refreshes itself) costs next to nothing. The key says the question and the state of the rows it looked at:
// an answer never becomes wrong, it is only no longer asked for.
//
//     if ((found = answers_find(a, key, &size))) … use, free(found) …
//     else … ask …, answers_keep(a, key, answer, size);
//
// Threads: any number. Memory: ANSWERS_MAX_BYTES at most; when that is full everything is forgotten once.
#ifndef OLAP_ANSWERS_H
#define OLAP_ANSWERS_H

#include <pthread.h>

#include "base/map.h"
#include "base/vec.h"

#define ANSWERS_MAX_BYTES (8 * MIB)
#define ANSWER_MAX_BYTES  (256 * KIB) // a larger one is not kept

struct answer {
    void *bytes;
    size_t size;
};

struct answers {
    pthread_mutex_t lock;
    struct dict keys; // id: place in the list
    VEC(struct answer);
    size_t n_bytes; // keys and answers
};

void answers_init(struct answers *a);
void answers_done(struct answers *a);
void answers_forget(struct answers *a);

// A copy that the caller frees, or NULL.
void *answers_find(struct answers *a, struct str key, size_t *ret_size);
// Copies.
void answers_keep(struct answers *a, struct str key, const void *bytes, size_t size);

#endif
