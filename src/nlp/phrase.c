// SPDX-License-Identifier: Apache-2.0
// A clause (between punctuation) is read left to right with three things in mind: the last thing
// named (noun), a pending negation, and what is said (opinion). When an opinion comes it is joined
// to the thing and the negation.
#include "nlp/phrase.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "nlp/phrase_english.h"

#define READ_CHARS       2000
#define MAX_CANDIDATES   64
#define MAX_GAP          2 // words of no matter between a thing and what is said of it
#define MAX_PHRASE_CHARS 10
#define MAX_ALONE_CHARS  6

struct phraser {
    struct segmenter *sg;
    struct strbuf buf;
};

struct candidate {
    struct str text;
    int score;
};

struct clause {
    struct phraser *p;
    struct arena *arena;
    struct str text;
    const struct token *t; // tokens [i, end)
    size_t end;
    struct candidate *found;
    int n_found;
    // what is pending
    size_t noun;      // token, or SIZE_MAX
    size_t noun_from; // first token of a compound
    size_t negation;  // token, or SIZE_MAX
    int gap;          // words passed since noun or negation
};

#define NOTHING SIZE_MAX

struct phraser *phraser_new(const struct lexicon *lx) {
    struct phraser *p = NEW(struct phraser);
    p->sg = segmenter_new(lx);
    p->buf = strbuf_init(4 * KIB);
    return p;
}

void phraser_free(struct phraser *p) {
    if (!p)
        return;
    segmenter_free(p->sg);
    strbuf_done(&p->buf);
    free(p);
}

static struct str word_at(const struct clause *c, size_t i) {
    return str_slice(c->text, c->t[i].start, c->t[i].start + c->t[i].len);
}

static bool is_word(const struct clause *c, size_t i, struct str word) {
    return i < c->end && str_eq(word_at(c, i), word);
}

static bool is_one_of(struct str s, const struct str *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(s, list[i]))
            return true;
    return false;
}

// Nouns that say what of a thing is meant only together with it: 客服态度, 上菜速度.
static const struct str attributes[] = {
    STR_INIT("态度"), STR_INIT("速度"), STR_INIT("时间"), STR_INIT("效果"),
    STR_INIT("效率"), STR_INIT("声音"), STR_INIT("味道"),
};

static bool is_noun(const struct token *t) {
    if (t->kind != TOKEN_HAN || t->word == LEXICON_NONE ||
        (t->flags & (WORD_VAGUE | WORD_OPINION | WORD_NEGATION)))
        return false;
    if (t->flags & WORD_ASPECT)
        return true;
    return t->tag == TAG_NOUN && !(t->flags & (WORD_STOP | WORD_DEGREE | WORD_PROFANE)) &&
           t->len > 3;
}

static bool is_verb(const struct token *t) {
    return t->kind == TOKEN_HAN && t->tag == TAG_VERB &&
           !(t->flags & (WORD_VAGUE | WORD_STOP | WORD_DEGREE | WORD_NEGATION | WORD_PROFANE));
}

// Passed over without counting: degree, particles, “is”.
static bool is_filler(const struct clause *c, size_t i) {
    static const struct str fillers[] = {
        STR_INIT("是"),   STR_INIT("的"),   STR_INIT("了"), STR_INIT("着"), STR_INIT("得"),
        STR_INIT("地"),   STR_INIT("也"),   STR_INIT("有"), STR_INIT("和"), STR_INIT("来说"),
        STR_INIT("而言"), STR_INIT("方面"), STR_INIT("这"), STR_INIT("那"), STR_INIT("我"),
        STR_INIT("给"),   STR_INIT("吧"),   STR_INIT("呢"),
    };
    const struct token *t = &c->t[i];
    return (t->flags & WORD_DEGREE) || t->tag == TAG_PARTICLE || t->tag == TAG_ADVERB ||
           is_one_of(word_at(c, i), fillers, ARRAY_LEN(fillers));
}

