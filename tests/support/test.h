// SPDX-License-Identifier: Apache-2.0
// One test program for the whole house. A test file stands beside its source and registers its cases:
//
//     TEST(str_trim_drops_wide_spaces) { assert_true(...); }
//
// Tests are table-driven; the name reads as the statement that is checked. Run all with `make test`, some with
// `build/unit-tests 'str_*'`.
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/str.h"

typedef void test_fn(void **state);
void test_register(const char *name, test_fn *fn);

#define TEST(name)                                                                                 \
    static void test_##name(void **state);                                                         \
    __attribute__((constructor)) static void register_##name(void) {                               \
        test_register(#name, test_##name);                                                         \
    }                                                                                              \
    static void test_##name(UNUSED void **state)

// Compares a struct str with a literal or C string and shows both on failure.
#define assert_str(actual, expected) test_assert_str((actual), (expected), __FILE__, __LINE__)
void test_assert_str(struct str actual, const char *expected, const char *file, int line);

// A temporary folder of this test run, made on first use, removed at the end. Borrowed.
const char *test_tmp_dir(void);
// Path of a file in it, written with the given bytes. Valid until the fourth next call.
const char *test_tmp_file(const char *name, struct str content);
// Root of the source tree (templates/, models/ …), for tests that read shipped files.
const char *test_source_dir(void);
// Folder with the public data sets, or NULL: then the test must call skip_loudly().
const char *test_data_dir(void);
// Prints "skipped: NAME: why" and ends the test as skipped.
#define skip_loudly(why)                                                                           \
    do {                                                                                           \
        print_message("skipped: %s: %s\n", __func__ + 5, (why));                                   \
        skip();                                                                                    \
    } while (0)

#endif
