// SPDX-License-Identifier: Apache-2.0
// The first administrator, signing in and out, invitations and new passwords by one-time links.
#include "account/session.h"

#include "account/link.h"
#include "account/setup.h"
#include "account/user.h"
#include "account/workspace.h"
#include "api/api.h"
#include "base/clock.h"

#define BODY_LIMIT (64 * KIB)

static struct str member(const struct json *body, const char *key) {
    return str_trim(json_str(json_get(body, key)));
}

// ── the session as the console sees it ──

static void add_permissions(struct json_writer *w, uint64_t bits) {
    json_key(w, "permissions");
    json_begin_array(w);
    for (int i = PERMISSION_FEEDBACK_READ; i < N_PERMISSIONS; i++)
        if (bits >> i & 1)
            json_add_cstr(w, permission_code((enum permission)i));
    json_end_array(w);
}

static void add_workspace(struct json_writer *w, const struct workspace *ws) {
    json_begin_object(w);
    api_add_id(w, "id", ws->id);
    json_key(w, "name");
    json_add_str(w, ws->name);
    json_key(w, "time_zone");
    json_add_str(w, ws->time_zone);
    json_key(w, "industry");
    json_add_str(w, ws->industry);
    json_end_object(w);
}

static bool add_session(struct json_writer *w, struct api *api, const struct principal *p,
                        struct arena *a, struct error *err) {
    struct user u = {0};
    const struct workspace *list;
    size_t n;
    if ((p->user && !user_load(api->accounts, p->workspace, p->user, a, &u, err)) ||
        !workspace_list(api->accounts, p->user, a, &list, &n, err))
        return false;
    json_begin_object(w);
    json_key(w, "user");
    json_begin_object(w);
    api_add_id(w, "id", p->user);
    json_key(w, "email");
    json_add_str(w, u.email);
    json_key(w, "name");
    json_add_str(w, u.name);
    json_key(w, "role");
    json_add_cstr(w, role_code(p->role));
    json_key(w, "lang");
    json_add_str(w, u.lang);
    json_end_object(w);
    json_key(w, "workspace");
    for (size_t i = 0; i <= n; i++) {
        if (i < n && list[i].id != p->workspace)
            continue;
        if (i < n)
            add_workspace(w, &list[i]);
        else
            json_add_null(w);
        break;
    }
    json_key(w, "workspaces");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++)
        add_workspace(w, &list[i]);
    json_end_array(w);
    add_permissions(w, p->permissions);
    json_key(w, "csrf_token");
    json_add_str(w, p->csrf);
    json_key(w, "features");
    json_begin_object(w);
    json_key(w, "model");
    json_add_str(w, model_name(api->house->model));
    json_key(w, "postgres");
    json_add_bool(w, sql_engine(api->house->store.db) == SQL_ENGINE_POSTGRES);
    json_end_object(w);
    json_key(w, "version");
    json_add_cstr(w, HUISHENG_VERSION);
    json_end_object(w);
    return true;
}

static enum request_outcome answer_session(struct request *r, struct api *api,
                                           const struct principal *p, int status) {
    struct error e;
    struct strbuf sb = strbuf_init(MIB);
    struct json_writer w = json_writer_init(&sb);
    if (add_session(&w, api, p, request_arena(r), &e))
        return api_ok(r, status, &sb);
    strbuf_done(&sb);
    return api_fail(r, &e);
}

// Opens a session for somebody who has shown who he is, and answers with it.
static enum request_outcome begin_session(struct request *r, struct api *api, int64_t user,
                                          int64_t workspace) {
    struct session_origin origin = {request_peer(r), request_header(r, "User-Agent")};
    struct session_start s;
    struct principal p;
    struct error e;
    if (!session_open(api->accounts, user, workspace, &origin, request_cookie(r, SESSION_COOKIE),
                      request_arena(r), &s, &e) ||
        !session_find(api->accounts, s.token, request_arena(r), &p, &e))
        return api_fail(r, &e);
    reply_cookie(r, SESSION_COOKIE, s.token, (s.expires_us - clock_now_us()) / US_PER_SECOND);
    return answer_session(r, api, &p, 201);
}

static enum request_outcome get_session(struct request *r, void *ctx) {
    return answer_session(r, ctx, request_user(r), 200);
}

