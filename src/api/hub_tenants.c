// SPDX-License-Identifier: Apache-2.0
// /v1/tenants and /v1/enrichment-status: what concerns a tenant as a whole.
#include <stdio.h>

#include "api/hub.h"
#include "base/clock.h"
#include "work/webhook.h"

#define CHUNK         500
#define BODY_LIMIT    16384
#define MOST_LANGUAGE 35

struct tenant {
    struct api *api;
    const struct principal *principal;
    struct request *request;
    struct str id;
    struct hub_hash hash;
    // removing
    int64_t after, removed, webhooks;
    size_t n;
    bool records_only;
    // settings
    const struct json *body;
    bool replace;
    struct strbuf settings;
    struct invalid_param problem;
    // progress
    int64_t texts, analysed;
};

static bool tenant_open(struct request *r, struct api *api, struct str id, struct tenant *ret) {
    const struct workspace_keys *k = hub_keys(r);
    if (!k || !hub_check_id(r, "tenant_id", id, true))
        return false;
    *ret = (struct tenant){.api = api,
                           .principal = request_user(r),
                           .request = r,
                           .id = id,
                           .hash = hub_hash(k, HUB_WORD_TENANT, id),
                           .settings = strbuf_init(16 * KIB)};
    return true;
}

// ── removing ──

// No events are published: whoever would hear them is removed as well.
static bool remove_chunk(struct sql *s, void *ctx, struct error *err) {
    struct tenant *t = ctx;
    int64_t ids[CHUNK], workspace = t->principal->workspace;
    if (!hub_store_of(s, workspace, &t->hash, NULL, t->after, CHUNK, ids, &t->n, err) ||
        !hub_store_remove(s, workspace, ids, t->n, &t->removed, err))
        return false;
    if (t->n == CHUNK) {
        t->after = ids[t->n - 1];
        return true;
    }
    return t->records_only || (webhook_remove_tenant(s, workspace, &t->hash, &t->webhooks, err) &&
                               hub_setting_remove(s, workspace, &t->hash, err));
}

static bool remove_all(struct tenant *t, int64_t *ret, struct error *err) {
    *ret = 0;
    do {
        if (!sql_write(t->api->house->store.db, remove_chunk, t, err))
            return false;
        *ret += t->removed;
    } while (t->n == CHUNK);
    return true;
}

static enum request_outcome delete_data(struct request *r, void *ctx) {
    static const char *const absent[] = {
        "deleted_embeddings",           "deleted_taxonomy_runs",
        "deleted_taxonomy_clusters",    "deleted_taxonomy_cluster_memberships",
        "deleted_taxonomy_nodes",       "deleted_taxonomy_active_runs",
        "deleted_taxonomy_node_events", "deleted_taxonomy_run_input_records",
    };
    struct tenant t;
    struct error e;
    int64_t removed;
    if (!tenant_open(r, ctx, request_param(r, "tenant_id"), &t))
        return REQUEST_DONE;
    if (!remove_all(&t, &removed, &e))
        return api_fail(r, &e);
    struct strbuf sb = strbuf_init(4 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "tenant_id");
    json_add_str(&w, t.id);
    json_key(&w, "deleted_feedback_records");
    json_add_int(&w, removed);
    json_key(&w, "deleted_webhooks");
    json_add_int(&w, t.webhooks);
    for (size_t i = 0; i < ARRAY_LEN(absent); i++) {
        json_key(&w, absent[i]);
        json_add_int(&w, 0); // kinds of data that we do not keep
    }
    json_key(&w, "message");
    json_add_str(
        &w, arena_printf(request_arena(r), "everything of tenant %.*s is deleted", STR_ARG(t.id)));
    json_end_object(&w);
    return api_ok(r, 200, &sb);
}

