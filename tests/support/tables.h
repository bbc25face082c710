// SPDX-License-Identifier: Apache-2.0
// Tables as text, so that a test reads like the table it expects, and archives made of parts given in the test.
//
//     assert_str(test_table(test_tmp_file("a.csv", STR("评价,评分\n好,5\n")), ""),
//                "[CSV UTF-8 ,]\n1 评价|评分\n2 好|5\n");
//
// A row is its number and its cells; “#4” is a number, “@2026-03-01” a date, “?TRUE” a truth value, “%#N/A” an error.
// “3! 2 reason” is a bad row with its column, “3~2 a|b” a mended one, “3:4” says that the physical line is
// another than the row, “⏎” is a line break in a cell, “error format: …” what table_next or opening said in
// English.
#ifndef TESTS_SUPPORT_TABLES_H
#define TESTS_SUPPORT_TABLES_H

#include "base/strbuf.h"
#include "collect/table.h"

// All tables of the path. Valid until the next call.
struct str test_table(const char *path, const char *sheet);
// The same for bytes that have no file's name.
struct str test_table_of(struct str bytes);

struct test_member {
    const char *name;
    struct str content;
};
// A zip archive in the temporary folder; the path is valid like that of test_tmp_file.
const char *test_zip_file(const char *name, const struct test_member *members, size_t n);
// Packed copies; the caller frees.
struct strbuf test_gzip(struct str s);
struct strbuf test_zstd(struct str s);

#endif
