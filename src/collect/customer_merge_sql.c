// SPDX-License-Identifier: Apache-2.0
// Merges and how they are taken back.
#include <stdio.h>

#include "base/clock.h"
#include "base/vec.h"
#include "collect/customer_inner.h"
#include "collect/outbox.h"

struct id_list {
    VEC(int64_t);
};

static bool collect_ids(struct sql_rows *rows, struct id_list *ret, struct error *err) {
    while (sql_next(rows))
        vec_push(ret, sql_int(rows, 0));
    return sql_rows_close(rows, err);
}

static bool tell(struct sql *s, int64_t workspace, struct id_list *changed, struct error *err) {
    bool ok = true;
    for (size_t at = 0; ok && at < changed->len; at += 10000)
        ok = change_add(s, workspace, changed->items + at, MIN(changed->len - at, (size_t)10000),
                        err);
    vec_done(changed);
    return ok;
}

// Times of the root from what is counted with it.
static bool retime(struct sql *s, int64_t root, struct error *err) {
    return sql_run(
        s, err,
        "UPDATE customer SET"
        " first_us = coalesce((SELECT min(t) FROM (SELECT min(occurred_us) AS t FROM feedback WHERE customer = $1"
        " UNION ALL SELECT min(at_us) FROM event WHERE customer = $1) AS x), first_us),"
        " last_us = coalesce((SELECT max(t) FROM (SELECT max(occurred_us) AS t FROM feedback WHERE customer = $1"
        " UNION ALL SELECT max(at_us) FROM event WHERE customer = $1) AS x), last_us)"
        " WHERE id = $1",
        SQL_INT(root));
}

// ── joining ──

static void write_proof(struct json_writer *w, const char *key, const struct customer_proof *p) {
    json_key(w, key);
    json_begin_object(w);
    json_key(w, "kind");
    json_add_str(w, p->kind);
    json_key(w, "shown");
    json_add_str(w, p->shown);
    json_end_object(w);
}

static void write_body(const struct customer_merge *m, struct strbuf *ret) {
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    json_key(&w, "record");
    json_add_int(&w, m->record);
    json_key(&w, "by_event");
    json_add_bool(&w, m->by_event);
    write_proof(&w, "kept", &m->kept_key);
    write_proof(&w, "gone", &m->gone_key);
    json_end_object(&w);
}

static void bound_of_merge(int64_t id, char ret[48]) {
    snprintf(ret, 48, "customer_merge:%" PRId64, id);
}

static bool insert_merge(struct sql *s, const struct workspace_keys *k, int64_t workspace,
                         const struct customer_merge *m, struct error *err) {
    char bound[48];
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(8 * KIB), sealed = strbuf_init(9 * KIB);
    bound_of_merge(m->id, bound);
    write_body(m, &plain);
    seal(&k->data, str_from(bound), strbuf_str(&plain), &sealed);
    return sql_run(
        s, err,
        "INSERT INTO customer_merge (id, workspace, kept, gone, at_us, actor, body) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        SQL_INT(m->id), SQL_INT(workspace), SQL_INT(m->kept), SQL_INT(m->gone), SQL_INT(m->at_us),
        SQL_TEXT(m->actor), SQL_BLOB(strbuf_str(&sealed)));
}

// A person's word ends that the two stay apart.
static bool forget_apart(struct sql *s, int64_t workspace, const struct customer_merge *m,
                         struct error *err) {
    return sql_run(
        s, err,
        "DELETE FROM customer_apart WHERE workspace = $1 AND"
        " ((a IN (SELECT id FROM customer WHERE root = $2) AND b IN (SELECT id FROM customer WHERE root = $3))"
        " OR (b IN (SELECT id FROM customer WHERE root = $2) AND a IN (SELECT id FROM customer WHERE root = $3)))",
        SQL_INT(workspace), SQL_INT(m->kept), SQL_INT(m->gone));
}

// Feedback of both changes in the facts: what is gone is counted elsewhere, and both have another history now.
static bool move_all(struct sql *s, int64_t from, int64_t to, struct id_list *changed,
                     struct error *err) {
    struct sql_rows *rows;
    return sql_run(s, err, "UPDATE customer_key SET customer = $2 WHERE customer = $1",
                   SQL_INT(from), SQL_INT(to)) &&
           sql_run(s, err, "UPDATE customer_hint SET customer = $2 WHERE customer = $1",
                   SQL_INT(from), SQL_INT(to)) &&
           sql_run(s, err, "UPDATE event SET customer = $2 WHERE customer = $1", SQL_INT(from),
                   SQL_INT(to)) &&
           sql_run(s, err, "UPDATE feedback SET customer = $2 WHERE customer = $1", SQL_INT(from),
                   SQL_INT(to)) &&
           sql_select(s, &rows, err, "SELECT id FROM feedback WHERE customer = $1", SQL_INT(to)) &&
           collect_ids(rows, changed, err);
}

