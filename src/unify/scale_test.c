// SPDX-License-Identifier: Apache-2.0
// The case table of scale unification. Each row: a column's scale, a cell, what must come of it.
#include "unify/scale.h"

#include "tests/support/test.h"

// Scales, named as in the table below.
static const struct score_column five = {.low = 1, .high = 5};
static const struct score_column five_reversed = {.low = 1, .high = 5, .reversed = true};
static const struct score_column words_five = {.low = 1, .high = 5, .is_words = true};
static const struct score_column words_three = {.low = 1, .high = 3, .is_words = true};
static const struct score_column words_two = {.low = 1, .high = 2, .is_words = true};
static const struct score_column two = {.low = 0, .high = 1};
static const struct score_column one_two = {.low = 1, .high = 2};
static const struct score_column three = {.low = 1, .high = 3};
static const struct score_column four = {.low = 1, .high = 4};
static const struct score_column seven = {.low = 1, .high = 7};
static const struct score_column ten = {.low = 1, .high = 10};
static const struct score_column ten_reversed = {.low = 1, .high = 10, .reversed = true};
static const struct score_column eleven = {.low = 0, .high = 10};
static const struct score_column hundred = {.low = 0, .high = 100};
static const struct score_column tens = {.low = 10, .high = 50}; // 星级 35 = 3.5

#define NONE                       SCALE_EMPTY, 0, 0
#define OUTSIDE                    SCALE_OUT_OF_RANGE, 0, 0
#define BROKEN                     SCALE_UNREADABLE, 0, 0
#define OK(satisfaction, original) SCALE_OK, satisfaction, original

