// SPDX-License-Identifier: Apache-2.0
#include "account/workspace_inner.h"

bool workspace_sql_put(struct sql *s, const struct workspace *w, struct error *err) {
    return sql_run(s, err,
                   "INSERT INTO workspace (id, created_us, updated_us, name, time_zone, industry, "
                   "settings) VALUES ($1, $2, $3, $4, $5, $6, $7) "
                   "ON CONFLICT (id) DO UPDATE SET updated_us = $3, name = $4, time_zone = $5, "
                   "industry = $6, settings = $7",
                   SQL_INT(w->id), SQL_INT(w->created_us), SQL_INT(w->updated_us),
                   SQL_TEXT(w->name), SQL_TEXT(w->time_zone), SQL_TEXT(w->industry),
                   SQL_TEXT(w->settings));
}

static struct workspace row_of(const struct sql_rows *rows, struct arena *arena) {
    return (struct workspace){
        .id = sql_int(rows, 0),
        .created_us = sql_int(rows, 1),
        .updated_us = sql_int(rows, 2),
        .name = arena_str(arena, sql_text(rows, 3)),
        .time_zone = arena_str(arena, sql_text(rows, 4)),
        .industry = arena_str(arena, sql_text(rows, 5)),
        .settings = arena_str(arena, sql_text(rows, 6)),
    };
}

bool workspace_load_in(struct sql *s, int64_t id, struct arena *arena, struct workspace *ret,
                       struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err,
                    "SELECT id, created_us, updated_us, name, time_zone, industry, settings "
                    "FROM workspace WHERE id = $1",
                    SQL_INT(id)))
        return false;
    bool found = sql_next(rows);
    if (found)
        *ret = row_of(rows, arena);
    if (!sql_rows_close(rows, err))
        return false;
    return found || accounts_not_found(err, "工作区", "workspace");
}

bool workspace_sql_list(struct sql *s, int64_t user, struct arena *arena,
                        struct workspace_rows *ret, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err,
                    "SELECT id, created_us, updated_us, name, time_zone, industry, settings "
                    "FROM workspace w WHERE $1 = 0 OR EXISTS (SELECT 1 FROM membership m "
                    "WHERE m.workspace = w.id AND m.user_id = $1 AND m.active = 1) ORDER BY id",
                    SQL_INT(user)))
        return false;
    ret->len = 0;
    while (sql_next(rows))
        vec_push(ret, row_of(rows, arena));
    return sql_rows_close(rows, err);
}
