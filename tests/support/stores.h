// SPDX-License-Identifier: Apache-2.0
// Tests of what stands in the row store, run on both engines: SQLite always, PostgreSQL when HUISHENG_TEST_POSTGRES
// names a database (`tools/with-postgres build/unit-tests`). Each run has a fresh, migrated store of its own.
//
//     TEST_STORES(note_is_listed_in_order) {
//         struct error err;
//         assert_true(note_insert(t->db, …, &err));
//         test_store_again(t);                       // closes and opens: what is on disk?
//         …
//     }
#ifndef TESTS_SUPPORT_STORES_H
#define TESTS_SUPPORT_STORES_H

#include "sql/sql.h"
#include "tests/support/test.h"

struct test_store {
    struct sql_db *db;
    enum sql_engine engine;
    char where[512]; // for sql_open: another handle, another process
};

typedef void test_store_fn(struct test_store *t);

#define TEST_STORES(name)                                                                          \
    static void stores_##name(struct test_store *t);                                               \
    TEST(name) {                                                                                   \
        test_stores(stores_##name, true);                                                          \
    }                                                                                              \
    static void stores_##name(UNUSED struct test_store *t)

// Calls fn once an engine. `migrated`: with the schema of the program; else empty.
void test_stores(test_store_fn *fn, bool migrated);

void test_store_close(struct test_store *t);
void test_store_open(struct test_store *t);
void test_store_again(struct test_store *t); // both
// URI of the PostgreSQL for tests, or NULL; the first time without one prints what is skipped.
const char *test_postgres(void);

#endif
