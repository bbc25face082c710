// SPDX-License-Identifier: Apache-2.0
#include "collect/score_words.h"

#define NO_SCORE 9

enum degree {
    DEGREE_STRONG, // 非常
    DEGREE_MILD,   // 比较: changes nothing
    DEGREE_NOT,    // 不
    DEGREE_WEAKLY, // 不太: turned round, never strong
    DEGREE_NOT_AT_ALL,
};

static const struct {
    struct str word;
    enum degree degree;
} degrees[] = {
    // Longer before shorter.
    {STR_INIT("一点也不"), DEGREE_NOT_AT_ALL},
    {STR_INIT("一点都不"), DEGREE_NOT_AT_ALL},
    {STR_INIT("not at all "), DEGREE_NOT_AT_ALL},
    {STR_INIT("根本不"), DEGREE_NOT_AT_ALL},
    {STR_INIT("不是很"), DEGREE_WEAKLY},
    {STR_INIT("不怎么"), DEGREE_WEAKLY},
    {STR_INIT("not very "), DEGREE_WEAKLY},
    {STR_INIT("not so "), DEGREE_WEAKLY},
    {STR_INIT("not too "), DEGREE_WEAKLY},
    {STR_INIT("不太"), DEGREE_WEAKLY},
    {STR_INIT("不够"), DEGREE_WEAKLY},
    {STR_INIT("非常"), DEGREE_STRONG},
    {STR_INIT("十分"), DEGREE_STRONG},
    {STR_INIT("特别"), DEGREE_STRONG},
    {STR_INIT("极其"), DEGREE_STRONG},
    {STR_INIT("极度"), DEGREE_STRONG},
    {STR_INIT("极为"), DEGREE_STRONG},
    {STR_INIT("超级"), DEGREE_STRONG},
    {STR_INIT("完全"), DEGREE_STRONG},
    {STR_INIT("强烈"), DEGREE_STRONG},
    {STR_INIT("很"), DEGREE_STRONG},
    {STR_INIT("极"), DEGREE_STRONG},
    {STR_INIT("超"), DEGREE_STRONG},
    {STR_INIT("太"), DEGREE_STRONG},
    {STR_INIT("最"), DEGREE_STRONG},
    {STR_INIT("比较"), DEGREE_MILD},
    {STR_INIT("较为"), DEGREE_MILD},
    {STR_INIT("相对"), DEGREE_MILD},
    {STR_INIT("有点"), DEGREE_MILD},
    {STR_INIT("有些"), DEGREE_MILD},
    {STR_INIT("较"), DEGREE_MILD},
    {STR_INIT("挺"), DEGREE_MILD},
    {STR_INIT("还"), DEGREE_MILD},
    {STR_INIT("略"), DEGREE_MILD},
    {STR_INIT("不"), DEGREE_NOT},
    {STR_INIT("very "), DEGREE_STRONG},
    {STR_INIT("extremely "), DEGREE_STRONG},
    {STR_INIT("completely "), DEGREE_STRONG},
    {STR_INIT("totally "), DEGREE_STRONG},
    {STR_INIT("highly "), DEGREE_STRONG},
    {STR_INIT("strongly "), DEGREE_STRONG},
    {STR_INIT("really "), DEGREE_STRONG},
    {STR_INIT("absolutely "), DEGREE_STRONG},
    {STR_INIT("entirely "), DEGREE_STRONG},
    {STR_INIT("somewhat "), DEGREE_MILD},
    {STR_INIT("fairly "), DEGREE_MILD},
    {STR_INIT("slightly "), DEGREE_MILD},
    {STR_INIT("moderately "), DEGREE_MILD},
    {STR_INIT("mostly "), DEGREE_MILD},
    {STR_INIT("quite "), DEGREE_MILD},
    {STR_INIT("rather "), DEGREE_MILD},
    {STR_INIT("a bit "), DEGREE_MILD},
    {STR_INIT("not "), DEGREE_NOT},
};

