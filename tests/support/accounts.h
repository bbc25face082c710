// SPDX-License-Identifier: Apache-2.0
// A house with people for the tests: a migrated store of each engine, a vault, accounts, and a clock that only moves
// when it is told.
//
//     TEST_HOUSE(session_ends_when_it_is_not_used) {
//         int64_t owner = test_owner(h);                       // and h->workspace
//         test_clock_move(13 * US_PER_HOUR);
//         …
//     }
#ifndef TESTS_SUPPORT_ACCOUNTS_H
#define TESTS_SUPPORT_ACCOUNTS_H

#include "account/accounts.h"
#include "base/clock.h"
#include "tests/support/stores.h"

#define TEST_PASSWORD "blue horse staple 7"

struct test_house {
    struct test_store *t;
    char dir[128];
    struct vault *vault;
    struct accounts *a;
    struct id_source ids;
    int64_t workspace, owner; // of test_owner
    struct arena arena;
};

typedef void test_house_fn(struct test_house *h);
void test_house_run(struct test_store *t, test_house_fn *fn);
void test_house_again(struct test_house *h); // stops and starts

#define TEST_HOUSE(name)                                                                           \
    static void house_##name(struct test_house *h);                                                \
    TEST_STORES(name) {                                                                            \
        test_house_run(t, house_##name);                                                           \
    }                                                                                              \
    static void house_##name(UNUSED struct test_house *h)

// Fails the test with the message.
void test_ok(bool ok, const struct error *err);
void test_fails(bool ok, const struct error *err, enum error_code code);

void test_clock_move(int64_t us);
int64_t test_clock(void);

// The first administrator boss@example.com with TEST_PASSWORD.
int64_t test_owner(struct test_house *h);
// Another member of that workspace with TEST_PASSWORD.
int64_t test_member(struct test_house *h, const char *email, enum role role);
// What a request of his would come with, in h->arena.
struct principal test_principal(struct test_house *h, int64_t user);

#endif
