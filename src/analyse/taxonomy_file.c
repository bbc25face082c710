// SPDX-License-Identifier: Apache-2.0
#include "analyse/taxonomy_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/utf8.h"
#include "sys/file.h"

#define MAX_FILE_BYTES (512 * KIB)

// Where we are in the file, for messages: "restaurant.json: dimensions.taste.issue".
struct reader {
    struct arena *arena;
    struct str file;
    char member[160];
    struct error *err;
};

static bool fail(struct reader *r, const char *zh, const char *en) {
    return error_set(r->err, ERROR_FORMAT, "行业模板 %.*s 的 %s：%s%.0s",
                     "industry template %.*s, %s: %.0s%s", STR_ARG(r->file), r->member, zh, en);
}

static bool fail_at(struct reader *r, const char *key, const char *zh, const char *en) {
    size_t n = strlen(r->member);
    snprintf(r->member + n, sizeof r->member - n, "%s%.60s", n ? "." : "", key);
    return fail(r, zh, en);
}

// Steps into a member and back: `size_t mark = enter(r, "issue"); … leave(r, mark);`
static size_t enter(struct reader *r, const char *key) {
    size_t n = strlen(r->member);
    snprintf(r->member + n, sizeof r->member - n, "%s%.60s", n ? "." : "", key);
    return n;
}

static void leave(struct reader *r, size_t mark) {
    r->member[mark] = '\0';
}

// Every member of the object is one of `keys` (NULL-terminated).
static bool only(struct reader *r, const struct json *j, const char *const *keys) {
    if (json_kind(j) != JSON_KIND_OBJECT)
        return fail(r, "应为对象", "an object is expected");
    for (void *it = json_iter(j); it; it = json_iter_next(j, it)) {
        struct str key = json_iter_key(it);
        const char *const *k = keys;
        while (*k && !str_eq(str_from(*k), key))
            k++;
        if (!*k) {
            char name[64];
            snprintf(name, sizeof name, "%.*s", (int)MIN(key.len, 60), key.ptr);
            return fail_at(r, name, "没有这样的成员", "no such member");
        }
    }
    return true;
}

static bool read_text(struct reader *r, const struct json *object, const char *key, size_t max,
                      struct str *ret) {
    struct str s = str_trim(json_str(json_get(object, key)));
    if (str_is_empty(s))
        return fail_at(r, key, "缺少文字", "a text is missing");
    if (utf8_count(s) > max)
        return fail_at(r, key, "文字过长", "the text is too long");
    *ret = arena_str(r->arena, s);
    return true;
}

static bool read_both(struct reader *r, const struct json *object, const char *key,
                      struct both *ret) {
    static const char *const keys[] = {"zh", "en", NULL};
    const struct json *j = json_get(object, key);
    size_t mark = enter(r, key);
    if (!only(r, j, keys) || !read_text(r, j, "zh", TAXONOMY_MAX_NAME, &ret->zh) ||
        !read_text(r, j, "en", TAXONOMY_MAX_NAME, &ret->en))
        return false;
    leave(r, mark);
    return true;
}

static bool read_both_if_there(struct reader *r, const struct json *object, const char *key,
                               struct both *ret) {
    return json_kind(json_get(object, key)) == JSON_KIND_ABSENT || read_both(r, object, key, ret);
}

// An absent list is an empty one.
static bool read_words(struct reader *r, const struct json *object, const char *key,
                       struct word_list *ret) {
    const struct json *j = json_get(object, key);
    if (json_kind(j) == JSON_KIND_ABSENT)
        return true;
    if (json_kind(j) != JSON_KIND_ARRAY)
        return fail_at(r, key, "应为数组", "an array is expected");
    ret->items = ARENA_ARRAY(r->arena, struct str, json_len(j));
    for (size_t i = 0; i < json_len(j); i++) {
        struct str s = json_str(json_at(j, i));
        if (str_is_empty(s) || utf8_count(s) > TAXONOMY_MAX_NAME)
            return fail_at(r, key, "词语为空或过长", "a word is empty or too long");
        struct str copy = arena_str(r->arena, s);
        for (size_t k = 0; k < copy.len; k++) // ours, so it may be written
            ((char *)(uintptr_t)copy.ptr)[k] = (char)tolower((unsigned char)copy.ptr[k]);
        ret->items[ret->n++] = copy;
    }
    return true;
}