static void add_candidate(struct clause *c, int score) {
    struct str s = strbuf_str(&c->p->buf);
    if (c->p->buf.overflow || s.len == 0 || utf8_count(s) > MAX_PHRASE_CHARS)
        return;
    for (int i = 0; i < c->n_found; i++) {
        if (str_eq(c->found[i].text, s)) {
            c->found[i].score = MAX(c->found[i].score, score);
            return;
        }
    }
    if (c->n_found < MAX_CANDIDATES)
        c->found[c->n_found++] = (struct candidate){arena_str(c->arena, s), score};
}

struct rewrite {
    struct str from, to;
};

// Before a quality: “不太”, “不够”, “并不” are all 不; before a thing or a fault: 没有.
static const struct rewrite negations[] = {
    {STR_INIT("不太"), STR_INIT("不")},     {STR_INIT("不够"), STR_INIT("不")},
    {STR_INIT("不怎么"), STR_INIT("不")},   {STR_INIT("不是"), STR_INIT("不")},
    {STR_INIT("并不"), STR_INIT("不")},     {STR_INIT("并不是"), STR_INIT("不")},
    {STR_INIT("毫不"), STR_INIT("不")},     {STR_INIT("一点不"), STR_INIT("不")},
    {STR_INIT("没"), STR_INIT("没有")},     {STR_INIT("无"), STR_INIT("没有")},
    {STR_INIT("毫无"), STR_INIT("没有")},   {STR_INIT("没什么"), STR_INIT("没有")},
    {STR_INIT("木有"), STR_INIT("没有")},   {STR_INIT("并没有"), STR_INIT("没有")},
    {STR_INIT("并没"), STR_INIT("没有")},   {STR_INIT("未"), STR_INIT("没有")},
    {STR_INIT("从未"), STR_INIT("没有")},   {STR_INIT("从来没有"), STR_INIT("没有")},
    {STR_INIT("从来没"), STR_INIT("没有")}, {STR_INIT("不再"), STR_INIT("不")},
    {STR_INIT("没能"), STR_INIT("没")},
};

static struct str rewritten(struct str s, const struct rewrite *table, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(s, table[i].from))
            return table[i].to;
    return s;
}

static struct str negation_word(const struct clause *c) {
    if (c->negation == NOTHING)
        return STR("");
    return rewritten(word_at(c, c->negation), negations, ARRAY_LEN(negations));
}

static void forget(struct clause *c) {
    c->noun = c->negation = NOTHING;
    c->gap = 0;
}

static void write_noun(struct clause *c) {
    for (size_t i = c->noun_from; c->noun != NOTHING && i <= c->noun; i++)
        strbuf_add(&c->p->buf, word_at(c, i));
}

// Degrees that are part of a word.
static const struct rewrite plain_opinions[] = {
    {STR_INIT("最差"), STR_INIT("差")},   {STR_INIT("极差"), STR_INIT("差")},
    {STR_INIT("较差"), STR_INIT("差")},   {STR_INIT("太差"), STR_INIT("差")},
    {STR_INIT("很差"), STR_INIT("差")},   {STR_INIT("最好"), STR_INIT("好")},
    {STR_INIT("极好"), STR_INIT("好")},   {STR_INIT("很好"), STR_INIT("好")},
    {STR_INIT("超慢"), STR_INIT("慢")},   {STR_INIT("超赞"), STR_INIT("赞")},
    {STR_INIT("大赞"), STR_INIT("赞")},   {STR_INIT("最低"), STR_INIT("低")},
    {STR_INIT("最高"), STR_INIT("高")},   {STR_INIT("死贵"), STR_INIT("贵")},
    {STR_INIT("特别大"), STR_INIT("大")}, {STR_INIT("巨大"), STR_INIT("大")},
};

// One character alone needs a frame to be read as a phrase: 太贵, 很甜, 坏了.
static const struct rewrite single[] = {
    {STR_INIT("坏"), STR_INIT("坏了")},   {STR_INIT("破"), STR_INIT("破了")},
    {STR_INIT("碎"), STR_INIT("碎了")},   {STR_INIT("漏"), STR_INIT("漏了")},
    {STR_INIT("洒"), STR_INIT("洒了")},   {STR_INIT("假"), STR_INIT("假的")},
    {STR_INIT("馊"), STR_INIT("馊了")},   {STR_INIT("值"), STR_INIT("很值")},
    {STR_INIT("骂人"), STR_INIT("骂人")},
};

