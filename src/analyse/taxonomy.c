// SPDX-License-Identifier: Apache-2.0
#include "analyse/taxonomy.h"

#include <limits.h>

#include "analyse/taxonomy_file.h"
#include "analyse/taxonomy_own.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "sys/file.h"

#define GENERAL                "general"
#define GUESS_MAX_TEXTS        500
#define GUESS_NAME_POINTS      10.0
#define GUESS_MAX_NAME_POINTS  30.0
#define GUESS_MIN_POINTS       20.0
#define GUESS_MIN_LEAD         1.25
#define MEASURE_MIN_WORD_SHARE 0.15
#define MEASURE_MIN_WORD_TEXTS 2

struct taxonomy {
    struct arena arena;
    struct industry own, general;
    double whole;                  // all weights of the industry
    struct taxonomy_own workspace; // zero where `adjusted` is false
    bool adjusted;
    struct taxonomy_guess guess;
};

// ---- words in texts ----

static bool is_same_kind(char a, char b) {
    return (isalpha((unsigned char)a) && isalpha((unsigned char)b)) ||
           (isdigit((unsigned char)a) && isdigit((unsigned char)b));
}

// A word of letters or digits must stand alone (“sue” is not in “issue”, 12315 not in a telephone
// number); Chinese has no such borders.
static bool stands_alone(struct str text, size_t at, struct str word) {
    size_t end = at + word.len;
    return !(at > 0 && is_same_kind(text.ptr[at - 1], word.ptr[0])) &&
           !(end < text.len && is_same_kind(word.ptr[word.len - 1], text.ptr[end]));
}

static size_t find_word(struct str text, struct str word, size_t from) {
    while (from < text.len) {
        size_t at = str_find(str_slice(text, from, text.len), word);
        if (at == STR_NONE)
            return STR_NONE;
        if (stands_alone(text, from + at, word))
            return from + at;
        from += at + 1;
    }
    return STR_NONE;
}

static bool is_negated(struct str text, size_t at) {
    static const char *const before[] = {"没有", "没", "不", "未", "无", "no ", "not ", "without "};
    struct str left = str_slice(text, 0, at);
    for (size_t i = 0; i < ARRAY_LEN(before); i++)
        if (str_ends(left, str_from(before[i])))
            return true;
    return false;
}