static bool read_condition(struct reader *r, const struct json *j, struct measure_rule *ret) {
    static const char *const keys[] = {"words", "fact", "above", "below", "column", NULL};
    if (json_kind(j) == JSON_KIND_ABSENT)
        return true;
    size_t mark = enter(r, "when");
    if (!only(r, j, keys) || !read_words(r, j, "words", &ret->words))
        return false;
    ret->fact_role = arena_str(r->arena, json_str(json_get(j, "fact")));
    ret->fact_above = json_num(json_get(j, "above"), NAN);
    ret->fact_below = json_num(json_get(j, "below"), NAN);
    ret->column = arena_str(r->arena, json_str(json_get(j, "column")));
    bool bounded = !isnan(ret->fact_above) || !isnan(ret->fact_below);
    if (bounded == str_is_empty(ret->fact_role))
        return fail_at(r, "fact", "fact 要与 above 或 below 一起写",
                       "fact goes together with above or below");
    ret->conditional = ret->words.n || bounded || !str_is_empty(ret->column);
    if (!ret->conditional)
        return fail(r, "条件为空", "the condition is empty");
    leave(r, mark);
    return true;
}

static bool read_measure(struct reader *r, const struct json *j, struct measure_rule *ret) {
    static const char *const keys[] = {"zh", "en", "when", "department", NULL};
    ret->fact_above = ret->fact_below = NAN;
    return only(r, j, keys) && read_text(r, j, "zh", TAXONOMY_MAX_MEASURE, &ret->text.zh) &&
           read_text(r, j, "en", TAXONOMY_MAX_MEASURE, &ret->text.en) &&
           read_both_if_there(r, j, "department", &ret->department) &&
           read_condition(r, json_get(j, "when"), ret);
}

static bool read_measures(struct reader *r, const struct json *j, struct dimension_rule *ret) {
    if (json_kind(j) != JSON_KIND_ARRAY && json_kind(j) != JSON_KIND_ABSENT)
        return fail_at(r, "measures", "应为数组", "an array is expected");
    ret->n_measures = json_len(j);
    ret->measures = ARENA_ARRAY(r->arena, struct measure_rule, ret->n_measures);
    for (size_t i = 0; i < ret->n_measures; i++) {
        char key[32];
        snprintf(key, sizeof key, "measures[%zu]", i);
        size_t mark = enter(r, key);
        if (!read_measure(r, json_at(j, i), &ret->measures[i]))
            return false;
        leave(r, mark);
    }
    return true;
}

static bool read_dimension(struct reader *r, const struct json *j, struct dimension_rule *ret) {
    static const char *const keys[] = {"name", "issue", "weight", "department", "measures", NULL};
    if (!only(r, j, keys) || !read_both(r, j, "name", &ret->name) ||
        !read_both(r, j, "issue", &ret->issue) || !read_both(r, j, "department", &ret->department))
        return false;
    ret->weight = json_num(json_get(j, "weight"), NAN);
    if (!(ret->weight >= 0 && ret->weight <= 1))
        return fail_at(r, "weight", "应为 0 到 1 的数", "a number from 0 to 1 is expected");
    ret->present = true;
    return read_measures(r, json_get(j, "measures"), ret);
}

static bool read_dimensions(struct reader *r, const struct json *j, struct industry *ret) {
    if (json_kind(j) != JSON_KIND_OBJECT)
        return fail_at(r, "dimensions", "应为对象", "an object is expected");
    double sum = 0;
    for (void *it = json_iter(j); it; it = json_iter_next(j, it)) {
        struct str key = json_iter_key(it);
        char name[80];
        snprintf(name, sizeof name, "dimensions.%.*s", (int)MIN(key.len, 60), key.ptr);
        int d = label_find(dimension_labels, N_DIMENSIONS, key);
        if (d < 0)
            return fail_at(r, name, "没有这个维度代码", "no such dimension code");
        size_t mark = enter(r, name);
        if (!read_dimension(r, json_iter_value(it), &ret->dimensions[d]))
            return false;
        leave(r, mark);
        sum += ret->dimensions[d].weight;
    }
    if (!(sum > 0))
        return fail_at(r, "dimensions", "所有权重都是 0", "all weights are 0");
    return true;
}