static const struct {
    const struct score_column *column;
    const char *cell;
    enum scale_result result;
    double satisfaction, original;
} cases[] = {
    // points
    {&five, "1", OK(1, 1)},
    {&five, "2", OK(2, 2)},
    {&five, "4", OK(4, 4)},
    {&five, "5", OK(5, 5)},
    {&five, "5.0", OK(5, 5)},
    {&five, " 4 ", OK(4, 4)},
    {&five, "\t3", OK(3, 3)},
    {&five, "4.5", OK(4.5, 4.5)},
    {&five, "４．５", OK(4.5, 4.5)},
    {&five, "５", OK(5, 5)},
    {&five, "4分", OK(4, 4)},
    {&five, "4 分", OK(4, 4)},
    {&five, "４分", OK(4, 4)},
    {&five, "4 points", OK(4, 4)},
    {&two, "1", OK(5, 1)},
    {&two, "0", OK(1, 0)},
    {&one_two, "2", OK(5, 2)},
    {&one_two, "1", OK(1, 1)},
    {&three, "1", OK(1, 1)},
    {&three, "2", OK(3, 2)},
    {&three, "3", OK(5, 3)},
    {&four, "4", OK(5, 4)},
    {&four, "2", OK(1 + 4.0 / 3, 2)},
    {&seven, "7", OK(5, 7)},
    {&seven, "4", OK(3, 4)},
    {&seven, "1", OK(1, 1)},
    {&ten, "10", OK(5, 10)},
    {&ten, "1", OK(1, 1)},
    {&ten, "5.5", OK(3, 5.5)},
    {&ten, "8分", OK(1 + 4 * 7.0 / 9, 8)},
    {&eleven, "0", OK(1, 0)},
    {&eleven, "5", OK(3, 5)},
    {&eleven, "10", OK(5, 10)},
    {&hundred, "0", OK(1, 0)},
    {&hundred, "50", OK(3, 50)},
    {&hundred, "100", OK(5, 100)},
    {&hundred, "90分", OK(4.6, 90)},
    {&tens, "35", OK(3.5, 35)},
    {&tens, "50", OK(5, 50)},
    // reversed
    {&five_reversed, "1", OK(5, 1)},
    {&five_reversed, "2", OK(4, 2)},
    {&five_reversed, "5", OK(1, 5)},
    {&ten_reversed, "10", OK(1, 10)},
    {&five_reversed, "1-非常满意", OK(5, 1)},
    {&five_reversed, "非常满意", OK(5, 1)},
    // outside the scale
    {&five, "0", OUTSIDE},
    {&five, "6", OUTSIDE},
    {&five, "-1", OUTSIDE},
    {&ten, "11", OUTSIDE},
    {&eleven, "11", OUTSIDE},
    {&hundred, "101", OUTSIDE},
    {&five, "6/5", OUTSIDE},
    {&five, "120%", OUTSIDE},
    {&five, "☆☆☆☆☆", OUTSIDE},
    // stars
    {&five, "★★★☆☆", OK(3, 3)},
    {&five, "★★★★★", OK(5, 5)},
    {&five, "★☆☆☆☆", OK(1, 1)},
    {&five, "⭐⭐⭐", OK(3, 3)},
    {&five, "⭐️⭐️⭐️⭐️", OK(4, 4)},
    {&five, "🌟🌟🌟🌟🌟", OK(5, 5)},
    {&five, "★★★½", OK(3.5, 3.5)},
    {&five, "★ ★ ★ ★", OK(4, 4)},
    {&five, "五星", OK(5, 5)},
    {&five, "一星", OK(1, 1)},
    {&five, "四星半", OK(4.5, 4.5)},
    {&five, "3.5星", OK(3.5, 3.5)},
    {&five, "5颗星", OK(5, 5)},
    {&five, "五颗星", OK(5, 5)},
    {&five, "5星好评", OK(5, 5)},
    {&five, "4 stars", OK(4, 4)},
    {&five, "1 star", OK(1, 1)},
    {&five, "4★", OK(4, 4)},
    {&ten, "★★★☆☆", OK(3, 5.5)},
    // fractions and percent
    {&five, "4.5/5", OK(4.5, 4.5)},
    {&five, "4.5 / 5", OK(4.5, 4.5)},
    {&five, "4 out of 5", OK(4, 4)},
    {&five, "4 out of 5 stars", OK(4, 4)},
    {&five, "4.0 of 5", OK(4, 4)},
    {&five, "4分（满分5分）", OK(4, 4)},
    {&eleven, "5/10", OK(3, 5)},
    {&ten, "10/10", OK(5, 10)},
    {&five, "80/100", OK(4.2, 4.2)},
    {&hundred, "80%", OK(4.2, 80)},
    {&hundred, "80％", OK(4.2, 80)},
    {&five, "100%", OK(5, 5)},
    {&five, "0%", OK(1, 1)},
    {&five, "满分", OK(5, 5)},
    // words, five grades
    {&words_five, "非常满意", OK(5, 5)},
    {&words_five, "满意", OK(4, 4)},
    {&words_five, "一般", OK(3, 3)},
    {&words_five, "不满意", OK(2, 2)},
    {&words_five, "非常不满意", OK(1, 1)},
    {&words_five, "很满意", OK(5, 5)},
    {&words_five, "十分满意", OK(5, 5)},
    {&words_five, "比较满意", OK(4, 4)},
    {&words_five, "基本满意", OK(3, 3)},
    {&words_five, "不太满意", OK(2, 2)},
    {&words_five, "比较不满意", OK(2, 2)},
    {&words_five, "很不满意", OK(1, 1)},
    {&words_five, "极不满意", OK(1, 1)},
    {&words_five, "很好", OK(5, 5)},
    {&words_five, "好", OK(4, 4)},
    {&words_five, "较差", OK(2, 2)},
    {&words_five, "很差", OK(1, 1)},
    {&words_five, "优秀", OK(5, 5)},
    {&words_five, "良好", OK(4, 4)},
    {&words_five, "力荐", OK(5, 5)},
    {&words_five, "还行", OK(3, 3)},
    {&words_five, "非常同意", OK(5, 5)},
    {&words_five, "不同意", OK(2, 2)},
    {&words_five, "very satisfied", OK(5, 5)},
    {&words_five, "Very Satisfied", OK(5, 5)},
    {&words_five, "satisfied", OK(4, 4)},
    {&words_five, "somewhat satisfied", OK(4, 4)},
    {&words_five, "neutral", OK(3, 3)},
    {&words_five, "Neither satisfied nor dissatisfied", OK(3, 3)},
    {&words_five, "dissatisfied", OK(2, 2)},
    {&words_five, "not satisfied", OK(2, 2)},
    {&words_five, "very dissatisfied", OK(1, 1)},
    {&words_five, "not at all satisfied", OK(1, 1)},
    {&words_five, "strongly agree", OK(5, 5)},
    {&words_five, "Excellent", OK(5, 5)},
    {&words_five, "poor", OK(2, 2)},
    {&words_five, "A.非常满意", OK(5, 5)},
    {&words_five, "非常满意(5分)", OK(5, 5)},
    {&five, "5-非常满意", OK(5, 5)},
    {&five, "4=满意", OK(4, 4)},
    {&five, "非常满意", OK(5, 5)},
    // words, three and two grades
    {&words_three, "满意", OK(5, 3)},
    {&words_three, "一般", OK(3, 2)},
    {&words_three, "不满意", OK(1, 1)},
    {&words_three, "好评", OK(5, 3)},
    {&words_three, "中评", OK(3, 2)},
    {&words_three, "差评", OK(1, 1)},
    {&words_two, "满意", OK(5, 2)},
    {&words_two, "不满意", OK(1, 1)},
    {&words_two, "是", OK(5, 2)},
    {&words_two, "否", OK(1, 1)},
    {&five, "好评", OK(5, 5)},
    {&five, "差评", OK(1, 1)},
    {&five, "positive", OK(5, 5)},
    // faces
    {&words_five, "😊", OK(5, 5)},
    {&words_five, "😐", OK(3, 3)},
    {&words_five, "😡", OK(1, 1)},
    {&words_five, "🙂", OK(4, 4)},
    {&words_five, "☹️", OK(2, 2)},
    {&words_three, "🙁", OK(1, 1)},
    {&words_two, "👍🏻", OK(5, 2)},
    {&words_two, "👎", OK(1, 1)},
    // nothing
    {&five, "", NONE},
    {&five, "  ", NONE},
    {&five, "-", NONE},
    {&five, "N/A", NONE},
    {&five, "未评价", NONE},
    {&five, "(跳过)", NONE},
    {&five, "（空）", NONE},
    {&words_five, "不适用", NONE},
    {&five, "not rated", NONE},
    // no score at all
    {&five, "快递很慢", BROKEN},
    {&five, "4.5.6", BROKEN},
    {&five, "一", BROKEN},
    {&five, "nan", NONE},
    {&five, "inf", BROKEN},
    {&five, "5/0", BROKEN},
    {&five, "😊😡", BROKEN},
    {&five, "★😊", BROKEN},
};

