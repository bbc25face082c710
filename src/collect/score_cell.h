// SPDX-License-Identifier: Apache-2.0
// One score cell as people and programs write it, without yet knowing the scale of its column:
// “4”, “4.5分”, “★★★☆☆”, “⭐⭐⭐”, “五星”, “3.5星”, “4.5/5”, “80%”, “非常满意”, “very satisfied”, “😊”, “5-非常满意”, “未评价”.
// Full-width forms are read as their ASCII twins. Pure function, any thread; a plain digit costs some 10 ns.
#ifndef COLLECT_SCORE_CELL_H
#define COLLECT_SCORE_CELL_H

#include "base/def.h"
#include "base/str.h"

enum score_form {
    SCORE_FORM_UNREADABLE,
    SCORE_FORM_EMPTY,    // “”, “-”, “未评价”, “不适用”: no score given
    SCORE_FORM_NUMBER,   // value, on the column's scale
    SCORE_FORM_STARS,    // value stars; `of` = stars drawn (★★★☆☆: 5), 0 if not drawn
    SCORE_FORM_FRACTION, // value of `of`: 4.5/5, 9 out of 10
    SCORE_FORM_PERCENT,  // value 0–100
    SCORE_FORM_WORDS,    // grade; `value` too when a number stands beside the words (else NAN)
};

struct score_cell {
    enum score_form form;
    double value;
    double of;
    int grade; // of words: −2 非常不满意, −1 不满意, 0 一般, 1 满意, 2 非常满意
    bool yes_no;    // 是/否, yes/no, true/false: a score only where the column is called one
    bool two_sided; // the words know only good and bad: 好评/差评, 是/否, 👍👎
};

struct score_cell score_cell_parse(struct str cell);

#endif
