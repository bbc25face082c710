// SPDX-License-Identifier: Apache-2.0
#include "account/setup_inner.h"

#include "account/audit.h"
#include "account/link_inner.h"
#include "account/user_inner.h"

bool setup_done(struct error *err) {
    return error_set(err, ERROR_CONFLICT,
                     "已经设置过，管理员已存在；忘记密码请用 huisheng user reset",
                     "it was set up before: there is an administrator; for a lost password use "
                     "huisheng user reset");
}

static bool read_done(struct sql *s, void *ctx, struct error *err) {
    return setup_sql_is_done(s, ctx, err);
}

bool setup_is_needed(struct accounts *a, bool *ret, struct error *err) {
    int64_t at_us;
    if (!sql_read(a->db, read_done, &at_us, err))
        return false;
    *ret = at_us == 0;
    return true;
}

static bool make_link(struct sql *s, void *ctx, struct error *err) {
    const struct link_row *row = ctx;
    int64_t at_us;
    if (!setup_sql_is_done(s, &at_us, err))
        return false;
    if (at_us)
        return setup_done(err);
    return link_sql_end(s, LINK_SETUP, 0, row->link.created_us, err) &&
           link_sql_insert(s, row, err);
}

bool setup_link(struct accounts *a, struct arena *arena, struct str *ret_token, struct error *err) {
    struct link_row row = {.link = {.kind = LINK_SETUP, .role = ROLE_OWNER}};
    return link_prepare(a, NULL, &row, arena, ret_token, err) &&
           sql_write(a->db, make_link, &row, err);
}

struct setup_job {
    bool has_token;
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct new_user user;
    struct workspace workspace;
    struct membership m;
};

static bool run(struct sql *s, void *ctx, struct error *err) {
    const struct setup_job *j = ctx;
    struct principal by = {.user = j->user.id, .workspace = j->workspace.id};
    char subject[AUDIT_SUBJECT];
    return setup_sql_take(s, j->user.now_us, err) &&
           (!j->has_token || link_sql_use(s, j->hash, j->user.now_us, err)) &&
           link_sql_end(s, LINK_SETUP, 0, j->user.now_us, err) &&
           workspace_insert(s, &j->workspace, err) && user_sql_insert(s, &j->user, err) &&
           membership_sql_put(s, &j->m, j->user.now_us, err) && accounts_notify(s, err) &&
           audit_add(s, &by, "setup", audit_subject(subject, "user", j->user.id), STR(""), err);
}

static bool check_link(struct accounts *a, const struct str *token, struct setup_job *j,
                       struct arena *arena, struct error *err) {
    bool is_needed;
    struct link l;
    if (!setup_is_needed(a, &is_needed, err))
        return false;
    if (!is_needed)
        return setup_done(err);
    if (!token)
        return true;
    j->has_token = true;
    if (!link_find(a, *token, arena, &l, err))
        return false;
    return l.kind == LINK_SETUP ? link_hash(*token, j->hash) : link_gone(err);
}

bool setup_run(struct accounts *a, const struct str *token, const struct user *u,
               struct str password, const struct workspace *w, int64_t *ret_user,
               int64_t *ret_workspace, struct error *err) {
    CLEANUP(arena_done) struct arena arena = {0};
    struct setup_job j = {.workspace = *w};
    struct user checked = *u;
    if (!str_trim(w->name).len)
        j.workspace.name = str_eq(u->lang, STR("en")) ? STR("My company") : STR("我的公司");
    if (!check_link(a, token, &j, &arena, err) ||
        !user_check_email(u->email, &arena, &checked.email, err) ||
        !workspace_check(&j.workspace, &arena, err) ||
        !user_prepare(a, &checked, password, &arena, &j.user, err))
        return false;
    j.workspace.id = id_next(a->ids);
    j.workspace.created_us = j.workspace.updated_us = j.user.now_us;
    j.m = (struct membership){j.workspace.id, j.user.id, ROLE_OWNER, true, STR("")};
    if (!user_seal_scope(a, j.m.workspace, j.m.user, NULL, 0, &arena, &j.m.scope, err) ||
        !sql_write(a->db, run, &j, err))
        return false;
    accounts_changed(a);
    *ret_user = j.user.id;
    *ret_workspace = j.workspace.id;
    return true;
}
