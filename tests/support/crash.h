// SPDX-License-Identifier: Apache-2.0
// A child process that writes rows into a store and reports each one that was acknowledged, to be killed in the
// middle of it.
//
//     test_store_close(t);                                       // the child opens the store itself
//     struct crash c = crash_start(t, write_row);
//     crash_wait(&c, 200);                                       // acknowledgements
//     crash_kill(&c);                                            // SIGKILL; reads the last ones
//     for (size_t i = 0; i < c.n; i++) …c.acknowledged[i]…       // must all be there
//     crash_done(&c);
#ifndef TESTS_SUPPORT_CRASH_H
#define TESTS_SUPPORT_CRASH_H

#include <sys/types.h>

#include "tests/support/stores.h"

struct crash {
    pid_t child;
    int fd;
    int64_t *acknowledged; // numbers the child was told are written; owned
    size_t n, cap;
};

// `fn` is a write with an int64_t * as its context: the number of the row, another each time, from several threads.
struct crash crash_start(const struct test_store *t, sql_fn *fn);
void crash_wait(struct crash *c, size_t n);
void crash_kill(struct crash *c);
void crash_done(struct crash *c);

#endif
