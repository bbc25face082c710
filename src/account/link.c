// SPDX-License-Identifier: Apache-2.0
#include "account/link_inner.h"

#include "account/audit.h"
#include "account/password.h"
#include "account/scope.h"
#include "account/user_inner.h"

#define TOKEN_BYTES    32
#define MAX_TOKEN_TEXT 128
#define HOUR_US        (3600 * INT64_C(1000000))

static const struct {
    const char *code;
    int64_t lives_us;
} kinds[] = {
    [LINK_SETUP] = {"setup", 30 * 24 * HOUR_US},
    [LINK_INVITATION] = {"invitation", 7 * 24 * HOUR_US},
    [LINK_RESET] = {"reset", 24 * HOUR_US},
};

const char *link_kind_code(enum link_kind kind) {
    return kinds[kind].code;
}

bool link_gone(struct error *err) {
    return error_set(err, ERROR_NOT_FOUND, "链接不存在、已用过或已过期，请索取新的",
                     "there is no such link, or it was used or has ended; ask for a new one");
}

bool link_hash(struct str token, uint8_t ret[CRYPTO_HASH_BYTES]) {
    if (!token.len || token.len > MAX_TOKEN_TEXT)
        return false;
    crypto_sha256(token, ret);
    return true;
}

static void format_payload(const struct link *l, struct strbuf *ret) {
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    json_key(&w, "email");
    json_add_str(&w, l->email);
    json_key(&w, "role");
    json_add_cstr(&w, role_code(l->role));
    json_key(&w, "scope");
    scope_format(l->scope, l->n_scope, &w);
    json_end_object(&w);
}

static bool unseal_payload(struct accounts *a, const struct link_row *row, struct arena *arena,
                           struct link *ret, struct error *err) {
    struct str text;
    CLEANUP(json_freep) struct json *j = NULL;
    struct link l = row->link;
    if (!accounts_unseal(a, 0, "link", l.id, row->payload, arena, &text, err) ||
        !json_parse(text, &j, err) ||
        !scope_parse(json_get(j, "scope"), arena, &l.scope, &l.n_scope, err))
        return false;
    l.email = arena_str(arena, json_str(json_get(j, "email")));
    if (!role_find(json_str(json_get(j, "role")), &l.role))
        l.role = ROLE_VIEWER;
    *ret = l;
    return true;
}

bool link_prepare(struct accounts *a, const struct principal *by, struct link_row *row,
                  struct arena *arena, struct str *ret_token, struct error *err) {
    uint8_t random[TOKEN_BYTES];
    CLEANUP(strbuf_done) struct strbuf token = strbuf_init(KIB), text = strbuf_init(MIB);
    crypto_random(random, sizeof random);
    crypto_base64url(str_make((char *)random, sizeof random), &token);
    crypto_sha256(strbuf_str(&token), row->hash);
    row->link.id = id_next(a->ids);
    row->link.created_us = a->now_us();
    row->link.expires_us = row->link.created_us + kinds[row->link.kind].lives_us;
    row->created_by = by ? by->user : 0;
    format_payload(&row->link, &text);
    *ret_token = arena_str(arena, strbuf_str(&token));
    return accounts_seal(a, 0, "link", row->link.id, strbuf_str(&text), arena, &row->payload, err);
}

// ── making ──

struct make_job {
    const struct principal *by;
    const struct link_row *row;
    const char *action;
};

// A reset opens the account in all its workspaces; who is somebody elsewhere is not this workspace's to open.
static bool is_only_here(struct sql *s, const struct make_job *j, struct error *err) {
    const struct link *l = &j->row->link;
    int64_t elsewhere = 0;
    if (!j->by || l->kind != LINK_RESET)
        return true;
    if (!user_sql_elsewhere(s, l->user, l->workspace, &elsewhere, err))
        return false;
    return !elsewhere ||
           error_set(err, ERROR_FORBIDDEN,
                     "此人还属于其他工作区，只能由服务器管理员用 huisheng user reset 重设密码",
                     "this person belongs to other workspaces too; only huisheng user reset on the "
                     "server can reset the password");
}

