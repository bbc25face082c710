// SPDX-License-Identifier: Apache-2.0
#include "collect/exports.h"

#include <dirent.h>
#include <errno.h>

#include "base/json.h"
#include "base/vec.h"
#include "sys/file.h"

#define EXPORT_LIMIT (1 * MIB)
#define PATH_BYTES   4096

struct exports {
    struct arena arena;
    struct names *names;
    struct {
        VEC(struct platform);
    } platforms;
};

static struct str keep(struct exports *e, struct str s) {
    return arena_str(&e->arena, s);
}

static struct str keep_normal(struct exports *e, struct str s) {
    char buf[256];
    return arena_str(&e->arena, names_normalise(s, buf, sizeof buf));
}

static struct str *keep_headers(struct exports *e, const struct json *list, size_t *ret_n) {
    *ret_n = json_len(list);
    struct str *items = ARENA_ARRAY(&e->arena, struct str, *ret_n);
    for (size_t i = 0; i < *ret_n; i++)
        items[i] = keep_normal(e, json_str(json_at(list, i)));
    return items;
}

static bool kind_from(struct str s, enum platform_kind *ret) {
    static const struct str codes[] = {STR_INIT("reviews"), STR_INIT("orders"), STR_INIT("survey"),
                                       STR_INIT("tickets"), STR_INIT("chat")};
    for (size_t i = 0; i < ARRAY_LEN(codes); i++)
        if (str_eq(s, codes[i])) {
            *ret = (enum platform_kind)i;
            return true;
        }
    return false;
}

static void load_columns(struct exports *e, const struct json *columns, struct platform *p) {
    p->columns = ARENA_ARRAY(&e->arena, struct platform_column, json_len(columns));
    for (void *it = json_iter(columns); it; it = json_iter_next(columns, it)) {
        const struct json *v = json_iter_value(it);
        bool plain = json_kind(v) == JSON_KIND_STRING;
        p->columns[p->n_columns++] = (struct platform_column){
            .header = keep_normal(e, json_iter_key(it)),
            .role = keep(e, json_str(plain ? v : json_get(v, "role"))),
            .dimension = keep(e, json_str(json_get(v, "dimension"))),
            .low = json_num(json_get(v, "low"), NAN),
            .high = json_num(json_get(v, "high"), NAN),
            .reversed = json_bool(json_get(v, "reversed"), false),
        };
    }
}

