// SPDX-License-Identifier: Apache-2.0
// /v1/feedback-records: one record, many records.
#include <stdio.h>

#include "api/feedback_json.h"
#include "api/hub.h"
#include "api/metrics.h"
#include "base/clock.h"
#include "base/mem.h"
#include "work/webhook.h"

#define BODY_LIMIT   (512 * KIB)
#define CHUNK        200
#define REMOVE_CHUNK 500

// ── create ──

// One request until its commit. In the arena of the request.
struct creation {
    struct request *request;
    struct api *api;
    struct hub_record hub;
    struct hub_row row;
    struct record record;
    struct intake_item item;
    struct intake_request intake;
    struct json *body, *tree; // behind hub, record
    struct strbuf answer;     // FeedbackRecordData
    int64_t there;            // the record that is there already
};

static void creation_done(void *state) {
    struct creation *c = state;
    strbuf_done(&c->answer);
    json_free(c->tree);
    json_free(c->body);
}

static enum request_outcome refuse_members(struct request *r, const struct record_problems *p) {
    struct invalid_param params[RECORD_MAX_PROBLEMS];
    struct error e;
    if (p->n == 0)
        return api_invalid(r, "body", (struct words){"应为 JSON 对象", "must be a JSON object"});
    for (size_t i = 0; i < p->n; i++)
        params[i] = (struct invalid_param){str_from(p->items[i].name), p->items[i].reason};
    error_set(&e, ERROR_INVALID, "有参数不正确，没有写入",
              "one or more members are not as they should be; nothing was written");
    reply_problem_status(r, 400, "validation", &e, params, p->n);
    return REQUEST_DONE;
}

static bool look_for_same(struct sql *s, void *ctx, struct error *err) {
    struct creation *c = ctx;
    return hub_store_find(s, c->intake.workspace, &c->row.words[HUB_WORD_IDENTITY], &c->there, err);
}

// In the transaction of the feedback.
static bool add_row(struct sql *s, struct intake_request *in, struct error *err) {
    struct creation *c = in->ctx;
    return hub_store_add(s, in->workspace, &c->row, err) &&
           webhook_publish(s, &c->api->house->store, in->workspace, &c->row.words[HUB_WORD_TENANT],
                           WEBHOOK_RECORD_CREATED, c->hub.tenant_id, strbuf_str(&c->answer), NULL,
                           err);
}

// On a writer thread, after the commit.
static void created(struct intake_request *in, bool ok, const struct error *err) {
    struct creation *c = in->ctx;
    struct request *r = c->request;
    if (ok) {
        metrics_feedback(c->api->metrics, 1, 0);
        reply_take(r, 201, "application/json", &c->answer);
    } else {
        reply_problem(r, err);
    }
    request_finish(r);
}

static void format_answer(struct creation *c, const struct principal *p) {
    struct stored_feedback f = {.id = c->item.new_id,
                                .occurred_us = c->item.occurred_us,
                                .updated_us = id_time_us(c->item.new_id)};
    struct json_writer w = json_writer_init(&c->answer);
    hub_record_json(&w, &f, &c->hub, p, request_arena(c->request));
}

static enum request_outcome create(struct request *r, void *ctx) {
    const struct principal *p = request_user(r);
    const struct workspace_keys *k = hub_keys(r);
    struct creation *c = ARENA_NEW(request_arena(r), struct creation);
    struct record_problems problems = {0};
    struct error e;
    if (!k)
        return REQUEST_DONE;
    *c = (struct creation){.request = r, .api = ctx, .answer = strbuf_init(MIB)};
    request_set_state(r, c, creation_done);
    if (!json_parse(request_body(r), &c->body, &e))
        return api_fail(r, &e);
    if (!hub_record_parse(c->body, false, &c->hub, &problems))
        return refuse_members(r, &problems);
    struct arena *a = request_arena(r);
    hub_record_store(&c->hub, a, &c->record, &c->tree);
    c->intake = (struct intake_request){.workspace = p->workspace,
                                        .actor = api_actor(r),
                                        .lane = LANE_LIVE,
                                        .items = &c->item,
                                        .n_items = 1,
                                        .also = add_row,
                                        .done = created,
                                        .ctx = c};
    bool ok = intake_prepare(c->api->house->intake, &c->intake, &c->record, 0, a, &c->item, &e);
    if (ok) {
        hub_row_make(k, &c->hub, c->item.new_id, c->item.occurred_us, &c->row);
        ok = sql_read(c->api->house->store.db, look_for_same, c, &e);
    }
    if (ok && c->there)
        ok = error_set(&e, ERROR_CONFLICT, "这个 submission_id 和 field_id 已有记录",
                       "a record with this tenant_id, submission_id and field_id exists already");
    if (!ok)
        return api_fail(r, &e);
    format_answer(c, p);
    intake_submit(c->api->house->intake, &c->intake);
    return REQUEST_KEPT;
}

