// SPDX-License-Identifier: Apache-2.0
#include "analyse/taxonomy_own.h"

#include <math.h>
#include <stdio.h>

#include "analyse/taxonomy.h"
#include "base/utf8.h"

#define MAX_POINTS  100.0
#define SAME_POINTS 0.05 // weights are shown with one decimal

// One dimension being read. `industry` NULL: it comes from the store.
struct reading {
    struct arena *arena;
    const struct taxonomy *industry;
    enum lang lang;
    enum dimension dimension;
    struct dimension_own *own;
    struct str shown; // name in `lang` before any change
    const char *path; // "dimensions[2]"
    struct error *err;
};

static bool refuse(const struct reading *r, const char *member, const char *zh, const char *en) {
    char field[64];
    snprintf(field, sizeof field, "%s%s%s", r->path, *member ? "." : "", member);
    error_set(r->err, ERROR_INVALID, "%s %s%.0s", "%s %.0s%s", field, zh, en);
    return error_field(r->err, field);
}

static bool is_null(const struct json *j) {
    return json_kind(j) == JSON_KIND_NULL;
}

// ── members ──

static struct str industry_name(const struct reading *r, enum lang lang) {
    return r->industry ? taxonomy_dimension_name(r->industry, r->dimension, lang) : STR("");
}

static bool read_name(struct reading *r, const struct json *j, const char *member, enum lang lang) {
    struct str *own = lang == LANG_ZH ? &r->own->name.zh : &r->own->name.en;
    struct str name = str_trim(json_str(j));
    if (!is_null(j) && json_kind(j) != JSON_KIND_STRING)
        return refuse(r, member, "应为文字", "must be a text");
    if (utf8_count(name) > TAXONOMY_MAX_NAME)
        return refuse(r, member, "超过 40 个字符", "is longer than 40 characters");
    *own = str_eq(name, industry_name(r, lang)) ? STR("") : arena_str(r->arena, name);
    return true;
}

static bool read_zh(struct reading *r, const struct json *j, const char *member) {
    return read_name(r, j, member, LANG_ZH);
}

static bool read_en(struct reading *r, const struct json *j, const char *member) {
    return read_name(r, j, member, LANG_EN);
}

static bool read_shown(struct reading *r, const struct json *j, const char *member) {
    return str_eq(str_trim(json_str(j)), r->shown) || read_name(r, j, member, r->lang);
}

static bool read_weight(struct reading *r, const struct json *j, const char *member) {
    double points = json_num(j, NAN);
    if (!is_null(j) && !(points >= 0 && points <= MAX_POINTS))
        return refuse(r, member, "应为 0 到 100 的数", "must be a number from 0 to 100");
    if (r->industry && fabs(points - taxonomy_points(r->industry, r->dimension)) <= SAME_POINTS)
        points = NAN;
    r->own->weight = points;
    return true;
}

static bool read_synonyms(struct reading *r, const struct json *j, const char *member) {
    size_t n = json_len(j);
    if ((!is_null(j) && json_kind(j) != JSON_KIND_ARRAY) || n > TAXONOMY_MAX_SYNONYMS)
        return refuse(r, member, "应为最多 20 个词的数组", "must be an array of at most 20 words");
    struct str *words = ARENA_ARRAY(r->arena, struct str, n);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct str word = str_trim(json_str(json_at(j, i)));
        bool twice = false;
        if (!word.len || utf8_count(word) > TAXONOMY_MAX_SYNONYM)
            return refuse(r, member, "每个词应为 1–20 个字符",
                          "each word must have 1–20 characters");
        for (size_t k = 0; k < kept; k++)
            twice = twice || str_eq_nocase(words[k], word);
        if (!twice)
            words[kept++] = arena_str(r->arena, word);
    }
    r->own->synonyms = words;
    r->own->n_synonyms = kept;
    return true;
}