// ── the first time ──

static enum request_outcome get_setup(struct request *r, void *ctx) {
    struct api *api = ctx;
    bool needed;
    struct error e;
    if (!setup_is_needed(api->accounts, &needed, &e))
        return api_fail(r, &e);
    reply_json(r, 200, needed ? STR("{\"needed\":true}") : STR("{\"needed\":false}"));
    return REQUEST_DONE;
}

static enum request_outcome post_setup(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct json *body;
    struct error e;
    if (!api_body(r, &body))
        return REQUEST_DONE;
    struct str token = member(body, "token");
    const struct json *ws = json_get(body, "workspace");
    struct user u = {
        .email = member(body, "email"), .name = member(body, "name"), .lang = member(body, "lang")};
    struct workspace w = {.name = member(ws, "name"),
                          .time_zone = member(ws, "time_zone"),
                          .industry = member(ws, "industry")};
    int64_t user, workspace;
    if (!setup_run(api->accounts, &token, &u, json_str(json_get(body, "password")), &w, &user,
                   &workspace, &e))
        return api_fail(r, &e);
    return begin_session(r, api, user, workspace);
}

// ── in and out ──

static enum request_outcome post_session(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct json *body;
    struct verdict v;
    struct error e;
    if (!api_body(r, &body))
        return REQUEST_DONE;
    if (!user_verify(api->accounts, member(body, "email"), json_str(json_get(body, "password")),
                     request_peer(r), &v, &e))
        return api_fail(r, &e);
    switch (v.outcome) {
    case SIGN_IN_OK:
        return begin_session(r, api, v.user, 0);
    case SIGN_IN_LOCKED:
        reply_header(r, "Retry-After", arena_printf(request_arena(r), "%d", v.retry_after_s));
        error_set(&e, ERROR_FORBIDDEN, "尝试次数太多，请在 %d 分钟后再试",
                  "too many tries; try again in %d minutes", (v.retry_after_s + 59) / 60);
        reply_problem_status(r, 429, "locked_out", &e, NULL, 0);
        return REQUEST_DONE;
    case SIGN_IN_WRONG:
        break;
    }
    error_set(&e, ERROR_FORBIDDEN, "邮箱或密码不对", "the e-mail or the password is wrong");
    reply_problem_status(r, 401, "wrong_credentials", &e, NULL, 0);
    return REQUEST_DONE;
}

static enum request_outcome patch_session(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct principal *p = request_user(r);
    const struct json *body;
    struct str token = request_cookie(r, SESSION_COOKIE), lang;
    struct principal fresh;
    struct error e;
    int64_t workspace;
    if (!api_body(r, &body))
        return REQUEST_DONE;
    lang = member(body, "lang");
    struct str chosen = member(body, "workspace_id");
    if (chosen.len && !id_parse(chosen, &workspace))
        return api_invalid(r, "workspace_id", (struct words){"应为编号", "must be an id"});
    if (lang.len && !str_eq(lang, STR("zh")) && !str_eq(lang, STR("en")))
        return api_invalid(r, "lang", (struct words){"应为 zh 或 en", "must be zh or en"});
    struct user_change change = {.lang = &lang};
    if ((chosen.len && !session_switch(api->accounts, token, workspace, &e)) ||
        (lang.len && !user_update(api->accounts, p, p->workspace, p->user, &change, &e)) ||
        !session_find(api->accounts, token, request_arena(r), &fresh, &e))
        return api_fail(r, &e);
    return answer_session(r, api, &fresh, 200);
}

static enum request_outcome delete_session(struct request *r, void *ctx) {
    struct api *api = ctx;
    struct error e;
    if (!session_end_token(api->accounts, request_cookie(r, SESSION_COOKIE), &e))
        return api_fail(r, &e);
    reply_cookie(r, SESSION_COOKIE, STR(""), 0);
    reply_status(r, 204);
    return REQUEST_DONE;
}

static enum request_outcome post_password(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct json *body;
    struct error e;
    if (!api_body(r, &body))
        return REQUEST_DONE;
    if (!user_change_password(api->accounts, request_user(r), json_str(json_get(body, "old")),
                              json_str(json_get(body, "new")), 0, &e))
        return api_fail(r, &e);
    return begin_session(r, api, ((const struct principal *)request_user(r))->user,
                         ((const struct principal *)request_user(r))->workspace);
}

