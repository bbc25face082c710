// SPDX-License-Identifier: Apache-2.0
#include "account/user_inner.h"

bool user_sql_insert(struct sql *s, const struct new_user *u, struct error *err) {
    return sql_run(s, err,
                   "INSERT INTO user_account (id, created_us, updated_us, email_lookup, email, "
                   "name, lang, password, password_us, sign_in_us) "
                   "VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $2, 0)",
                   SQL_INT(u->id), SQL_INT(u->now_us), SQL_BLOB(lookup_str(u->lookup)),
                   SQL_BLOB(u->email), SQL_BLOB(u->name), SQL_TEXT(u->lang), SQL_TEXT(u->password));
}

bool user_sql_find(struct sql *s, const uint8_t lookup[VAULT_LOOKUP_BYTES], int64_t *ret_id,
                   struct error *err) {
    return sql_get_int(s, ret_id, 0, err, "SELECT id FROM user_account WHERE email_lookup = $1",
                       SQL_BLOB(lookup_str(lookup)));
}

static struct user_row row_of(const struct sql_rows *rows, struct arena *arena) {
    struct user_row row = {
        .id = sql_int(rows, 0),
        .created_us = sql_int(rows, 1),
        .sign_in_us = sql_int(rows, 2),
        .email = arena_str(arena, sql_bytes(rows, 3)),
        .name = arena_str(arena, sql_bytes(rows, 4)),
        .lang = arena_str(arena, sql_text(rows, 5)),
        .password = arena_str(arena, sql_text(rows, 6)),
        .is_member = !sql_is_null(rows, 7),
        .m = {.workspace = sql_int(rows, 7),
              .user = sql_int(rows, 0),
              .role = ROLE_VIEWER,
              .active = sql_int(rows, 9) != 0,
              .scope = arena_str(arena, sql_bytes(rows, 10))},
    };
    // A role that this program does not know can do the least.
    if (!role_find(sql_text(rows, 8), &row.m.role))
        row.m.role = ROLE_VIEWER;
    return row;
}

#define USER_COLUMNS                                                                               \
    "u.id, u.created_us, u.sign_in_us, u.email, u.name, u.lang, u.password, m.workspace, m.role, " \
    "m.active, m.scope "

bool user_sql_load(struct sql *s, int64_t workspace, int64_t id, struct arena *arena,
                   struct user_row *ret, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err,
                    "SELECT " USER_COLUMNS "FROM user_account u LEFT JOIN membership m "
                    "ON m.user_id = u.id AND m.workspace = $1 WHERE u.id = $2",
                    SQL_INT(workspace), SQL_INT(id)))
        return false;
    bool found = sql_next(rows);
    if (found)
        *ret = row_of(rows, arena);
    if (!sql_rows_close(rows, err))
        return false;
    return (found && (workspace == 0 || ret->is_member)) || accounts_not_found(err, "用户", "user");
}

bool user_sql_list(struct sql *s, int64_t workspace, int64_t after, int limit, struct arena *arena,
                   struct user_rows *ret, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err,
                    "SELECT " USER_COLUMNS "FROM membership m JOIN user_account u "
                    "ON u.id = m.user_id WHERE m.workspace = $1 AND m.user_id > $2 "
                    "ORDER BY m.user_id LIMIT $3",
                    SQL_INT(workspace), SQL_INT(after), SQL_INT(limit)))
        return false;
    ret->len = 0;
    while (sql_next(rows))
        vec_push(ret, row_of(rows, arena));
    return sql_rows_close(rows, err);
}

bool user_sql_set_password(struct sql *s, int64_t id, struct str hash, int64_t now_us,
                           struct error *err) {
    return sql_run(
        s, err,
        "UPDATE user_account SET password = $1, password_us = $2, updated_us = $2 WHERE id = $3",
        SQL_TEXT(hash), SQL_INT(now_us), SQL_INT(id));
}

