// SPDX-License-Identifier: Apache-2.0
#include "collect/mapping.h"

#include "tests/support/test.h"

TEST(mapping_parses_entries) {
    static const struct {
        const char *in;
        int n; // −1 = refused
        const char *role, *column;
        double low, high;
    } cases[] = {
        {"", 0, NULL, NULL, 0, 0},
        {"text=评价内容", 1, "text", "评价内容", NAN, NAN},
        {" text = 评价 内容 , score=评分@1-10", 2, "text", "评价 内容", NAN, NAN},
        {"score=评分@1-10", 1, "score", "评分", 1, 10},
        {"score=评分@5-1", 1, "score", "评分", 1, 5},
        {"text=\"a,b=c@d\"", 1, "text", "a,b=c@d", NAN, NAN},
        {"score=\"a\"@0-100", 1, "score", "a", 0, 100},
        {"text=#3", 1, "text", "", NAN, NAN},
        {"text", -1, NULL, NULL, 0, 0},
        {"=x", -1, NULL, NULL, 0, 0},
        {"text=", -1, NULL, NULL, 0, 0},
        {"text=\"x", -1, NULL, NULL, 0, 0},
        {"score=x@3", -1, NULL, NULL, 0, 0},
        {"score=x@3-3", -1, NULL, NULL, 0, 0},
        {"text=#0", -1, NULL, NULL, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct mapping m = {0};
        struct error err = {0};
        bool ok = mapping_parse(str_from(cases[i].in), &m, &err);
        if (ok != (cases[i].n >= 0) || (ok && m.len != (size_t)cases[i].n))
            fail_msg("\"%s\": %d, %zu entries", cases[i].in, ok, m.len);
        if (!ok)
            assert_string_equal(err.field, "map");
        if (ok && m.len) {
            assert_str(m.items[0].role, cases[i].role);
            assert_str(m.items[0].column, cases[i].column);
            if (m.len == 1 && isfinite(cases[i].low))
                assert_true(m.items[0].low == cases[i].low && m.items[0].high == cases[i].high);
        }
        mapping_done(&m);
    }
}