TEST(scale_unify_case_table) {
    assert_true(ARRAY_LEN(cases) >= 80);
    size_t wrong = 0;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        double satisfaction, original;
        enum scale_result r =
            scale_unify(cases[i].column, str_from(cases[i].cell), &satisfaction, &original);
        bool ok = r == cases[i].result;
        if (ok && r == SCALE_OK)
            ok = fabs(satisfaction - cases[i].satisfaction) < 1e-9 &&
                 fabs(original - cases[i].original) < 1e-9;
        else if (ok)
            ok = isnan(satisfaction) && isnan(original);
        if (!ok)
            print_error("row %zu \"%s\" on %g-%g: result %d (%d), %g (%g), original %g (%g)\n", i,
                        cases[i].cell, cases[i].column->low, cases[i].column->high, r,
                        cases[i].result, satisfaction, cases[i].satisfaction, original,
                        cases[i].original);
        wrong += !ok;
    }
    assert_int_equal(wrong, 0);
}

TEST(scale_unify_never_makes_satisfaction_of_nps_and_ces) {
    static const enum metric metrics[] = {METRIC_NPS, METRIC_CES};
    for (size_t i = 0; i < ARRAY_LEN(metrics); i++) {
        struct score_column c = {.low = 0, .high = 10, .metric = metrics[i]};
        double satisfaction, original;
        assert_int_equal(scale_unify(&c, STR("9"), &satisfaction, &original), SCALE_OK);
        assert_true(isnan(satisfaction));
        assert_true(original == 9);
    }
    struct score_column csat = {.low = 1, .high = 5, .metric = METRIC_CSAT};
    double satisfaction, original;
    assert_int_equal(scale_unify(&csat, STR("4"), &satisfaction, &original), SCALE_OK);
    assert_true(satisfaction == 4);
}