static bool read_hidden(struct reading *r, const struct json *j, const char *member) {
    if (!is_null(j) && json_kind(j) != JSON_KIND_BOOL)
        return refuse(r, member, "应为 true 或 false", "must be true or false");
    r->own->hidden = json_bool(j, false);
    return true;
}

static bool read_target(struct reading *r, const struct json *j, const char *member) {
    int d = label_find(dimension_labels, N_DIMENSIONS, json_str(j));
    if (!is_null(j) && (d < 0 || d == (int)r->dimension))
        return refuse(r, member, "应为另一个维度的代码", "must be the code of another dimension");
    r->own->merged_into = is_null(j) ? (uint8_t)DIM_NONE : (uint8_t)d;
    return true;
}

// In the order in which they are taken: a name as it is shown comes after those of the languages.
static const struct {
    const char *name;
    bool (*read)(struct reading *r, const struct json *j, const char *member);
} members[] = {
    {"name_zh", read_zh},         {"name_en", read_en},        {"name", read_shown},
    {"weight", read_weight},      {"synonyms", read_synonyms}, {"hidden", read_hidden},
    {"merged_into", read_target},
};

static bool is_member(struct str key) {
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        if (str_eq(key, str_from(members[i].name)))
            return true;
    return str_eq(key, STR("code"));
}

static bool read_dimension(struct reading *r, const struct json *j) {
    if (json_kind(j) != JSON_KIND_OBJECT)
        return refuse(r, "", "应为对象", "must be an object");
    for (void *it = json_iter(j); it; it = json_iter_next(j, it)) {
        char key[40];
        snprintf(key, sizeof key, "%.*s", STR_ARG(utf8_cut_bytes(json_iter_key(it), 39)));
        if (!is_member(json_iter_key(it)))
            return refuse(r, key, "没有这个成员", "there is no such member");
    }
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        const struct json *value = json_get(j, members[i].name);
        if (value && !members[i].read(r, value, members[i].name))
            return false;
    }
    return true;
}

// ── the whole ──

static bool refuse_at(struct error *err, int d, const char *member, const char *zh,
                      const char *en) {
    struct reading r = {.path = dimension_labels[d].code, .err = err};
    return refuse(&r, member, zh, en);
}

static bool check_words(const struct taxonomy_own *own, struct error *err) {
    for (int d = 1; d < N_DIMENSIONS; d++)
        for (size_t i = 0; i < own->dimensions[d].n_synonyms; i++)
            for (int k = 0; k < d; k++)
                for (size_t m = 0; m < own->dimensions[k].n_synonyms; m++)
                    if (str_eq_nocase(own->dimensions[d].synonyms[i],
                                      own->dimensions[k].synonyms[m]))
                        return refuse_at(err, d, "synonyms", "有另一个维度的词",
                                         "has a word of another dimension");
    return true;
}

// One step at most, so that the order of merging never matters.
static bool check_merges(const struct taxonomy_own *own, struct error *err) {
    for (int d = 0; d < N_DIMENSIONS; d++) {
        uint8_t target = own->dimensions[d].merged_into;
        if (target != DIM_NONE && own->dimensions[target].merged_into != DIM_NONE)
            return refuse_at(err, d, "merged_into", "目标维度自己也并入了别的维度",
                             "is a dimension that is merged into another itself");
    }
    return true;
}

static void init(struct taxonomy_own *own) {
    *own = (struct taxonomy_own){0};
    for (int d = 0; d < N_DIMENSIONS; d++) {
        own->dimensions[d].weight = NAN;
        own->dimensions[d].merged_into = DIM_NONE;
    }
}

