// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/vec.h"
#include "collect/customer_inner.h"
#include "collect/event.h"
#include "collect/outbox.h"

static void bound_of(int64_t id, char ret[40]) {
    snprintf(ret, 40, "event:%" PRId64, id);
}

static void seal_event(const struct workspace_keys *k, int64_t id, struct str plain,
                       struct strbuf *ret) {
    char bound[40];
    bound_of(id, bound);
    seal(&k->data, str_from(bound), plain, ret);
}

bool event_prepare(const struct store *store, int64_t workspace, const struct event *e,
                   struct arena *a, struct event_item *ret, struct error *err) {
    const struct workspace_keys *k = vault_keys(store->vault, workspace, err);
    if (!k)
        return false;
    *ret = (struct event_item){
        .new_id = id_next(store->ids), .event = e, .has_lookup = e->external_id.len > 0};
    if (ret->has_lookup) {
        struct str what = arena_printf(a, "%.*s\1%.*s\1%.*s", STR_ARG(e->source), STR_ARG(e->type),
                                       STR_ARG(e->external_id));
        vault_lookup(k, "event.external_id", what, ret->lookup);
    }
    if (e->order.len)
        customer_order_lookup(k, e->order, ret->order);
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(2 * MIB), sealed = strbuf_init(2 * MIB);
    event_format(e, &plain);
    vault_lookup(k, "event.content", strbuf_str(&plain), ret->content);
    seal_event(k, ret->new_id, strbuf_str(&plain), &sealed);
    if (plain.overflow || sealed.overflow)
        return error_set(err, ERROR_LIMIT, "这个事件超过 2 MiB", "the event is larger than 2 MiB");
    ret->body = arena_str(a, strbuf_str(&sealed));
    return true;
}

// ── writing ──

struct writing {
    const struct store *store;
    int64_t workspace;
    struct event_item *items;
    size_t n;
    enum lane lane;
};

static bool insert(struct sql *s, const struct writing *w, struct event_item *item,
                   struct error *err) {
    const struct event *e = item->event;
    int64_t n;
    item->id = item->new_id;
    item->outcome = INTAKE_CREATED;
    if (!sql_change(
            s, &n, err,
            "INSERT INTO event (id, workspace, lookup, content, type, source, at_us, order_lookup, amount, version, updated_us, body)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11) ON CONFLICT (workspace, lookup) DO NOTHING",
            SQL_INT(item->id), SQL_INT(w->workspace),
            item->has_lookup ? LOOKUP(item->lookup) : SQL_NULL, LOOKUP(item->content),
            SQL_TEXT(e->type), SQL_TEXT(e->source), SQL_INT(e->at_us),
            e->order.len ? LOOKUP(item->order) : SQL_NULL,
            SQL_REAL(event_measure(e, STR("amount"))), SQL_INT(clock_now_us()),
            SQL_BLOB(item->body)))
        return false;
    if (n == 0)
        item->outcome = INTAKE_UNCHANGED; // to be seen
    return true;
}

struct existing {
    int64_t id;
    struct str content, body;
};

static bool load_existing(struct sql *s, const struct writing *w, const struct event_item *item,
                          struct arena *a, struct existing *ret, struct error *err) {
    static const char *const texts[] = {
        [SQL_ENGINE_SQLITE] =
            "SELECT id, content, body FROM event WHERE workspace = $1 AND lookup = $2",
        [SQL_ENGINE_POSTGRES] =
            "SELECT id, content, body FROM event WHERE workspace = $1 AND lookup = $2 FOR UPDATE",
    };
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err, texts[sql_engine_of(s)], SQL_INT(w->workspace),
                    LOOKUP(item->lookup)))
        return false;
    bool found = sql_next(rows);
    if (found)
        *ret = (struct existing){sql_int(rows, 0), arena_str(a, sql_bytes(rows, 1)),
                                 arena_str(a, sql_bytes(rows, 2))};
    if (!sql_rows_close(rows, err))
        return false;
    return found || error_set(err, ERROR_UNAVAILABLE, "这个事件正被另一个请求写入，请重试",
                              "another request is writing this event; try again");
}