static enum request_outcome delete_records(struct request *r, void *ctx) {
    struct tenant t;
    struct error e;
    int64_t removed;
    if (!tenant_open(r, ctx, request_param(r, "tenant_id"), &t))
        return REQUEST_DONE;
    t.records_only = true;
    if (!remove_all(&t, &removed, &e))
        return api_fail(r, &e);
    struct strbuf sb = strbuf_init(4 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "status");
    json_add_cstr(&w, "accepted");
    json_key(&w, "tenant_id");
    json_add_str(&w, t.id);
    json_key(&w, "message");
    json_add_str(&w,
                 arena_printf(request_arena(r), "%" PRId64 " feedback records deleted", removed));
    json_end_object(&w);
    return api_ok(r, 202, &sb);
}

// ── settings ──

// "en-us" → "en-US", "zh-hans-cn" → "zh-Hans-CN". False: no language tag.
static bool normalise_language(struct str s, char ret[MOST_LANGUAGE + 1]) {
    struct str rest = s, part;
    size_t len = 0;
    bool first = true;
    if (!s.len || s.len > MOST_LANGUAGE)
        return false;
    for (; str_cut(&rest, '-', &part); first = false) {
        if (part.len < (first ? 2 : 1) || part.len > (first ? 3 : 8))
            return false;
        if (!first)
            ret[len++] = '-';
        for (size_t i = 0; i < part.len; i++) {
            unsigned char c = (unsigned char)part.ptr[i];
            if (c >= 0x80 || !(first ? isalpha(c) : isalnum(c)))
                return false;
            bool upper = !first && (part.len == 2 || (part.len == 4 && i == 0));
            ret[len++] = (char)(upper ? toupper(c) : tolower(c));
        }
    }
    ret[len] = '\0';
    return true;
}

static bool refuse(struct tenant *t, const char *name, const char *zh, const char *en) {
    t->problem = (struct invalid_param){str_from(name), {zh, en}};
    return false;
}

// One setting: what the body says of it, else what there was. Null takes it away.
static bool add_setting(struct tenant *t, struct json_writer *w, const char *name,
                        const struct json *before) {
    const struct json *v = json_get(t->body, name);
    if (json_kind(v) == JSON_KIND_NULL)
        return !t->replace || refuse(t, name, "不能为 null", "must not be null");
    if (json_kind(v) == JSON_KIND_ABSENT)
        v = t->replace ? NULL : json_get(before, name);
    if (json_kind(v) == JSON_KIND_ABSENT)
        return true;
    if (strcmp(name, "target_language") == 0) {
        char language[MOST_LANGUAGE + 1];
        if (t->replace && json_kind(v) == JSON_KIND_STRING && !json_str(v).len)
            return true;
        if (json_kind(v) != JSON_KIND_STRING || !normalise_language(json_str(v), language))
            return refuse(t, name, "应为 BCP 47 语言标签", "must be a BCP-47 language tag");
        json_key(w, name);
        json_add_cstr(w, language);
        return true;
    }
    if (json_kind(v) != JSON_KIND_BOOL)
        return refuse(t, name, "应为 true 或 false", "must be true or false");
    json_key(w, name);
    json_add_bool(w, json_bool(v, true));
    return true;
}

static const char *const setting_names[] = {"target_language", "sentiment_enabled",
                                            "emotions_enabled"};

static bool is_setting(struct str name) {
    for (size_t i = 0; i < ARRAY_LEN(setting_names); i++)
        if (str_eq(name, str_from(setting_names[i])))
            return true;
    return false;
}

static bool load_settings(struct sql *s, void *ctx, struct error *err) {
    struct tenant *t = ctx;
    return hub_setting_load(s, &t->api->house->store, t->principal->workspace, &t->hash,
                            &t->settings, err);
}

