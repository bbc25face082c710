// SPDX-License-Identifier: Apache-2.0
#include "collect/score_words.h"

#include "tests/support/test.h"

#define NONE    99 // no words of judgement
#define NOTHING 98 // says that no score was given

TEST(score_words_grade_by_degree_and_stem) {
    static const struct {
        const char *words;
        int grade;
    } cases[] = {
        {"满意", 1},
        {"不满意", -1},
        {"非常满意", 2},
        {"非常不满意", -2},
        {"很不满意", -2},
        {"不是很满意", -1},
        {"不怎么满意", -1},
        {"根本不满意", -2},
        {"比较满意", 1},
        {"比较不满意", -1},
        {"较差", -1},
        {"极差", -2},
        {"非常容易", 2},
        {"非常困难", -2},
        {"不容易", -1},
        {"非常同意", 2},
        {"强烈推荐", 2},
        {"不推荐", -1},
        {"很方便", 2},
        {"一般", 0},
        {"基本满意", 0},
        {"还可以", 0},
        {"very good", 2},
        {"not good", -1},
        {"not very good", -1},
        {"extremely unlikely", -2},
        {"somewhat dissatisfied", -1},
        {"strongly disagree", -2},
        {"not at all satisfied", -2},
        {"好评!", 2},
        {"差评", -2},
        {"未评价", NOTHING},
        {"don't know", NOTHING},
        {"非常", NONE},
        {"满意度", NONE},
        {"满意吗", NONE},
        {"", NONE},
        {"very very very very good", NONE},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct score_cell c = {0};
        bool ok = score_words_parse(str_from(cases[i].words), &c);
        int got = !ok ? NONE : c.form == SCORE_FORM_EMPTY ? NOTHING : c.grade;
        if (got != cases[i].grade)
            fail_msg("%s: %d, not %d", cases[i].words, got, cases[i].grade);
    }
}
