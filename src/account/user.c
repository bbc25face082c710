// SPDX-License-Identifier: Apache-2.0
#include "account/user_inner.h"

#include <ctype.h>

#include "account/audit.h"
#include "account/password.h"
#include "account/scope.h"
#include "base/utf8.h"

#define MAX_EMAIL_BYTES 254

bool user_check_email(struct str email, struct arena *arena, struct str *ret, struct error *err) {
    struct str s = str_trim(email);
    size_t at = str_find_char(s, '@');
    bool ok = s.len <= MAX_EMAIL_BYTES && utf8_is_valid(s) && at != STR_NONE && at > 0 &&
              at + 1 < s.len && str_find_char(str_slice(s, at + 1, s.len), '@') == STR_NONE;
    for (size_t i = 0; ok && i < s.len; i++)
        ok = (unsigned char)s.ptr[i] > 0x20 && s.ptr[i] != 0x7f && !strchr("<>,;\"", s.ptr[i]);
    if (!ok) {
        error_set(err, ERROR_INVALID, "“%.*s” 不是邮箱地址", "\"%.*s\" is not an e-mail address",
                  STR_ARG(utf8_cut(utf8_is_valid(s) ? s : STR("?"), 60)));
        return error_field(err, "email");
    }
    char *lower = arena_alloc(arena, s.len + 1);
    for (size_t i = 0; i < s.len; i++)
        lower[i] = (char)tolower((unsigned char)s.ptr[i]);
    lower[s.len] = '\0';
    *ret = str_make(lower, s.len);
    return true;
}

static bool check_lang(struct str lang, struct error *err) {
    if (!lang.len || str_eq(lang, STR("zh")) || str_eq(lang, STR("en")))
        return true;
    error_set(err, ERROR_INVALID, "语言应为 zh 或 en", "the language is zh or en");
    return error_field(err, "lang");
}

static bool name_or_email(const struct user *u, struct str *ret, struct error *err) {
    *ret = u->email;
    return !str_trim(u->name).len || accounts_check_name(u->name, "name", ret, err);
}

bool user_prepare(struct accounts *a, const struct user *u, struct str password,
                  struct arena *arena, struct new_user *ret, struct error *err) {
    struct new_user made = {.id = id_next(a->ids), .now_us = a->now_us(), .lang = u->lang};
    struct str name;
    if (!password_check(password, u->email, err) || !check_lang(u->lang, err) ||
        !name_or_email(u, &name, err) || !accounts_lookup(a, "email", u->email, made.lookup, err) ||
        !accounts_seal(a, 0, "email", made.id, u->email, arena, &made.email, err) ||
        !accounts_seal(a, 0, "name", made.id, name, arena, &made.name, err))
        return false;
    CLEANUP(strbuf_done) struct strbuf hash = strbuf_init(KIB);
    crypto_password_hash(password, &hash);
    made.password = arena_str(arena, strbuf_str(&hash));
    *ret = made;
    return true;
}

bool user_seal_scope(struct accounts *a, int64_t workspace, int64_t user,
                     const struct scope_rule *rules, size_t n, struct arena *arena, struct str *ret,
                     struct error *err) {
    CLEANUP(strbuf_done) struct strbuf text = strbuf_init(MIB);
    struct json_writer w = json_writer_init(&text);
    scope_format(rules, n, &w);
    return accounts_seal(a, workspace, "scope", user, strbuf_str(&text), arena, ret, err) ||
           error_field(err, "scope");
}

bool user_unseal_scope(struct accounts *a, int64_t workspace, int64_t user, struct str sealed,
                       struct arena *arena, const struct scope_rule **ret, size_t *ret_n,
                       struct error *err) {
    struct str text;
    CLEANUP(json_freep) struct json *j = NULL;
    return accounts_unseal(a, workspace, "scope", user, sealed, arena, &text, err) &&
           json_parse(text, &j, err) && scope_parse(j, arena, ret, ret_n, err);
}

bool user_may_handle(const struct principal *by, enum role role, struct error *err) {
    if (!by || !(role_permissions(role) & ~by->permissions))
        return true;
    return error_set(err, ERROR_FORBIDDEN, "不能授予或改动权限比自己大的角色 “%s”",
                     "the role \"%s\" can more than yours: you cannot give or change it",
                     role_code(role));
}

bool user_may_give(const struct principal *by, enum role role, const struct scope_rule *scope,
                   size_t n_scope, struct error *err) {
    if (!user_may_handle(by, role, err))
        return false;
    if (!by || scope_is_within(scope, n_scope, by->scope, by->n_scope))
        return true;
    error_set(err, ERROR_FORBIDDEN, "数据范围不能比自己的大",
              "the data scope must not be wider than yours");
    return error_field(err, "scope");
}

