// SPDX-License-Identifier: Apache-2.0
#include "work/upkeep_inner.h"

bool upkeep_sql_idempotency(struct sql *s, int64_t before_us, int64_t limit, int64_t *ret,
                            struct error *err) {
    return sql_change(
        s, ret, err,
        "DELETE FROM idempotency WHERE (workspace, lookup) IN"
        " (SELECT workspace, lookup FROM idempotency WHERE created_us < $1 ORDER BY created_us LIMIT $2)",
        SQL_INT(before_us), SQL_INT(limit));
}

static bool read_ids(struct sql_rows *rows, int64_t *ret_ids, size_t *ret_n, struct error *err) {
    size_t n = 0;
    while (n < UPKEEP_BATCH && sql_next(rows))
        ret_ids[n++] = sql_int(rows, 0);
    *ret_n = n;
    return sql_rows_close(rows, err);
}

bool upkeep_sql_old(struct sql *s, int64_t workspace, bool deleted, int64_t before_us,
                    int64_t *ret_ids, size_t *ret_n, struct error *err) {
    static const char by_deletion[] =
        "SELECT id FROM feedback WHERE workspace = $1 AND deleted_us < $2 LIMIT $3";
    static const char by_time[] =
        "SELECT id FROM feedback WHERE workspace = $1 AND occurred_us < $2 ORDER BY occurred_us LIMIT $3";
    struct sql_rows *rows;
    return sql_select(s, &rows, err, deleted ? by_deletion : by_time, SQL_INT(workspace),
                      SQL_INT(before_us), SQL_INT(UPKEEP_BATCH)) &&
           read_ids(rows, ret_ids, ret_n, err);
}

bool upkeep_sql_is_old(struct sql *s, int64_t workspace, bool deleted, int64_t before_us,
                       int64_t id, bool *ret, struct error *err) {
    static const char by_deletion[] =
        "SELECT 1 FROM feedback WHERE id = $1 AND workspace = $2 AND deleted_us < $3";
    static const char by_time[] =
        "SELECT 1 FROM feedback WHERE id = $1 AND workspace = $2 AND occurred_us < $3";
    int64_t is;
    if (!sql_get_int(s, &is, 0, err, deleted ? by_deletion : by_time, SQL_INT(id),
                     SQL_INT(workspace), SQL_INT(before_us)))
        return false;
    *ret = is != 0;
    return true;
}

bool upkeep_sql_imports(struct sql *s, int64_t workspace, int64_t before_us, int64_t after,
                        int64_t *ret_ids, size_t *ret_n, struct error *err) {
    struct sql_rows *rows;
    return sql_select(s, &rows, err,
                      "SELECT id FROM import WHERE workspace = $1 AND created_us < $2 AND id > $3"
                      " AND state NOT IN ('running', 'undoing') ORDER BY id LIMIT $4",
                      SQL_INT(workspace), SQL_INT(before_us), SQL_INT(after),
                      SQL_INT(UPKEEP_BATCH)) &&
           read_ids(rows, ret_ids, ret_n, err);
}

bool upkeep_sql_import_emptied(struct sql *s, int64_t workspace, int64_t id, struct error *err) {
    return sql_run(
        s, err, "UPDATE import SET has_errors = 0, has_report = 0 WHERE id = $1 AND workspace = $2",
        SQL_INT(id), SQL_INT(workspace));
}
