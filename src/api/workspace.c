// SPDX-License-Identifier: Apache-2.0
// Saved views, the workspace, the audit log.
#include "account/workspace.h"

#include "account/audit.h"
#include "account/view.h"
#include "api/list_page.h"
#include "base/clock.h"
#include "work/follow.h"

#define BODY_LIMIT (64 * KIB)

// ── saved views ──

static void add_view(struct json_writer *w, const struct view *v, const struct principal *p) {
    json_begin_object(w);
    api_add_id(w, "id", v->id);
    api_add_text(w, "name", v->name);
    api_add_text(w, "query", v->query);
    json_key(w, "shared");
    json_add_bool(w, v->shared);
    json_key(w, "mine");
    json_add_bool(w, v->user == p->user);
    json_end_object(w);
}

static enum request_outcome list_views(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    struct view *list;
    size_t n;
    struct error e;
    struct list_page page;
    if (!view_list(api->accounts, p, request_arena(r), &list, &n, &e))
        return api_fail(r, &e);
    if (!list_page_of(r, n, &page))
        return REQUEST_DONE;
    struct strbuf sb = strbuf_init(4 * MIB);
    struct json_writer w = json_writer_init(&sb);
    list_begin(&w);
    for (size_t i = page.from; i < page.to; i++)
        add_view(&w, &list[i], p);
    list_end(r, &w, &page);
    return api_ok(r, 200, &sb);
}

static enum request_outcome save_view(struct request *r, struct api *api, int64_t id) {
    const struct principal *p = request_user(r);
    const struct json *body;
    struct error e;
    if (!api_body(r, &body))
        return REQUEST_DONE;
    struct view v = {.id = id,
                     .user = p->user,
                     .name = json_str(json_get(body, "name")),
                     .query = json_str(json_get(body, "query")),
                     .shared = json_bool(json_get(body, "shared"), false)};
    if (!view_save(api->accounts, p, &v, &e))
        return api_fail(r, &e);
    struct strbuf sb = strbuf_init(64 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "data");
    add_view(&w, &v, p);
    json_end_object(&w);
    return api_ok(r, id ? 200 : 201, &sb);
}

static enum request_outcome post_view(struct request *r, void *ctx) {
    return save_view(r, ctx, 0);
}

static enum request_outcome put_view(struct request *r, void *ctx) {
    int64_t id;
    return api_path_id(r, "id", &id) ? save_view(r, ctx, id) : REQUEST_DONE;
}

static enum request_outcome delete_view(struct request *r, void *ctx) {
    struct api *api = ctx;
    int64_t id;
    struct error e;
    return api_path_id(r, "id", &id)
               ? api_done(r, view_remove(api->accounts, request_user(r), id, &e), &e)
               : REQUEST_DONE;
}

// ── the workspace ──