// ── adding ──

static bool find(struct sql *s, void *ctx, struct error *err) {
    struct new_user *u = ctx;
    return user_sql_find(s, u->lookup, &u->id, err);
}

bool user_find(struct accounts *a, struct str email, int64_t *ret_id, struct error *err) {
    CLEANUP(arena_done) struct arena arena = {0};
    struct new_user u = {0};
    struct str checked;
    if (!user_check_email(email, &arena, &checked, err) ||
        !accounts_lookup(a, "email", checked, u.lookup, err) || !sql_read(a->db, find, &u, err))
        return false;
    *ret_id = u.id;
    return u.id != 0 || accounts_not_found(err, "用户", "user");
}

struct add_job {
    const struct principal *by;
    const struct new_user *fresh; // NULL: he has an account
    struct membership m;
    int64_t now_us;
    struct arena arena;
};

static bool is_member(struct sql *s, struct add_job *j, bool *ret, struct error *err) {
    struct user_row row;
    arena_reset(&j->arena);
    *ret = false;
    if (j->fresh)
        return true;
    if (!user_sql_load(s, 0, j->m.user, &j->arena, &row, err))
        return false;
    struct error why;
    *ret = user_sql_load(s, j->m.workspace, j->m.user, &j->arena, &row, &why) && row.m.active;
    return true;
}

static bool add(struct sql *s, void *ctx, struct error *err) {
    struct add_job *j = ctx;
    bool there;
    char subject[AUDIT_SUBJECT];
    if (!is_member(s, j, &there, err))
        return false;
    if (there) {
        error_set(err, ERROR_CONFLICT, "这个邮箱已经是成员", "this e-mail is a member already");
        return error_field(err, "email");
    }
    return (!j->fresh || user_sql_insert(s, j->fresh, err)) &&
           membership_sql_put(s, &j->m, j->now_us, err) && accounts_notify(s, err) &&
           audit_add_in(s, j->m.workspace, j->by, "user.add",
                        audit_subject(subject, "user", j->m.user), str_from(role_code(j->m.role)),
                        err);
}

bool user_add(struct accounts *a, const struct principal *by, int64_t workspace,
              const struct user *u, struct str password, int64_t *ret_id, struct error *err) {
    struct add_job j = {.by = by, .now_us = a->now_us()};
    CLEANUP(arena_done) struct arena arena = {0};
    struct new_user known = {0}, fresh = {0};
    struct user checked = *u;
    if (!user_check_email(u->email, &arena, &checked.email, err) ||
        !user_may_give(by, u->role, u->scope, u->n_scope, err) ||
        !accounts_lookup(a, "email", checked.email, known.lookup, err) ||
        !sql_read(a->db, find, &known, err) ||
        (!known.id && !user_prepare(a, &checked, password, &arena, &fresh, err)))
        return false;
    j.fresh = known.id ? NULL : &fresh;
    j.m = (struct membership){workspace, known.id ? known.id : fresh.id, u->role, true, STR("")};
    bool ok =
        user_seal_scope(a, workspace, j.m.user, u->scope, u->n_scope, &arena, &j.m.scope, err) &&
        sql_write(a->db, add, &j, err);
    arena_done(&j.arena);
    if (!ok)
        return false;
    accounts_changed(a);
    *ret_id = j.m.user;
    return true;
}

// ── reading ──

struct read_job {
    int64_t workspace, id; // of list: the last before
    int limit;
    struct arena *arena;
    struct user_row row;
    struct user_rows rows;
};

static bool load(struct sql *s, void *ctx, struct error *err) {
    struct read_job *j = ctx;
    return user_sql_load(s, j->workspace, j->id, j->arena, &j->row, err);
}

static bool list(struct sql *s, void *ctx, struct error *err) {
    struct read_job *j = ctx;
    return user_sql_list(s, j->workspace, j->id, j->limit, j->arena, &j->rows, err);
}

static bool unseal_row(struct accounts *a, const struct user_row *row, struct arena *arena,
                       struct user *ret, struct error *err) {
    struct user u = {.id = row->id,
                     .created_us = row->created_us,
                     .sign_in_us = row->sign_in_us,
                     .lang = row->lang,
                     .role = row->m.role,
                     .active = row->m.active};
    if (!accounts_unseal(a, 0, "email", row->id, row->email, arena, &u.email, err) ||
        !accounts_unseal(a, 0, "name", row->id, row->name, arena, &u.name, err))
        return false;
    if (row->is_member && !user_unseal_scope(a, row->m.workspace, row->id, row->m.scope, arena,
                                             &u.scope, &u.n_scope, err))
        return false;
    *ret = u;
    return true;
}

