// SPDX-License-Identifier: Apache-2.0
#include "collect/workbook.h"

#include "tests/support/test.h"

TEST(workbook_unescape_puts_characters_back) {
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"", ""},
        {"_", "_"},
        {"a_x000D_b", "a\rb"},
        {"_x4e2d_", "中"},
        {"_x005F_x000D_", "_x000D_"},
        {"_x0000_", ""},
        {"_xD83D_", ""},
        {"_xZZZZ_", "_xZZZZ_"},
        {"_x000D", "_x000D"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *p = str_dup(str_from(cases[i].in));
        size_t n = workbook_unescape(p, strlen(p));
        assert_str(str_make(p, n), cases[i].out);
        free(p);
    }
}