static void emit_alone(struct clause *c, size_t i) {
    const struct token *t = &c->t[i];
    struct str word = word_at(c, i);
    if (!(t->flags & WORD_ALONE) || utf8_count(word) > MAX_ALONE_CHARS)
        return;
    if (t->len > 3 || t->kind != TOKEN_HAN) {
        strbuf_add(&c->p->buf, word);
    } else {
        struct str framed = rewritten(word, single, ARRAY_LEN(single));
        if (str_eq(framed, word))
            strbuf_adds(&c->p->buf, t->flags & WORD_GOOD ? "很" : "太");
        strbuf_add(&c->p->buf, framed);
    }
    add_candidate(c, t->flags & WORD_BAD ? 6 : 5);
}

static int score_of(const struct clause *c, size_t opinion) {
    int score = 4;
    if (c->noun != NOTHING)
        score += c->t[c->noun].flags & WORD_ASPECT ? 4 : 2;
    if (c->t[opinion].flags & WORD_BAD)
        score += 2;
    if (c->negation != NOTHING)
        score += 1;
    if (c->t[opinion].flags & WORD_NEUTRAL)
        score -= 1;
    return score;
}

// “漂亮的包装”: the noun an attributive opinion at i belongs to, or NOTHING.
static size_t noun_after(const struct clause *c, size_t i) {
    if (!is_word(c, i + 1, STR("的")) || i + 2 >= c->end || !(c->t[i + 2].flags & WORD_ASPECT) ||
        !is_noun(&c->t[i + 2]))
        return NOTHING;
    return i + 2;
}

// An opinion at token i. Returns the last token that was used.
static size_t take_opinion(struct clause *c, size_t i) {
    static const struct str bare[] = {STR_INIT("严重"), STR_INIT("可以"), STR_INIT("行"),
                                      STR_INIT("稳"), STR_INIT("强")};
    size_t last = i, after = noun_after(c, i);
    bool is_severity = is_word(c, i, STR("严重")) && i > 0 && (c->t[i - 1].flags & WORD_BAD);
    if (is_severity)
        return i; // 掉色严重: 掉色 has been taken
    if (after != NOTHING && c->noun == NOTHING) {
        c->noun = c->noun_from = after;
        last = after;
    }
    strbuf_reset(&c->p->buf);
    struct str word = rewritten(word_at(c, i), plain_opinions, ARRAY_LEN(plain_opinions));
    bool needs_noun = (c->t[i].flags & WORD_NEUTRAL) || is_one_of(word, bare, ARRAY_LEN(bare));
    if (c->noun != NOTHING) {
        write_noun(c);
        strbuf_add(&c->p->buf, negation_word(c));
        strbuf_add(&c->p->buf, word);
        add_candidate(c, score_of(c, i));
    } else if (c->negation != NOTHING && !needs_noun && (c->t[i].flags & WORD_ALONE)) {
        strbuf_add(&c->p->buf, negation_word(c));
        strbuf_add(&c->p->buf, word);
        add_candidate(c, 6);
    } else if (c->negation == NOTHING && !needs_noun) {
        emit_alone(c, i);
    }
    c->negation = NOTHING;
    c->gap = 0;
    return last;
}

static void take_noun(struct clause *c, size_t i) {
    bool adjacent = c->noun != NOTHING && c->noun + 1 == i && c->noun_from == c->noun;
    if (c->negation != NOTHING && c->gap == 0) {
        struct str no = negation_word(c);
        if (str_eq(no, STR("没有")) || is_word(c, c->negation, STR("不是"))) {
            strbuf_reset(&c->p->buf);
            strbuf_add(&c->p->buf, is_word(c, c->negation, STR("不是")) ? STR("不是") : no);
            strbuf_add(&c->p->buf, word_at(c, i));
            add_candidate(c, c->t[i].flags & WORD_ASPECT ? 6 : 4);
        }
    }
    c->negation = NOTHING;
    c->noun_from =
        adjacent && is_one_of(word_at(c, i), attributes, ARRAY_LEN(attributes)) ? c->noun_from : i;
    c->noun = i;
    c->gap = 0;
}

