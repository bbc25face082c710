// SPDX-License-Identifier: Apache-2.0
#include "num/parallel.h"

#include <stdatomic.h>

#include "tests/support/test.h"

struct tally {
    atomic_int visits[500];
    atomic_int wrong_worker;
    int threads;
};

static void visit(void *ctx, int worker, size_t item) {
    struct tally *t = ctx;
    atomic_fetch_add(&t->visits[item], 1);
    if (worker < 0 || worker >= MAX(t->threads, 1))
        atomic_fetch_add(&t->wrong_worker, 1);
}

TEST(parallel_for_visits_every_item_once) {
    static const struct {
        int threads;
        size_t n;
    } cases[] = {{1, 500}, {2, 500}, {8, 500}, {3, 2}, {4, 0}, {0, 5}, {-1, 5}, {200, 500}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct tally t = {.threads = cases[i].threads};
        parallel_for(cases[i].threads, cases[i].n, visit, &t);
        for (size_t item = 0; item < ARRAY_LEN(t.visits); item++)
            assert_int_equal(t.visits[item], item < cases[i].n);
        assert_int_equal(t.wrong_worker, 0);
    }
}