// ── one ──

struct one {
    struct api *api;
    const struct principal *principal;
    const struct workspace_keys *keys;
    int64_t id;
    struct hub_hash tenant;
    struct feedback_batch batch;
    struct hub_record hub;
    // of an update
    const struct json *changes;
    struct record record;
    struct json *tree;
    struct record_problems problems;
    struct arena arena;
    bool is_bad;
};

static bool load_one(struct sql *s, void *ctx, struct error *err) {
    struct one *o = ctx;
    if (!hub_store_tenant(s, o->principal->workspace, o->id, &o->tenant, err) ||
        !feedback_load(s, &o->api->house->store, o->principal->workspace, &o->id, 1,
                       FEEDBACK_EVERYTHING, &o->batch, err))
        return false;
    const struct stored_feedback *f = &o->batch.items[0];
    return (f->found && hub_record_load(&f->record, &o->hub) &&
            feedback_in_scope(f, o->principal)) ||
           error_set(err, ERROR_NOT_FOUND, "没有这条记录", "feedback record not found");
}

static void one_done(struct one *o) {
    feedback_batch_done(&o->batch);
    json_free(o->tree);
    arena_done(&o->arena);
}

static enum request_outcome show_one(struct request *r, struct one *o) {
    struct strbuf sb = strbuf_init(MIB);
    struct json_writer w = json_writer_init(&sb);
    hub_record_json(&w, &o->batch.items[0], &o->hub, o->principal, request_arena(r));
    return api_ok(r, 200, &sb);
}

static bool one_open(struct request *r, struct api *api, struct one *ret) {
    *ret = (struct one){.api = api, .principal = request_user(r), .keys = hub_keys(r)};
    return ret->keys && hub_path_id(r, &ret->id);
}

static enum request_outcome retrieve(struct request *r, void *ctx) {
    struct one o;
    struct error e;
    if (!one_open(r, ctx, &o))
        return REQUEST_DONE;
    enum request_outcome out =
        sql_read(o.api->house->store.db, load_one, &o, &e) ? show_one(r, &o) : api_fail(r, &e);
    one_done(&o);
    return out;
}

static void add_changed(struct json_writer *w, const struct json *changes) {
    json_begin_array(w);
    for (void *it = json_iter(changes); it; it = json_iter_next(changes, it))
        json_add_str(w, json_iter_key(it));
    json_end_array(w);
}

static bool write_update(struct sql *s, void *ctx, struct error *err) {
    struct one *o = ctx;
    struct hub_row row;
    char actor[PRINCIPAL_ACTOR];
    json_free(o->tree);
    o->tree = NULL;
    arena_reset(&o->arena);
    o->problems.n = 0;
    if (!load_one(s, ctx, err))
        return false;
    struct stored_feedback *f = &o->batch.items[0];
    o->is_bad = !hub_record_parse(o->changes, true, &o->hub, &o->problems);
    if (o->is_bad)
        return error_set(err, ERROR_INVALID, "有参数不正确", "a member is not as it should be");
    hub_record_store(&o->hub, &o->arena, &o->record, &o->tree);
    hub_row_make(o->keys, &o->hub, o->id, f->occurred_us, &row);
    if (!hub_store_update(s, &o->api->house->store, o->principal->workspace, &row, &o->record,
                          principal_actor(o->principal, actor), err))
        return false;
    // The analysis of before is not that of the new text.
    f->version++;
    f->updated_us = clock_now_us();
    CLEANUP(strbuf_done) struct strbuf data = strbuf_init(MIB);
    CLEANUP(strbuf_done) struct strbuf changed = strbuf_init(4 * KIB);
    struct json_writer w = json_writer_init(&data), names = json_writer_init(&changed);
    hub_record_json(&w, f, &o->hub, o->principal, &o->arena);
    add_changed(&names, o->changes);
    return webhook_publish(s, &o->api->house->store, o->principal->workspace, &o->tenant,
                           WEBHOOK_RECORD_UPDATED, o->hub.tenant_id, strbuf_str(&data),
                           strbuf_cstr(&changed), err);
}

