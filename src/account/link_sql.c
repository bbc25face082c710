// SPDX-License-Identifier: Apache-2.0
#include "account/link_inner.h"

bool link_sql_insert(struct sql *s, const struct link_row *row, struct error *err) {
    const struct link *l = &row->link;
    return sql_run(s, err,
                   "INSERT INTO one_time_link (id, kind, token_hash, workspace, user_id, payload, "
                   "created_us, created_by, expires_us, used_us) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)",
                   SQL_INT(l->id), SQL_TEXT(str_from(link_kind_code(l->kind))),
                   SQL_BLOB(hash_str(row->hash)), SQL_INT(l->workspace), SQL_INT(l->user),
                   SQL_BLOB(row->payload), SQL_INT(l->created_us), SQL_INT(row->created_by),
                   SQL_INT(l->expires_us));
}

bool link_sql_end(struct sql *s, enum link_kind kind, int64_t user, int64_t now_us,
                  struct error *err) {
    return sql_run(s, err,
                   "UPDATE one_time_link SET used_us = $1 "
                   "WHERE kind = $2 AND user_id = $3 AND used_us = 0",
                   SQL_INT(now_us), SQL_TEXT(str_from(link_kind_code(kind))), SQL_INT(user));
}

static enum link_kind kind_of(struct str code) {
    for (int k = LINK_SETUP; k < LINK_RESET; k++)
        if (str_eq(code, str_from(link_kind_code((enum link_kind)k))))
            return (enum link_kind)k;
    return LINK_RESET;
}

static struct link_row row_of(const struct sql_rows *rows, struct arena *arena) {
    return (struct link_row){
        .link = {.kind = kind_of(sql_text(rows, 1)),
                 .id = sql_int(rows, 0),
                 .workspace = sql_int(rows, 2),
                 .user = sql_int(rows, 3),
                 .created_us = sql_int(rows, 5),
                 .expires_us = sql_int(rows, 6)},
        .payload = arena_str(arena, sql_bytes(rows, 4)),
        .used_us = sql_int(rows, 7),
    };
}

#define LINK_COLUMNS "id, kind, workspace, user_id, payload, created_us, expires_us, used_us "

bool link_sql_find(struct sql *s, const uint8_t hash[CRYPTO_HASH_BYTES], struct arena *arena,
                   struct link_row *ret, bool *ret_found, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err,
                    "SELECT " LINK_COLUMNS "FROM one_time_link WHERE token_hash = $1",
                    SQL_BLOB(hash_str(hash))))
        return false;
    *ret_found = sql_next(rows);
    if (*ret_found)
        *ret = row_of(rows, arena);
    return sql_rows_close(rows, err);
}

bool link_sql_use(struct sql *s, const uint8_t hash[CRYPTO_HASH_BYTES], int64_t now_us,
                  struct error *err) {
    int64_t taken;
    if (!sql_change(s, &taken, err,
                    "UPDATE one_time_link SET used_us = $1 "
                    "WHERE token_hash = $2 AND used_us = 0 AND expires_us > $1",
                    SQL_INT(now_us), SQL_BLOB(hash_str(hash))))
        return false;
    return taken == 1 || link_gone(err);
}

bool link_sql_list(struct sql *s, int64_t workspace, int64_t now_us, struct arena *arena,
                   struct link_rows *ret, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err,
                    "SELECT " LINK_COLUMNS "FROM one_time_link WHERE workspace = $1 "
                    "AND kind <> 'setup' AND used_us = 0 AND expires_us > $2 "
                    "ORDER BY id DESC LIMIT 100",
                    SQL_INT(workspace), SQL_INT(now_us)))
        return false;
    ret->len = 0;
    while (sql_next(rows))
        vec_push(ret, row_of(rows, arena));
    return sql_rows_close(rows, err);
}

bool link_sql_remove(struct sql *s, int64_t workspace, int64_t id, int64_t *ret_n,
                     struct error *err) {
    return sql_change(s, ret_n, err,
                      "DELETE FROM one_time_link WHERE id = $1 AND workspace = $2 AND used_us = 0",
                      SQL_INT(id), SQL_INT(workspace));
}
