// SPDX-License-Identifier: Apache-2.0
#include "account/session_inner.h"
#include "account/user_inner.h"

bool session_sql_insert(struct sql *s, const struct session_row *row, struct error *err) {
    return sql_run(s, err,
                   "INSERT INTO session (id, token_hash, user_id, workspace, created_us, used_us, "
                   "expires_us, origin) VALUES ($1, $2, $3, $4, $5, $5, $6, $7)",
                   SQL_INT(row->id), SQL_BLOB(hash_str(row->hash)), SQL_INT(row->user),
                   SQL_INT(row->workspace), SQL_INT(row->created_us), SQL_INT(row->expires_us),
                   SQL_BLOB(row->origin));
}

// Columns 0 … 7, the same in both statements.
static struct session_row row_of(const struct sql_rows *rows, struct arena *arena) {
    struct session_row row = {
        .id = sql_int(rows, 0),
        .user = sql_int(rows, 1),
        .workspace = sql_int(rows, 2),
        .created_us = sql_int(rows, 3),
        .used_us = sql_int(rows, 4),
        .expires_us = sql_int(rows, 5),
        .origin = arena_str(arena, sql_bytes(rows, 7)),
    };
    struct str hash = sql_bytes(rows, 6);
    if (hash.len == CRYPTO_HASH_BYTES)
        memcpy(row.hash, hash.ptr, CRYPTO_HASH_BYTES);
    return row;
}

bool session_sql_find(struct sql *s, const uint8_t hash[CRYPTO_HASH_BYTES], struct arena *arena,
                      struct session_row *ret, bool *ret_found, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err,
                    "SELECT s.id, s.user_id, s.workspace, s.created_us, s.used_us, s.expires_us, "
                    "s.token_hash, s.origin, m.role, m.scope, u.email FROM session s "
                    "JOIN membership m ON m.workspace = s.workspace AND m.user_id = s.user_id "
                    "JOIN user_account u ON u.id = s.user_id "
                    "WHERE s.token_hash = $1 AND m.active = 1",
                    SQL_BLOB(hash_str(hash))))
        return false;
    *ret_found = sql_next(rows);
    if (*ret_found) {
        *ret = row_of(rows, arena);
        if (!role_find(sql_text(rows, 8), &ret->role))
            ret->role = ROLE_VIEWER; // a role of a newer program can do the least here
        ret->scope = arena_str(arena, sql_bytes(rows, 9));
        ret->email = arena_str(arena, sql_bytes(rows, 10));
    }
    return sql_rows_close(rows, err);
}

bool session_sql_touch(struct sql *s, int64_t id, int64_t now_us, struct error *err) {
    return sql_run(s, err, "UPDATE session SET used_us = $1 WHERE id = $2 AND used_us < $1",
                   SQL_INT(now_us), SQL_INT(id));
}

bool session_sql_end(struct sql *s, const uint8_t hash[CRYPTO_HASH_BYTES], struct error *err) {
    return sql_run(s, err, "DELETE FROM session WHERE token_hash = $1", SQL_BLOB(hash_str(hash)));
}

bool session_sql_end_one(struct sql *s, int64_t user, int64_t id, int64_t *ret_n,
                         struct error *err) {
    return sql_change(s, ret_n, err, "DELETE FROM session WHERE id = $1 AND user_id = $2",
                      SQL_INT(id), SQL_INT(user));
}

bool session_sql_end_user(struct sql *s, int64_t user, int64_t workspace, int64_t keep,
                          struct error *err) {
    return sql_run(s, err,
                   "DELETE FROM session WHERE user_id = $1 AND (workspace = $2 OR $2 = 0) "
                   "AND id <> $3",
                   SQL_INT(user), SQL_INT(workspace), SQL_INT(keep));
}

bool session_sql_switch(struct sql *s, const uint8_t hash[CRYPTO_HASH_BYTES], int64_t workspace,
                        int64_t *ret_n, struct error *err) {
    return sql_change(s, ret_n, err,
                      "UPDATE session SET workspace = $1 WHERE token_hash = $2 AND EXISTS "
                      "(SELECT 1 FROM membership m WHERE m.workspace = $1 AND m.active = 1 "
                      "AND m.user_id = session.user_id)",
                      SQL_INT(workspace), SQL_BLOB(hash_str(hash)));
}

bool session_sql_list(struct sql *s, int64_t user, int64_t now_us, struct arena *arena,
                      struct session_rows *ret, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err,
                    "SELECT id, user_id, workspace, created_us, used_us, expires_us, token_hash, "
                    "origin FROM session WHERE user_id = $1 AND expires_us > $2 AND used_us > $3 "
                    "ORDER BY id DESC LIMIT 100",
                    SQL_INT(user), SQL_INT(now_us), SQL_INT(now_us - SESSION_IDLE_US)))
        return false;
    ret->len = 0;
    while (sql_next(rows))
        vec_push(ret, row_of(rows, arena));
    return sql_rows_close(rows, err);
}
