// SPDX-License-Identifier: Apache-2.0
#include "account/accounts_inner.h"
#include "account/audit_inner.h"

static void copy_hash(uint8_t ret[CRYPTO_HASH_BYTES], struct str hash) {
    memset(ret, 0, CRYPTO_HASH_BYTES);
    if (hash.len == CRYPTO_HASH_BYTES)
        memcpy(ret, hash.ptr, CRYPTO_HASH_BYTES);
}

bool audit_sql_next(struct sql *s, int64_t workspace, int64_t *ret_seq,
                    uint8_t ret_prev[CRYPTO_HASH_BYTES], struct error *err) {
    static const uint8_t zeros[CRYPTO_HASH_BYTES];
    struct sql_rows *rows;
    // One statement that also locks: two writers of a chain wait here for each other.
    if (!sql_select(s, &rows, err,
                    "INSERT INTO audit_head (workspace, seq, hash) VALUES ($1, 1, $2) "
                    "ON CONFLICT (workspace) DO UPDATE SET seq = audit_head.seq + 1 "
                    "RETURNING seq, hash",
                    SQL_INT(workspace), SQL_BLOB(hash_str(zeros))))
        return false;
    bool found = sql_next(rows);
    if (found) {
        *ret_seq = sql_int(rows, 0);
        copy_hash(ret_prev, sql_bytes(rows, 1));
    }
    if (!sql_rows_close(rows, err))
        return false;
    return found || error_set(err, ERROR_INTERNAL, "审计链没有位置", "no place in the audit chain");
}

bool audit_sql_put(struct sql *s, int64_t workspace, const struct audit_row *row,
                   const uint8_t hash[CRYPTO_HASH_BYTES], struct error *err) {
    return sql_run(s, err,
                   "INSERT INTO audit (workspace, seq, at_us, user_id, key_id, action, subject, "
                   "detail, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                   SQL_INT(workspace), SQL_INT(row->seq), SQL_INT(row->at_us), SQL_INT(row->user),
                   SQL_INT(row->key), SQL_TEXT(row->action), SQL_TEXT(row->subject),
                   SQL_TEXT(row->detail), SQL_BLOB(hash_str(hash))) &&
           sql_run(s, err, "UPDATE audit_head SET hash = $1 WHERE workspace = $2",
                   SQL_BLOB(hash_str(hash)), SQL_INT(workspace));
}

bool audit_sql_head(struct sql *s, int64_t workspace, int64_t *ret_seq,
                    uint8_t ret_hash[CRYPTO_HASH_BYTES], struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err, "SELECT seq, hash FROM audit_head WHERE workspace = $1",
                    SQL_INT(workspace)))
        return false;
    *ret_seq = 0;
    memset(ret_hash, 0, CRYPTO_HASH_BYTES);
    if (sql_next(rows)) {
        *ret_seq = sql_int(rows, 0);
        copy_hash(ret_hash, sql_bytes(rows, 1));
    }
    return sql_rows_close(rows, err);
}

static struct audit_row row_of(const struct sql_rows *rows) {
    return (struct audit_row){
        .seq = sql_int(rows, 0),
        .at_us = sql_int(rows, 1),
        .user = sql_int(rows, 2),
        .key = sql_int(rows, 3),
        .action = sql_text(rows, 4),
        .subject = sql_text(rows, 5),
        .detail = sql_text(rows, 6),
    };
}

bool audit_sql_walk(struct sql *s, int64_t workspace,
                    bool (*fn)(void *ctx, const struct audit_row *row, struct str hash), void *ctx,
                    struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err,
                    "SELECT seq, at_us, user_id, key_id, action, subject, detail, hash FROM audit "
                    "WHERE workspace = $1 ORDER BY seq",
                    SQL_INT(workspace)))
        return false;
    bool more = true;
    while (more && sql_next(rows)) {
        struct audit_row row = row_of(rows);
        more = fn(ctx, &row, sql_bytes(rows, 7));
    }
    return sql_rows_close(rows, err);
}

// Everything that begins with `prefix` stands before the prefix with its last byte one higher.
static struct str after_prefix(struct arena *arena, struct str prefix) {
    char *p = arena_alloc(arena, prefix.len + 1);
    memcpy(p, prefix.ptr, prefix.len);
    p[prefix.len - 1]++; // a full stop: never the highest byte
    return str_make(p, prefix.len);
}

bool audit_sql_list(struct sql *s, const struct audit_query *q, struct arena *arena,
                    struct audit_found **ret, size_t *ret_n, struct error *err) {
    struct str from = q->action, to = STR("\x7f");
    if (str_ends(from, STR(".")))
        to = after_prefix(arena, from);
    else if (from.len)
        to = from;
    struct sql_rows *rows;
    if (!sql_select(
            s, &rows, err,
            "SELECT a.seq, a.at_us, a.user_id, a.key_id, a.action, a.subject, a.detail, u.email, k.name "
            "FROM audit a LEFT JOIN user_account u ON u.id = a.user_id "
            "LEFT JOIN api_key k ON k.id = a.key_id "
            "WHERE a.workspace = $1 AND a.seq < $2 AND a.at_us >= $3 AND a.at_us < $4 "
            "AND (a.user_id = $5 OR $5 = 0) AND (a.key_id = $6 OR $6 = 0) "
            "AND a.action >= $7 AND (a.action < $8 OR a.action = $7) "
            "ORDER BY a.seq DESC LIMIT $9",
            SQL_INT(q->workspace), SQL_INT(q->before_seq ? q->before_seq : INT64_MAX),
            SQL_INT(q->since_us), SQL_INT(q->until_us ? q->until_us : INT64_MAX), SQL_INT(q->user),
            SQL_INT(q->key), SQL_TEXT(from), SQL_TEXT(to), SQL_INT(q->limit)))
        return false;
    struct audit_found *list = ARENA_ARRAY(arena, struct audit_found, (size_t)q->limit);
    size_t n = 0;
    for (; n < (size_t)q->limit && sql_next(rows); n++) {
        struct audit_row row = row_of(rows);
        row.action = arena_str(arena, row.action);
        row.subject = arena_str(arena, row.subject);
        row.detail = arena_str(arena, row.detail);
        list[n] = (struct audit_found){row, arena_str(arena, sql_bytes(rows, 7)),
                                       arena_str(arena, sql_text(rows, 8))};
    }
    *ret = list;
    *ret_n = n;
    return sql_rows_close(rows, err);
}
