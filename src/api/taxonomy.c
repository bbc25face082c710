// SPDX-License-Identifier: Apache-2.0
// /api/v1/taxonomy: the dimensions as the workspace sees them. What differs from the industry stands in the
// workspace's settings:
//
//     "taxonomy": {"version": 3, "dimensions": {…analyse/taxonomy_own.h…},
//                  "previous": {"industry": "hotel", "dimensions": {…}}}
//
// The version before the last change is kept; undoing swaps the two.
#include "analyse/taxonomy.h"
#include "account/workspace.h"
#include "analyse/taxonomy_own.h"
#include "api/api.h"
#include "work/follow.h"

#include <math.h>

#define BODY_LIMIT     (64 * KIB)
#define SETTINGS_BYTES (64 * KIB)

// The settings' part, read.
struct kept {
    struct json *settings;
    const struct json *taxonomy, *previous;
    int64_t version;
    struct taxonomy_own own;
};

static void kept_done(struct kept *k) {
    json_free(k->settings);
    k->settings = NULL;
}

static bool kept_read(const struct workspace *w, struct arena *a, struct kept *ret,
                      struct error *err) {
    *ret = (struct kept){0};
    if (!json_parse(w->settings.len ? w->settings : STR("{}"), &ret->settings, err))
        return false;
    ret->taxonomy = json_get(ret->settings, "taxonomy");
    ret->previous = json_get(ret->taxonomy, "previous");
    ret->version = json_int(json_get(ret->taxonomy, "version"), 1);
    return taxonomy_own_parse(json_get(ret->taxonomy, "dimensions"), a, &ret->own, err);
}

// ── showing ──

static void add_name(struct json_writer *w, const char *key, struct str own, struct str industry) {
    json_key(w, key);
    json_add_str(w, own.len ? own : industry);
}

static void add_dimension(struct json_writer *w, enum dimension d, const struct dimension_own *own,
                          const struct taxonomy *t, enum lang lang) {
    struct str zh = taxonomy_dimension_name(t, d, LANG_ZH),
               en = taxonomy_dimension_name(t, d, LANG_EN);
    json_begin_object(w);
    json_key(w, "code");
    json_add_cstr(w, dimension_labels[d].code);
    add_name(w, "name", both_in(&own->name, lang), lang == LANG_ZH ? zh : en);
    add_name(w, "name_zh", own->name.zh, zh);
    add_name(w, "name_en", own->name.en, en);
    json_key(w, "weight");
    json_add_num(w, isnan(own->weight) ? taxonomy_points(t, d) : own->weight, 1);
    json_key(w, "synonyms");
    json_begin_array(w);
    for (size_t i = 0; i < own->n_synonyms; i++)
        json_add_str(w, own->synonyms[i]);
    json_end_array(w);
    json_key(w, "hidden");
    json_add_bool(w, own->hidden);
    json_key(w, "merged_into");
    json_add_cstr(w, own->merged_into == DIM_NONE ? NULL : dimension_labels[own->merged_into].code);
    json_end_object(w);
}

// Those that the industry looks at first.
static void add_dimensions(struct json_writer *w, const struct taxonomy_own *own,
                           const struct taxonomy *t, enum lang lang) {
    json_key(w, "dimensions");
    json_begin_array(w);
    for (int weighed = 1; weighed >= 0; weighed--)
        for (int d = 0; d < N_DIMENSIONS; d++)
            if ((taxonomy_weight(t, (enum dimension)d) > 0) == (weighed == 1))
                add_dimension(w, (enum dimension)d, &own->dimensions[d], t, lang);
    json_end_array(w);
}

static void write_taxonomy(struct json_writer *w, const struct kept *k, const struct taxonomy *t,
                           enum lang lang) {
    json_begin_object(w);
    json_key(w, "data");
    json_begin_object(w);
    json_key(w, "industry");
    json_add_str(w, taxonomy_code(t));
    json_key(w, "industry_name");
    json_add_str(w, taxonomy_name(t, lang));
    json_key(w, "version");
    json_add_int(w, k->version);
    json_key(w, "can_undo");
    json_add_bool(w, k->previous != NULL);
    add_dimensions(w, &k->own, t, lang);
    json_end_object(w);
    json_end_object(w);
}

static bool open_industry(struct str industry, struct taxonomy **ret, struct error *err) {
    return taxonomy_open(NULL, industry.len ? industry : STR("general"), NULL, ret, err);
}