static enum request_outcome answer_workspace(struct request *r, struct api *api, int64_t id,
                                             int status) {
    struct workspace ws;
    struct error e;
    if (!workspace_load(api->accounts, id, request_arena(r), &ws, &e))
        return api_fail(r, &e);
    struct strbuf sb = strbuf_init(256 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_object(&w);
    api_add_id(&w, "id", ws.id);
    api_add_text(&w, "name", ws.name);
    api_add_text(&w, "time_zone", ws.time_zone);
    api_add_text(&w, "industry", ws.industry);
    api_add_time(&w, "created_at", ws.created_us);
    json_end_object(&w);
    json_end_object(&w);
    return api_ok(r, status, &sb);
}

static enum request_outcome get_workspace(struct request *r, void *ctx) {
    const struct principal *p = request_user(r);
    return answer_workspace(r, ctx, p->workspace, 200);
}

static enum request_outcome patch_workspace(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    const struct json *body;
    struct error e;
    if (!api_body(r, &body))
        return REQUEST_DONE;
    struct str name = json_str(json_get(body, "name")),
               zone = json_str(json_get(body, "time_zone")),
               industry = json_str(json_get(body, "industry"));
    struct workspace_change c = {.name = json_get(body, "name") ? &name : NULL,
                                 .time_zone = json_get(body, "time_zone") ? &zone : NULL,
                                 .industry = json_get(body, "industry") ? &industry : NULL};
    if (!workspace_update(api->accounts, p, p->workspace, &c, &e))
        return api_fail(r, &e);
    house_forget_place(api->house, p->workspace);
    if (c.time_zone) // the days of everything are others now
        follow_rebuild(api->house->follow, p->workspace);
    return answer_workspace(r, api, p->workspace, 200);
}

static enum request_outcome post_workspace(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct json *body;
    int64_t id;
    struct error e;
    if (!api_body(r, &body))
        return REQUEST_DONE;
    struct workspace w = {.name = json_str(json_get(body, "name")),
                          .time_zone = json_str(json_get(body, "time_zone")),
                          .industry = json_str(json_get(body, "industry"))};
    if (!workspace_create(api->accounts, request_user(r), &w, &id, &e))
        return api_fail(r, &e);
    return answer_workspace(r, api, id, 201);
}

// ── audit ──

static enum request_outcome list_audit(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    const struct audit_row *list;
    struct api_cursor at;
    size_t n;
    struct error e;
    if (!api_cursor_read(r, &at))
        return REQUEST_DONE;
    struct audit_query q = {.workspace = p->workspace,
                            .before_seq = at.id == INT64_MAX ? 0 : at.id,
                            .action = request_query(r, "action"),
                            .limit = (int)api_limit(r, 50)};
    if (!audit_list(api->accounts, &q, request_arena(r), &list, &n, &e))
        return api_fail(r, &e);
    struct strbuf sb = strbuf_init(4 * MIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_array(&w);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(&w);
        json_key(&w, "seq");
        json_add_int(&w, list[i].seq);
        api_add_time(&w, "at", list[i].at_us);
        api_add_text(&w, "actor", list[i].actor);
        api_add_text(&w, "action", list[i].action);
        api_add_text(&w, "subject", list[i].subject);
        api_add_text(&w, "detail", list[i].detail);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_key(&w, "meta");
    json_begin_object(&w);
    json_key(&w, "limit");
    json_add_int(&w, q.limit);
    api_cursor_add(r, &w, n == (size_t)q.limit ? &(struct api_cursor){0, list[n - 1].seq} : NULL);
    json_end_object(&w);
    json_end_object(&w);
    return api_ok(r, 200, &sb);
}

static enum request_outcome verify_audit(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    struct audit_state s;
    struct error e;
    if (!audit_verify(api->accounts->db, p->workspace, &s, &e))
        return api_fail(r, &e);
    CLEANUP(strbuf_done) struct strbuf head = strbuf_init(KIB);
    crypto_hex(str_make((const char *)s.head, sizeof s.head), &head);
    struct strbuf sb = strbuf_init(4 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "holds");
    json_add_bool(&w, s.broken == 0);
    json_key(&w, "rows");
    json_add_int(&w, s.rows);
    json_key(&w, "broken_at");
    if (s.broken)
        json_add_int(&w, s.broken);
    else
        json_add_null(&w);
    api_add_text(&w, "head", strbuf_str(&head));
    json_end_object(&w);
    return api_ok(r, 200, &sb);
}

static const struct api_param list_query[] = {API_LIST_PARAMS, {.name = NULL}};
static const struct api_param audit_query_keys[] = {
    API_LIST_PARAMS,
    {"action",
     PARAM_TEXT,
     0,
     0,
     {"动作，如 user. 表示以它开头", "action; one that ends in a point means all that begin so"}},
    {.name = NULL}};

#define ROW(m, p, h, perm, t, zh, en)                                                              \
    .method = m, .path = p, .handler = h, .permission = perm, .tag = t, .summary = {zh, en}

static const struct api_route routes[] = {
    {ROW("GET", "/api/v1/views", list_views, PERMISSION_FEEDBACK_READ, "views", "列出保存的视图",
         "lists saved views"),
     .query = list_query, .reply = "ViewList"},
    {ROW("POST", "/api/v1/views", post_view, PERMISSION_FEEDBACK_READ, "views", "保存视图",
         "saves a view"),
     .body_limit = BODY_LIMIT, .body = "ViewIn", .reply = "ViewOne", .success = 201},
    {ROW("PATCH", "/api/v1/views/{id}", put_view, PERMISSION_FEEDBACK_READ, "views", "修改视图",
         "changes a view"),
     .body_limit = BODY_LIMIT, .body = "ViewIn", .reply = "ViewOne"},
    {ROW("DELETE", "/api/v1/views/{id}", delete_view, PERMISSION_FEEDBACK_READ, "views", "删除视图",
         "removes a view"),
     .success = 204},
    {ROW("GET", "/api/v1/workspace", get_workspace, PERMISSION_FEEDBACK_READ, "workspace", "工作区",
         "the workspace"),
     .reply = "Workspace"},
    {ROW("PATCH", "/api/v1/workspace", patch_workspace, PERMISSION_WORKSPACE_WRITE, "workspace",
         "修改名称、时区、行业", "changes name, time zone, industry"),
     .body_limit = BODY_LIMIT, .body = "WorkspaceChange", .reply = "Workspace"},
    {ROW("POST", "/api/v1/workspaces", post_workspace, PERMISSION_WORKSPACE_CREATE, "workspace",
         "另建一个工作区，自己是所有者；用 PATCH /session 切换过去",
         "makes another workspace and its owner of oneself; PATCH /session goes there"),
     .body_limit = BODY_LIMIT, .body = "WorkspaceIn", .reply = "Workspace", .success = 201},
    {.method = "GET",
     .path = "/api/v1/audit",
     .handler = list_audit,
     .permission = PERMISSION_AUDIT_READ,
     .whole = true,
     .tag = "audit",
     .summary = {"审计记录", "the audit log"},
     .query = audit_query_keys,
     .reply = "AuditList"},
    {ROW("GET", "/api/v1/audit/verify", verify_audit, PERMISSION_AUDIT_READ, "audit", "核对哈希链",
         "checks the hash chain"),
     .whole = true, .reply = "AuditState"},
};
const struct api_table workspace_routes = API_TABLE(routes);
