// SPDX-License-Identifier: Apache-2.0
// /v1/webhooks: addresses that are told of what happens to the records of a tenant.
#include <stdio.h>

#include "api/hub.h"
#include "base/clock.h"
#include "base/utf8.h"
#include "sys/fetch.h"
#include "work/webhook.h"

#define BODY_LIMIT 16384
#define ORDER      8 // of cursors: no list of records has it

struct editing {
    struct api *api;
    const struct principal *principal;
    struct request *request;
    const struct workspace_keys *keys;
    const struct json *body;
    struct webhook webhook;
    struct invalid_param params[8];
    size_t n_params;
};

// ── reading ──

static void complain(struct editing *e, const char *name, const char *zh, const char *en) {
    if (e->n_params < ARRAY_LEN(e->params))
        e->params[e->n_params++] = (struct invalid_param){str_from(name), {zh, en}};
}

static void read_events(struct editing *e, const struct json *list) {
    if (json_kind(list) != JSON_KIND_ARRAY) {
        complain(e, "event_types", "应为数组", "must be an array");
        return;
    }
    e->webhook.events = 0;
    for (size_t i = 0; i < json_len(list); i++) {
        enum webhook_event event;
        if (webhook_event_find(json_str(json_at(list, i)), &event))
            e->webhook.events |= UINT32_C(1) << event;
        else
            complain(e, "event_types", "有不存在的事件",
                     "must be of: feedback_record.created, feedback_record.updated, "
                     "feedback_record.deleted, webhook.created, webhook.updated, webhook.deleted");
    }
}

static void read_text(struct editing *e, const char *name, const struct json *v, size_t most,
                      struct str *ret) {
    struct str s = json_str(v);
    if (json_kind(v) != JSON_KIND_STRING || !str_trim(s).len)
        complain(e, name, "应为非空字符串", "must be a string that is not empty");
    else if (utf8_count(s) > most)
        complain(e, name, "太长", "is too long");
    else
        *ret = s;
}

// Members of the body into e->webhook.
static void read_members(struct editing *e) {
    struct webhook *w = &e->webhook;
    for (void *it = json_iter(e->body); it; it = json_iter_next(e->body, it)) {
        struct str name = json_iter_key(it);
        const struct json *v = json_iter_value(it);
        if (str_eq(name, STR("url"))) {
            read_text(e, "url", v, WEBHOOK_MAX_URL, &w->url);
            if (w->url.len && !fetch_url_is_valid(w->url))
                complain(e, "url", "应为 http 或 https 地址", "must be an http or https URL");
        } else if (str_eq(name, STR("signing_key"))) {
            read_text(e, "signing_key", v, 255, &w->key);
        } else if (str_eq(name, STR("tenant_id"))) {
            read_text(e, "tenant_id", v, 255, &w->tenant_id);
        } else if (str_eq(name, STR("event_types"))) {
            read_events(e, v);
        } else if (str_eq(name, STR("enabled"))) {
            if (json_kind(v) != JSON_KIND_BOOL)
                complain(e, "enabled", "应为 true 或 false", "must be true or false");
            w->enabled = json_bool(v, w->enabled);
        } else {
            complain(e, arena_str(request_arena(e->request), name).ptr, "不是可以填写的成员",
                     "is not a member that can be given");
        }
    }
}

static enum request_outcome refuse(struct editing *e) {
    struct error err;
    error_set(&err, ERROR_INVALID, "有参数不正确，没有写入",
              "one or more members are not as they should be; nothing was written");
    reply_problem_status(e->request, 400, "validation", &err, e->params, e->n_params);
    return REQUEST_DONE;
}

// ── writing ──

static void add_webhook(struct json_writer *w, const struct webhook *h, bool with_key) {
    json_begin_object(w);
    api_add_id(w, "id", h->id);
    json_key(w, "url");
    json_add_str(w, h->url);
    if (with_key) {
        json_key(w, "signing_key");
        json_add_str(w, h->key);
    }
    json_key(w, "enabled");
    json_add_bool(w, h->enabled);
    json_key(w, "tenant_id");
    json_add_str(w, h->tenant_id);
    json_key(w, "event_types");
    json_begin_array(w);
    for (int i = 0; i < N_WEBHOOK_EVENTS; i++)
        if (h->events >> i & 1)
            json_add_cstr(w, webhook_event_codes[i]);
    json_end_array(w);
    hub_time_add(w, "created_at", h->created_us);
    hub_time_add(w, "updated_at", h->updated_us);
    if (h->disabled_us != TIME_NONE) {
        json_key(w, "disabled_reason");
        json_add_str(w, h->disabled_reason);
        hub_time_add(w, "disabled_at", h->disabled_us);
    }
    json_end_object(w);
}

static enum request_outcome show(struct request *r, int status, const struct webhook *h,
                                 bool with_key) {
    struct strbuf sb = strbuf_init(64 * KIB);
    struct json_writer w = json_writer_init(&sb);
    add_webhook(&w, h, with_key);
    return api_ok(r, status, &sb);
}