// What is judged by a stem with a degree; grade ±1.
static const struct {
    struct str word;
    int sign;
} stems[] = {
    {STR_INIT("满意"), 1},
    {STR_INIT("好"), 1},
    {STR_INIT("差"), -1},
    {STR_INIT("同意"), 1},
    {STR_INIT("认同"), 1},
    {STR_INIT("赞同"), 1},
    {STR_INIT("容易"), 1},
    {STR_INIT("轻松"), 1},
    {STR_INIT("困难"), -1},
    {STR_INIT("费力"), -1},
    {STR_INIT("简单"), 1},
    {STR_INIT("复杂"), -1},
    {STR_INIT("愿意"), 1},
    {STR_INIT("喜欢"), 1},
    {STR_INIT("推荐"), 1},
    {STR_INIT("方便"), 1},
    {STR_INIT("麻烦"), -1},
    {STR_INIT("快"), 1},
    {STR_INIT("慢"), -1},
    {STR_INIT("高"), 1},
    {STR_INIT("低"), -1},
    {STR_INIT("开心"), 1},
    {STR_INIT("高兴"), 1},
    {STR_INIT("生气"), -1},
    {STR_INIT("愤怒"), -1},
    {STR_INIT("失望"), -1},
    {STR_INIT("符合"), 1},
    {STR_INIT("相符"), 1},
    {STR_INIT("合理"), 1},
    {STR_INIT("可能"), 1},
    {STR_INIT("舒适"), 1},
    {STR_INIT("干净"), 1},
    {STR_INIT("及时"), 1},
    {STR_INIT("专业"), 1},
    {STR_INIT("不错"), 1},
    {STR_INIT("理想"), 1},
    {STR_INIT("satisfied"), 1},
    {STR_INIT("satisfactory"), 1},
    {STR_INIT("dissatisfied"), -1},
    {STR_INIT("unsatisfied"), -1},
    {STR_INIT("unsatisfactory"), -1},
    {STR_INIT("happy"), 1},
    {STR_INIT("unhappy"), -1},
    {STR_INIT("pleased"), 1},
    {STR_INIT("disappointed"), -1},
    {STR_INIT("agree"), 1},
    {STR_INIT("disagree"), -1},
    {STR_INIT("easy"), 1},
    {STR_INIT("difficult"), -1},
    {STR_INIT("hard"), -1},
    {STR_INIT("good"), 1},
    {STR_INIT("bad"), -1},
    {STR_INIT("poor"), -1},
    {STR_INIT("likely"), 1},
    {STR_INIT("unlikely"), -1},
    {STR_INIT("helpful"), 1},
    {STR_INIT("unhelpful"), -1},
    {STR_INIT("recommend"), 1},
    {STR_INIT("recommended"), 1},
    {STR_INIT("high"), 1},
    {STR_INIT("low"), -1},
    {STR_INIT("fast"), 1},
    {STR_INIT("slow"), -1},
};

// Whole words with a grade of their own: as score_graded takes it, or NO_SCORE: says that none was given.
static const struct {
    struct str word;
    int grade;
} words[] = {
    {STR_INIT("一般"), 0},
    {STR_INIT("一般般"), 0},
    {STR_INIT("一般满意"), 0},
    {STR_INIT("基本满意"), 0},
    {STR_INIT("中立"), 0},
    {STR_INIT("中等"), 0},
    {STR_INIT("普通"), 0},
    {STR_INIT("尚可"), 0},
    {STR_INIT("还行"), 0},
    {STR_INIT("还可以"), 0},
    {STR_INIT("凑合"), 0},
    {STR_INIT("不好不坏"), 0},
    {STR_INIT("不确定"), 0},
    {STR_INIT("及格"), 0},
    {STR_INIT("中"), 0},
    {STR_INIT("适中"), 0},
    {STR_INIT("中评"), 0},
    {STR_INIT("中性"), 0},
    {STR_INIT("neutral"), 0},
    {STR_INIT("average"), 0},
    {STR_INIT("fair"), 0},
    {STR_INIT("ok"), 0},
    {STR_INIT("okay"), 0},
    {STR_INIT("so-so"), 0},
    {STR_INIT("so so"), 0},
    {STR_INIT("medium"), 0},
    {STR_INIT("mixed"), 0},
    {STR_INIT("neither"), 0},
    {STR_INIT("neither satisfied nor dissatisfied"), 0},
    {STR_INIT("neither agree nor disagree"), 0},
    {STR_INIT("neither easy nor difficult"), 0},
    {STR_INIT("neither good nor bad"), 0},
    {STR_INIT("acceptable"), 0},
    {STR_INIT("undecided"), 0},
    {STR_INIT("优秀"), 2},
    {STR_INIT("优"), 2},
    {STR_INIT("完美"), 2},
    {STR_INIT("超赞"), 2},
    {STR_INIT("力荐"), 2},
    {STR_INIT("惊喜"), 2},
    {STR_INIT("良好"), 1},
    {STR_INIT("良"), 1},
    {STR_INIT("较好"), 1},
    {STR_INIT("糟糕"), -2},
    {STR_INIT("极差"), -2},
    {STR_INIT("差劲"), -2},
    {STR_INIT("恶劣"), -2},
    {STR_INIT("不及格"), -1},
    {STR_INIT("待改进"), -1},
    {STR_INIT("excellent"), 2},
    {STR_INIT("outstanding"), 2},
    {STR_INIT("perfect"), 2},
    {STR_INIT("great"), 2},
    {STR_INIT("amazing"), 2},
    {STR_INIT("superb"), 2},
    {STR_INIT("delighted"), 2},
    {STR_INIT("love it"), 2},
    {STR_INIT("terrible"), -2},
    {STR_INIT("awful"), -2},
    {STR_INIT("horrible"), -2},
    {STR_INIT("hate it"), -2},
    {STR_INIT("worst"), -2},
    {STR_INIT("best"), 2},
    {STR_INIT("below average"), -1},
    {STR_INIT("above average"), 1},
    {STR_INIT("not satisfied at all"), -2},
    {STR_INIT("not at all"), -2},
    {STR_INIT("好评"), 3},
    {STR_INIT("差评"), -3},
    {STR_INIT("正面"), 3},
    {STR_INIT("负面"), -3},
    {STR_INIT("正向"), 3},
    {STR_INIT("负向"), -3},
    {STR_INIT("积极"), 3},
    {STR_INIT("消极"), -3},
    {STR_INIT("是"), 4},
    {STR_INIT("否"), -4},
    {STR_INIT("赞"), 3},
    {STR_INIT("踩"), -3},
    {STR_INIT("合格"), 3},
    {STR_INIT("不合格"), -3},
    {STR_INIT("有帮助"), 3},
    {STR_INIT("没帮助"), -3},
    {STR_INIT("已解决"), 3},
    {STR_INIT("未解决"), -3},
    {STR_INIT("neutral or dissatisfied"), -3},
    {STR_INIT("positive"), 3},
    {STR_INIT("negative"), -3},
    {STR_INIT("pos"), 3},
    {STR_INIT("neg"), -3},
    {STR_INIT("neu"), 0},
    {STR_INIT("yes"), 4},
    {STR_INIT("no"), -4},
    {STR_INIT("true"), 4},
    {STR_INIT("false"), -4},
    {STR_INIT("thumbs up"), 3},
    {STR_INIT("thumbs down"), -3},
    {STR_INIT("like"), 3},
    {STR_INIT("dislike"), -3},
    {STR_INIT("未评价"), NO_SCORE},
    {STR_INIT("未评分"), NO_SCORE},
    {STR_INIT("未打分"), NO_SCORE},
    {STR_INIT("未参评"), NO_SCORE},
    {STR_INIT("未反馈"), NO_SCORE},
    {STR_INIT("未评"), NO_SCORE},
    {STR_INIT("暂未评价"), NO_SCORE},
    {STR_INIT("没有评价"), NO_SCORE},
    {STR_INIT("没有评分"), NO_SCORE},
    {STR_INIT("暂无评价"), NO_SCORE},
    {STR_INIT("暂无评分"), NO_SCORE},
    {STR_INIT("无评分"), NO_SCORE},
    {STR_INIT("未选择"), NO_SCORE},
    {STR_INIT("不适用"), NO_SCORE},
    {STR_INIT("不了解"), NO_SCORE},
    {STR_INIT("不清楚"), NO_SCORE},
    {STR_INIT("不知道"), NO_SCORE},
    {STR_INIT("说不清"), NO_SCORE},
    {STR_INIT("未回访"), NO_SCORE},
    {STR_INIT("弃权"), NO_SCORE},
    {STR_INIT("拒答"), NO_SCORE},
    {STR_INIT("no rating"), NO_SCORE},
    {STR_INIT("not rated"), NO_SCORE},
    {STR_INIT("unrated"), NO_SCORE},
    {STR_INIT("no answer"), NO_SCORE},
    {STR_INIT("don't know"), NO_SCORE},
    {STR_INIT("not applicable"), NO_SCORE},
    {STR_INIT("prefer not to say"), NO_SCORE},
};

