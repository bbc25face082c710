// SPDX-License-Identifier: Apache-2.0
// The forms of a cell; what becomes of them on a scale is in unify/scale_test.c.
#include "collect/score_cell.h"

#include "tests/support/test.h"

TEST(score_cell_tells_the_forms_apart) {
    static const struct {
        const char *cell;
        enum score_form form;
        double value, of; // NAN = not looked at
        int grade;
        bool two_sided, yes_no;
    } cases[] = {
        {"4", SCORE_FORM_NUMBER, 4, 0, 0, false, false},
        {"4.5分", SCORE_FORM_NUMBER, 4.5, 0, 0, false, false},
        {"综合评分：4.5", SCORE_FORM_NUMBER, 4.5, 0, 0, false, false},
        {"★★★☆☆", SCORE_FORM_STARS, 3, 5, 0, false, false},
        {"⭐⭐⭐", SCORE_FORM_STARS, 3, 0, 0, false, false},
        {"五星", SCORE_FORM_STARS, 5, 0, 0, false, false},
        {"四星半", SCORE_FORM_STARS, 4.5, 0, 0, false, false},
        {"4.5/5", SCORE_FORM_FRACTION, 4.5, 5, 0, false, false},
        {"9 out of 10", SCORE_FORM_FRACTION, 9, 10, 0, false, false},
        {"80%", SCORE_FORM_PERCENT, 80, 0, 0, false, false},
        {"满分", SCORE_FORM_PERCENT, 100, 0, 0, false, false},
        {"非常满意", SCORE_FORM_WORDS, NAN, 0, 2, false, false},
        {"不太满意。", SCORE_FORM_WORDS, NAN, 0, -1, false, false},
        {"一点也不满意", SCORE_FORM_WORDS, NAN, 0, -2, false, false},
        {"5-非常满意", SCORE_FORM_WORDS, 5, 0, 2, false, false},
        {"非常不满意(1分)", SCORE_FORM_WORDS, 1, 0, -2, false, false},
        {"B、满意", SCORE_FORM_WORDS, NAN, 0, 1, false, false},
        {"好评", SCORE_FORM_WORDS, NAN, 0, 2, true, false},
        {"yes", SCORE_FORM_WORDS, NAN, 0, 2, true, true},
        {"否", SCORE_FORM_WORDS, NAN, 0, -2, true, true},
        {"😡", SCORE_FORM_WORDS, NAN, 0, -2, false, false},
        {"👍", SCORE_FORM_WORDS, NAN, 0, 2, true, false},
        {"未评价", SCORE_FORM_EMPTY, NAN, 0, 0, false, false},
        {"-", SCORE_FORM_EMPTY, NAN, 0, 0, false, false},
        {"等了八天", SCORE_FORM_UNREADABLE, NAN, 0, 0, false, false},
        {"一般来说还不错但是", SCORE_FORM_UNREADABLE, NAN, 0, 0, false, false},
        {"2026-01-01", SCORE_FORM_UNREADABLE, NAN, 0, 0, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct score_cell c = score_cell_parse(str_from(cases[i].cell));
        bool ok = c.form == cases[i].form && c.grade == cases[i].grade &&
                  c.two_sided == cases[i].two_sided && c.yes_no == cases[i].yes_no &&
                  c.of == cases[i].of && (isnan(cases[i].value) || c.value == cases[i].value);
        if (!ok)
            fail_msg("\"%s\": form %d value %g of %g grade %d", cases[i].cell, c.form, c.value,
                     c.of, c.grade);
    }
}
