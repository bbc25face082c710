// SPDX-License-Identifier: Apache-2.0
// A cell is tried as a plain number, then as drawn stars or a face, then as a number with a unit, then as words,
// at last as a number beside words. Words are not listed one by one: degree (“非常”, “not very”) and stem (“满意”,
// “easy”) are, so that 非常满意, 非常容易 and 非常同意 are one rule.
#include "collect/score_cell.h"

#include "base/utf8.h"
#include "collect/cell.h"

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

#define NO_SCORE 9

// Whole words with a grade of their own. 3 and −3: two-sided good and bad. NO_SCORE: says that none was given.
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
    {STR_INIT("是"), 3},
    {STR_INIT("否"), -3},
    {STR_INIT("赞"), 3},
    {STR_INIT("踩"), -3},
    {STR_INIT("合格"), 3},
    {STR_INIT("不合格"), -3},
    {STR_INIT("有帮助"), 3},
    {STR_INIT("没帮助"), -3},
    {STR_INIT("已解决"), 3},
    {STR_INIT("未解决"), -3},
    {STR_INIT("positive"), 3},
    {STR_INIT("negative"), -3},
    {STR_INIT("pos"), 3},
    {STR_INIT("neg"), -3},
    {STR_INIT("neu"), 0},
    {STR_INIT("yes"), 3},
    {STR_INIT("no"), -3},
    {STR_INIT("true"), 3},
    {STR_INIT("false"), -3},
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

static const struct {
    uint32_t from, to; // code points
    int grade;         // ±3 as above
} faces[] = {
    {0x1F44D, 0x1F44D, 3},  {0x1F44E, 0x1F44E, -3}, {0x1F600, 0x1F606, 2},  {0x1F607, 0x1F60B, 2},
    {0x1F60C, 0x1F60C, 1},  {0x1F60D, 0x1F60E, 2},  {0x1F610, 0x1F611, 0},  {0x1F612, 0x1F615, -1},
    {0x1F617, 0x1F61C, 2},  {0x1F61E, 0x1F61F, -1}, {0x1F620, 0x1F622, -2}, {0x1F623, 0x1F623, -1},
    {0x1F624, 0x1F625, -2}, {0x1F626, 0x1F629, -1}, {0x1F62A, 0x1F62B, -1}, {0x1F62D, 0x1F62D, -2},
    {0x1F631, 0x1F631, -2}, {0x1F636, 0x1F636, 0},  {0x1F641, 0x1F641, -1}, {0x1F642, 0x1F642, 1},
    {0x1F644, 0x1F644, -1}, {0x1F917, 0x1F917, 2},  {0x1F929, 0x1F929, 2},  {0x1F92C, 0x1F92C, -2},
    {0x1F970, 0x1F970, 2},  {0x2639, 0x2639, -1},   {0x263A, 0x263B, 1},    {0x1F621, 0x1F621, -2},
};

static struct score_cell none(enum score_form form) {
    return (struct score_cell){form, NAN, 0, 0, false};
}

static struct score_cell graded(int grade) {
    struct score_cell r = none(SCORE_FORM_WORDS);
    r.two_sided = grade == 3 || grade == -3;
    r.grade = MAX(-2, MIN(2, grade));
    return r;
}

// ── drawn: stars and faces ──

static bool is_decoration(uint32_t c) { // what may stand between glyphs
    return c == 0xFE0F || c == 0xFE0E || c == 0x200D || c == ' ' || (c >= 0x1F3FB && c <= 0x1F3FF);
}

static bool parse_drawn(struct str s, struct score_cell *ret) {
    double filled = 0, empty = 0;
    int grade = 0;
    size_t n_faces = 0;
    for (size_t pos = 0; pos < s.len;) {
        uint32_t c = utf8_next(s, &pos);
        if (c == 0x2605 || c == 0x2B50 || c == 0x1F31F || c == 0x2665 || c == 0x2764) {
            filled++;
        } else if (c == 0x2606 || c == 0x2661) {
            empty++;
        } else if (c == 0xBD || c == 0x2BEA || c == 0x2BE8) { // ½ ⯪ ⯨
            filled += 0.5;
        } else if (!is_decoration(c)) {
            size_t i = 0;
            while (i < ARRAY_LEN(faces) && (c < faces[i].from || c > faces[i].to))
                i++;
            if (i == ARRAY_LEN(faces) || (n_faces++ > 0 && faces[i].grade != grade))
                return false;
            grade = faces[i].grade;
        }
    }
    if ((n_faces > 0) == (filled + empty > 0))
        return false;
    if (n_faces > 0) {
        *ret = graded(grade);
    } else {
        *ret = none(SCORE_FORM_STARS);
        ret->value = filled;
        ret->of = empty > 0 ? ceil(filled) + empty : 0;
    }
    return true;
}