static bool make(struct sql *s, void *ctx, struct error *err) {
    const struct make_job *j = ctx;
    const struct link *l = &j->row->link;
    char subject[AUDIT_SUBJECT];
    if (!is_only_here(s, j, err))
        return false;
    struct str about =
        l->user ? audit_subject(subject, "user", l->user) : audit_subject(subject, "link", l->id);
    if (l->kind == LINK_RESET && !link_sql_end(s, l->kind, l->user, l->created_us, err))
        return false;
    return link_sql_insert(s, j->row, err) && audit_add_in(s, l->workspace, j->by, j->action, about,
                                                           str_from(role_code(l->role)), err);
}

bool link_invite(struct accounts *a, const struct principal *by, int64_t workspace,
                 const struct link *what, struct arena *arena, struct str *ret_token,
                 struct error *err) {
    struct link_row row = {.link = {.kind = LINK_INVITATION,
                                    .workspace = workspace,
                                    .role = what->role,
                                    .scope = what->scope,
                                    .n_scope = what->n_scope}};
    struct make_job j = {by, &row, "user.invite"};
    return user_check_email(what->email, arena, &row.link.email, err) &&
           user_may_give(by, what->role, what->scope, what->n_scope, err) &&
           link_prepare(a, by, &row, arena, ret_token, err) && sql_write(a->db, make, &j, err);
}

bool link_reset(struct accounts *a, const struct principal *by, int64_t workspace, int64_t user,
                struct arena *arena, struct str *ret_token, struct error *err) {
    struct user u;
    if (!user_load(a, workspace, user, arena, &u, err) ||
        !user_may_give(by, u.role, u.scope, u.n_scope, err))
        return false;
    struct link_row row = {.link = {.kind = LINK_RESET,
                                    .workspace = workspace,
                                    .user = user,
                                    .role = u.role,
                                    .email = u.email}};
    struct make_job j = {by, &row, "user.reset"};
    return link_prepare(a, by, &row, arena, ret_token, err) && sql_write(a->db, make, &j, err);
}

// ── finding ──

struct find_job {
    uint8_t hash[CRYPTO_HASH_BYTES];
    int64_t workspace, now_us, id, removed;
    const struct principal *by;
    struct arena *arena;
    struct link_row row;
    struct link_rows rows;
    bool found;
};

static bool find(struct sql *s, void *ctx, struct error *err) {
    struct find_job *j = ctx;
    return link_sql_find(s, j->hash, j->arena, &j->row, &j->found, err);
}

bool link_find(struct accounts *a, struct str token, struct arena *arena, struct link *ret,
               struct error *err) {
    struct find_job j = {.arena = arena};
    if (!link_hash(token, j.hash))
        return link_gone(err);
    if (!sql_read(a->db, find, &j, err))
        return false;
    if (!j.found || j.row.used_us || j.row.link.expires_us <= a->now_us())
        return link_gone(err);
    return unseal_payload(a, &j.row, arena, ret, err);
}

static bool list(struct sql *s, void *ctx, struct error *err) {
    struct find_job *j = ctx;
    return link_sql_list(s, j->workspace, j->now_us, j->arena, &j->rows, err);
}

bool link_list(struct accounts *a, int64_t workspace, struct arena *arena, const struct link **ret,
               size_t *ret_n, struct error *err) {
    struct find_job j = {.workspace = workspace, .now_us = a->now_us(), .arena = arena};
    bool ok = sql_read(a->db, list, &j, err);
    struct link *links = ARENA_ARRAY(arena, struct link, j.rows.len);
    for (size_t i = 0; ok && i < j.rows.len; i++)
        ok = unseal_payload(a, &j.rows.items[i], arena, &links[i], err);
    *ret = ok ? links : *ret;
    *ret_n = ok ? j.rows.len : *ret_n;
    vec_done(&j.rows);
    return ok;
}

static bool remove_link(struct sql *s, void *ctx, struct error *err) {
    struct find_job *j = ctx;
    char subject[AUDIT_SUBJECT];
    return link_sql_remove(s, j->workspace, j->id, &j->removed, err) &&
           (!j->removed || audit_add_in(s, j->workspace, j->by, "link.remove",
                                        audit_subject(subject, "link", j->id), STR(""), err));
}

bool link_remove(struct accounts *a, const struct principal *by, int64_t workspace, int64_t id,
                 struct error *err) {
    struct find_job j = {.workspace = workspace, .id = id, .by = by};
    return sql_write(a->db, remove_link, &j, err) &&
           (j.removed || accounts_not_found(err, "链接", "link"));
}

// ── accepting ──