static enum request_outcome answer(struct request *r, struct api *api) {
    const struct principal *p = request_user(r);
    struct arena *a = request_arena(r);
    struct workspace ws;
    struct kept k = {0};
    struct taxonomy *t = NULL;
    struct error e;
    struct strbuf sb = strbuf_init(256 * KIB);
    struct json_writer w = json_writer_init(&sb);
    bool ok = workspace_load(api->accounts, p->workspace, a, &ws, &e) &&
              kept_read(&ws, a, &k, &e) && open_industry(ws.industry, &t, &e);
    if (ok)
        write_taxonomy(&w, &k, t, request_lang(r));
    taxonomy_close(t);
    kept_done(&k);
    if (ok)
        return api_ok(r, 200, &sb);
    strbuf_done(&sb);
    return api_fail(r, &e);
}

static enum request_outcome get_taxonomy(struct request *r, void *ctx) {
    return answer(r, ctx);
}

// ── changing ──

struct change {
    const struct json *body; // NULL: undo
    enum lang lang;
    bool counts_differently; // facts are to be made again
};

static bool check_version(const struct change *c, const struct kept *k, struct error *err) {
    const struct json *version = json_get(c->body, "version");
    if (!version || json_kind(version) == JSON_KIND_NULL || json_int(version, -1) == k->version)
        return true;
    error_set(err, ERROR_CONFLICT,
              "维度在此期间被改过（现在是第 %" PRId64 " 版），请刷新后再改；没有改动",
              "the dimensions were changed meanwhile (now version %" PRId64
              "): load them again; nothing was changed",
              k->version);
    return error_field(err, "version");
}

// What it becomes.
static bool apply(const struct change *c, const struct kept *k, struct workspace *w,
                  struct arena *a, struct taxonomy_own *ret, struct error *err) {
    if (!c->body) {
        if (!k->previous)
            return error_set(err, ERROR_CONFLICT, "没有可以撤销的改动",
                             "there is no change to be undone");
        w->industry = arena_str(a, json_str(json_get(k->previous, "industry")));
        return taxonomy_own_parse(json_get(k->previous, "dimensions"), a, ret, err);
    }
    const struct json *industry = json_get(c->body, "industry"),
                      *list = json_get(c->body, "dimensions");
    struct taxonomy *t;
    if (industry)
        w->industry = arena_str(a, str_trim(json_str(industry)));
    if (!open_industry(w->industry, &t, err)) {
        if (err && err->code == ERROR_NOT_FOUND && industry)
            err->code = ERROR_INVALID;
        return false;
    }
    w->industry = arena_str(a, taxonomy_code(t));
    *ret = k->own;
    bool ok = !list || taxonomy_own_change(ret, t, list, c->lang, a, err);
    taxonomy_close(t);
    return ok;
}

static void write_settings(struct json_writer *w, const struct kept *k, struct str industry_before,
                           const struct taxonomy_own *own, struct arena *a) {
    json_begin_object(w);
    for (void *it = json_iter(k->settings); it; it = json_iter_next(k->settings, it)) {
        if (str_eq(json_iter_key(it), STR("taxonomy")))
            continue;
        json_key(w, arena_str(a, json_iter_key(it)).ptr);
        json_add_value(w, json_iter_value(it));
    }
    json_key(w, "taxonomy");
    json_begin_object(w);
    json_key(w, "version");
    json_add_int(w, k->version + 1);
    json_key(w, "dimensions");
    taxonomy_own_format(own, w);
    json_key(w, "previous");
    json_begin_object(w);
    json_key(w, "industry");
    json_add_str(w, industry_before);
    json_key(w, "dimensions");
    taxonomy_own_format(&k->own, w);
    json_end_object(w);
    json_end_object(w);
    json_end_object(w);
}

static bool edit(void *ctx, struct workspace *w, struct arena *a, struct error *err) {
    struct change *c = ctx;
    struct kept k;
    struct taxonomy_own own;
    struct str before = w->industry;
    bool ok =
        kept_read(w, a, &k, err) && check_version(c, &k, err) && apply(c, &k, w, a, &own, err);
    if (ok) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(SETTINGS_BYTES + 1);
        struct json_writer writer = json_writer_init(&sb);
        write_settings(&writer, &k, before, &own, a);
        w->settings = arena_str(a, strbuf_str(&sb));
        c->counts_differently = !taxonomy_own_counts_alike(&k.own, &own);
        ok = !sb.overflow || error_set(err, ERROR_LIMIT, "工作区的设置太大",
                                       "the settings of the workspace are too large");
    }
    kept_done(&k);
    return ok;
}