static enum request_outcome update(struct request *r, void *ctx) {
    struct one o;
    struct error e;
    struct json *body;
    if (!one_open(r, ctx, &o))
        return REQUEST_DONE;
    if (!json_parse(request_body(r), &body, &e))
        return api_fail(r, &e);
    o.changes = body;
    bool ok = sql_write(o.api->house->store.db, write_update, &o, &e);
    enum request_outcome out = ok         ? show_one(r, &o)
                               : o.is_bad ? refuse_members(r, &o.problems)
                                          : api_fail(r, &e);
    one_done(&o);
    json_free(body);
    return out;
}

static bool publish_gone(struct sql *s, const struct api *api, int64_t workspace,
                         const struct hub_hash *tenant, struct str tenant_id, const int64_t *ids,
                         size_t n, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf data = strbuf_init(MIB);
    struct json_writer w = json_writer_init(&data);
    json_begin_array(&w);
    for (size_t i = 0; i < n; i++) {
        char text[ID_TEXT];
        json_add_cstr(&w, id_format(ids[i], text));
    }
    json_end_array(&w);
    return webhook_publish(s, &api->house->store, workspace, tenant, WEBHOOK_RECORD_DELETED,
                           tenant_id, strbuf_str(&data), NULL, err);
}

static bool write_delete(struct sql *s, void *ctx, struct error *err) {
    struct one *o = ctx;
    int64_t n;
    return load_one(s, ctx, err) &&
           hub_store_remove(s, o->principal->workspace, &o->id, 1, &n, err) &&
           publish_gone(s, o->api, o->principal->workspace, &o->tenant, o->hub.tenant_id, &o->id, 1,
                        err);
}

static enum request_outcome delete_one(struct request *r, void *ctx) {
    struct one o;
    struct error e;
    if (!one_open(r, ctx, &o))
        return REQUEST_DONE;
    bool ok = sql_write(o.api->house->store.db, write_delete, &o, &e);
    one_done(&o);
    if (!ok)
        return api_fail(r, &e);
    reply_status(r, 204);
    return REQUEST_DONE;
}

// ── many ──

struct scan {
    struct api *api;
    const struct principal *principal;
    struct request *request;
    struct hub_query query;
    bool has_after;
    struct feedback_position at; // the last one looked at
    size_t limit, n;
    int64_t count;
    bool more;
    struct json_writer *w; // NULL: only counted
    int64_t ids[CHUNK], at_us[CHUNK];
    size_t n_ids;
    struct feedback_batch batch;
};

static bool read_chunk(struct sql *s, void *ctx, struct error *err) {
    struct scan *c = ctx;
    return hub_store_list(s, c->principal->workspace, &c->query.rows, c->has_after ? &c->at : NULL,
                          CHUNK, c->ids, c->at_us, &c->n_ids, err) &&
           feedback_load(s, &c->api->house->store, c->principal->workspace, c->ids, c->n_ids,
                         FEEDBACK_EVERYTHING, &c->batch, err);
}

static bool scan_run(struct scan *c, struct error *err) {
    c->n_ids = CHUNK;
    c->more = true;
    while (c->more && c->n < c->limit) {
        if (!sql_read(c->api->house->store.db, read_chunk, c, err))
            return false;
        size_t i = 0;
        for (; i < c->n_ids && c->n < c->limit; i++) {
            const struct stored_feedback *f = &c->batch.items[i];
            struct hub_record h;
            c->at = (struct feedback_position){c->at_us[i], c->ids[i]};
            c->has_after = true;
            if (!f->found || !hub_record_load(&f->record, &h) ||
                !hub_query_matches(&c->query, f, &h, c->principal))
                continue;
            c->n++;
            if (c->w)
                hub_record_json(c->w, f, &h, c->principal, request_arena(c->request));
        }
        c->more = i < c->n_ids || c->n_ids == CHUNK;
    }
    return true;
}

