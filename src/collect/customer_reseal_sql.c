// SPDX-License-Identifier: Apache-2.0
// After a rotation of keys: what is sealed of customers and events, under the newest.
#include <stdio.h>

#include "collect/customer_inner.h"

struct column {
    const char *select; // id, value: of the workspace, of another generation
    const char *update; // value by id, unless it was changed meanwhile
    const char *bound;  // "customer" : what the id stands behind; NULL: the id is a keyed hash
};

static const struct column columns[] = {
    {"SELECT id, profile FROM customer WHERE workspace = $1 AND substr(profile, 2, 2) <> $2 LIMIT $3",
     "UPDATE customer SET profile = $1 WHERE id = $2 AND profile = $3 AND workspace = $4",
     "customer"},
    {"SELECT id, body FROM customer_merge WHERE workspace = $1 AND substr(body, 2, 2) <> $2 LIMIT $3",
     "UPDATE customer_merge SET body = $1 WHERE id = $2 AND body = $3 AND workspace = $4",
     "customer_merge"},
    {"SELECT id, body FROM event WHERE workspace = $1 AND substr(body, 2, 2) <> $2 LIMIT $3",
     "UPDATE event SET body = $1 WHERE id = $2 AND body = $3 AND workspace = $4", "event"},
    {"SELECT lookup, value FROM customer_key WHERE workspace = $1 AND substr(value, 2, 2) <> $2 LIMIT $3",
     "UPDATE customer_key SET value = $1 WHERE lookup = $2 AND value = $3 AND workspace = $4",
     NULL},
};

struct row {
    int64_t id;
    struct str lookup, value;
};

struct resealing {
    const struct store *store;
    int64_t workspace;
    const struct column *column;
    uint8_t mark[2];
    int limit;
    struct arena arena;
    struct row *rows;
    int n;
};

static bool read_rows(struct sql *s, void *ctx, struct error *err) {
    struct resealing *x = ctx;
    struct sql_rows *rows;
    x->n = 0;
    if (!sql_select(s, &rows, err, x->column->select, SQL_INT(x->workspace),
                    SQL_BLOB(str_make((const char *)x->mark, 2)), SQL_INT(x->limit)))
        return false;
    while (x->n < x->limit && sql_next(rows)) {
        struct row *r = &x->rows[x->n++];
        *r = (struct row){.value = arena_str(&x->arena, sql_bytes(rows, 1))};
        if (x->column->bound)
            r->id = sql_int(rows, 0);
        else
            r->lookup = arena_str(&x->arena, sql_bytes(rows, 0));
    }
    return sql_rows_close(rows, err);
}

static bool reseal_row(struct sql *s, struct resealing *x, const struct row *r, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf bound = strbuf_init(KIB), fresh = strbuf_init(8 * MIB);
    if (x->column->bound)
        strbuf_addf(&bound, "%s:%" PRId64, x->column->bound, r->id);
    else
        customer_key_bound((const uint8_t *)r->lookup.ptr, &bound);
    return vault_reseal(x->store->vault, x->workspace, strbuf_str(&bound), r->value, &fresh, err) &&
           sql_run(s, err, x->column->update, SQL_BLOB(strbuf_str(&fresh)),
                   x->column->bound ? SQL_INT(r->id) : SQL_BLOB(r->lookup), SQL_BLOB(r->value),
                   SQL_INT(x->workspace));
}

static bool write_rows(struct sql *s, void *ctx, struct error *err) {
    struct resealing *x = ctx;
    for (int i = 0; i < x->n; i++)
        if (!reseal_row(s, x, &x->rows[i], err))
            return false;
    return true;
}

bool customer_reseal(const struct store *store, int64_t workspace, int limit, bool *ret_left,
                     struct error *err) {
    struct resealing x = {.store = store, .workspace = workspace, .limit = limit};
    int generation = vault_generation(store->vault, workspace, err);
    bool ok = generation >= 0;
    *ret_left = false;
    vault_mark(generation, x.mark);
    for (size_t c = 0; ok && x.limit > 0 && c < ARRAY_LEN(columns); c++) {
        x.column = &columns[c];
        x.rows = ARENA_ARRAY(&x.arena, struct row, (size_t)x.limit);
        ok = sql_read(store->db, read_rows, &x, err) &&
             (x.n == 0 || sql_write(store->db, write_rows, &x, err));
        x.limit -= x.n;
    }
    *ret_left = ok && x.limit <= 0;
    arena_done(&x.arena);
    return ok;
}