static bool read_urgent(struct reader *r, const struct json *j, struct industry *ret) {
    static const char *const keys[] = {"words", "reason", "department", NULL};
    if (json_kind(j) != JSON_KIND_ARRAY && json_kind(j) != JSON_KIND_ABSENT)
        return fail_at(r, "urgent", "应为数组", "an array is expected");
    ret->n_urgent = json_len(j);
    ret->urgent = ARENA_ARRAY(r->arena, struct urgent_rule, ret->n_urgent);
    for (size_t i = 0; i < ret->n_urgent; i++) {
        struct urgent_rule *rule = &ret->urgent[i];
        const struct json *item = json_at(j, i);
        char key[32];
        snprintf(key, sizeof key, "urgent[%zu]", i);
        size_t mark = enter(r, key);
        if (!only(r, item, keys) || !read_words(r, item, "words", &rule->words) ||
            !read_both(r, item, "reason", &rule->reason) ||
            !read_both_if_there(r, item, "department", &rule->department))
            return false;
        if (!rule->words.n)
            return fail_at(r, "words", "缺少词语", "words are missing");
        leave(r, mark);
    }
    return true;
}

static bool read_industry(struct reader *r, const struct json *j, struct str code,
                          struct industry *ret) {
    static const char *const keys[] = {"code", "name", "recognise", "dimensions", "urgent", NULL};
    static const char *const recognise_keys[] = {"names", "texts", NULL};
    if (!only(r, j, keys) || !read_text(r, j, "code", TAXONOMY_MAX_NAME, &ret->code) ||
        !read_both(r, j, "name", &ret->name))
        return false;
    if (!str_eq(ret->code, code))
        return fail_at(r, "code", "与文件名不一致", "differs from the file's name");
    const struct json *recognise = json_get(j, "recognise");
    size_t mark = enter(r, "recognise");
    if (!only(r, recognise, recognise_keys) || !read_words(r, recognise, "names", &ret->names) ||
        !read_words(r, recognise, "texts", &ret->texts))
        return false;
    leave(r, mark);
    return read_dimensions(r, json_get(j, "dimensions"), ret) &&
           read_urgent(r, json_get(j, "urgent"), ret);
}

bool industry_parse(struct str text, struct str code, struct arena *a, struct industry *ret,
                    struct error *err) {
    struct reader r = {.arena = a, .err = err};
    r.file = arena_printf(a, "%.*s.json", STR_ARG(code));
    *ret = (struct industry){0};
    CLEANUP(json_freep) struct json *j = NULL;
    struct error cause;
    if (!json_parse(text, &j, &cause))
        return error_set(err, ERROR_FORMAT, "行业模板 %.*s：%s%.0s",
                         "industry template %.*s: %.0s%s", STR_ARG(r.file), cause.zh, cause.en);
    return read_industry(&r, j, code, ret);
}

bool industry_load(const char *dir, struct str code, struct arena *a, struct industry *ret,
                   struct error *err) {
    struct str path = arena_printf(a, "%s/%.*s.json", dir, STR_ARG(code));
    CLEANUP(strbuf_done) struct strbuf text = strbuf_init(MAX_FILE_BYTES);
    return file_read(path.ptr, MAX_FILE_BYTES, &text, err) &&
           industry_parse(strbuf_str(&text), code, a, ret, err);
}

static int by_name(const void *a, const void *b) {
    return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

#define MAX_INDUSTRIES 256

bool industry_list(const char *dir, struct arena *a, struct word_list *ret, struct error *err) {
    DIR *d = opendir(dir);
    if (!d)
        return error_errno(err, errno, "无法读取行业模板文件夹",
                           "cannot read the folder of industry templates", dir);
    *ret = (struct word_list){.items = ARENA_ARRAY(a, struct str, MAX_INDUSTRIES)};
    const struct dirent *e;
    while (ret->n < MAX_INDUSTRIES && (e = readdir(d))) {
        struct str name = str_from(e->d_name);
        if (str_ends(name, STR(".json")) && !str_starts(name, STR(".")))
            ret->items[ret->n++] = arena_str(a, str_slice(name, 0, name.len - 5));
    }
    closedir(d);
    if (!ret->n)
        return error_set(err, ERROR_NOT_FOUND, "%s 里没有行业模板", "no industry templates in %s",
                         dir);
    qsort(ret->items, ret->n, sizeof *ret->items, by_name);
    return true;
}
