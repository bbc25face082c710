// SPDX-License-Identifier: Apache-2.0
#include "account/api_key_inner.h"

bool api_key_sql_insert(struct sql *s, const struct api_key_row *row, struct error *err) {
    const struct api_key *k = &row->key;
    return sql_run(s, err,
                   "INSERT INTO api_key (id, workspace, name, token_hash, hint, scopes, "
                   "created_us, created_by, expires_us, revoked_us, used_us) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0)",
                   SQL_INT(k->id), SQL_INT(row->workspace), SQL_TEXT(k->name),
                   SQL_BLOB(hash_str(row->hash)), SQL_TEXT(k->hint), SQL_TEXT(row->scopes),
                   SQL_INT(k->created_us), SQL_INT(k->created_by), SQL_INT(k->expires_us));
}

bool api_key_sql_count(struct sql *s, int64_t workspace, int64_t *ret, struct error *err) {
    return sql_get_int(s, ret, 0, err,
                       "SELECT count(*) FROM api_key WHERE workspace = $1 AND revoked_us = 0",
                       SQL_INT(workspace));
}

static struct api_key_row row_of(const struct sql_rows *rows, struct arena *arena) {
    struct api_key_row row = {
        .key = {.id = sql_int(rows, 0),
                .name = arena_str(arena, sql_text(rows, 2)),
                .hint = arena_str(arena, sql_text(rows, 3)),
                .created_us = sql_int(rows, 5),
                .created_by = sql_int(rows, 6),
                .expires_us = sql_int(rows, 7),
                .revoked_us = sql_int(rows, 8),
                .used_us = sql_int(rows, 9)},
        .workspace = sql_int(rows, 1),
        .scopes = arena_str(arena, sql_text(rows, 4)),
    };
    return row;
}

#define KEY_COLUMNS                                                                                \
    "id, workspace, name, hint, scopes, created_us, created_by, expires_us, revoked_us, used_us "

bool api_key_sql_find(struct sql *s, const uint8_t hash[CRYPTO_HASH_BYTES], struct arena *arena,
                      struct api_key_row *ret, bool *ret_found, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err, "SELECT " KEY_COLUMNS "FROM api_key WHERE token_hash = $1",
                    SQL_BLOB(hash_str(hash))))
        return false;
    *ret_found = sql_next(rows);
    if (*ret_found)
        *ret = row_of(rows, arena);
    return sql_rows_close(rows, err);
}

bool api_key_sql_list(struct sql *s, int64_t workspace, struct arena *arena,
                      struct api_key_rows *ret, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err,
                    "SELECT " KEY_COLUMNS
                    "FROM api_key WHERE workspace = $1 ORDER BY id DESC LIMIT 500",
                    SQL_INT(workspace)))
        return false;
    ret->len = 0;
    while (sql_next(rows))
        vec_push(ret, row_of(rows, arena));
    return sql_rows_close(rows, err);
}

bool api_key_sql_revoke(struct sql *s, int64_t workspace, int64_t id, int64_t now_us,
                        int64_t *ret_n, struct error *err) {
    return sql_change(s, ret_n, err,
                      "UPDATE api_key SET revoked_us = $1 "
                      "WHERE id = $2 AND workspace = $3 AND revoked_us = 0",
                      SQL_INT(now_us), SQL_INT(id), SQL_INT(workspace));
}

bool api_key_sql_touch(struct sql *s, int64_t id, int64_t now_us, struct error *err) {
    return sql_run(s, err, "UPDATE api_key SET used_us = $1 WHERE id = $2 AND used_us < $1",
                   SQL_INT(now_us), SQL_INT(id));
}