bool customer_join(struct sql *s, const struct store *store, int64_t workspace,
                   struct customer_merge *m, struct error *err) {
    const struct workspace_keys *k = vault_keys(store->vault, workspace, err);
    struct id_list changed = {0};
    if (!k)
        return false;
    m->id = id_next(store->ids);
    m->at_us = clock_now_us();
    bool ok = (m->actor.len == 0 || forget_apart(s, workspace, m, err)) &&
              insert_merge(s, k, workspace, m, err) &&
              sql_run(s, err, "UPDATE customer SET merged_into = $2, merge = $3 WHERE id = $1",
                      SQL_INT(m->gone), SQL_INT(m->kept), SQL_INT(m->id)) &&
              sql_run(s, err, "UPDATE customer SET root = $2 WHERE root = $1", SQL_INT(m->gone),
                      SQL_INT(m->kept)) &&
              move_all(s, m->gone, m->kept, &changed, err) && retime(s, m->kept, err);
    return tell(s, workspace, &changed, ok ? err : NULL) && ok;
}

// ── taking back ──

struct splitting {
    int64_t gone, root;
    int64_t undone_us; // TIME_NONE
};

static bool load_merge(struct sql *s, int64_t workspace, int64_t merge, struct splitting *ret,
                       int64_t *ret_kept, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(
            s, &rows, err,
            "SELECT m.gone, m.kept, m.undone_us, c.root FROM customer_merge m JOIN customer c ON c.id = m.gone"
            " WHERE m.id = $1 AND m.workspace = $2",
            SQL_INT(merge), SQL_INT(workspace)))
        return false;
    bool found = sql_next(rows);
    if (found) {
        *ret = (struct splitting){sql_int(rows, 0), sql_int(rows, 3),
                                  sql_is_null(rows, 2) ? TIME_NONE : sql_int(rows, 2)};
        *ret_kept = sql_int(rows, 1);
    }
    if (!sql_rows_close(rows, err))
        return false;
    if (!found)
        return error_set(err, ERROR_NOT_FOUND, "没有这次合并", "there is no such merge");
    return ret->undone_us == TIME_NONE || error_set(err, ERROR_CONFLICT, "这次合并已经撤销过了",
                                                    "this merge has been taken back before");
}

// Everybody who is counted with `top` once its own merge no longer holds: those below it in the tree of merges.
static bool load_below(struct sql *s, int64_t top, struct id_list *ret, struct error *err) {
    vec_push(ret, top);
    for (size_t i = 0; i < ret->len; i++) {
        struct sql_rows *rows;
        if (!sql_select(
                s, &rows, err,
                "SELECT id FROM customer WHERE merged_into = $1 AND root = (SELECT root FROM customer WHERE id = $1)",
                SQL_INT(ret->items[i])) ||
            !collect_ids(rows, ret, err))
            return false;
    }
    return true;
}

static bool give_back(struct sql *s, const struct splitting *x, int64_t home, struct error *err) {
    return sql_run(s, err, "UPDATE customer SET root = $2 WHERE id = $1", SQL_INT(home),
                   SQL_INT(x->gone)) &&
           sql_run(s, err,
                   "UPDATE customer_key SET customer = $3 WHERE customer = $2 AND home = $1",
                   SQL_INT(home), SQL_INT(x->root), SQL_INT(x->gone)) &&
           sql_run(s, err,
                   "UPDATE customer_hint SET customer = $3 WHERE customer = $2 AND home = $1",
                   SQL_INT(home), SQL_INT(x->root), SQL_INT(x->gone)) &&
           sql_run(s, err, "UPDATE event SET customer = $3 WHERE customer = $2 AND home = $1",
                   SQL_INT(home), SQL_INT(x->root), SQL_INT(x->gone)) &&
           sql_run(s, err,
                   "UPDATE feedback SET customer = $3 WHERE customer = $2 AND customer_home = $1",
                   SQL_INT(home), SQL_INT(x->root), SQL_INT(x->gone));
}

