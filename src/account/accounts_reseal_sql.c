// SPDX-License-Identifier: Apache-2.0
#include "account/accounts_reseal_inner.h"

// The house's values have no column that says so: they are of workspace 0, and the statement asks for it.
#define OF_HOUSE "CAST($3 AS BIGINT) = 0 "

static const struct {
    const char *what, *read, *write;
} columns[N_RESEAL_COLUMNS] = {
    {"email",
     "SELECT id, email FROM user_account WHERE substr(email, 2, 2) <> $1 AND " OF_HOUSE
     "ORDER BY id LIMIT $2",
     "UPDATE user_account SET email = $1 WHERE id = $2 AND " OF_HOUSE "AND email = $4"},
    {"name",
     "SELECT id, name FROM user_account WHERE substr(name, 2, 2) <> $1 AND " OF_HOUSE
     "ORDER BY id LIMIT $2",
     "UPDATE user_account SET name = $1 WHERE id = $2 AND " OF_HOUSE "AND name = $4"},
    {"session",
     "SELECT id, origin FROM session WHERE substr(origin, 2, 2) <> $1 AND " OF_HOUSE
     "ORDER BY id LIMIT $2",
     "UPDATE session SET origin = $1 WHERE id = $2 AND " OF_HOUSE "AND origin = $4"},
    {"link",
     "SELECT id, payload FROM one_time_link WHERE substr(payload, 2, 2) <> $1 AND " OF_HOUSE
     "ORDER BY id LIMIT $2",
     "UPDATE one_time_link SET payload = $1 WHERE id = $2 AND " OF_HOUSE "AND payload = $4"},
    {"scope",
     "SELECT user_id, scope FROM membership WHERE substr(scope, 2, 2) <> $1 AND workspace = $3 "
     "ORDER BY user_id LIMIT $2",
     "UPDATE membership SET scope = $1 WHERE user_id = $2 AND workspace = $3 AND scope = $4"},
};

const char *reseal_sql_what(int column) {
    return columns[column].what;
}

bool reseal_sql_read(struct sql *s, int column, int64_t workspace, struct str mark, int limit,
                     struct arena *arena, struct sealed_rows *ret, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err, columns[column].read, SQL_BLOB(mark), SQL_INT(limit),
                    SQL_INT(workspace)))
        return false;
    ret->len = 0;
    while (sql_next(rows))
        vec_push(ret, ((struct sealed_row){.id = sql_int(rows, 0),
                                           .old = arena_str(arena, sql_bytes(rows, 1))}));
    return sql_rows_close(rows, err);
}

bool reseal_sql_write(struct sql *s, int column, int64_t workspace, const struct sealed_row *row,
                      struct error *err) {
    return sql_run(s, err, columns[column].write, SQL_BLOB(row->fresh), SQL_INT(row->id),
                   SQL_INT(workspace), SQL_BLOB(row->old));
}