static struct str lower(struct arena *a, struct str s) {
    char *p = arena_alloc(a, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        p[i] = (char)tolower((unsigned char)s.ptr[i]);
    return str_make(p, s.len);
}

static bool has_any(struct str text, const struct word_list *words) {
    for (size_t i = 0; i < words->n; i++)
        if (find_word(text, words->items[i], 0) != STR_NONE)
            return true;
    return false;
}

// ---- guessing the industry ----

struct candidate {
    struct industry industry;
    double points, text_share;
    size_t *text_hits; // by word of industry.texts
};

static void count_texts(struct candidate *c, const struct str *texts, size_t n) {
    const struct word_list *words = &c->industry.texts;
    size_t with_any = 0;
    for (size_t i = 0; i < n; i++) {
        bool any = false;
        for (size_t k = 0; k < words->n; k++) {
            bool hit = find_word(texts[i], words->items[k], 0) != STR_NONE;
            c->text_hits[k] += hit;
            any |= hit;
        }
        with_any += any;
    }
    c->text_share = n ? (double)with_any / (double)n : 0;
}

static bool is_in_names(struct str word, const struct str *names, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (find_word(names[i], word, 0) != STR_NONE)
            return true;
    return false;
}

// What the user is shown: words of names, then the commonest words of texts.
static void name_reasons(struct taxonomy_guess *g, struct candidate *c, const struct str *names,
                         size_t n_names) {
    const struct word_list *words = &c->industry.names;
    for (size_t i = 0; i < words->n && g->n_words < ARRAY_LEN(g->words); i++)
        if (is_in_names(words->items[i], names, n_names))
            g->words[g->n_words++] = words->items[i];
    while (g->n_words < ARRAY_LEN(g->words)) {
        size_t best = 0;
        for (size_t i = 1; i < c->industry.texts.n; i++)
            if (c->text_hits[i] > c->text_hits[best])
                best = i;
        if (!c->industry.texts.n || !c->text_hits[best])
            break;
        g->words[g->n_words++] = c->industry.texts.items[best];
        c->text_hits[best] = 0;
    }
}

static struct str *lower_all(struct arena *a, const struct str *items, size_t n) {
    struct str *ret = ARENA_ARRAY(a, struct str, n);
    for (size_t i = 0; i < n; i++)
        ret[i] = lower(a, items[i]);
    return ret;
}

static void judge(struct candidate *c, const struct str *names, size_t n_names,
                  const struct str *texts, size_t n_texts) {
    count_texts(c, texts, n_texts);
    double by_names = 0;
    for (size_t i = 0; i < c->industry.names.n; i++)
        if (is_in_names(c->industry.names.items[i], names, n_names))
            by_names += GUESS_NAME_POINTS;
    c->points = 100 * c->text_share + MIN(by_names, GUESS_MAX_NAME_POINTS);
}

static bool guess(struct taxonomy *t, const char *dir, const struct word_list *codes,
                  const struct taxonomy_hints *hints, struct error *err) {
    CLEANUP(arena_done) struct arena scratch = {0};
    size_t n_texts = MIN(hints->n_texts, (size_t)GUESS_MAX_TEXTS), best = 0;
    struct str *names = lower_all(&scratch, hints->names, hints->n_names);
    struct str *texts = lower_all(&scratch, hints->texts, n_texts);
    struct candidate *all = ARENA_ARRAY(&scratch, struct candidate, codes->n);
    double second = 0;
    for (size_t i = 0; i < codes->n; i++) {
        struct candidate *c = &all[i];
        if (!industry_load(dir, codes->items[i], &t->arena, &c->industry, err))
            return false;
        c->text_hits = ARENA_ARRAY(&scratch, size_t, c->industry.texts.n);
        judge(c, names, hints->n_names, texts, n_texts);
        if (i && c->points > all[best].points) {
            second = all[best].points;
            best = i;
        } else if (i) {
            second = MAX(second, c->points);
        }
    }
    struct candidate *winner = &all[best];
    t->guess = (struct taxonomy_guess){.code = STR(GENERAL), .points = winner->points};
    t->own = t->general;
    if (winner->points < GUESS_MIN_POINTS || winner->points < GUESS_MIN_LEAD * second)
        return true;
    t->own = winner->industry;
    t->guess.code = winner->industry.code;
    t->guess.text_share = winner->text_share;
    name_reasons(&t->guess, winner, names, hints->n_names);
    return true;
}

// ---- opening ----

static bool is_called(const struct industry *x, struct str name) {
    return str_eq_nocase(x->code, name) || str_eq_nocase(x->name.zh, name) ||
           str_eq_nocase(x->name.en, name);
}

static bool find_named(struct taxonomy *t, const char *dir, const struct word_list *codes,
                       struct str name, struct error *err) {
    struct strbuf known = strbuf_init(300);
    for (size_t i = 0; i < codes->n; i++) {
        struct str code = codes->items[i];
        strbuf_addf(&known, "%s%.*s", i ? ", " : "", STR_ARG(code));
        if (!industry_load(dir, code, &t->arena, &t->own, err)) {
            strbuf_done(&known);
            return false;
        }
        if (is_called(&t->own, name)) {
            strbuf_done(&known);
            return true;
        }
    }
    error_set(err, ERROR_NOT_FOUND, "没有“%.*s”这个行业，可选：%s",
              "no industry “%.*s”; there are: %s", (int)MIN(name.len, 60), name.ptr,
              strbuf_cstr(&known));
    strbuf_done(&known);
    return error_field(err, "industry");
}

static bool load(struct taxonomy *t, const char *dir, struct str industry,
                 const struct taxonomy_hints *hints, struct error *err) {
    struct word_list codes;
    if (!industry_list(dir, &t->arena, &codes, err) ||
        !industry_load(dir, STR(GENERAL), &t->arena, &t->general, err))
        return false;
    if (str_is_empty(industry)) {
        static const struct taxonomy_hints none;
        return guess(t, dir, &codes, hints ? hints : &none, err);
    }
    for (size_t i = 0; i < codes.n; i++)
        if (str_eq_nocase(codes.items[i], industry))
            return industry_load(dir, codes.items[i], &t->arena, &t->own, err);
    return find_named(t, dir, &codes, industry, err);
}

static bool find_shipped(struct strbuf *ret, struct error *err) {
    return file_find_shipped("templates/industries", ret) ||
           error_set(err, ERROR_NOT_FOUND,
                     "找不到 templates/industries：请把它放在程序旁边或 /usr/share/huisheng 里",
                     "templates/industries not found: put it beside the program or into "
                     "/usr/share/huisheng");
}

bool taxonomy_open(const char *dir, struct str industry, const struct taxonomy_hints *hints,
                   struct taxonomy **ret, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf shipped = strbuf_init(PATH_MAX);
    if (!dir && !find_shipped(&shipped, err))
        return false;
    struct taxonomy *t = NEW(struct taxonomy);
    if (!load(t, dir ? dir : strbuf_cstr(&shipped), str_trim(industry), hints, err)) {
        taxonomy_close(t);
        return false;
    }
    for (int d = 0; d < N_DIMENSIONS; d++)
        t->whole += t->own.dimensions[d].weight;
    *ret = t;
    return true;
}

void taxonomy_close(struct taxonomy *t) {
    if (!t)
        return;
    arena_done(&t->arena);
    free(t);
}

// ---- look-ups ----

struct str taxonomy_code(const struct taxonomy *t) {
    return t->own.code;
}

struct str taxonomy_name(const struct taxonomy *t, enum lang lang) {
    return both_in(&t->own.name, lang);
}

const struct taxonomy_guess *taxonomy_guessed(const struct taxonomy *t) {
    return &t->guess;
}

static const struct dimension_rule *rule_of(const struct taxonomy *t, enum dimension d) {
    const struct dimension_rule *own = &t->own.dimensions[d];
    return own->present ? own : &t->general.dimensions[d];
}

struct str taxonomy_dimension_name(const struct taxonomy *t, enum dimension d, enum lang lang) {
    const struct dimension_rule *r = rule_of(t, d);
    return r->present ? both_in(&r->name, lang)
                      : str_from(words_in(dimension_labels[d].name, lang));
}

struct str taxonomy_issue_name(const struct taxonomy *t, enum dimension d, enum lang lang) {
    const struct dimension_rule *r = rule_of(t, d);
    return r->present ? both_in(&r->issue, lang)
                      : str_from(words_in(dimension_labels[d].name, lang));
}

struct str taxonomy_department(const struct taxonomy *t, enum dimension d, enum lang lang) {
    return both_in(&rule_of(t, d)->department, lang);
}

double taxonomy_weight(const struct taxonomy *t, enum dimension d) {
    bool counts = !taxonomy_is_hidden(t, d) && taxonomy_target(t, d) == d;
    return counts ? t->own.dimensions[d].weight : 0;
}

double taxonomy_points(const struct taxonomy *t, enum dimension d) {
    return 100 * t->own.dimensions[d].weight / t->whole;
}

bool taxonomy_industries(const char *dir, enum lang lang, struct arena *a,
                         struct taxonomy_industry **ret, size_t *ret_n, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf shipped = strbuf_init(PATH_MAX);
    struct word_list codes;
    if (!dir && !find_shipped(&shipped, err))
        return false;
    dir = dir ? dir : strbuf_cstr(&shipped);
    if (!industry_list(dir, a, &codes, err))
        return false;
    struct taxonomy_industry *list = ARENA_ARRAY(a, struct taxonomy_industry, codes.n);
    size_t n = 0;
    for (int general = 1; general >= 0; general--)
        for (size_t i = 0; i < codes.n; i++) {
            struct industry x;
            if (str_eq(codes.items[i], STR(GENERAL)) != (general == 1))
                continue;
            if (!industry_load(dir, codes.items[i], a, &x, err))
                return false;
            list[n++] = (struct taxonomy_industry){x.code, both_in(&x.name, lang)};
        }
    *ret = list;
    *ret_n = n;
    return true;
}

// ---- what a workspace says differently ----

bool taxonomy_adjust(struct taxonomy *t, const struct json *own, struct error *err) {
    struct taxonomy_own w;
    if (!taxonomy_own_parse(own, &t->arena, &w, err))
        return false;
    for (int d = 0; d < N_DIMENSIONS; d++) {
        const struct dimension_own *x = &w.dimensions[d];
        struct dimension_rule *r = &t->own.dimensions[d];
        bool named = x->name.zh.len || x->name.en.len;
        if (named && !r->present) {
            double weight = r->weight;
            *r = t->general.dimensions[d];
            r->weight = weight;
        }
        if (x->name.zh.len)
            r->name.zh = x->name.zh;
        if (x->name.en.len)
            r->name.en = x->name.en;
        if (!isnan(x->weight))
            r->weight = x->weight / 100 * t->whole;
    }
    t->workspace = w;
    t->adjusted = true;
    return true;
}

bool taxonomy_is_hidden(const struct taxonomy *t, enum dimension d) {
    return t->workspace.dimensions[d].hidden;
}

enum dimension taxonomy_target(const struct taxonomy *t, enum dimension d) {
    uint8_t target = t->adjusted ? t->workspace.dimensions[d].merged_into : (uint8_t)DIM_NONE;
    return target == DIM_NONE ? d : (enum dimension)target;
}

size_t taxonomy_synonyms(const struct taxonomy *t, enum dimension d, const struct str **ret) {
    *ret = t->workspace.dimensions[d].synonyms;
    return t->workspace.dimensions[d].n_synonyms;
}

static uint64_t dimensions_of_word(const struct taxonomy *t, struct str word) {
    for (int d = 0; d < N_DIMENSIONS; d++)
        for (size_t i = 0; i < t->workspace.dimensions[d].n_synonyms; i++)
            if (str_eq_nocase(t->workspace.dimensions[d].synonyms[i], word))
                return UINT64_C(1) << d;
    return 0;
}

uint64_t taxonomy_labelled(const struct taxonomy *t, struct str label) {
    static const char *const dividers[] = {",", ";", "/", "|", "，", "；", "、", "｜"};
    uint64_t bits = 0;
    if (!t->adjusted)
        return 0;
    for (size_t from = 0, at = 0; at <= label.len; at++) {
        size_t width = at == label.len ? 1 : 0;
        for (size_t i = 0; !width && i < ARRAY_LEN(dividers); i++)
            if (str_starts(str_slice(label, at, label.len), str_from(dividers[i])))
                width = strlen(dividers[i]);
        if (!width)
            continue;
        bits |= dimensions_of_word(t, str_trim(str_slice(label, from, at)));
        from = at + width;
        at = from - 1;
    }
    return bits;
}

// ---- measures ----

static double word_share(const struct word_list *words, const struct str *texts, size_t n) {
    size_t hits = 0;
    for (size_t i = 0; i < n; i++)
        hits += has_any(texts[i], words);
    return hits < MEASURE_MIN_WORD_TEXTS ? 0 : (double)hits / (double)n;
}

static bool fact_holds(const struct measure_rule *m, const struct measure_context *c) {
    for (size_t i = 0; i < c->n_facts; i++) {
        const struct measure_fact *f = &c->facts[i];
        if (!str_eq(f->role, m->fact_role))
            continue;
        if (!isnan(m->fact_above) && f->mean_bad > m->fact_above && !(f->mean_bad <= f->mean_good))
            return true;
        if (!isnan(m->fact_below) && f->mean_bad < m->fact_below && !(f->mean_bad >= f->mean_good))
            return true;
    }
    return false;
}

static bool column_given(struct str role, const struct measure_context *c) {
    for (size_t i = 0; i < c->n_columns; i++)
        if (str_eq(c->columns[i], role))
            return true;
    return false;
}

// How well the condition fits, 0 = not at all.
static double fit(const struct measure_rule *m, const struct measure_context *c,
                  const struct str *texts) {
    double strength = 0;
    if (m->words.n) {
        double share = word_share(&m->words, texts, c->n_texts);
        if (share < MEASURE_MIN_WORD_SHARE)
            return 0;
        strength += share;
    }
    if (m->fact_role.len) {
        if (!fact_holds(m, c))
            return 0;
        strength += 1;
    }
    if (m->column.len) {
        if (!column_given(m->column, c))
            return 0;
        strength += 0.5;
    }
    return strength;
}

struct str taxonomy_measure(const struct taxonomy *t, enum dimension d,
                            const struct measure_context *context, enum lang lang,
                            struct str *ret_department) {
    CLEANUP(arena_done) struct arena scratch = {0};
    static const struct measure_context nothing;
    const struct measure_context *c = context ? context : &nothing;
    const struct dimension_rule *r = rule_of(t, d);
    const struct str *texts = lower_all(&scratch, c->texts, c->n_texts);
    const struct measure_rule *best = NULL, *otherwise = NULL;
    double best_fit = 0;
    for (size_t i = 0; i < r->n_measures; i++) {
        const struct measure_rule *m = &r->measures[i];
        double strength = m->conditional ? fit(m, c, texts) : 0;
        if (!m->conditional && !otherwise)
            otherwise = m;
        if (strength > best_fit) {
            best = m;
            best_fit = strength;
        }
    }
    best = best ? best : otherwise;
    if (ret_department)
        *ret_department = best && best->department.zh.len ? both_in(&best->department, lang)
                                                          : both_in(&r->department, lang);
    return best ? both_in(&best->text, lang) : STR("");
}

// ---- urgency ----

static const struct urgent_rule *find_urgent(const struct industry *x, struct str text) {
    for (size_t i = 0; i < x->n_urgent; i++) {
        const struct word_list *words = &x->urgent[i].words;
        for (size_t k = 0; k < words->n; k++) {
            size_t from = 0, at;
            while ((at = find_word(text, words->items[k], from)) != STR_NONE) {
                if (!is_negated(text, at))
                    return &x->urgent[i];
                from = at + words->items[k].len;
            }
        }
    }
    return NULL;
}

struct str taxonomy_urgent_reason(const struct taxonomy *t, struct str text, enum lang lang,
                                  struct str *ret_department) {
    CLEANUP(arena_done) struct arena scratch = {0};
    struct str folded = lower(&scratch, text);
    const struct urgent_rule *r = find_urgent(&t->own, folded);
    r = r ? r : find_urgent(&t->general, folded);
    if (ret_department)
        *ret_department = r ? both_in(&r->department, lang) : STR("");
    return r ? both_in(&r->reason, lang) : STR("");
}