bool customer_split(struct sql *s, int64_t workspace, int64_t merge, struct str actor,
                    struct error *err) {
    struct splitting x = {0};
    int64_t kept = 0;
    struct id_list below = {0}, changed = {0};
    struct sql_rows *rows;
    if (!load_merge(s, workspace, merge, &x, &kept, err))
        return false;
    bool ok =
        load_below(s, x.gone, &below, err) &&
        sql_select(s, &rows, err, "SELECT id FROM feedback WHERE customer = $1", SQL_INT(x.root)) &&
        collect_ids(rows, &changed, err) &&
        sql_run(s, err, "UPDATE customer SET merged_into = NULL, merge = NULL WHERE id = $1",
                SQL_INT(x.gone)) &&
        sql_run(s, err, "UPDATE customer_merge SET undone_us = $2, undone_by = $3 WHERE id = $1",
                SQL_INT(merge), SQL_INT(clock_now_us()), SQL_TEXT(actor)) &&
        sql_run(
            s, err,
            "INSERT INTO customer_apart (workspace, a, b) VALUES ($1, $2, $3) ON CONFLICT (workspace, a, b) DO NOTHING",
            SQL_INT(workspace), SQL_INT(MIN(kept, x.gone)), SQL_INT(MAX(kept, x.gone)));
    for (size_t i = 0; ok && i < below.len; i++)
        ok = give_back(s, &x, below.items[i], err);
    vec_done(&below);
    ok = ok && retime(s, x.root, err) && retime(s, x.gone, err);
    return tell(s, workspace, &changed, ok ? err : NULL) && ok;
}

// ── reading ──

static bool read_body(const struct store *store, int64_t workspace, struct str sealed,
                      struct arena *a, struct customer_merge *m, struct error *err) {
    char bound[48];
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(8 * KIB);
    CLEANUP(json_freep) struct json *j = NULL;
    bound_of_merge(m->id, bound);
    if (!vault_unseal(store->vault, workspace, str_from(bound), sealed, &plain, err) ||
        !json_parse(strbuf_str(&plain), &j, err))
        return false;
    const struct json *kept = json_get(j, "kept"), *gone = json_get(j, "gone");
    m->record = json_int(json_get(j, "record"), 0);
    m->by_event = json_bool(json_get(j, "by_event"), false);
    m->kept_key = (struct customer_proof){arena_str(a, json_str(json_get(kept, "kind"))),
                                          arena_str(a, json_str(json_get(kept, "shown")))};
    m->gone_key = (struct customer_proof){arena_str(a, json_str(json_get(gone, "kind"))),
                                          arena_str(a, json_str(json_get(gone, "shown")))};
    return true;
}

bool customer_merges(struct sql *s, const struct store *store, int64_t workspace, int64_t customer,
                     struct arena *a, struct customer_merge **ret, size_t *ret_n,
                     struct error *err) {
    struct sql_rows *rows;
    struct customer_merge *list = ARENA_ARRAY(a, struct customer_merge, CUSTOMER_MAX_KEYS);
    size_t n = 0;
    if (!sql_select(
            s, &rows, err,
            "SELECT id, kept, gone, at_us, actor, undone_us, undone_by, body FROM customer_merge WHERE workspace = $1"
            " AND (kept IN (SELECT id FROM customer WHERE root = $2) OR gone IN (SELECT id FROM customer WHERE root = $2))"
            " ORDER BY id DESC LIMIT $3",
            SQL_INT(workspace), SQL_INT(customer), SQL_INT(CUSTOMER_MAX_KEYS)))
        return false;
    bool ok = true;
    while (ok && n < CUSTOMER_MAX_KEYS && sql_next(rows)) {
        struct customer_merge *m = &list[n++];
        *m = (struct customer_merge){.id = sql_int(rows, 0),
                                     .kept = sql_int(rows, 1),
                                     .gone = sql_int(rows, 2),
                                     .at_us = sql_int(rows, 3),
                                     .actor = arena_str(a, sql_text(rows, 4)),
                                     .undone_us =
                                         sql_is_null(rows, 5) ? TIME_NONE : sql_int(rows, 5),
                                     .undone_by = arena_str(a, sql_text(rows, 6))};
        ok = read_body(store, workspace, sql_bytes(rows, 7), a, m, err);
    }
    *ret = list;
    *ret_n = n;
    return sql_rows_close(rows, ok ? err : NULL) && ok;
}