// ── links ──

static enum request_outcome get_link(struct request *r, void *ctx) {
    struct api *api = ctx;
    struct link l;
    struct error e;
    if (!link_find(api->accounts, request_param(r, "token"), request_arena(r), &l, &e))
        return api_fail(r, &e);
    struct workspace ws = {0};
    if (l.workspace && !workspace_load(api->accounts, l.workspace, request_arena(r), &ws, &e))
        return api_fail(r, &e);
    struct strbuf sb = strbuf_init(16 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "kind");
    json_add_cstr(&w, link_kind_code(l.kind));
    json_key(&w, "email");
    json_add_str(&w, l.email);
    json_key(&w, "workspace");
    json_add_str(&w, ws.name);
    api_add_time(&w, "expires_at", l.expires_us);
    json_end_object(&w);
    return api_ok(r, 200, &sb);
}

static enum request_outcome post_link(struct request *r, void *ctx) {
    struct api *api = ctx;
    const struct json *body;
    int64_t user, workspace;
    struct error e;
    if (!api_body(r, &body))
        return REQUEST_DONE;
    if (!link_accept(api->accounts, request_param(r, "token"), json_str(json_get(body, "password")),
                     member(body, "name"), member(body, "lang"), &user, &workspace, &e))
        return api_fail(r, &e);
    return begin_session(r, api, user, workspace);
}

static const struct api_route routes[] = {
    {.method = "GET",
     .path = "/api/v1/setup",
     .handler = get_setup,
     .tag = "session",
     .summary = {"是否还没有管理员", "whether there is no administrator yet"},
     .reply = "SetupState"},
    {.method = "POST",
     .path = "/api/v1/setup",
     .handler = post_setup,
     .body_limit = BODY_LIMIT,
     .tag = "session",
     .summary = {"用一次性链接建立第一个管理员",
                 "makes the first administrator through the one-time link"},
     .body = "SetupIn",
     .reply = "Session",
     .success = 201},
    {.method = "POST",
     .path = "/api/v1/session",
     .handler = post_session,
     .body_limit = BODY_LIMIT,
     .tag = "session",
     .summary = {"登录", "signs in"},
     .body = "SignIn",
     .reply = "Session",
     .success = 201},
    {.method = "GET",
     .path = "/api/v1/session",
     .handler = get_session,
     .permission = PERMISSION_SIGNED_IN,
     .no_workspace = true,
     .tag = "session",
     .summary = {"我是谁，能做什么", "who I am and what I may do"},
     .reply = "Session"},
    {.method = "PATCH",
     .path = "/api/v1/session",
     .handler = patch_session,
     .permission = PERMISSION_SIGNED_IN,
     .no_workspace = true,
     .body_limit = BODY_LIMIT,
     .tag = "session",
     .summary = {"切换工作区或语言", "changes workspace or language"},
     .body = "SessionChange",
     .reply = "Session"},
    {.method = "DELETE",
     .path = "/api/v1/session",
     .handler = delete_session,
     .permission = PERMISSION_SIGNED_IN,
     .no_workspace = true,
     .tag = "session",
     .summary = {"退出", "signs out"},
     .success = 204},
    {.method = "POST",
     .path = "/api/v1/session/password",
     .handler = post_password,
     .permission = PERMISSION_SIGNED_IN,
     .no_workspace = true,
     .body_limit = BODY_LIMIT,
     .tag = "session",
     .summary = {"修改自己的密码", "changes one's own password"},
     .body = "PasswordChange",
     .reply = "Session",
     .success = 201},
    {.method = "GET",
     .path = "/api/v1/links/{token}",
     .handler = get_link,
     .tag = "session",
     .summary = {"一次性链接是什么", "what a one-time link is for"},
     .reply = "Link"},
    {.method = "POST",
     .path = "/api/v1/links/{token}/accept",
     .handler = post_link,
     .body_limit = BODY_LIMIT,
     .tag = "session",
     .summary = {"接受邀请或设置新密码", "accepts an invitation or sets a new password"},
     .body = "LinkAccept",
     .reply = "Session",
     .success = 201},
};
const struct api_table session_routes = API_TABLE(routes);