static bool load_platform(struct exports *e, struct str code, const char *path, struct error *err) {
    struct json *j;
    if (!json_load(path, EXPORT_LIMIT, &j, err))
        return false;
    struct platform p = {.code = keep(e, code)};
    const struct json *name = json_get(j, "name"), *rule = json_get(j, "recognise");
    const struct json *quirks = json_get(j, "quirks"), *channels = json_get(j, "channels");
    p.name = (struct words){keep(e, json_str(json_get(name, "zh"))).ptr,
                            keep(e, json_str(json_get(name, "en"))).ptr};
    bool ok = kind_from(json_str(json_get(j, "kind")), &p.kind);
    p.channel = keep(e, json_str(json_get(j, "channel")));
    p.n_channels = json_len(channels);
    p.channels = ARENA_ARRAY(&e->arena, struct str, p.n_channels);
    for (size_t i = 0; i < p.n_channels; i++)
        p.channels[i] = keep(e, json_str(json_at(channels, i)));
    p.all = keep_headers(e, json_get(rule, "all"), &p.n_all);
    p.any = keep_headers(e, json_get(rule, "any"), &p.n_any);
    p.none = keep_headers(e, json_get(rule, "none"), &p.n_none);
    load_columns(e, json_get(j, "columns"), &p);
    p.header_rows = (int)json_int(json_get(quirks, "header_rows"), 1);
    p.questions = json_bool(json_get(quirks, "questions"), false);
    p.numbered_questions = json_bool(json_get(quirks, "numbered_questions"), false);
    p.stars_times_ten = json_bool(json_get(quirks, "stars_times_ten"), false);
    p.date_only = json_bool(json_get(quirks, "date_only"), false);
    p.no_score = json_bool(json_get(quirks, "no_score"), false);
    p.multi_answer = keep(e, json_str(json_get(quirks, "multi_answer")));
    json_free(j);
    if (!ok || p.n_all + p.n_any == 0 || p.n_columns == 0)
        return error_set(err, ERROR_FORMAT,
                         "%s：需要 kind、recognise 和 columns（见同一目录的 README.md）",
                         "%s: needs kind, recognise and columns (see README.md beside it)", path);
    vec_push(&e->platforms, p);
    return true;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool load_folder(struct exports *e, const char *folder, struct error *err) {
    DIR *dir = opendir(folder);
    if (!dir)
        return error_errno(err, errno, "无法读取目录", "cannot read folder", folder);
    struct {
        VEC(char *);
    } files = {0};
    for (struct dirent *d; (d = readdir(dir));)
        if (d->d_name[0] != '_' && d->d_name[0] != '.' &&
            str_ends(str_from(d->d_name), STR(".json")))
            vec_push(&files, str_dup(str_from(d->d_name)));
    closedir(dir);
    if (files.len)
        qsort(files.items, files.len, sizeof *files.items, by_name);
    bool ok = true;
    for (size_t i = 0; i < files.len; i++) {
        struct str name = str_from(files.items[i]);
        if (ok)
            ok = load_platform(e, str_slice(name, 0, name.len - 5),
                               arena_printf(&e->arena, "%s/%s", folder, files.items[i]).ptr, err);
        free(files.items[i]);
    }
    vec_done(&files);
    return ok;
}

// The folder exports/ into *ret.
static bool find_folder(const char *templates_dir, struct strbuf *ret) {
    if (!templates_dir)
        return file_find_shipped("templates/exports", ret);
    strbuf_addf(ret, "%s/exports", templates_dir);
    return file_exists(strbuf_cstr(ret));
}

bool exports_load(const char *templates_dir, struct exports **ret, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf folder = strbuf_init(PATH_BYTES);
    char path[PATH_BYTES + 32];
    if (!find_folder(templates_dir, &folder))
        return error_set(
            err, ERROR_NOT_FOUND, "找不到随程序提供的 %s/exports，请把 templates 目录放在程序旁边",
            "%s/exports, which comes with the program, is missing; put the folder templates beside "
            "the program",
            templates_dir ? templates_dir : "templates");
    struct exports *e = NEW(struct exports);
    snprintf(path, sizeof path, "%s/_names.json", strbuf_cstr(&folder));
    if (!names_load(path, &e->names, err) || !load_folder(e, strbuf_cstr(&folder), err)) {
        exports_free(e);
        return false;
    }
    *ret = e;
    return true;
}

void exports_free(struct exports *e) {
    if (!e)
        return;
    names_free(e->names);
    vec_done(&e->platforms);
    arena_done(&e->arena);
    free(e);
}

const struct names *exports_names(const struct exports *e) {
    return e->names;
}

size_t exports_platforms(const struct exports *e, const struct platform **ret) {
    *ret = e->platforms.items;
    return e->platforms.len;
}

static size_t present(const struct str *wanted, size_t n_wanted, const struct dict *headers) {
    size_t n = 0;
    for (size_t i = 0; i < n_wanted; i++)
        n += dict_find(headers, wanted[i]) != DICT_NONE;
    return n;
}

const struct platform *exports_recognise(const struct exports *e, const struct str *headers,
                                         size_t n) {
    CLEANUP(dict_done) struct dict set = {0};
    char buf[256];
    for (size_t i = 0; i < n; i++)
        dict_add(&set, names_normalise(headers[i], buf, sizeof buf));
    const struct platform *best = NULL;
    size_t best_fit = 0;
    for (size_t i = 0; i < e->platforms.len; i++) {
        const struct platform *p = &e->platforms.items[i];
        size_t any = present(p->any, p->n_any, &set);
        if (present(p->all, p->n_all, &set) < p->n_all || (p->n_any && any == 0) ||
            present(p->none, p->n_none, &set) > 0)
            continue;
        size_t fit = (p->n_all + any) * 16;
        for (size_t c = 0; c < p->n_columns; c++)
            fit += dict_find(&set, p->columns[c].header) != DICT_NONE;
        if (fit > best_fit) {
            best_fit = fit;
            best = p;
        }
    }
    return best;
}

const struct platform_column *platform_column(const struct platform *p, struct str header) {
    char buf[256];
    struct str s = names_normalise(header, buf, sizeof buf);
    for (size_t i = 0; i < p->n_columns; i++)
        if (str_eq(p->columns[i].header, s))
            return &p->columns[i];
    return NULL;
}