static enum request_outcome change(struct request *r, struct api *api, struct change *c,
                                   const char *action) {
    const struct principal *p = request_user(r);
    struct workspace_edit how = {.action = action, .edit = edit, .ctx = c};
    struct error e;
    if (!workspace_change_by(api->accounts, p, p->workspace, &how, &e)) {
        struct invalid_param bad = {str_from(e.field), {e.zh, e.en}};
        if (e.code != ERROR_INVALID || !e.field[0])
            return api_fail(r, &e);
        reply_problem_status(r, 400, "invalid_request", &e, &bad, 1);
        return REQUEST_DONE;
    }
    house_forget_place(api->house, p->workspace);
    if (c->counts_differently)
        follow_rebuild(api->house->follow, p->workspace);
    return answer(r, api);
}

static enum request_outcome patch_taxonomy(struct request *r, void *ctx) {
    static const char *const known[] = {"industry", "version", "dimensions"};
    struct change c = {.lang = request_lang(r)};
    if (!api_body(r, &c.body))
        return REQUEST_DONE;
    if (json_kind(c.body) != JSON_KIND_OBJECT)
        return api_invalid(r, "body", (struct words){"应为 JSON 对象", "must be a JSON object"});
    for (void *it = json_iter(c.body); it; it = json_iter_next(c.body, it)) {
        bool is_known = false;
        for (size_t i = 0; i < ARRAY_LEN(known); i++)
            is_known = is_known || str_eq(json_iter_key(it), str_from(known[i]));
        if (!is_known)
            return api_invalid(
                r, arena_printf(request_arena(r), "%.*s", STR_ARG(json_iter_key(it))).ptr,
                (struct words){"没有这个成员", "is no member"});
    }
    return change(r, ctx, &c, "taxonomy.update");
}

static enum request_outcome undo_taxonomy(struct request *r, void *ctx) {
    struct change c = {.lang = request_lang(r)};
    return change(r, ctx, &c, "taxonomy.undo");
}

static enum request_outcome list_industries(struct request *r, UNUSED void *ctx) {
    struct taxonomy_industry *list;
    size_t n;
    struct error e;
    if (!taxonomy_industries(NULL, request_lang(r), request_arena(r), &list, &n, &e))
        return api_fail(r, &e);
    struct strbuf sb = strbuf_init(64 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_array(&w);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(&w);
        json_key(&w, "code");
        json_add_str(&w, list[i].code);
        json_key(&w, "name");
        json_add_str(&w, list[i].name);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    return api_ok(r, 200, &sb);
}

static const struct api_route routes[] = {
    {.method = "GET",
     .path = "/api/v1/taxonomy",
     .handler = get_taxonomy,
     .permission = PERMISSION_FEEDBACK_READ,
     .tag = "workspace",
     .summary = {"维度：名称、权重、同义词、隐藏、合并",
                 "the dimensions: names, weights, synonyms, hidden, merged"},
     .reply = "Taxonomy"},
    {.method = "PATCH",
     .path = "/api/v1/taxonomy",
     .handler = patch_taxonomy,
     .permission = PERMISSION_TAXONOMY_WRITE,
     .whole = true,
     .body_limit = BODY_LIMIT,
     .tag = "workspace",
     .summary = {"改维度；没有提到的不变", "changes dimensions; what is not named stays"},
     .body = "TaxonomyChange",
     .reply = "Taxonomy"},
    {.method = "POST",
     .path = "/api/v1/taxonomy/undo",
     .handler = undo_taxonomy,
     .permission = PERMISSION_TAXONOMY_WRITE,
     .whole = true,
     .tag = "workspace",
     .summary = {"撤销上一次改动；再撤销一次即恢复",
                 "undoes the last change; again brings it back"},
     .reply = "Taxonomy"},
    {.method = "GET",
     .path = "/api/v1/taxonomy/industries",
     .handler = list_industries,
     .permission = PERMISSION_FEEDBACK_READ,
     .tag = "workspace",
     .summary = {"有模板的行业", "the industries with a template"},
     .reply = "Industries"},
};
const struct api_table taxonomy_routes = API_TABLE(routes);
