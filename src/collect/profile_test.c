// SPDX-License-Identifier: Apache-2.0
#include "collect/profile.h"

#include "tests/support/test.h"

// Rows of one column; the scale that is found.
TEST(profile_finds_the_scale) {
    static const struct {
        const char *header, *cells; // cells apart by spaces, repeated to 60
        double low, high;           // 0, 0 = no scale
        bool reversed, words;
    } cases[] = {
        {"评分", "5 4 3 2 1", 1, 5, false, false},
        {"评分", "5 5 5 4 0", 1, 5, false, false},
        {"评分", "4.5 3.0 5.0", 1, 5, false, false},
        {"评分", "1 0 1 1", 0, 1, false, false},
        {"评分", "1 2 2 2", 1, 2, false, false},
        {"评分", "1 2 3 3", 1, 3, false, false},
        {"评分", "7 6 5 3 1", 1, 7, false, false},
        {"评分", "10 9 8 3 1", 1, 10, false, false},
        {"评分", "10 9 8 3 0", 0, 10, false, false},
        {"评分", "95 80 60 100", 0, 100, false, false},
        {"评分", "50 35 40 45 30", 10, 50, false, false},
        {"评分（1-10）", "5 4 3 2", 1, 10, false, false},
        {"评分(满分10分)", "5 4 3 2", 1, 10, false, false},
        {"评分 10分制", "5 4 3 0", 0, 10, false, false},
        {"百分制得分", "5 4 3", 0, 100, false, false},
        {"满意度（1=非常满意，5=非常不满意）", "5 4 3 2 1", 1, 5, true, false},
        {"满意度", "1-非常满意 2-满意 3-一般 4-不满意", 1, 5, true, false},
        {"满意度", "5-非常满意 4-满意 3-一般 2-不满意", 1, 5, false, false},
        {"满意度", "非常满意 满意 一般", 1, 5, false, true},
        {"满意度", "满意 一般 不满意 未评价", 1, 3, false, true},
        {"满意度", "满意 不满意", 1, 2, false, true},
        {"好评率", "80% 95% 100%", 0, 100, false, false},
        {"评分", "12345 99 1000", 0, 0, false, false},
        {"评分", "很好的杯子，我很喜欢 不好", 0, 0, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_done) struct arena arena = {0};
        struct str cells[60];
        struct row rows[60] = {0};
        size_t n = 0;
        while (n < 60) {
            struct str rest = str_from(cases[i].cells), cell;
            while (n < 60 && str_cut(&rest, ' ', &cell)) {
                cells[n] = cell;
                rows[n] = (struct row){.cells = &cells[n], .n = 1};
                n++;
            }
        }
        struct column_profile p = profile_column(rows, n, 0, &arena);
        struct score_column c = {0};
        bool ok = profile_scale(&p, str_from(cases[i].header), false, &c);
        bool want = cases[i].high > 0;
        if (ok != want || (ok && (c.low != cases[i].low || c.high != cases[i].high ||
                                  c.reversed != cases[i].reversed || c.is_words != cases[i].words)))
            fail_msg("%s: %s: %d %g-%g%s%s", cases[i].header, cases[i].cells, ok, c.low, c.high,
                     c.reversed ? " reversed" : "", c.is_words ? " words" : "");
    }
}
