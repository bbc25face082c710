// SPDX-License-Identifier: Apache-2.0
// A workspace in a store of a test: keys, ids, the door. Used with tests/support/stores.h; closes the store.
//
//     struct world w;
//     world_open(&w, t, 1);
//     world_receive(&w, records, n, ids);
//     world_close(&w);
#ifndef TESTS_SUPPORT_WORLD_H
#define TESTS_SUPPORT_WORLD_H

#include "collect/event.h"
#include "collect/feedback_store.h"
#include "num/random.h"
#include "tests/support/stores.h"

#define WORLD_WORKSPACE 7
#define WORLD_NOW       (1764000000 * US_PER_SECOND)

struct world {
    struct test_store *t;
    struct id_source ids;
    struct store store;
    struct intake *intake;
    struct arena arena;
    struct random random;
    char dir[160];
};

void world_open(struct world *w, struct test_store *t, uint64_t seed);
void world_close(struct world *w);
void world_receive(struct world *w, const struct record *records, size_t n, int64_t *ret_ids);
// Events come in and are worked on.
void world_events(struct world *w, const struct event *events, size_t n);
// Whose the feedback is, found out and written.
void world_place(struct world *w, const int64_t *ids, size_t n);
// The batch is the caller's to end.
void world_load(struct world *w, const int64_t *ids, size_t n, unsigned parts,
                struct feedback_batch *ret);
int64_t world_customer(struct world *w, int64_t feedback);

#endif
