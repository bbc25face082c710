// SPDX-License-Identifier: Apache-2.0
// Imports for the tests: a running house over a test_house, files handed over as a browser would.
#ifndef TESTS_SUPPORT_IMPORTS_H
#define TESTS_SUPPORT_IMPORTS_H

#include "collect/feedback_store.h"
#include "tests/support/accounts.h"
#include "work/house.h"
#include "work/import_stage.h"

// Runs the jobs. `h` has its owner.
void test_work_start(struct test_house *h, struct house *ret);
void test_work_stop(struct house *w);

int64_t test_upload(struct house *w, const struct test_house *h, const char *name,
                    struct str bytes);
// Starts it and waits until it is no longer running.
struct import test_import(struct house *w, struct test_house *h, int64_t id);
struct import test_import_file(struct house *w, struct test_house *h, const char *name,
                               struct str bytes);
struct import test_import_wait(struct house *w, struct test_house *h, int64_t id);
struct import test_import_undo(struct house *w, struct test_house *h, int64_t id);

int64_t test_count(struct house *w, const char *sql); // a literal
// Fails the test where any file under `dir` holds one of the NULL-terminated words.
void test_scan(const char *dir, const char *const *words);

#endif