// Others of the tenant hear of it; the signing key is told to nobody.
static bool publish(struct sql *s, struct editing *e, enum webhook_event event, const char *changed,
                    struct error *err) {
    CLEANUP(strbuf_done) struct strbuf data = strbuf_init(64 * KIB);
    struct json_writer w = json_writer_init(&data);
    if (event == WEBHOOK_DELETED) {
        char id[ID_TEXT];
        json_begin_array(&w);
        json_add_cstr(&w, id_format(e->webhook.id, id));
        json_end_array(&w);
    } else {
        add_webhook(&w, &e->webhook, false);
    }
    struct hub_hash tenant = hub_hash(e->keys, HUB_WORD_TENANT, e->webhook.tenant_id);
    return webhook_publish(s, &e->api->house->store, e->principal->workspace, &tenant, event,
                           e->webhook.tenant_id, strbuf_str(&data), changed, err);
}

static bool editing_open(struct request *r, struct api *api, bool with_body, struct editing *ret) {
    *ret = (struct editing){
        .api = api, .principal = request_user(r), .request = r, .keys = hub_keys(r)};
    if (!ret->keys || (with_body && !api_body(r, &ret->body)))
        return false;
    if (with_body && json_kind(ret->body) != JSON_KIND_OBJECT) {
        api_invalid(r, "body", (struct words){"应为 JSON 对象", "must be a JSON object"});
        return false;
    }
    return true;
}

static bool insert(struct sql *s, void *ctx, struct error *err) {
    struct editing *e = ctx;
    return publish(s, e, WEBHOOK_CREATED, NULL, err) &&
           webhook_insert(s, &e->api->house->store, e->principal->workspace, &e->webhook, err);
}

static enum request_outcome create(struct request *r, void *ctx) {
    struct editing e;
    struct error err;
    if (!editing_open(r, ctx, true, &e))
        return REQUEST_DONE;
    e.webhook = (struct webhook){.id = id_next(e.api->house->store.ids),
                                 .enabled = true,
                                 .created_us = clock_now_us(),
                                 .disabled_us = TIME_NONE};
    e.webhook.updated_us = e.webhook.created_us;
    read_members(&e);
    if (json_kind(json_get(e.body, "url")) == JSON_KIND_ABSENT)
        complain(&e, "url", "是必填项", "is required");
    if (json_kind(json_get(e.body, "tenant_id")) == JSON_KIND_ABSENT)
        complain(&e, "tenant_id", "是必填项", "is required");
    if (e.n_params)
        return refuse(&e);
    if (!e.webhook.key.len) {
        CLEANUP(strbuf_done) struct strbuf made = strbuf_init(KIB);
        webhook_make_key(&made);
        e.webhook.key = arena_str(request_arena(r), strbuf_str(&made));
    }
    if (!sql_write(e.api->house->store.db, insert, &e, &err))
        return api_fail(r, &err);
    return show(r, 201, &e.webhook, true);
}

static bool read_one(struct sql *s, void *ctx, struct error *err) {
    struct editing *e = ctx;
    return webhook_load(s, &e->api->house->store, e->principal->workspace, e->webhook.id,
                        request_arena(e->request), &e->webhook, err);
}

static enum request_outcome retrieve(struct request *r, void *ctx) {
    struct editing e;
    struct error err;
    if (!editing_open(r, ctx, false, &e) || !hub_path_id(r, &e.webhook.id))
        return REQUEST_DONE;
    if (!sql_read(e.api->house->store.db, read_one, &e, &err))
        return api_fail(r, &err);
    return show(r, 200, &e.webhook, false);
}

static bool change(struct sql *s, void *ctx, struct error *err) {
    struct editing *e = ctx;
    e->n_params = 0;
    if (!read_one(s, ctx, err))
        return false;
    bool was_enabled = e->webhook.enabled;
    read_members(e);
    if (e->n_params)
        return error_set(err, ERROR_INVALID, "有参数不正确", "a member is not as it should be");
    e->webhook.updated_us = clock_now_us();
    if (e->webhook.enabled && !was_enabled) {
        e->webhook.disabled_us = TIME_NONE;
        e->webhook.disabled_reason = STR("");
    }
    CLEANUP(strbuf_done) struct strbuf names = strbuf_init(4 * KIB);
    struct json_writer w = json_writer_init(&names);
    json_begin_array(&w);
    for (void *it = json_iter(e->body); it; it = json_iter_next(e->body, it))
        json_add_str(&w, json_iter_key(it));
    json_end_array(&w);
    return webhook_update(s, &e->api->house->store, e->principal->workspace, &e->webhook, err) &&
           publish(s, e, WEBHOOK_UPDATED, strbuf_cstr(&names), err);
}

static enum request_outcome update(struct request *r, void *ctx) {
    struct editing e;
    struct error err;
    if (!editing_open(r, ctx, true, &e) || !hub_path_id(r, &e.webhook.id))
        return REQUEST_DONE;
    if (sql_write(e.api->house->store.db, change, &e, &err))
        return show(r, 200, &e.webhook, false);
    return e.n_params ? refuse(&e) : api_fail(r, &err);
}