static uint8_t order_of(const struct hub_filter *f) {
    return (uint8_t)(1 | f->by_created << 1 | f->ascending << 2);
}

static enum request_outcome list(struct request *r, void *ctx) {
    struct scan *c = ARENA_NEW(request_arena(r), struct scan);
    struct error e;
    *c = (struct scan){
        .api = ctx, .principal = request_user(r), .request = r, .limit = api_limit(r, 100)};
    if (!hub_query_read(r, &c->query) ||
        !hub_cursor_read(r, order_of(&c->query.rows), &c->has_after, &c->at))
        return REQUEST_DONE;
    struct strbuf sb = strbuf_init(256 * MIB);
    struct json_writer w = json_writer_init(&sb);
    c->w = &w;
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_array(&w);
    bool ok = c->query.nothing || scan_run(c, &e);
    json_end_array(&w);
    json_key(&w, "limit");
    json_add_int(&w, (int64_t)c->limit);
    if (c->more)
        hub_cursor_add(r, &w, order_of(&c->query.rows), &c->at);
    json_end_object(&w);
    feedback_batch_done(&c->batch);
    if (ok)
        return api_ok(r, 200, &sb);
    strbuf_done(&sb);
    return api_fail(r, &e);
}

static bool read_count(struct sql *s, void *ctx, struct error *err) {
    struct scan *c = ctx;
    return hub_store_count(s, c->principal->workspace, &c->query.rows, &c->count, err);
}

static enum request_outcome count(struct request *r, void *ctx) {
    struct scan *c = ARENA_NEW(request_arena(r), struct scan);
    struct error e;
    *c = (struct scan){.api = ctx, .principal = request_user(r), .request = r, .limit = SIZE_MAX};
    if (!hub_query_read(r, &c->query))
        return REQUEST_DONE;
    bool ok = c->query.nothing ||
              (c->query.needs_look ? scan_run(c, &e)
                                   : sql_read(c->api->house->store.db, read_count, c, &e));
    feedback_batch_done(&c->batch);
    if (!ok)
        return api_fail(r, &e);
    struct strbuf sb = strbuf_init(KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "count");
    json_add_int(&w, c->query.needs_look ? (int64_t)c->n : c->count);
    json_end_object(&w);
    return api_ok(r, 200, &sb);
}

// ── everything of one person ──

struct removal {
    struct api *api;
    const struct principal *principal;
    const struct hub_hash *tenant; // NULL: all
    const struct hub_hash *person;
    int64_t after, removed;
    size_t n;
};

// Records of one tenant are told of together; a person's records are few, so their tenants are looked up one by one.
static bool remove_chunk(struct sql *s, void *ctx, struct error *err) {
    struct removal *m = ctx;
    int64_t ids[REMOVE_CHUNK], workspace = m->principal->workspace, n;
    struct feedback_batch batch = {0};
    if (!hub_store_of(s, workspace, m->tenant, m->person, m->after, REMOVE_CHUNK, ids, &m->n, err))
        return false;
    bool ok = feedback_load(s, &m->api->house->store, workspace, ids, m->n, 0, &batch, err);
    for (size_t i = 0; ok && i < m->n; i++) {
        struct hub_hash tenant;
        struct hub_record h = {0};
        bool is_ours = batch.items[i].found && batch.items[i].deleted_us == TIME_NONE &&
                       hub_record_load(&batch.items[i].record, &h);
        ok =
            !is_ours || (hub_store_tenant(s, workspace, ids[i], &tenant, err) &&
                         publish_gone(s, m->api, workspace, &tenant, h.tenant_id, &ids[i], 1, err));
    }
    feedback_batch_done(&batch);
    ok = ok && hub_store_remove(s, workspace, ids, m->n, &n, err);
    if (ok)
        m->removed = n;
    if (ok && m->n)
        m->after = ids[m->n - 1];
    return ok;
}