struct score_cell score_none(enum score_form form) {
    return (struct score_cell){form, NAN, 0, 0, false, false};
}

struct score_cell score_graded(int grade) {
    struct score_cell r = score_none(SCORE_FORM_WORDS);
    r.two_sided = grade >= 3 || grade <= -3;
    r.yes_no = grade == 4 || grade == -4;
    r.grade = MAX(-2, MIN(2, grade));
    return r;
}

static bool parse_degree_words(struct str s, struct score_cell *ret) {
    bool strong = false, negated = false, weak = false;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < ARRAY_LEN(stems); i++) {
            if (!str_eq(s, stems[i].word))
                continue;
            int grade = (negated ? -1 : 1) * stems[i].sign * (strong && !weak ? 2 : 1);
            *ret = score_graded(grade);
            return true;
        }
        size_t i = 0;
        while (i < ARRAY_LEN(degrees) && !str_starts(s, degrees[i].word))
            i++;
        if (i == ARRAY_LEN(degrees))
            return false;
        s = str_slice(s, degrees[i].word.len, s.len);
        enum degree d = degrees[i].degree;
        strong |= d == DEGREE_STRONG || d == DEGREE_NOT_AT_ALL;
        weak |= d == DEGREE_WEAKLY;
        if (d == DEGREE_NOT || d == DEGREE_WEAKLY || d == DEGREE_NOT_AT_ALL)
            negated = !negated;
    }
    return false;
}

bool score_words_parse(struct str s, struct score_cell *ret) {
    static const struct str tails[] = {STR_INIT("。"), STR_INIT("!"),  STR_INIT("."),
                                       STR_INIT("的"), STR_INIT("了"), STR_INIT(" at all")};
    s = str_trim(s);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
            if (!str_eq(s, words[i].word))
                continue;
            *ret = words[i].grade == NO_SCORE ? score_none(SCORE_FORM_EMPTY)
                                              : score_graded(words[i].grade);
            return true;
        }
        if (parse_degree_words(s, ret))
            return true;
        size_t i = 0;
        while (i < ARRAY_LEN(tails) && !(s.len > tails[i].len && str_ends(s, tails[i])))
            i++;
        if (i == ARRAY_LEN(tails))
            return false;
        s = str_trim(str_slice(s, 0, s.len - tails[i].len));
    }
    return false;
}