// ── words ──

static bool parse_degree_words(struct str s, struct score_cell *ret) {
    bool strong = false, negated = false, weak = false;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < ARRAY_LEN(stems); i++) {
            if (!str_eq(s, stems[i].word))
                continue;
            int grade = (negated ? -1 : 1) * stems[i].sign * (strong && !weak ? 2 : 1);
            *ret = graded(grade);
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

static bool parse_words(struct str s, struct score_cell *ret) {
    static const struct str tails[] = {STR_INIT("。"), STR_INIT("!"),  STR_INIT("."),
                                       STR_INIT("的"), STR_INIT("了"), STR_INIT(" at all")};
    s = str_trim(s);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
            if (!str_eq(s, words[i].word))
                continue;
            *ret = words[i].grade == NO_SCORE ? none(SCORE_FORM_EMPTY) : graded(words[i].grade);
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

// ── numbers with units ──

static bool take(struct str s, size_t *pos, struct str word) {
    if (!str_starts(str_slice(s, *pos, s.len), word))
        return false;
    *pos += word.len;
    return true;
}

static void skip_spaces(struct str s, size_t *pos) {
    while (*pos < s.len && s.ptr[*pos] == ' ')
        ++*pos;
}

static bool take_chinese(struct str s, size_t *pos, double *ret) {
    static const struct {
        struct str word;
        double value;
    } numerals[] = {
        {STR_INIT("零"), 0}, {STR_INIT("一"), 1}, {STR_INIT("二"), 2}, {STR_INIT("两"), 2},
        {STR_INIT("三"), 3}, {STR_INIT("四"), 4}, {STR_INIT("五"), 5}, {STR_INIT("六"), 6},
        {STR_INIT("七"), 7}, {STR_INIT("八"), 8}, {STR_INIT("九"), 9}, {STR_INIT("十"), 10},
    };
    for (size_t i = 0; i < ARRAY_LEN(numerals); i++)
        if (take(s, pos, numerals[i].word)) {
            *ret = numerals[i].value;
            return true;
        }
    return false;
}

static bool take_number(struct str s, size_t *pos, double *ret) {
    size_t i = *pos;
    while (i < s.len && i - *pos < 16 &&
           ((s.ptr[i] >= '0' && s.ptr[i] <= '9') ||
            (s.ptr[i] == '.' && i > *pos && i + 1 < s.len && s.ptr[i + 1] >= '0' &&
             s.ptr[i + 1] <= '9') ||
            (s.ptr[i] == '-' && i == *pos)))
        i++;
    if (i == *pos || !str_to_double(str_slice(s, *pos, i), ret))
        return take_chinese(s, pos, ret);
    *pos = i;
    return true;
}

// “/5”, “ out of 5”, “(满分5分)”: the number of points there are.
static bool take_of(struct str s, size_t *pos, double *ret) {
    static const struct str marks[] = {STR_INIT("/"),      STR_INIT("out of"), STR_INIT("of"),
                                       STR_INIT("(满分"),  STR_INIT("满分"),   STR_INIT("(共"),
                                       STR_INIT("，满分"), STR_INIT(",满分"),  STR_INIT("(out of")};
    size_t at = *pos;
    skip_spaces(s, &at);
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        size_t p = at;
        if (!take(s, &p, marks[i]))
            continue;
        skip_spaces(s, &p);
        if (!take_number(s, &p, ret) || *ret <= 0)
            return false;
        skip_spaces(s, &p);
        if (!take(s, &p, STR("分")) && !take(s, &p, STR("星")) && !take(s, &p, STR("stars")))
            take(s, &p, STR("points"));
        take(s, &p, STR(")"));
        *pos = p;
        return true;
    }
    return false;
}

static bool take_unit(struct str s, size_t *pos, struct score_cell *r) {
    size_t at = *pos;
    skip_spaces(s, &at);
    if (take(s, &at, STR("%"))) {
        r->form = SCORE_FORM_PERCENT;
    } else if (take(s, &at, STR("颗星")) || take(s, &at, STR("星级")) || take(s, &at, STR("星")) ||
               take(s, &at, STR("stars")) || take(s, &at, STR("star")) || take(s, &at, STR("★")) ||
               take(s, &at, STR("⭐"))) {
        r->form = SCORE_FORM_STARS;
        if (take(s, &at, STR("半")))
            r->value += 0.5;
        take(s, &at, STR("好评"));
        take(s, &at, STR("\xEF\xB8\x8F")); // the emoji form of ⭐
    } else if (!take(s, &at, STR("分")) && !take(s, &at, STR("points")) &&
               !take(s, &at, STR("point")) && !take(s, &at, STR("pts"))) {
        return false;
    }
    *pos = at;
    return true;
}

// The whole of `s` is one number with its unit, or *ret_pos says where the rest begins.
static bool parse_number(struct str s, struct score_cell *ret, size_t *ret_pos) {
    struct score_cell r = none(SCORE_FORM_NUMBER);
    size_t pos = 0;
    if (!take_number(s, &pos, &r.value))
        return false;
    bool chinese = (unsigned char)s.ptr[0] >= 0x80;
    bool unit = take_unit(s, &pos, &r);
    if (chinese && !unit)
        return false; // “一般” is no 1
    double of;
    if (r.form != SCORE_FORM_PERCENT && take_of(s, &pos, &of)) {
        r.form = SCORE_FORM_FRACTION;
        r.of = of;
    }
    *ret = r;
    *ret_pos = pos;
    return true;
}

// Words in front of or behind a number: “5-非常满意”, “非常满意(5分)”.
static bool parse_both(struct str s, struct score_cell *ret) {
    struct score_cell number, word;
    size_t pos;
    if (parse_number(s, &number, &pos)) {
        static const struct str seps[] = {STR_INIT("-"), STR_INIT("="),  STR_INIT(":"),
                                          STR_INIT("."), STR_INIT("、"), STR_INIT("("),
                                          STR_INIT("—"), STR_INIT("–")};
        skip_spaces(s, &pos);
        for (size_t i = 0; i < ARRAY_LEN(seps); i++)
            if (take(s, &pos, seps[i]))
                break;
        struct str rest = str_slice(s, pos, s.len);
        if (str_ends(rest, STR(")")))
            rest.len--;
        if (!parse_words(rest, &word) || word.form != SCORE_FORM_WORDS)
            return false;
        number.grade = word.grade;
        number.two_sided = word.two_sided;
        if (number.form == SCORE_FORM_NUMBER)
            number.form = SCORE_FORM_WORDS;
        *ret = number;
        return true;
    }
    size_t open = str_find_char(s, '(');
    if (open == STR_NONE || open == 0 || !str_ends(s, STR(")")))
        return false;
    struct str inside = str_slice(s, open + 1, s.len - 1);
    if (!parse_words(str_slice(s, 0, open), &word) || word.form != SCORE_FORM_WORDS ||
        !parse_number(inside, &number, &pos) || pos != inside.len)
        return false;
    word.value = number.value;
    *ret = word;
    return true;
}

// “A.非常满意”, “b、满意”, “评分：4.5”: what stands before the score.
static struct str without_prefix(struct str s) {
    if (s.len > 3 && s.ptr[0] >= 'a' && s.ptr[0] <= 'h') {
        if (s.ptr[1] == '.' || s.ptr[1] == ':' || s.ptr[1] == ')')
            return str_trim(str_slice(s, 2, s.len));
        if (str_starts(str_slice(s, 1, s.len), STR("、")))
            return str_slice(s, 4, s.len);
    }
    size_t colon = str_find_char(s, ':');
    if (colon != STR_NONE && colon > 0 && !(s.ptr[0] >= '0' && s.ptr[0] <= '9'))
        return str_trim(str_slice(s, colon + 1, s.len));
    return s;
}

static struct score_cell parse_folded(struct str s) {
    struct score_cell r;
    size_t pos;
    if (str_eq(s, STR("满分")) || str_eq(s, STR("full marks"))) {
        r = none(SCORE_FORM_PERCENT);
        r.value = 100;
        return r;
    }
    if (parse_words(s, &r))
        return r;
    if (parse_number(s, &r, &pos) && pos == s.len)
        return r;
    if (parse_both(s, &r))
        return r;
    return none(SCORE_FORM_UNREADABLE);
}

struct score_cell score_cell_parse(struct str cell) {
    if (cell.len == 1 && cell.ptr[0] >= '0' && cell.ptr[0] <= '9')
        return (struct score_cell){SCORE_FORM_NUMBER, cell.ptr[0] - '0', 0, 0, false};
    cell = cell_trim(cell);
    if (cell_is_filler(cell))
        return none(SCORE_FORM_EMPTY);
    struct score_cell r = none(SCORE_FORM_NUMBER);
    if (str_to_double(cell, &r.value))
        return r;
    if (cell.len > 96)
        return none(SCORE_FORM_UNREADABLE);
    if (parse_drawn(cell, &r))
        return r;
    char buf[128];
    struct str s = str_trim(cell_fold(cell, buf, sizeof buf));
    r = parse_folded(s);
    if (r.form == SCORE_FORM_UNREADABLE) {
        struct str rest = without_prefix(s);
        if (rest.len < s.len) {
            r = parse_folded(rest);
            if (r.form == SCORE_FORM_UNREADABLE)
                parse_drawn(rest, &r);
        }
    }
    return r;
}