static enum request_outcome delete_person(struct request *r, void *ctx) {
    const struct workspace_keys *k = hub_keys(r);
    struct str person = request_query(r, "user_id"), tenant = request_query(r, "tenant_id");
    bool in_tenant = false;
    for (size_t i = 0; i < request_n_query(r); i++)
        in_tenant = in_tenant || str_eq(request_query_name(r, i), STR("tenant_id"));
    if (!k || !hub_check_id(r, "user_id", person, true) ||
        !hub_check_id(r, "tenant_id", tenant, in_tenant))
        return REQUEST_DONE;
    struct hub_hash p = hub_hash(k, HUB_WORD_PERSON, person),
                    t = hub_hash(k, HUB_WORD_TENANT, tenant);
    struct removal m = {
        .api = ctx, .principal = request_user(r), .person = &p, .tenant = in_tenant ? &t : NULL};
    struct error e;
    int64_t total = 0;
    do {
        if (!sql_write(m.api->house->store.db, remove_chunk, &m, &e))
            return api_fail(r, &e);
        total += m.removed;
    } while (m.n == REMOVE_CHUNK);
    struct strbuf sb = strbuf_init(KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "deleted_count");
    json_add_int(&w, total);
    json_key(&w, "message");
    json_add_str(&w, arena_printf(request_arena(r), "%" PRId64 " feedback records deleted", total));
    json_end_object(&w);
    return api_ok(r, 200, &sb);
}

// ── routes ──

static const struct api_param list_query[] = {
    HUB_FILTER_PARAMS,
    HUB_PARAM("sort"),
    HUB_PARAM("order"),
    HUB_PARAM("cursor"),
    {"limit", PARAM_INT, 1, HUB_MOST_LIMIT, {"每页条数", "items a page"}},
    {.name = NULL},
};
static const struct api_param count_query[] = {HUB_FILTER_PARAMS, {.name = NULL}};
static const struct api_param person_query[] = {
    HUB_PARAM("user_id"), HUB_PARAM("tenant_id"), {.name = NULL}};

#define RECORDS   "/v1/feedback-records"
#define HUB_ROUTE .problems = hub_problem, .tag = "hub"

static const struct api_route routes[] = {
    {.method = "POST",
     .path = RECORDS,
     .handler = create,
     .permission = PERMISSION_FEEDBACK_WRITE,
     .whole = true,
     .body_limit = BODY_LIMIT,
     .summary = {"写入一条 Hub 记录", "writes one Hub record"},
     .body = "HubRecordIn",
     .own_checks = true,
     .reply = "HubRecord",
     .success = 201,
     HUB_ROUTE},
    {.method = "GET",
     .path = RECORDS,
     .handler = list,
     .permission = PERMISSION_FEEDBACK_READ,
     .summary = {"Hub 记录列表", "lists Hub records"},
     .query = list_query,
     .reply = "HubRecords",
     HUB_ROUTE},
    {.method = "DELETE",
     .path = RECORDS,
     .handler = delete_person,
     .permission = PERMISSION_FEEDBACK_DELETE,
     .whole = true,
     .summary = {"永久删除一个用户的 Hub 记录", "deletes the Hub records of one user for good"},
     .query = person_query,
     .reply = "HubDeleted",
     HUB_ROUTE},
    {.method = "GET",
     .path = RECORDS "/count",
     .handler = count,
     .permission = PERMISSION_FEEDBACK_READ,
     .summary = {"Hub 记录条数", "counts Hub records"},
     .query = count_query,
     .reply = "HubCount",
     HUB_ROUTE},
    {.method = "GET",
     .path = RECORDS "/{id}",
     .handler = retrieve,
     .permission = PERMISSION_FEEDBACK_READ,
     .summary = {"一条 Hub 记录", "one Hub record"},
     .reply = "HubRecord",
     HUB_ROUTE},
    {.method = "PATCH",
     .path = RECORDS "/{id}",
     .handler = update,
     .permission = PERMISSION_FEEDBACK_WRITE,
     .body_limit = BODY_LIMIT,
     .summary = {"修改一条 Hub 记录", "changes one Hub record"},
     .body = "HubRecordChange",
     .own_checks = true,
     .reply = "HubRecord",
     HUB_ROUTE},
    {.method = "DELETE",
     .path = RECORDS "/{id}",
     .handler = delete_one,
     .permission = PERMISSION_FEEDBACK_DELETE,
     .summary = {"永久删除一条 Hub 记录", "deletes one Hub record for good"},
     .success = 204,
     HUB_ROUTE},
};
const struct api_table hub_record_routes = API_TABLE(routes);