static bool store_changed(struct sql *s, const struct writing *w, struct event_item *item,
                          const struct event *merged, struct str plain, struct error *err) {
    const struct workspace_keys *k = vault_keys(w->store->vault, w->workspace, err);
    uint8_t content[VAULT_LOOKUP_BYTES], order[VAULT_LOOKUP_BYTES];
    CLEANUP(strbuf_done) struct strbuf sealed = strbuf_init(4 * MIB);
    if (!k)
        return false;
    vault_lookup(k, "event.content", plain, content);
    customer_order_lookup(k, merged->order, order);
    seal_event(k, item->id, plain, &sealed);
    item->outcome = INTAKE_UPDATED;
    return sql_run(
        s, err,
        "UPDATE event SET content = $2, at_us = $3, order_lookup = $4, amount = $5, version = version + 1, updated_us = $6, body = $7"
        " WHERE id = $1",
        SQL_INT(item->id), LOOKUP(content), SQL_INT(merged->at_us),
        merged->order.len ? LOOKUP(order) : SQL_NULL,
        SQL_REAL(event_measure(merged, STR("amount"))), SQL_INT(clock_now_us()),
        SQL_BLOB(strbuf_str(&sealed)));
}

static bool update(struct sql *s, const struct writing *w, struct event_item *item,
                   struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    struct existing old = {0};
    if (!load_existing(s, w, item, &a, &old, err))
        return false;
    item->id = old.id;
    if (str_eq(old.content, str_make((const char *)item->content, sizeof item->content)))
        return true;
    char bound[40];
    CLEANUP(strbuf_done) struct strbuf before = strbuf_init(4 * MIB), after = strbuf_init(4 * MIB);
    CLEANUP(json_freep) struct json *tree = NULL;
    struct event older, merged;
    bound_of(old.id, bound);
    if (!vault_unseal(w->store->vault, w->workspace, str_from(bound), old.body, &before, err) ||
        !json_parse(strbuf_str(&before), &tree, err) || !event_parse_stored(tree, &a, &older, err))
        return false;
    event_merge(&older, item->event, &a, &merged);
    event_format(&merged, &after);
    if (str_eq(strbuf_str(&before), strbuf_str(&after)))
        return true;
    return store_changed(s, w, item, &merged, strbuf_str(&after), err);
}

static bool write_items(struct sql *s, void *ctx, struct error *err) {
    struct writing *w = ctx;
    struct {
        VEC(int64_t);
    } ids = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < w->n; i++) {
        struct event_item *item = &w->items[i];
        ok =
            insert(s, w, item, err) && (item->outcome == INTAKE_CREATED || update(s, w, item, err));
        if (ok && item->outcome != INTAKE_UNCHANGED)
            vec_push(&ids, item->id);
    }
    ok = ok && (ids.len == 0 ||
                outbox_add(s, w->workspace, EVENT_RECEIVED, w->lane, ids.items, ids.len, err));
    vec_done(&ids);
    return ok;
}

bool event_write(const struct store *store, int64_t workspace, struct event_item *items, size_t n,
                 enum lane lane, struct error *err) {
    if (n > EVENT_MAX_ITEMS)
        return error_set(err, ERROR_LIMIT, "一次最多 %d 个事件", "at most %d events at a time",
                         EVENT_MAX_ITEMS);
    struct writing w = {store, workspace, items, n, lane};
    return sql_write(store->db, write_items, &w, err);
}

// ── reading ──

void event_batch_done(struct event_batch *b) {
    for (size_t i = 0; i < b->n_trees; i++)
        json_free(b->trees[i]);
    free(b->trees);
    arena_done(&b->arena);
    *b = (struct event_batch){0};
}

static bool open_body(const struct store *store, int64_t workspace, struct str sealed,
                      struct event_batch *b, struct stored_event *e, struct error *err) {
    char bound[40];
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(4 * MIB);
    struct json *tree;
    bound_of(e->id, bound);
    if (!vault_unseal(store->vault, workspace, str_from(bound), sealed, &plain, err) ||
        !json_parse(strbuf_str(&plain), &tree, err))
        return false;
    if (b->n_trees == b->cap_trees) {
        b->cap_trees = MAX((size_t)16, 2 * b->cap_trees);
        b->trees = mem_resize(b->trees, b->cap_trees, sizeof *b->trees);
    }
    b->trees[b->n_trees++] = tree;
    return event_parse_stored(tree, &b->arena, &e->event, err);
}