// “不回复”, “没收到货”, “客服不处理”: a negated verb, with its object if that follows at once.
static size_t take_negated_verb(struct clause *c, size_t i) {
    size_t last = i;
    bool has_object = i + 1 < c->end && is_noun(&c->t[i + 1]);
    if (has_object)
        last = i + 1;
    if (c->t[i].len > 3 || has_object) {
        strbuf_reset(&c->p->buf);
        struct str no = negation_word(c);
        bool with_noun = c->noun != NOTHING && (c->t[c->noun].flags & WORD_ASPECT);
        if (with_noun)
            write_noun(c);
        strbuf_add(&c->p->buf, str_eq(no, STR("没有")) ? STR("没") : no);
        for (size_t k = i; k <= last; k++)
            strbuf_add(&c->p->buf, word_at(c, k));
        add_candidate(c, with_noun ? 6 : 4);
    }
    forget(c);
    return last;
}

// “等了一个多小时”, “排队太久”: true and noted if the waiting at token i was long.
static bool take_waiting(struct clause *c, size_t i) {
    static const struct str waits[] = {STR_INIT("等"),   STR_INIT("等了"), STR_INIT("等到"),
                                       STR_INIT("等着"), STR_INIT("等候"), STR_INIT("等待"),
                                       STR_INIT("排队"), STR_INIT("等位")};
    static const struct str longs[] = {
        STR_INIT("久"),       STR_INIT("很久"),     STR_INIT("好久"),     STR_INIT("太久"),
        STR_INIT("半天"),     STR_INIT("老半天"),   STR_INIT("大半天"),   STR_INIT("小时"),
        STR_INIT("个小时"),   STR_INIT("一小时"),   STR_INIT("半小时"),   STR_INIT("两小时"),
        STR_INIT("半个小时"), STR_INIT("一个小时"), STR_INIT("好长时间"), STR_INIT("很长时间"),
        STR_INIT("长时间"),   STR_INIT("钟头"),     STR_INIT("漫长"),     STR_INIT("许久"),
        STR_INIT("很长")};
    if (!is_one_of(word_at(c, i), waits, ARRAY_LEN(waits)))
        return false;
    for (size_t k = i + 1; k < c->end && k <= i + 6; k++) {
        if (c->t[k].flags & WORD_NEGATION)
            return false;
        if (!is_one_of(word_at(c, k), longs, ARRAY_LEN(longs)))
            continue;
        strbuf_reset(&c->p->buf);
        strbuf_adds(&c->p->buf,
                    is_word(c, i, STR("排队")) || is_word(c, i, STR("等位")) ? "排队久" : "等待久");
        add_candidate(c, 9);
        return true;
    }
    return false;
}

// “再也不会来了”, “不会再买”: noted if the words at i say so; returns the last of them, or i.
static bool take_farewell(struct clause *c, size_t i) {
    static const struct str visits[] = {STR_INIT("来"),   STR_INIT("去"), STR_INIT("光顾"),
                                        STR_INIT("光临"), STR_INIT("住"), STR_INIT("入住"),
                                        STR_INIT("再来")};
    static const struct str buys[] = {
        STR_INIT("买"), STR_INIT("购买"), STR_INIT("点"),   STR_INIT("订"),   STR_INIT("定"),
        STR_INIT("用"), STR_INIT("吃"),   STR_INIT("再买"), STR_INIT("下单"), STR_INIT("选")};
    bool again = false, refused = false;
    for (size_t k = i; k < c->end && k < i + 5; k++) {
        struct str w = word_at(c, k);
        again = again || str_starts(w, STR("再"));
        refused =
            refused || str_has(w, STR("不会")) || str_has(w, STR("不")) || str_has(w, STR("绝"));
        bool visit = is_one_of(w, visits, ARRAY_LEN(visits)),
             buy = is_one_of(w, buys, ARRAY_LEN(buys));
        if (again && refused && (visit || buy)) {
            strbuf_reset(&c->p->buf);
            strbuf_adds(&c->p->buf, visit ? "不会再来" : "不会再买");
            add_candidate(c, 8);
            return true;
        }
    }
    return false;
}