static bool store_settings(struct sql *s, void *ctx, struct error *err) {
    struct tenant *t = ctx;
    CLEANUP(json_freep) struct json *before = NULL;
    if (!load_settings(s, ctx, err) ||
        (t->settings.len && !json_parse(strbuf_str(&t->settings), &before, err)))
        return false;
    strbuf_reset(&t->settings);
    struct json_writer w = json_writer_init(&t->settings);
    json_begin_object(&w);
    for (size_t i = 0; i < ARRAY_LEN(setting_names); i++)
        if (!add_setting(t, &w, setting_names[i], before))
            return error_set(err, ERROR_INVALID, "设置不正确", "a setting is not as it should be");
    json_end_object(&w);
    return hub_setting_store(s, &t->api->house->store, t->principal->workspace, &t->hash,
                             strbuf_str(&t->settings), err);
}

static enum request_outcome show_settings(struct tenant *t) {
    struct strbuf sb = strbuf_init(32 * KIB);
    struct json_writer w = json_writer_init(&sb);
    CLEANUP(json_freep) struct json *settings = NULL;
    json_begin_object(&w);
    json_key(&w, "tenant_id");
    json_add_str(&w, t->id);
    json_key(&w, "settings");
    if (t->settings.len && json_parse(strbuf_str(&t->settings), &settings, NULL)) {
        json_add_value(&w, settings);
    } else {
        json_begin_object(&w);
        json_end_object(&w);
    }
    json_end_object(&w);
    return api_ok(t->request, 200, &sb);
}

static enum request_outcome get_settings(struct request *r, void *ctx) {
    struct tenant t;
    struct error e;
    if (!tenant_open(r, ctx, request_param(r, "tenant_id"), &t))
        return REQUEST_DONE;
    enum request_outcome out = sql_read(t.api->house->store.db, load_settings, &t, &e)
                                   ? show_settings(&t)
                                   : api_fail(r, &e);
    strbuf_done(&t.settings);
    return out;
}

static enum request_outcome change_settings(struct request *r, struct api *api, bool replace) {
    struct tenant t;
    struct error e;
    if (!tenant_open(r, api, request_param(r, "tenant_id"), &t) || !api_body(r, &t.body))
        return REQUEST_DONE;
    t.replace = replace;
    if (json_kind(t.body) != JSON_KIND_OBJECT)
        return api_invalid(r, "body", (struct words){"应为 JSON 对象", "must be a JSON object"});
    for (void *it = json_iter(t.body); it; it = json_iter_next(t.body, it))
        if (!is_setting(json_iter_key(it)))
            return api_invalid(r, arena_str(request_arena(r), json_iter_key(it)).ptr,
                               (struct words){"不是可以设置的项", "is no setting"});
    bool ok = sql_write(t.api->house->store.db, store_settings, &t, &e);
    enum request_outcome out = REQUEST_DONE;
    if (ok)
        out = show_settings(&t);
    else if (t.problem.name.len)
        reply_problem_status(r, 400, "validation", &e, &t.problem, 1);
    else
        out = api_fail(r, &e);
    strbuf_done(&t.settings);
    return out;
}

static enum request_outcome put_settings(struct request *r, void *ctx) {
    return change_settings(r, ctx, true);
}

static enum request_outcome patch_settings(struct request *r, void *ctx) {
    return change_settings(r, ctx, false);
}

// ── enrichment ──

static bool read_progress(struct sql *s, void *ctx, struct error *err) {
    struct tenant *t = ctx;
    return hub_store_progress(s, t->principal->workspace, &t->hash, &t->texts, &t->analysed, err) &&
           load_settings(s, ctx, err);
}

static void add_progress(struct json_writer *w, const char *name, const char *why_not,
                         int64_t eligible, int64_t done) {
    json_key(w, name);
    json_begin_object(w);
    json_key(w, "enabled");
    json_add_bool(w, !why_not);
    if (why_not) {
        json_key(w, "disabled_reason");
        json_add_cstr(w, why_not);
    }
    json_key(w, "eligible");
    json_add_int(w, eligible);
    json_key(w, "done");
    json_add_int(w, done);
    json_key(w, "failed");
    json_add_int(w, 0);
    json_key(w, "failed_terminal");
    json_add_int(w, 0);
    json_end_object(w);
}