bool taxonomy_own_parse(const struct json *stored, struct arena *a, struct taxonomy_own *ret,
                        struct error *err) {
    struct taxonomy_own own;
    init(&own);
    for (void *it = json_iter(stored); it; it = json_iter_next(stored, it)) {
        int d = label_find(dimension_labels, N_DIMENSIONS, json_iter_key(it));
        struct reading r = {.arena = a, .path = "dimensions", .err = err};
        if (d < 0)
            return refuse(&r, "", "没有这个维度代码", "no such dimension code");
        r.dimension = (enum dimension)d;
        r.own = &own.dimensions[d];
        r.path = dimension_labels[d].code;
        if (!read_dimension(&r, json_iter_value(it)))
            return false;
    }
    if (!check_words(&own, err) || !check_merges(&own, err))
        return false;
    *ret = own;
    return true;
}

bool taxonomy_own_change(struct taxonomy_own *own, const struct taxonomy *industry,
                         const struct json *list, enum lang lang, struct arena *a,
                         struct error *err) {
    struct reading r = {
        .arena = a, .industry = industry, .lang = lang, .path = "dimensions", .err = err};
    if (json_kind(list) != JSON_KIND_ARRAY || json_len(list) > N_DIMENSIONS)
        return refuse(&r, "", "应为最多 25 个维度的数组",
                      "must be an array of at most 25 dimensions");
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *j = json_at(list, i);
        int d = label_find(dimension_labels, N_DIMENSIONS, json_str(json_get(j, "code")));
        char path[40];
        snprintf(path, sizeof path, "dimensions[%zu]", i);
        r.path = path;
        if (d < 0)
            return refuse(&r, "code", "没有这个维度代码", "no such dimension code");
        r.dimension = (enum dimension)d;
        r.own = &own->dimensions[d];
        r.shown = both_in(&r.own->name, lang);
        r.shown = r.shown.len ? r.shown : industry_name(&r, lang);
        if (!read_dimension(&r, j))
            return false;
    }
    return check_words(own, err) && check_merges(own, err);
}

// ── writing ──

static bool differs(const struct dimension_own *d) {
    return d->name.zh.len || d->name.en.len || !isnan(d->weight) || d->n_synonyms || d->hidden ||
           d->merged_into != DIM_NONE;
}

static void add_dimension(const struct dimension_own *d, struct json_writer *w) {
    json_begin_object(w);
    if (d->name.zh.len) {
        json_key(w, "name_zh");
        json_add_str(w, d->name.zh);
    }
    if (d->name.en.len) {
        json_key(w, "name_en");
        json_add_str(w, d->name.en);
    }
    if (!isnan(d->weight)) {
        json_key(w, "weight");
        json_add_num(w, d->weight, 4);
    }
    if (d->n_synonyms) {
        json_key(w, "synonyms");
        json_begin_array(w);
        for (size_t i = 0; i < d->n_synonyms; i++)
            json_add_str(w, d->synonyms[i]);
        json_end_array(w);
    }
    if (d->hidden) {
        json_key(w, "hidden");
        json_add_bool(w, true);
    }
    if (d->merged_into != DIM_NONE) {
        json_key(w, "merged_into");
        json_add_cstr(w, dimension_labels[d->merged_into].code);
    }
    json_end_object(w);
}

void taxonomy_own_format(const struct taxonomy_own *own, struct json_writer *w) {
    json_begin_object(w);
    for (int d = 0; d < N_DIMENSIONS; d++) {
        if (!differs(&own->dimensions[d]))
            continue;
        json_key(w, dimension_labels[d].code);
        add_dimension(&own->dimensions[d], w);
    }
    json_end_object(w);
}

bool taxonomy_own_counts_alike(const struct taxonomy_own *a, const struct taxonomy_own *b) {
    for (int d = 0; d < N_DIMENSIONS; d++) {
        const struct dimension_own *x = &a->dimensions[d], *y = &b->dimensions[d];
        if (x->merged_into != y->merged_into || x->n_synonyms != y->n_synonyms)
            return false;
        for (size_t i = 0; i < x->n_synonyms; i++)
            if (!str_eq_nocase(x->synonyms[i], y->synonyms[i]))
                return false;
    }
    return true;
}