// “好不好”, “好不好用”: asked, not said. Returns how many tokens the question has after the first, 0 if it is none.
static size_t question_length(const struct clause *c, size_t i) {
    if (i + 2 < c->end && is_word(c, i + 1, STR("不")) &&
        str_starts(word_at(c, i + 2), word_at(c, i)))
        return 2;
    if (i + 1 >= c->end || !str_starts(word_at(c, i + 1), STR("不")))
        return 0;
    struct str next = word_at(c, i + 1);
    return str_starts(str_slice(next, 3, next.len), word_at(c, i)) ? 1 : 0;
}

// “好疼”, “好慢”: a degree before a quality.
static bool is_degree_of_next(const struct clause *c, size_t i) {
    return is_word(c, i, STR("好")) && i + 1 < c->end && c->t[i + 1].kind == TOKEN_HAN &&
           ((c->t[i + 1].flags & WORD_OPINION) || c->t[i + 1].tag == TAG_ADJECTIVE ||
            (c->t[i + 1].tag == TAG_VERB && c->t[i + 1].len == 3));
}

static void read_clause(struct clause *c, size_t from) {
    forget(c);
    for (size_t i = from; i < c->end; i++) {
        const struct token *t = &c->t[i];
        bool leaves = (t->flags & WORD_NEGATION) || str_starts(word_at(c, i), STR("再")) ||
                      str_starts(word_at(c, i), STR("绝"));
        if (take_waiting(c, i) || (leaves && take_farewell(c, i))) {
            forget(c);
            continue;
        }
        size_t question = question_length(c, i);
        if (question) {
            i += question;
        } else if (is_degree_of_next(c, i)) {
            continue;
        } else if (t->flags & WORD_NEGATION) {
            c->negation = c->negation == NOTHING ? i : NOTHING; // two make none
            c->gap = 0;
        } else if (t->flags & WORD_OPINION) {
            i = take_opinion(c, i);
        } else if (is_noun(t)) {
            take_noun(c, i);
        } else if (c->negation != NOTHING && is_verb(t)) {
            i = take_negated_verb(c, i);
        } else if (is_verb(t) && is_word(c, i + 1, STR("得"))) {
            c->noun_from = i;
            c->noun = ++i; // 送得慢, 洗得干净
        } else if (!is_filler(c, i) && ++c->gap > MAX_GAP) {
            forget(c);
        } else if ((t->flags & WORD_VAGUE) && c->negation != NOTHING) {
            c->negation = NOTHING; // “不知道”, “没买”: says nothing of the thing
        }
    }
}

static bool ends_clause(const struct token *t, const struct token *next) {
    switch ((enum token_kind)t->kind) {
    case TOKEN_PUNCT:
    case TOKEN_EMOJI:
    case TOKEN_OTHER:
        return true;
    case TOKEN_SPACE: // people write spaces for commas, but not beside Latin letters
        return !next || next->kind == TOKEN_HAN;
    case TOKEN_HAN:
    case TOKEN_LATIN:
    case TOKEN_NUMBER:
        return false;
    }
    return true;
}

int phrase_extract(struct phraser *p, struct str text, struct arena *arena, struct str *ret,
                   int max) {
    struct candidate found[MAX_CANDIDATES];
    struct clause c = {.p = p, .arena = arena, .text = utf8_cut(text, READ_CHARS), .found = found};
    size_t n = segment(p->sg, c.text, &c.t), n_han = 0, n_latin = 0;
    for (size_t i = 0; i < n; i++) {
        n_han += c.t[i].kind == TOKEN_HAN;
        n_latin += c.t[i].kind == TOKEN_LATIN;
    }
    if (n_latin > n_han)
        return phrase_extract_english(c.text, c.t, n, arena, ret, max);
    for (size_t from = 0, i = 0; i <= n; i++) {
        if (i < n && !ends_clause(&c.t[i], i + 1 < n ? &c.t[i + 1] : NULL))
            continue;
        c.end = i;
        read_clause(&c, from);
        from = i + 1;
    }
    int n_ret = 0;
    while (n_ret < max) { // few: selection keeps the order of equals
        int best = -1;
        for (int i = 0; i < c.n_found; i++)
            if (found[i].score > 0 && (best < 0 || found[i].score > found[best].score))
                best = i;
        if (best < 0)
            break;
        found[best].score = 0;
        ret[n_ret++] = found[best].text;
    }
    return n_ret;
}
