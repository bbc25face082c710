// SPDX-License-Identifier: Apache-2.0
#include "collect/change.h"

#include "base/map.h"
#include "base/vec.h"
#include "collect/outbox.h"

// Rows of one page; a page ends between positions, so the last position is left for the next page when the limit
// cut it.
#define PAGE_ROWS 500

static const char *const page_texts[] = {
    [SQL_ENGINE_SQLITE] =
        "SELECT seq, ids FROM change WHERE workspace = $1 AND seq > $2 ORDER BY seq LIMIT $3",
    [SQL_ENGINE_POSTGRES] =
        "SELECT txid, ids FROM change WHERE workspace = $1 AND txid > $2"
        " AND txid < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) ORDER BY txid, seq LIMIT $3",
};

struct row {
    int64_t position;
    int64_t *ids;
    size_t n;
};

static bool read_rows(struct sql *s, int64_t workspace, int64_t after, int64_t limit,
                      struct arena *a, struct row *ret, size_t *ret_n, struct error *err) {
    struct sql_rows *rows;
    size_t n = 0;
    if (!sql_select(s, &rows, err, page_texts[sql_engine_of(s)], SQL_INT(workspace), SQL_INT(after),
                    SQL_INT(limit)))
        return false;
    while (n < (size_t)limit && sql_next(rows)) {
        ret[n].position = sql_int(rows, 0);
        ret[n].n = ids_unpack(sql_bytes(rows, 1), a, &ret[n].ids);
        n++;
    }
    *ret_n = n;
    return sql_rows_close(rows, err);
}

bool change_read(struct sql *s, int64_t workspace, int64_t after, size_t limit, struct arena *a,
                 struct change_page *ret, struct error *err) {
    struct row *list = ARENA_ARRAY(a, struct row, PAGE_ROWS);
    size_t n, take = 0, total = 0;
    if (!read_rows(s, workspace, after, PAGE_ROWS, a, list, &n, err))
        return false;
    *ret = (struct change_page){.position = after, .more = n == PAGE_ROWS};
    while (take < n) {
        size_t next = take, count = 0;
        for (; next < n && list[next].position == list[take].position; next++)
            count += list[next].n;
        if (take > 0 && (total + count > limit || (next == n && ret->more)))
            break;
        total += count;
        take = next;
    }
    ret->more = ret->more || take < n;
    struct map_u64 seen = {0};
    ret->ids = ARENA_ARRAY(a, int64_t, total);
    for (size_t i = 0; i < take; i++) {
        ret->position = list[i].position;
        for (size_t k = 0; k < list[i].n; k++) {
            uint64_t before;
            if (map_u64_get(&seen, (uint64_t)list[i].ids[k], &before))
                continue;
            map_u64_put(&seen, (uint64_t)list[i].ids[k], 1);
            ret->ids[ret->n++] = list[i].ids[k];
        }
    }
    map_u64_done(&seen);
    return true;
}

bool change_position(struct sql *s, int64_t *ret, struct error *err) {
    static const char *const texts[] = {
        [SQL_ENGINE_SQLITE] = "SELECT max(seq) FROM change",
        [SQL_ENGINE_POSTGRES] =
            "SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) - 1",
    };
    return sql_get_int(s, ret, 0, err, texts[sql_engine_of(s)]);
}

bool change_floor(struct sql *s, int64_t *ret, struct error *err) {
    return sql_get_int(s, ret, 0, err, "SELECT position FROM change_floor WHERE id = 1");
}

bool change_behind(struct sql *s, int64_t workspace, int64_t after, int64_t *ret_rows,
                   struct error *err) {
    static const char *const texts[] = {
        [SQL_ENGINE_SQLITE] = "SELECT count(*) FROM change WHERE workspace = $1 AND seq > $2",
        [SQL_ENGINE_POSTGRES] = "SELECT count(*) FROM change WHERE workspace = $1 AND txid > $2",
    };
    return sql_get_int(s, ret_rows, 0, err, texts[sql_engine_of(s)], SQL_INT(workspace),
                       SQL_INT(after));
}

bool change_clear(struct sql *s, int64_t position, struct error *err) {
    static const char *const texts[] = {
        [SQL_ENGINE_SQLITE] = "DELETE FROM change WHERE seq <= $1",
        [SQL_ENGINE_POSTGRES] = "DELETE FROM change WHERE txid <= $1",
    };
    return sql_run(s, err, texts[sql_engine_of(s)], SQL_INT(position)) &&
           sql_run(s, err, "UPDATE change_floor SET position = $1 WHERE id = 1 AND position < $1",
                   SQL_INT(position));
}

bool change_workspaces(struct sql *s, struct arena *a, int64_t **ret, size_t *ret_n,
                       struct error *err) {
    struct sql_rows *rows;
    struct {
        VEC(int64_t);
    } list = {0};
    if (!sql_select(s, &rows, err, "SELECT id FROM workspace ORDER BY id"))
        return false;
    while (sql_next(rows))
        vec_push(&list, sql_int(rows, 0));
    *ret = ARENA_ARRAY(a, int64_t, list.len);
    for (size_t i = 0; i < list.len; i++)
        (*ret)[i] = list.items[i];
    *ret_n = list.len;
    vec_done(&list);
    return sql_rows_close(rows, err);
}

bool change_all_feedback(struct sql *s, int64_t workspace, int64_t after, size_t limit,
                         int64_t *ret_ids, size_t *ret_n, struct error *err) {
    struct sql_rows *rows;
    size_t n = 0;
    if (!sql_select(s, &rows, err,
                    "SELECT id FROM feedback WHERE id > $2 AND workspace = $1 ORDER BY id LIMIT $3",
                    SQL_INT(workspace), SQL_INT(after), SQL_INT((int64_t)limit)))
        return false;
    while (n < limit && sql_next(rows))
        ret_ids[n++] = sql_int(rows, 0);
    *ret_n = n;
    return sql_rows_close(rows, err);
}