static enum request_outcome progress(struct request *r, void *ctx) {
    struct tenant t;
    struct error e;
    if (!tenant_open(r, ctx, request_query(r, "tenant_id"), &t))
        return REQUEST_DONE;
    if (!sql_read(t.api->house->store.db, read_progress, &t, &e)) {
        strbuf_done(&t.settings);
        return api_fail(r, &e);
    }
    CLEANUP(json_freep) struct json *settings = NULL;
    bool off = t.settings.len && json_parse(strbuf_str(&t.settings), &settings, NULL) &&
               !json_bool(json_get(settings, "sentiment_enabled"), true);
    strbuf_done(&t.settings);
    struct strbuf sb = strbuf_init(4 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "tenant_id");
    json_add_str(&w, t.id);
    hub_time_add(&w, "as_of", clock_now_us());
    add_progress(&w, "sentiment", off ? "switched_off" : NULL, t.texts, t.analysed);
    add_progress(&w, "emotions", "not_configured", 0, 0);
    add_progress(&w, "translation", "not_configured", 0, 0);
    json_end_object(&w);
    return api_ok(r, 200, &sb);
}

static const struct api_param tenant_query[] = {HUB_PARAM("tenant_id"), {.name = NULL}};

#define HUB_ROUTE .problems = hub_problem, .tag = "hub"

static const struct api_route routes[] = {
    {.method = "DELETE",
     .path = "/v1/tenants/{tenant_id}/data",
     .handler = delete_data,
     .permission = PERMISSION_FEEDBACK_DELETE,
     .whole = true,
     .summary = {"永久删除一个租户的全部数据", "deletes everything of a tenant for good"},
     .reply = "HubTenantDeleted",
     HUB_ROUTE},
    {.method = "DELETE",
     .path = "/v1/tenants/{tenant_id}/feedback-records",
     .handler = delete_records,
     .permission = PERMISSION_FEEDBACK_DELETE,
     .whole = true,
     .summary = {"永久删除一个租户的记录", "deletes the records of a tenant for good"},
     .reply = "HubTenantPurged",
     .success = 202,
     HUB_ROUTE},
    {.method = "GET",
     .path = "/v1/tenants/{tenant_id}/settings",
     .handler = get_settings,
     .permission = PERMISSION_FEEDBACK_READ,
     .whole = true,
     .summary = {"租户的设置", "the settings of a tenant"},
     .reply = "HubSettings",
     HUB_ROUTE},
    {.method = "PUT",
     .path = "/v1/tenants/{tenant_id}/settings",
     .handler = put_settings,
     .permission = PERMISSION_FEEDBACK_WRITE,
     .whole = true,
     .body_limit = BODY_LIMIT,
     .summary = {"替换租户的设置", "replaces the settings of a tenant"},
     .body = "HubSettingsIn",
     .own_checks = true,
     .reply = "HubSettings",
     HUB_ROUTE},
    {.method = "PATCH",
     .path = "/v1/tenants/{tenant_id}/settings",
     .handler = patch_settings,
     .permission = PERMISSION_FEEDBACK_WRITE,
     .whole = true,
     .body_limit = BODY_LIMIT,
     .summary = {"修改租户的设置", "changes the settings of a tenant"},
     .body = "HubSettingsIn",
     .own_checks = true,
     .reply = "HubSettings",
     HUB_ROUTE},
    {.method = "GET",
     .path = "/v1/enrichment-status",
     .handler = progress,
     .permission = PERMISSION_FEEDBACK_READ,
     .whole = true,
     .summary = {"租户的分析进度", "how far the analysis of a tenant is"},
     .query = tenant_query,
     .reply = "HubEnrichmentStatus",
     HUB_ROUTE},
};
const struct api_table hub_tenant_routes = API_TABLE(routes);
