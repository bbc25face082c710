// SPDX-License-Identifier: Apache-2.0
#include "work/reseal_inner.h"

// How the value is bound: to nothing but its kind, to a number, to bytes in hex.
enum binding {
    BOUND_PLAIN,
    BOUND_NUMBER,
    BOUND_HEX,
};

// $1 workspace, $2 mark, $3 from, $4 limit
#define PAGE(table, key, value)                                                                    \
    "SELECT " key ", " value " FROM " table " WHERE workspace = $1 AND substr(" value              \
    ", 2, 2) <> $2 AND " key " >= $3 ORDER BY " key " LIMIT $4"
#define COUNT(table, value)                                                                        \
    "SELECT count(*) FROM " table " WHERE workspace = $1 AND substr(" value ", 2, 2) <> $2"
// $1 workspace, $2 key, $3 old, $4 fresh
#define REPLACE(table, key, value)                                                                 \
    "UPDATE " table " SET " value " = $4 WHERE workspace = $1 AND " key " = $2 AND " value " = $3"

// What hangs on feedback and has no workspace of its own.
#define PAGE_OF(table)                                                                             \
    "SELECT t.feedback, t.body FROM " table                                                        \
    " t JOIN feedback f ON f.id = t.feedback WHERE f.workspace = $1 AND"                           \
    " substr(t.body, 2, 2) <> $2 AND t.feedback >= $3 ORDER BY t.feedback LIMIT $4"
#define COUNT_OF(table)                                                                            \
    "SELECT count(*) FROM " table                                                                  \
    " t JOIN feedback f ON f.id = t.feedback WHERE f.workspace = $1 AND substr(t.body, 2, 2) <> $2"
#define REPLACE_OF(table)                                                                          \
    "UPDATE " table " SET body = $4 WHERE feedback = $2 AND body = $3 AND CAST($1 AS BIGINT) > 0"

#define BY_ID(table, value, kind)                                                                  \
    {                                                                                              \
        kind, BOUND_NUMBER, false, PAGE(table, "id", value), COUNT(table, value),                  \
            REPLACE(table, "id", value)                                                            \
    }
#define OF_FEEDBACK(table, kind)                                                                   \
    { kind, BOUND_NUMBER, false, PAGE_OF(table), COUNT_OF(table), REPLACE_OF(table) }
#define BY_BYTES(table, key, value, kind, bound)                                                   \
    { kind, bound, true, PAGE(table, key, value), COUNT(table, value), REPLACE(table, key, value) }

static const struct {
    const char *kind;
    enum binding binding;
    bool by_bytes;
    const char *page, *count, *replace;
} columns[] = {
    BY_ID("feedback", "body", "feedback"),
    OF_FEEDBACK("feedback_history", "feedback"),
    OF_FEEDBACK("analysis", "analysis"),
    OF_FEEDBACK("correction", "correction"),
    BY_ID("import", "file_key", "import.key"),
    BY_ID("import", "about", "import.about"),
    BY_ID("customer", "profile", "customer"),
    BY_BYTES("customer_key", "lookup", "value", "customer_key", BOUND_HEX),
    BY_ID("customer_merge", "body", "customer_merge"),
    BY_ID("event", "body", "event"),
    BY_BYTES("idempotency", "lookup", "reply", "idempotency", BOUND_PLAIN),
    BY_BYTES("hub_setting", "tenant", "body", "hub_setting", BOUND_PLAIN),
    BY_ID("webhook", "body", "webhook"),
    BY_ID("webhook_event", "body", "webhook_event"),
};
const int n_reseal_columns = ARRAY_LEN(columns);

bool reseal_by_bytes(int column) {
    return columns[column].by_bytes;
}

void reseal_bound(int column, const struct reseal_key *key, struct strbuf *ret) {
    strbuf_adds(ret, columns[column].kind);
    if (columns[column].binding == BOUND_NUMBER)
        strbuf_addf(ret, ":%" PRId64, key->number);
    if (columns[column].binding == BOUND_HEX) {
        strbuf_addc(ret, ':');
        crypto_hex(key->bytes, ret);
    }
}

static struct sql_arg arg_of(int column, const struct reseal_key *key) {
    return columns[column].by_bytes ? SQL_BLOB(key->bytes) : SQL_INT(key->number);
}

bool reseal_sql_generations(struct sql *s, int64_t workspace, int64_t *ret, struct error *err) {
    return sql_get_int(
        s, ret, 0, err,
        "SELECT count(*) FROM workspace_key WHERE workspace = $1 AND purpose = 'data'",
        SQL_INT(workspace));
}

bool reseal_sql_count_old(struct sql *s, int column, int64_t workspace, struct str mark,
                          int64_t *ret, struct error *err) {
    return sql_get_int(s, ret, 0, err, columns[column].count, SQL_INT(workspace), SQL_BLOB(mark));
}

bool reseal_sql_read_old(struct sql *s, int column, int64_t workspace, struct str mark,
                         const struct reseal_key *from, struct arena *a, struct reseal_values *ret,
                         struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err, columns[column].page, SQL_INT(workspace), SQL_BLOB(mark),
                    arg_of(column, from), SQL_INT(RESEAL_BATCH)))
        return false;
    ret->len = 0;
    while (sql_next(rows)) {
        struct reseal_value v = {.old = arena_str(a, sql_bytes(rows, 1))};
        if (columns[column].by_bytes)
            v.key.bytes = arena_str(a, sql_bytes(rows, 0));
        else
            v.key.number = sql_int(rows, 0);
        vec_push(ret, v);
    }
    return sql_rows_close(rows, err);
}

bool reseal_sql_replace(struct sql *s, int column, int64_t workspace, const struct reseal_value *v,
                        struct error *err) {
    return sql_run(s, err, columns[column].replace, SQL_INT(workspace), arg_of(column, &v->key),
                   SQL_BLOB(v->old), SQL_BLOB(v->fresh));
}