struct accept_job {
    uint8_t hash[CRYPTO_HASH_BYTES];
    const struct link *link;
    int64_t now_us;
    const struct new_user *fresh; // NULL: he has an account
    struct membership m;
    struct str password; // hash, of a reset
};

static bool accept_invitation(struct sql *s, void *ctx, struct error *err) {
    const struct accept_job *j = ctx;
    struct principal by = {.user = j->m.user, .workspace = j->m.workspace};
    char subject[AUDIT_SUBJECT];
    return link_sql_use(s, j->hash, j->now_us, err) &&
           (!j->fresh || user_sql_insert(s, j->fresh, err)) &&
           membership_sql_put(s, &j->m, j->now_us, err) && accounts_notify(s, err) &&
           audit_add(s, &by, "user.join", audit_subject(subject, "user", j->m.user),
                     str_from(role_code(j->m.role)), err);
}

static bool accept_reset(struct sql *s, void *ctx, struct error *err) {
    const struct accept_job *j = ctx;
    struct principal by = {.user = j->link->user, .workspace = j->link->workspace};
    char subject[AUDIT_SUBJECT];
    return link_sql_use(s, j->hash, j->now_us, err) &&
           user_sql_set_password(s, by.user, j->password, j->now_us, err) &&
           session_sql_end_user(s, by.user, 0, 0, err) && accounts_notify(s, err) &&
           audit_add(s, &by, "user.password", audit_subject(subject, "user", by.user),
                     STR("{\"by\":\"link\"}"), err);
}

static bool reset(struct accounts *a, struct accept_job *j, struct str password,
                  struct error *err) {
    CLEANUP(strbuf_done) struct strbuf hash = strbuf_init(KIB);
    if (!password_check(password, j->link->email, err))
        return false;
    crypto_password_hash(password, &hash);
    j->password = strbuf_str(&hash);
    return sql_write(a->db, accept_reset, j, err);
}

// Who has an account proves that it is his.
static bool prove(struct accounts *a, const struct link *l, struct str password,
                  struct error *err) {
    struct verdict v;
    if (!user_verify(a, l->email, password, STR(""), &v, err))
        return false;
    if (v.outcome == SIGN_IN_OK)
        return true;
    if (v.outcome == SIGN_IN_LOCKED)
        error_set(err, ERROR_FORBIDDEN, "错误次数过多，请 %d 秒后再试",
                  "too many wrong passwords; try again in %d s", v.retry_after_s);
    else
        error_set(err, ERROR_FORBIDDEN, "这个邮箱已有账号，请输入它的密码",
                  "this e-mail has an account: give its password");
    return error_field(err, "password");
}

static bool join(struct accounts *a, struct accept_job *j, const struct user *u,
                 struct str password, struct arena *arena, struct error *err) {
    const struct link *l = j->link;
    struct new_user fresh;
    struct error why = {0};
    int64_t known = 0;
    if (!user_find(a, l->email, &known, &why) && why.code != ERROR_NOT_FOUND) {
        if (err)
            *err = why;
        return false;
    }
    if (known ? !prove(a, l, password, err) : !user_prepare(a, u, password, arena, &fresh, err))
        return false;
    j->fresh = known ? NULL : &fresh;
    j->m = (struct membership){l->workspace, known ? known : fresh.id, l->role, true, STR("")};
    return user_seal_scope(a, l->workspace, j->m.user, l->scope, l->n_scope, arena, &j->m.scope,
                           err) &&
           sql_write(a->db, accept_invitation, j, err);
}

bool link_accept(struct accounts *a, struct str token, struct str password, struct str name,
                 struct str lang, int64_t *ret_user, int64_t *ret_workspace, struct error *err) {
    CLEANUP(arena_done) struct arena arena = {0};
    struct link l = {0};
    if (!link_find(a, token, &arena, &l, err))
        return false;
    if (l.kind == LINK_SETUP)
        return link_gone(err); // setup.h takes those
    struct accept_job j = {.link = &l, .now_us = a->now_us()};
    crypto_sha256(token, j.hash);
    struct user u = {.email = l.email, .name = name, .lang = lang};
    bool ok =
        l.kind == LINK_RESET ? reset(a, &j, password, err) : join(a, &j, &u, password, &arena, err);
    accounts_changed(a);
    if (!ok)
        return false;
    *ret_user = l.kind == LINK_RESET ? l.user : j.m.user;
    *ret_workspace = l.kind == LINK_RESET ? 0 : l.workspace;
    return true;
}