bool user_load(struct accounts *a, int64_t workspace, int64_t id, struct arena *arena,
               struct user *ret, struct error *err) {
    struct read_job j = {.workspace = workspace, .id = id, .arena = arena};
    return sql_read(a->db, load, &j, err) && unseal_row(a, &j.row, arena, ret, err);
}

bool user_list(struct accounts *a, int64_t workspace, int64_t after, int limit, struct arena *arena,
               const struct user **ret, size_t *ret_n, struct error *err) {
    struct read_job j = {.workspace = workspace, .id = after, .limit = limit, .arena = arena};
    bool ok = sql_read(a->db, list, &j, err);
    struct user *users = ARENA_ARRAY(arena, struct user, j.rows.len);
    for (size_t i = 0; ok && i < j.rows.len; i++)
        ok = unseal_row(a, &j.rows.items[i], arena, &users[i], err);
    *ret = ok ? users : *ret;
    *ret_n = ok ? j.rows.len : *ret_n;
    vec_done(&j.rows);
    return ok;
}

// ── changing ──

struct update_job {
    const struct principal *by;
    const struct user_change *change;
    int64_t workspace, id, now_us;
    struct str scope, name; // sealed
    struct str lang;
    struct arena arena;
};

static bool keep_an_owner(struct sql *s, const struct update_job *j, const struct membership *was,
                          const struct membership *is, struct error *err) {
    int64_t owners;
    if (was->role != ROLE_OWNER || !was->active || (is->role == ROLE_OWNER && is->active))
        return true;
    if (!membership_sql_owners(s, j->workspace, &owners, err))
        return false;
    return owners > 1 || error_set(err, ERROR_CONFLICT, "工作区至少要有一位所有者",
                                   "a workspace needs an owner: make another one first");
}

static bool update(struct sql *s, void *ctx, struct error *err) {
    struct update_job *j = ctx;
    const struct user_change *c = j->change;
    struct user_row row;
    char word[64], subject[AUDIT_SUBJECT];
    arena_reset(&j->arena);
    snprintf(word, sizeof word, "workspace/%" PRId64, j->workspace);
    if (!sql_lock(s, word, err) || !user_sql_load(s, j->workspace, j->id, &j->arena, &row, err))
        return false;
    struct membership m = row.m;
    m.role = c->role ? *c->role : m.role;
    m.active = c->active ? *c->active : m.active;
    m.scope = c->has_scope ? j->scope : m.scope;
    bool is_himself = j->by && j->by->user == j->id;
    bool changes = c->role || c->active || c->has_scope;
    if ((changes && !user_may_handle(j->by, row.m.role, err)) ||
        !keep_an_owner(s, j, &row.m, &m, err))
        return false;
    if ((c->name || c->lang) && j->by && !is_himself)
        return error_set(err, ERROR_FORBIDDEN, "姓名和语言只能由本人修改",
                         "name and language are changed by the person himself");
    if ((c->name || c->lang) && !user_sql_set_names(s, j->id, c->name ? j->name : row.name,
                                                    c->lang ? j->lang : row.lang, j->now_us, err))
        return false;
    if (changes && !membership_sql_put(s, &m, j->now_us, err))
        return false;
    if (!m.active && !session_sql_end_user(s, j->id, j->workspace, 0, err))
        return false;
    return accounts_notify(s, err) &&
           audit_add_in(s, j->workspace, j->by, "user.update",
                        audit_subject(subject, "user", j->id),
                        str_from(m.active ? role_code(m.role) : "inactive"), err);
}

bool user_update(struct accounts *a, const struct principal *by, int64_t workspace, int64_t id,
                 const struct user_change *change, struct error *err) {
    CLEANUP(arena_done) struct arena arena = {0};
    struct update_job j = {
        .by = by, .change = change, .workspace = workspace, .id = id, .now_us = a->now_us()};
    struct str name;
    if ((change->role && !user_may_handle(by, *change->role, err)) ||
        (change->has_scope &&
         !user_may_give(by, ROLE_VIEWER, change->scope, change->n_scope, err)) ||
        (change->has_scope && !user_seal_scope(a, workspace, id, change->scope, change->n_scope,
                                               &arena, &j.scope, err)) ||
        (change->lang && !check_lang(*change->lang, err)) ||
        (change->name && (!accounts_check_name(*change->name, "name", &name, err) ||
                          !accounts_seal(a, 0, "name", id, name, &arena, &j.name, err))))
        return false;
    j.lang = change->lang ? *change->lang : STR("");
    bool ok = sql_write(a->db, update, &j, err);
    arena_done(&j.arena);
    accounts_changed(a);
    return ok;
}
