// SPDX-License-Identifier: Apache-2.0
// A cell is tried as a plain number, then as drawn stars or a face, then as a number with a unit, then as words,
// at last as a number beside words.
#include "collect/score_cell.h"

#include "base/utf8.h"
#include "collect/cell.h"
#include "collect/score_words.h"

static const struct {
    uint32_t from, to; // code points
    int grade;         // as score_graded takes it
} faces[] = {
    {0x1F44D, 0x1F44D, 3},  {0x1F44E, 0x1F44E, -3}, {0x1F600, 0x1F606, 2},  {0x1F607, 0x1F60B, 2},
    {0x1F60C, 0x1F60C, 1},  {0x1F60D, 0x1F60E, 2},  {0x1F610, 0x1F611, 0},  {0x1F612, 0x1F615, -1},
    {0x1F617, 0x1F61C, 2},  {0x1F61E, 0x1F61F, -1}, {0x1F620, 0x1F622, -2}, {0x1F623, 0x1F623, -1},
    {0x1F624, 0x1F625, -2}, {0x1F626, 0x1F629, -1}, {0x1F62A, 0x1F62B, -1}, {0x1F62D, 0x1F62D, -2},
    {0x1F631, 0x1F631, -2}, {0x1F636, 0x1F636, 0},  {0x1F641, 0x1F641, -1}, {0x1F642, 0x1F642, 1},
    {0x1F644, 0x1F644, -1}, {0x1F917, 0x1F917, 2},  {0x1F929, 0x1F929, 2},  {0x1F92C, 0x1F92C, -2},
    {0x1F970, 0x1F970, 2},  {0x2639, 0x2639, -1},   {0x263A, 0x263B, 1},    {0x1F621, 0x1F621, -2},
};

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
        *ret = score_graded(grade);
    } else {
        *ret = score_none(SCORE_FORM_STARS);
        ret->value = filled;
        ret->of = empty > 0 ? ceil(filled) + empty : 0;
    }
    return true;
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
    struct score_cell r = score_none(SCORE_FORM_NUMBER);
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
        if (!score_words_parse(rest, &word) || word.form != SCORE_FORM_WORDS)
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
    if (!score_words_parse(str_slice(s, 0, open), &word) || word.form != SCORE_FORM_WORDS ||
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
        r = score_none(SCORE_FORM_PERCENT);
        r.value = 100;
        return r;
    }
    if (score_words_parse(s, &r))
        return r;
    if (parse_number(s, &r, &pos) && pos == s.len)
        return r;
    if (parse_both(s, &r))
        return r;
    return score_none(SCORE_FORM_UNREADABLE);
}

struct score_cell score_cell_parse(struct str cell) {
    if (cell.len == 1 && cell.ptr[0] >= '0' && cell.ptr[0] <= '9')
        return (struct score_cell){SCORE_FORM_NUMBER, cell.ptr[0] - '0', 0, 0, false, false};
    cell = cell_trim(cell);
    if (cell_is_filler(cell))
        return score_none(SCORE_FORM_EMPTY);
    struct score_cell r = score_none(SCORE_FORM_NUMBER);
    if (str_to_double(cell, &r.value))
        return r;
    if (cell.len > 96)
        return score_none(SCORE_FORM_UNREADABLE);
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