bool user_sql_set_names(struct sql *s, int64_t id, struct str name, struct str lang, int64_t now_us,
                        struct error *err) {
    return sql_run(s, err,
                   "UPDATE user_account SET name = $1, lang = $2, updated_us = $3 WHERE id = $4",
                   SQL_BLOB(name), SQL_TEXT(lang), SQL_INT(now_us), SQL_INT(id));
}

bool user_sql_signed_in(struct sql *s, int64_t id, int64_t now_us, struct error *err) {
    return sql_run(s, err, "UPDATE user_account SET sign_in_us = $1 WHERE id = $2", SQL_INT(now_us),
                   SQL_INT(id));
}

bool user_sql_workspace(struct sql *s, int64_t id, int64_t *ret, struct error *err) {
    return sql_get_int(s, ret, 0, err,
                       "SELECT min(workspace) FROM membership WHERE user_id = $1 AND active = 1",
                       SQL_INT(id));
}

bool user_sql_elsewhere(struct sql *s, int64_t id, int64_t workspace, int64_t *ret_n,
                        struct error *err) {
    return sql_get_int(s, ret_n, 0, err,
                       "SELECT count(*) FROM membership WHERE user_id = $1 AND workspace <> $2",
                       SQL_INT(id), SQL_INT(workspace));
}

// ── memberships ──

bool membership_sql_put(struct sql *s, const struct membership *m, int64_t now_us,
                        struct error *err) {
    return sql_run(s, err,
                   "INSERT INTO membership (workspace, user_id, created_us, role, scope, active) "
                   "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace, user_id) "
                   "DO UPDATE SET role = $4, scope = $5, active = $6",
                   SQL_INT(m->workspace), SQL_INT(m->user), SQL_INT(now_us),
                   SQL_TEXT(str_from(role_code(m->role))), SQL_BLOB(m->scope), SQL_INT(m->active));
}

bool membership_sql_owners(struct sql *s, int64_t workspace, int64_t *ret_n, struct error *err) {
    return sql_get_int(s, ret_n, 0, err,
                       "SELECT count(*) FROM membership "
                       "WHERE workspace = $1 AND role = 'owner' AND active = 1",
                       SQL_INT(workspace));
}

// ── tries to sign in ──

bool attempt_sql_limit(struct sql *s, const uint8_t subject[VAULT_LOOKUP_BYTES], int64_t since_us,
                       int64_t *ret_us, struct error *err) {
    return sql_get_int(s, ret_us, 0, err,
                       "SELECT at_us FROM login_attempt WHERE subject = $1 AND at_us > $2 "
                       "ORDER BY at_us DESC LIMIT 1 OFFSET $3",
                       SQL_BLOB(lookup_str(subject)), SQL_INT(since_us),
                       SQL_INT(SIGN_IN_TRIES - 1));
}

bool attempt_sql_add(struct sql *s, const uint8_t subject[VAULT_LOOKUP_BYTES], int64_t now_us,
                     struct error *err) {
    return sql_run(s, err, "INSERT INTO login_attempt (subject, at_us) VALUES ($1, $2)",
                   SQL_BLOB(lookup_str(subject)), SQL_INT(now_us));
}

bool attempt_sql_forget(struct sql *s, const uint8_t subject[VAULT_LOOKUP_BYTES],
                        struct error *err) {
    return sql_run(s, err, "DELETE FROM login_attempt WHERE subject = $1",
                   SQL_BLOB(lookup_str(subject)));
}

bool attempt_sql_forget_one(struct sql *s, const uint8_t subject[VAULT_LOOKUP_BYTES], int64_t at_us,
                            struct error *err) {
    return sql_run(s, err,
                   "DELETE FROM login_attempt WHERE seq = (SELECT max(seq) FROM login_attempt "
                   "WHERE subject = $1 AND at_us = $2)",
                   SQL_BLOB(lookup_str(subject)), SQL_INT(at_us));
}
