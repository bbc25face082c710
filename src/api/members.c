// SPDX-License-Identifier: Apache-2.0
// API keys, people and invitations.
#include "account/api_key.h"
#include "account/link.h"
#include "account/scope.h"
#include "account/user.h"
#include "api/list_page.h"
#include "base/clock.h"

#define BODY_LIMIT (64 * KIB)

// ── API keys ──

static enum request_outcome list_keys(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    const struct api_key *list;
    size_t n;
    struct error e;
    struct list_page page;
    if (!api_key_list(api->accounts, p->workspace, request_arena(r), &list, &n, &e))
        return api_fail(r, &e);
    if (!list_page_of(r, n, &page))
        return REQUEST_DONE;
    struct strbuf sb = strbuf_init(MIB);
    struct json_writer w = json_writer_init(&sb);
    list_begin(&w);
    for (size_t i = page.from; i < page.to; i++) {
        json_begin_object(&w);
        api_add_id(&w, "id", list[i].id);
        api_add_text(&w, "name", list[i].name);
        api_add_text(&w, "tail", list[i].hint);
        json_key(&w, "scopes");
        json_begin_array(&w);
        for (int b = PERMISSION_FEEDBACK_READ; b < N_PERMISSIONS; b++)
            if (list[i].scopes >> b & 1)
                json_add_cstr(&w, permission_code((enum permission)b));
        json_end_array(&w);
        api_add_time(&w, "created_at", list[i].created_us);
        api_add_when(&w, "expires_at", list[i].expires_us);
        api_add_when(&w, "revoked_at", list[i].revoked_us);
        api_add_when(&w, "last_used_at", list[i].used_us);
        json_end_object(&w);
    }
    list_end(r, &w, &page);
    return api_ok(r, 200, &sb);
}

// False: answered.
static bool read_scopes(struct request *r, const struct json *list, uint64_t *ret) {
    enum permission p;
    *ret = 0;
    for (size_t i = 0; i < json_len(list); i++) {
        if (!permission_find(json_str(json_at(list, i)), &p)) {
            api_invalid(r, "scopes", (struct words){"含有未知的权限", "has an unknown permission"});
            return false;
        }
        *ret |= UINT64_C(1) << p;
    }
    if (*ret == 0)
        api_invalid(r, "scopes",
                    (struct words){"至少要有一项权限", "must have at least one permission"});
    return *ret != 0;
}

static bool read_time(struct request *r, const struct json *j, const char *name, int64_t *ret) {
    struct str text = json_str(j);
    struct civil c = {0};
    char z = 0;
    char buf[40];
    *ret = 0;
    if (json_kind(j) == JSON_KIND_ABSENT || json_kind(j) == JSON_KIND_NULL || !text.len)
        return true;
    snprintf(buf, sizeof buf, "%.*s", (int)MIN(text.len, sizeof buf - 1), text.ptr);
    int n = sscanf(buf, "%4d-%2d-%2dT%2d:%2d:%2d%c", &c.year, &c.month, &c.day, &c.hour, &c.minute,
                   &c.second, &z);
    if ((n == 3 || (n >= 6 && (z == 'Z' || z == '.'))) && civil_is_valid(&c)) {
        *ret = civil_to_us(&c);
        return true;
    }
    api_invalid(r, name,
                (struct words){"应为时间，如 2026-12-31T00:00:00Z",
                               "must be a time such as 2026-12-31T00:00:00Z"});
    return false;
}