static bool load_one(struct sql *s, const struct store *store, int64_t workspace,
                     struct event_batch *b, struct stored_event *e, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(
            s, &rows, err,
            "SELECT customer, home, at_us, updated_us, version, body FROM event WHERE id = $1 AND workspace = $2",
            SQL_INT(e->id), SQL_INT(workspace)))
        return false;
    bool ok = true;
    if (sql_next(rows)) {
        e->found = true;
        e->customer = sql_int(rows, 0);
        e->home = sql_int(rows, 1);
        e->at_us = sql_int(rows, 2);
        e->updated_us = sql_int(rows, 3);
        e->version = sql_int(rows, 4);
        ok = open_body(store, workspace, sql_bytes(rows, 5), b, e, err);
    }
    return sql_rows_close(rows, ok ? err : NULL) && ok;
}

bool event_load(struct sql *s, const struct store *store, int64_t workspace, const int64_t *ids,
                size_t n, struct event_batch *ret, struct error *err) {
    event_batch_done(ret);
    ret->items = ARENA_ARRAY(&ret->arena, struct stored_event, n);
    ret->n = n;
    for (size_t i = 0; i < n; i++) {
        ret->items[i].id = ids[i];
        if (!load_one(s, store, workspace, ret, &ret->items[i], err))
            return false;
    }
    return true;
}

// Three texts, each with an index of its own to go by; “+” keeps SQLite from walking along event_time, because it
// stands in the wanted order.
#define LIST_BY(condition, at, order)                                                              \
    "SELECT id, at_us FROM event WHERE " condition " AND " at " >= $3 AND " at                     \
    " < $4 AND ($5 = '' OR type = $5) AND (" at ", id) < ($6, $7)"                                 \
    " ORDER BY " order " LIMIT $8"
#define BY_INDEX "at_us DESC, id DESC"
#define SORTED   "+at_us DESC, id DESC"

bool event_list(struct sql *s, int64_t workspace, const struct event_filter *f,
                struct event_position after, size_t limit, int64_t *ret_ids, int64_t *ret_at_us,
                size_t *ret_n, struct error *err) {
    struct sql_rows *rows;
    size_t n = 0;
    const struct sql_arg args[] = {
        SQL_INT(workspace),
        f->customer ? SQL_INT(f->customer) : LOOKUP(f->order),
        SQL_INT(f->from_us ? f->from_us : INT64_MIN),
        SQL_INT(f->to_us ? f->to_us : INT64_MAX),
        SQL_TEXT(f->type),
        SQL_INT(after.at_us),
        SQL_INT(after.id),
        SQL_INT((int64_t)limit),
    };
    const char *text = f->customer ? LIST_BY("+workspace = $1 AND customer = $2", "+at_us", SORTED)
                       : f->has_order
                           ? LIST_BY("workspace = $1 AND order_lookup = $2", "+at_us", SORTED)
                           : LIST_BY("workspace = $1 AND $2 IS NOT NULL", "at_us", BY_INDEX);
    if (!sql_select_args(s, &rows, err, text, args, ARRAY_LEN(args)))
        return false;
    while (n < limit && sql_next(rows)) {
        ret_ids[n] = sql_int(rows, 0);
        ret_at_us[n++] = sql_int(rows, 1);
    }
    *ret_n = n;
    return sql_rows_close(rows, err);
}

bool event_history(struct sql *s, int64_t customer, int64_t before_us, struct event_history *ret,
                   struct error *err) {
    struct sql_rows *rows;
    *ret = (struct event_history){.first_us = TIME_NONE, .last_order_us = TIME_NONE};
    if (!sql_select(s, &rows, err,
                    "SELECT count(*), coalesce(sum(CASE WHEN at_us >= $3 THEN 1 ELSE 0 END), 0),"
                    " coalesce(sum(CASE WHEN at_us >= $3 THEN amount ELSE 0 END), 0), max(at_us)"
                    " FROM event WHERE customer = $1 AND type = '" EVENT_ORDER "' AND at_us <= $2",
                    SQL_INT(customer), SQL_INT(before_us), SQL_INT(before_us - 365 * US_PER_DAY)))
        return false;
    if (sql_next(rows)) {
        ret->n_orders = sql_int(rows, 0);
        ret->n_year = sql_int(rows, 1);
        ret->spent_year = sql_real(rows, 2);
        ret->last_order_us = ret->n_orders ? sql_int(rows, 3) : TIME_NONE;
    }
    return sql_rows_close(rows, err) &&
           sql_get_int(s, &ret->first_us, TIME_NONE, err,
                       "SELECT min(t) FROM (SELECT min(at_us) AS t FROM event WHERE customer = $1"
                       " UNION ALL SELECT min(occurred_us) FROM feedback WHERE customer = $1) AS x",
                       SQL_INT(customer));
}
