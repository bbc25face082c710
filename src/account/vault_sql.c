// SPDX-License-Identifier: Apache-2.0
#include "account/vault_inner.h"
#include "base/mem.h"

bool vault_sql_check(struct sql *s, struct arena *a, struct str *ret, struct error *err) {
    struct sql_rows *rows;
    *ret = STR("");
    if (!sql_select(s, &rows, err, "SELECT check_value FROM platform WHERE id = 1"))
        return false;
    if (sql_next(rows))
        *ret = arena_str(a, sql_bytes(rows, 0));
    return sql_rows_close(rows, err);
}

bool vault_sql_add_check(struct sql *s, struct str check, struct error *err) {
    return sql_run(s, err,
                   "INSERT INTO platform (id, check_value, setup_us) VALUES (1, $1, 0) "
                   "ON CONFLICT (id) DO NOTHING",
                   SQL_BLOB(check));
}

bool vault_sql_set_check(struct sql *s, struct str old, struct str check, struct error *err) {
    int64_t changed;
    if (!sql_change(s, &changed, err,
                    "UPDATE platform SET check_value = $1 WHERE id = 1 AND check_value = $2",
                    SQL_BLOB(check), SQL_BLOB(old)))
        return false;
    return changed == 1 || error_set(err, ERROR_CONFLICT, "主密钥刚被另一个进程更换",
                                     "another process has just rotated the master key");
}

static const char data[] = "data", root[] = "root";

static void push(struct key_rows *list, const struct sql_rows *rows) {
    if (list->n == list->cap) {
        size_t cap = MAX(list->cap * 2, (size_t)16);
        struct key_row *items = ARENA_ARRAY(list->arena, struct key_row, cap);
        if (list->n)
            memcpy(items, list->items, list->n * sizeof *items);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->n++] = (struct key_row){
        .workspace = sql_int(rows, 0),
        .is_data = str_eq(sql_text(rows, 1), STR("data")),
        .generation = (int)sql_int(rows, 2),
        .wrapped = arena_str(list->arena, sql_bytes(rows, 3)),
    };
}

bool vault_sql_keys(struct sql *s, int64_t workspace, struct key_rows *ret, struct error *err) {
    struct sql_rows *rows;
    arena_reset(ret->arena);
    *ret = (struct key_rows){.arena = ret->arena};
    bool ok = workspace < 0
                  ? sql_select(s, &rows, err,
                               "SELECT workspace, purpose, generation, wrapped FROM workspace_key "
                               "ORDER BY workspace, purpose, generation")
                  : sql_select(s, &rows, err,
                               "SELECT workspace, purpose, generation, wrapped FROM workspace_key "
                               "WHERE workspace = $1 ORDER BY purpose, generation",
                               SQL_INT(workspace));
    if (!ok)
        return false;
    while (sql_next(rows))
        push(ret, rows);
    return sql_rows_close(rows, err);
}

static struct sql_arg purpose(const struct key_row *row) {
    return SQL_TEXT(str_from(row->is_data ? data : root));
}

bool vault_sql_add_key(struct sql *s, const struct key_row *row, int64_t now_us,
                       struct error *err) {
    return sql_run(
        s, err,
        "INSERT INTO workspace_key (workspace, purpose, generation, created_us, wrapped) "
        "VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (workspace, purpose, generation) DO NOTHING",
        SQL_INT(row->workspace), purpose(row), SQL_INT(row->generation), SQL_INT(now_us),
        SQL_BLOB(row->wrapped));
}

bool vault_sql_set_key(struct sql *s, const struct key_row *row, struct error *err) {
    return sql_run(s, err,
                   "UPDATE workspace_key SET wrapped = $1 "
                   "WHERE workspace = $2 AND purpose = $3 AND generation = $4",
                   SQL_BLOB(row->wrapped), SQL_INT(row->workspace), purpose(row),
                   SQL_INT(row->generation));
}

bool vault_sql_forget(struct sql *s, int64_t workspace, int generation, struct error *err) {
    return sql_run(s, err,
                   "DELETE FROM workspace_key "
                   "WHERE workspace = $1 AND purpose = 'data' AND generation < $2",
                   SQL_INT(workspace), SQL_INT(generation));
}