static bool remove_one(struct sql *s, void *ctx, struct error *err) {
    struct editing *e = ctx;
    int64_t n;
    return read_one(s, ctx, err) &&
           webhook_remove(s, e->principal->workspace, e->webhook.id, &n, err) &&
           publish(s, e, WEBHOOK_DELETED, NULL, err);
}

static enum request_outcome delete_one(struct request *r, void *ctx) {
    struct editing e;
    struct error err;
    if (!editing_open(r, ctx, false, &e) || !hub_path_id(r, &e.webhook.id))
        return REQUEST_DONE;
    if (!sql_write(e.api->house->store.db, remove_one, &e, &err))
        return api_fail(r, &err);
    reply_status(r, 204);
    return REQUEST_DONE;
}

// ── list ──

struct listing {
    struct api *api;
    const struct principal *principal;
    struct request *request;
    const struct hub_hash *tenant;
    int enabled;
    int64_t before;
    size_t limit, n;
    struct webhook *items;
};

static bool read_list(struct sql *s, void *ctx, struct error *err) {
    struct listing *l = ctx;
    return webhook_list(s, &l->api->house->store, l->principal->workspace, l->tenant, l->enabled,
                        l->before, l->limit + 1, request_arena(l->request), l->items, &l->n, err);
}

static enum request_outcome list(struct request *r, void *ctx) {
    const struct workspace_keys *k = hub_keys(r);
    struct str tenant = request_query(r, "tenant_id"), enabled = request_query(r, "enabled");
    struct listing l = {.api = ctx,
                        .principal = request_user(r),
                        .request = r,
                        .enabled = -1,
                        .limit = api_limit(r, 100)};
    struct feedback_position at = {0};
    bool given;
    struct error err;
    if (!k || !hub_check_id(r, "tenant_id", tenant, false) ||
        !hub_cursor_read(r, ORDER, &given, &at))
        return REQUEST_DONE;
    if (enabled.len && !str_eq(enabled, STR("true")) && !str_eq(enabled, STR("false")))
        return api_invalid(r, "enabled",
                           (struct words){"应为 true 或 false", "must be true or false"});
    if (enabled.len)
        l.enabled = str_eq(enabled, STR("true"));
    struct hub_hash t = hub_hash(k, HUB_WORD_TENANT, tenant);
    l.tenant = tenant.len ? &t : NULL;
    l.before = at.id;
    l.items = ARENA_ARRAY(request_arena(r), struct webhook, l.limit + 1);
    if (!sql_read(l.api->house->store.db, read_list, &l, &err))
        return api_fail(r, &err);
    struct strbuf sb = strbuf_init(16 * MIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_array(&w);
    size_t shown = MIN(l.n, l.limit);
    for (size_t i = 0; i < shown; i++)
        add_webhook(&w, &l.items[i], false);
    json_end_array(&w);
    json_key(&w, "limit");
    json_add_int(&w, (int64_t)l.limit);
    if (l.n > l.limit)
        hub_cursor_add(r, &w, ORDER, &(struct feedback_position){.id = l.items[shown - 1].id});
    json_end_object(&w);
    return api_ok(r, 200, &sb);
}

static const struct api_param list_query[] = {
    HUB_PARAM("tenant_id"), HUB_PARAM("enabled"),
    HUB_PARAM("cursor"),    {"limit", PARAM_INT, 1, HUB_MOST_LIMIT, {"每页条数", "items a page"}},
    {.name = NULL},
};

#define HUB_ROUTE                                                                                  \
    .permission = PERMISSION_WEBHOOK_WRITE, .whole = true, .problems = hub_problem, .tag = "hub"

static const struct api_route routes[] = {
    {.method = "POST",
     .path = "/v1/webhooks",
     .handler = create,
     .body_limit = BODY_LIMIT,
     .summary = {"登记一个 webhook", "registers a webhook"},
     .body = "HubWebhookIn",
     .own_checks = true,
     .reply = "HubWebhook",
     .success = 201,
     HUB_ROUTE},
    {.method = "GET",
     .path = "/v1/webhooks",
     .handler = list,
     .summary = {"webhook 列表", "lists webhooks"},
     .query = list_query,
     .reply = "HubWebhooks",
     HUB_ROUTE},
    {.method = "GET",
     .path = "/v1/webhooks/{id}",
     .handler = retrieve,
     .summary = {"一个 webhook", "one webhook"},
     .reply = "HubWebhook",
     HUB_ROUTE},
    {.method = "PATCH",
     .path = "/v1/webhooks/{id}",
     .handler = update,
     .body_limit = BODY_LIMIT,
     .summary = {"修改一个 webhook", "changes a webhook"},
     .body = "HubWebhookChange",
     .own_checks = true,
     .reply = "HubWebhook",
     HUB_ROUTE},
    {.method = "DELETE",
     .path = "/v1/webhooks/{id}",
     .handler = delete_one,
     .summary = {"删除一个 webhook", "removes a webhook"},
     .success = 204,
     HUB_ROUTE},
};
const struct api_table hub_webhook_routes = API_TABLE(routes);