static enum request_outcome post_key(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    const struct json *body;
    struct api_key k = {0};
    struct str token;
    int64_t id;
    struct error e;
    if (!api_body(r, &body) || !read_scopes(r, json_get(body, "scopes"), &k.scopes) ||
        !read_time(r, json_get(body, "expires_at"), "expires_at", &k.expires_us))
        return REQUEST_DONE;
    k.name = str_trim(json_str(json_get(body, "name")));
    if (!api_key_create(api->accounts, p, p->workspace, &k, request_arena(r), &token, &id, &e))
        return api_fail(r, &e);
    struct strbuf sb = strbuf_init(16 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_object(&w);
    api_add_id(&w, "id", id);
    api_add_text(&w, "name", k.name);
    api_add_text(&w, "key", token); // the only time it is shown
    json_key(&w, "scopes");
    json_add_value(&w, json_get(body, "scopes"));
    json_end_object(&w);
    json_end_object(&w);
    return api_ok(r, 201, &sb);
}

static enum request_outcome delete_key(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    int64_t id;
    struct error e;
    return api_path_id(r, "id", &id)
               ? api_done(r, api_key_revoke(api->accounts, p, p->workspace, id, &e), &e)
               : REQUEST_DONE;
}

// ── people ──

static void add_scope(struct json_writer *w, const struct scope_rule *rules, size_t n) {
    json_key(w, "scope");
    scope_format(rules, n, w);
}

static void add_member(struct json_writer *w, const struct user *u) {
    json_begin_object(w);
    api_add_id(w, "id", u->id);
    api_add_text(w, "email", u->email);
    api_add_text(w, "name", u->name);
    json_key(w, "role");
    json_add_cstr(w, role_code(u->role));
    add_scope(w, u->scope, u->n_scope);
    json_key(w, "state");
    json_add_cstr(w, u->active ? "active" : "deactivated");
    api_add_time(w, "created_at", u->created_us);
    api_add_when(w, "last_seen_at", u->sign_in_us);
    json_end_object(w);
}

static void add_invitation(struct json_writer *w, const struct link *l) {
    json_begin_object(w);
    api_add_id(w, "id", l->id);
    api_add_text(w, "email", l->email);
    json_key(w, "role");
    json_add_cstr(w, role_code(l->role));
    add_scope(w, l->scope, l->n_scope);
    json_key(w, "state");
    json_add_cstr(w, "invited");
    api_add_time(w, "created_at", l->created_us);
    api_add_time(w, "expires_at", l->expires_us);
    json_end_object(w);
}

// Members, then those who have been invited and have not come yet.
static enum request_outcome list_users(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    const struct user *list;
    const struct link *links;
    struct list_page page;
    size_t n, n_links, n_invited = 0;
    struct error e;
    if (!user_list(api->accounts, p->workspace, 0, 1000, request_arena(r), &list, &n, &e) ||
        !link_list(api->accounts, p->workspace, request_arena(r), &links, &n_links, &e))
        return api_fail(r, &e);
    const struct link **invited = ARENA_ARRAY(request_arena(r), const struct link *, n_links);
    for (size_t i = 0; i < n_links; i++)
        if (links[i].kind == LINK_INVITATION)
            invited[n_invited++] = &links[i];
    if (!list_page_of(r, n + n_invited, &page))
        return REQUEST_DONE;
    struct strbuf sb = strbuf_init(4 * MIB);
    struct json_writer w = json_writer_init(&sb);
    list_begin(&w);
    for (size_t i = page.from; i < page.to; i++) {
        if (i < n)
            add_member(&w, &list[i]);
        else
            add_invitation(&w, invited[i - n]);
    }
    list_end(r, &w, &page);
    return api_ok(r, 200, &sb);
}

// False: answered. Absent members leave what *ret_… has.
static bool read_role(struct request *r, const struct json *j, enum role *ret) {
    if (json_kind(j) == JSON_KIND_ABSENT || role_find(json_str(j), ret))
        return true;
    api_invalid(r, "role",
                (struct words){"应为 owner、admin、analyst、agent 或 viewer",
                               "must be owner, admin, analyst, agent or viewer"});
    return false;
}

static bool read_scope(struct request *r, const struct json *j, const struct scope_rule **ret,
                       size_t *ret_n) {
    struct error e;
    *ret = NULL;
    *ret_n = 0;
    if (json_kind(j) == JSON_KIND_ABSENT || json_kind(j) == JSON_KIND_NULL ||
        scope_parse(j, request_arena(r), ret, ret_n, &e))
        return true;
    api_fail(r, &e);
    return false;
}

static enum request_outcome answer_link(struct request *r, struct api *api, const char *path,
                                        struct str token) {
    struct strbuf sb = strbuf_init(16 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_object(&w);
    api_add_text(&w, "link",
                 arena_printf(request_arena(r), "%s%s%.*s", api->public_url, path, STR_ARG(token)));
    json_end_object(&w);
    json_end_object(&w);
    return api_ok(r, 201, &sb);
}

static enum request_outcome post_invite(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    const struct json *body;
    struct link l = {.role = ROLE_VIEWER};
    struct str token;
    struct error e;
    if (!api_body(r, &body) || !read_role(r, json_get(body, "role"), &l.role) ||
        !read_scope(r, json_get(body, "scope"), &l.scope, &l.n_scope))
        return REQUEST_DONE;
    l.email = str_trim(json_str(json_get(body, "email")));
    if (!link_invite(api->accounts, p, p->workspace, &l, request_arena(r), &token, &e))
        return api_fail(r, &e);
    return answer_link(r, api, "/links/", token);
}

static enum request_outcome post_reset(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    struct str token;
    int64_t id;
    struct error e;
    if (!api_path_id(r, "id", &id))
        return REQUEST_DONE;
    if (!link_reset(api->accounts, p, p->workspace, id, request_arena(r), &token, &e))
        return api_fail(r, &e);
    return answer_link(r, api, "/links/", token);
}

static enum request_outcome patch_user(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    const struct json *body, *active, *role;
    enum role new_role = ROLE_VIEWER;
    struct user_change c = {0};
    int64_t id;
    struct error e;
    if (!api_path_id(r, "id", &id) || !api_body(r, &body))
        return REQUEST_DONE;
    active = json_get(body, "active");
    role = json_get(body, "role");
    bool is_active = json_bool(active, true);
    if (!read_role(r, role, &new_role) ||
        !read_scope(r, json_get(body, "scope"), &c.scope, &c.n_scope))
        return REQUEST_DONE;
    c.role = json_kind(role) == JSON_KIND_STRING ? &new_role : NULL;
    c.active = json_kind(active) == JSON_KIND_BOOL ? &is_active : NULL;
    c.has_scope = json_kind(json_get(body, "scope")) != JSON_KIND_ABSENT;
    return api_done(r, user_update(api->accounts, p, p->workspace, id, &c, &e), &e);
}

// A member is deactivated (his name stays in the history); an invitation ends.
static enum request_outcome delete_user(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    int64_t id;
    struct error e;
    bool no = false;
    if (!api_path_id(r, "id", &id))
        return REQUEST_DONE;
    if (link_remove(api->accounts, p, p->workspace, id, &e))
        return api_done(r, true, &e);
    struct user_change c = {.active = &no};
    return api_done(r, user_update(api->accounts, p, p->workspace, id, &c, &e), &e);
}

static const struct api_param list_query[] = {API_LIST_PARAMS, {.name = NULL}};

#define ROW(m, p, h, perm, t, zh, en)                                                              \
    .method = m, .path = p, .handler = h, .permission = perm, .tag = t, .summary = {zh, en}

static const struct api_route routes[] = {
    {ROW("GET", "/api/v1/keys", list_keys, PERMISSION_KEY_WRITE, "keys", "列出 API 密钥",
         "lists API keys"),
     .whole = true, .query = list_query, .reply = "KeyList"},
    {ROW("POST", "/api/v1/keys", post_key, PERMISSION_KEY_WRITE, "keys",
         "新建 API 密钥，只显示一次", "makes an API key, shown once"),
     .whole = true, .body_limit = BODY_LIMIT, .body = "KeyIn", .reply = "KeyMade", .success = 201},
    {ROW("DELETE", "/api/v1/keys/{id}", delete_key, PERMISSION_KEY_WRITE, "keys", "停用 API 密钥",
         "revokes an API key"),
     .whole = true, .success = 204},
    {ROW("GET", "/api/v1/users", list_users, PERMISSION_USER_WRITE, "users", "列出成员和邀请",
         "lists members and invitations"),
     .query = list_query, .reply = "UserList"},
    {ROW("POST", "/api/v1/users/invite", post_invite, PERMISSION_USER_WRITE, "users",
         "邀请，得到一次性链接", "invites: gives a one-time link"),
     .body_limit = BODY_LIMIT, .body = "Invite", .reply = "LinkMade", .success = 201},
    {ROW("PATCH", "/api/v1/users/{id}", patch_user, PERMISSION_USER_WRITE, "users",
         "修改角色、数据范围、停用", "changes role, data scope, deactivates"),
     .body_limit = BODY_LIMIT, .body = "UserChange", .success = 204},
    {ROW("DELETE", "/api/v1/users/{id}", delete_user, PERMISSION_USER_WRITE, "users",
         "停用成员或撤回邀请", "deactivates a member or ends an invitation"),
     .success = 204},
    {ROW("POST", "/api/v1/users/{id}/reset", post_reset, PERMISSION_USER_WRITE, "users",
         "重设密码的一次性链接", "a one-time link for a new password"),
     .reply = "LinkMade", .success = 201},
};
const struct api_table member_routes = API_TABLE(routes);
