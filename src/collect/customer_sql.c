// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <stdio.h>

#include "base/clock.h"
#include "collect/customer.h"
#include "collect/customer_inner.h"

// ── keys ──

bool customer_lock(struct sql *s, int64_t workspace, struct error *err) {
    char what[40];
    snprintf(what, sizeof what, "customer/%" PRId64, workspace);
    return sql_lock(s, what, err);
}

void customer_key_lookup(const struct workspace_keys *k, const char *kind, struct str value,
                         uint8_t ret[VAULT_LOOKUP_BYTES]) {
    char full[60];
    snprintf(full, sizeof full, "customer.%s", kind);
    vault_lookup(k, full, value, ret);
}

void customer_hint_lookup(const struct workspace_keys *k, const char *kind, struct str value,
                          uint8_t ret[VAULT_LOOKUP_BYTES]) {
    char full[60];
    snprintf(full, sizeof full, "customer.hint.%s", kind);
    vault_lookup(k, full, str_trim(value), ret);
}

void customer_order_lookup(const struct workspace_keys *k, struct str order,
                           uint8_t ret[VAULT_LOOKUP_BYTES]) {
    vault_lookup(k, "order", str_trim(order), ret);
}

void customer_key_bound(const uint8_t lookup[VAULT_LOOKUP_BYTES], struct strbuf *ret) {
    strbuf_adds(ret, "customer_key:");
    crypto_hex(str_make((const char *)lookup, VAULT_LOOKUP_BYTES), ret);
}

bool customer_key_insert(struct sql *s, const struct workspace_keys *k, int64_t workspace,
                         const struct customer_key *key, int64_t home, int64_t customer,
                         int64_t origin, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf bound = strbuf_init(KIB), sealed = strbuf_init(64 * KIB);
    customer_key_bound(key->lookup, &bound);
    seal(&k->data, strbuf_str(&bound), key->value, &sealed);
    return sql_run(
        s, err,
        "INSERT INTO customer_key (workspace, lookup, kind, home, customer, added_us, origin, value)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        SQL_INT(workspace), LOOKUP(key->lookup), SQL_TEXT(str_from(key->kind)), SQL_INT(home),
        SQL_INT(customer), SQL_INT(clock_now_us()), SQL_INT(origin), SQL_BLOB(strbuf_str(&sealed)));
}

bool customer_apart(struct sql *s, int64_t workspace, struct arena *a, struct customer_pair **ret,
                    size_t *ret_n, struct error *err) {
    struct sql_rows *rows;
    struct customer_pair *list = ARENA_ARRAY(a, struct customer_pair, CUSTOMER_MAX_APART);
    size_t n = 0;
    if (!sql_select(
            s, &rows, err,
            "SELECT x.root, y.root FROM customer_apart p JOIN customer x ON x.id = p.a JOIN customer y ON y.id = p.b"
            " WHERE p.workspace = $1 AND x.root <> y.root ORDER BY p.a, p.b LIMIT $2",
            SQL_INT(workspace), SQL_INT(CUSTOMER_MAX_APART)))
        return false;
    while (n < CUSTOMER_MAX_APART && sql_next(rows))
        list[n++] = (struct customer_pair){sql_int(rows, 0), sql_int(rows, 1)};
    *ret = list;
    *ret_n = n;
    return sql_rows_close(rows, err);
}

// ── customers ──

void customer_bound(int64_t id, char ret[40]) {
    snprintf(ret, 40, "customer:%" PRId64, id);
}

static bool write_profile(struct sql *s, const struct workspace_keys *k, int64_t id,
                          const struct customer_profile *p, struct error *err) {
    char bound[40];
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(MIB), sealed = strbuf_init(2 * MIB);
    customer_bound(id, bound);
    customer_profile_format(p, &plain);
    seal(&k->data, str_from(bound), strbuf_str(&plain), &sealed);
    if (plain.overflow)
        return error_set(err, ERROR_LIMIT, "客户资料超过 1 MiB", "a customer's data exceed 1 MiB");
    return sql_run(s, err, "UPDATE customer SET profile = $2, updated_us = $3 WHERE id = $1",
                   SQL_INT(id), SQL_BLOB(strbuf_str(&sealed)), SQL_INT(clock_now_us()));
}

bool customer_insert(struct sql *s, const struct workspace_keys *k, int64_t workspace, int64_t id,
                     int64_t at_us, struct error *err) {
    char bound[40];
    CLEANUP(strbuf_done) struct strbuf sealed = strbuf_init(KIB);
    customer_bound(id, bound);
    seal(&k->data, str_from(bound), STR("{}"), &sealed);
    return sql_run(
        s, err,
        "INSERT INTO customer (id, workspace, root, first_us, last_us, updated_us, profile) VALUES ($1, $2, $1, $3, $3, $4, $5)",
        SQL_INT(id), SQL_INT(workspace), SQL_INT(at_us), SQL_INT(clock_now_us()),
        SQL_BLOB(strbuf_str(&sealed)));
}

bool customer_root(struct sql *s, int64_t workspace, int64_t id, int64_t *ret, struct error *err) {
    return sql_get_int(s, ret, 0, err, "SELECT root FROM customer WHERE id = $1 AND workspace = $2",
                       SQL_INT(id), SQL_INT(workspace));
}

bool customer_open_profile(const struct store *store, int64_t workspace, int64_t id,
                           struct str sealed, struct arena *a, struct customer_profile *ret,
                           struct error *err) {
    char bound[40];
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(2 * MIB);
    CLEANUP(json_freep) struct json *tree = NULL;
    customer_bound(id, bound);
    if (!vault_unseal(store->vault, workspace, str_from(bound), sealed, &plain, err) ||
        !json_parse(strbuf_str(&plain), &tree, err))
        return false;
    customer_profile_read(tree, a, ret);
    return true;
}

// Names and the ends of numbers, to look for him by.
static bool add_hints(struct sql *s, const struct workspace_keys *k, int64_t workspace,
                      int64_t home, const struct record_customer *said, struct error *err) {
    struct str phone = str_trim(said->phone),
               tail = str_slice(phone, phone.len > 4 ? phone.len - 4 : 0, phone.len);
    for (size_t i = 0; i < tail.len; i++)
        if (!isdigit((unsigned char)tail.ptr[i]))
            tail.len = 0;
    const struct {
        const char *kind;
        struct str value;
    } hints[] = {{"name", str_trim(said->name)},
                 {"tail", tail.len == 4 ? tail : STR("")},
                 {"id", str_trim(said->external_id)}};
    for (size_t i = 0; i < ARRAY_LEN(hints); i++) {
        uint8_t lookup[VAULT_LOOKUP_BYTES];
        if (!hints[i].value.len)
            continue;
        customer_hint_lookup(k, hints[i].kind, hints[i].value, lookup);
        if (!sql_run(
                s, err,
                "INSERT INTO customer_hint (workspace, lookup, home, customer) SELECT $1, $2, id, root FROM customer WHERE id = $3"
                " ON CONFLICT (workspace, lookup, home) DO NOTHING",
                SQL_INT(workspace), LOOKUP(lookup), SQL_INT(home)))
            return false;
    }
    return true;
}

static bool read_own_profile(struct sql *s, const struct store *store, int64_t workspace,
                             int64_t home, struct arena *a, struct customer_profile *ret,
                             struct error *err) {
    struct sql_rows *rows;
    customer_profile_init(ret, a);
    if (!sql_select(s, &rows, err, "SELECT profile FROM customer WHERE id = $1", SQL_INT(home)))
        return false;
    bool ok = true;
    if (sql_next(rows))
        ok = customer_open_profile(store, workspace, home, sql_bytes(rows, 0), a, ret, err);
    return sql_rows_close(rows, ok ? err : NULL) && ok;
}

bool customer_learn(struct sql *s, const struct store *store, int64_t workspace,
                    const struct customer_news *news, struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    struct customer_profile *p = ARENA_NEW(&a, struct customer_profile);
    const struct workspace_keys *k = vault_keys(store->vault, workspace, err);
    if (!k || !read_own_profile(s, store, workspace, news->home, &a, p, err))
        return false;
    bool changed = false;
    for (size_t i = 0; i < news->n; i++) {
        bool is_new = customer_profile_learn(p, news->said[i], news->said_us[i]);
        if (is_new && !add_hints(s, k, workspace, news->home, news->said[i], err))
            return false;
        changed |= is_new;
    }
    if (changed && !write_profile(s, k, news->home, p, err))
        return false;
    return sql_run(
        s, err,
        "UPDATE customer SET first_us = CASE WHEN first_us > $2 THEN $2 ELSE first_us END,"
        " last_us = CASE WHEN last_us < $3 THEN $3 ELSE last_us END"
        " WHERE id = (SELECT root FROM customer WHERE id = $1) AND (first_us > $2 OR last_us < $3)",
        SQL_INT(news->home), SQL_INT(news->first_us), SQL_INT(news->last_us));
}

bool customer_place_feedback(struct sql *s, int64_t feedback, int64_t home, int64_t customer,
                             struct str order, struct error *err) {
    return sql_run(
        s, err,
        "UPDATE feedback SET customer_home = $2, customer = $3, order_lookup = $4 WHERE id = $1",
        SQL_INT(feedback), SQL_INT_OR_NULL(home, 0), SQL_INT_OR_NULL(customer, 0),
        order.len ? SQL_BLOB(order) : SQL_NULL);
}

bool customer_place_event(struct sql *s, int64_t event, int64_t home, int64_t customer,
                          struct error *err) {
    return sql_run(s, err, "UPDATE event SET home = $2, customer = $3 WHERE id = $1",
                   SQL_INT(event), SQL_INT_OR_NULL(home, 0), SQL_INT_OR_NULL(customer, 0));
}

static bool read_pair(struct sql_rows *rows, struct customer_pair *ret, struct error *err) {
    *ret = (struct customer_pair){0};
    if (sql_next(rows))
        *ret = (struct customer_pair){sql_int(rows, 0), sql_int(rows, 1)};
    return sql_rows_close(rows, err);
}

bool customer_owner(struct sql *s, int64_t workspace, const uint8_t lookup[VAULT_LOOKUP_BYTES],
                    struct customer_pair *ret, struct error *err) {
    struct sql_rows *rows;
    return sql_select(
               s, &rows, err,
               "SELECT home, customer FROM customer_key WHERE workspace = $1 AND lookup = $2",
               SQL_INT(workspace), LOOKUP(lookup)) &&
           read_pair(rows, ret, err);
}

bool customer_of_feedback(struct sql *s, int64_t feedback, struct customer_pair *ret,
                          struct error *err) {
    struct sql_rows *rows;
    return sql_select(s, &rows, err, "SELECT customer_home, customer FROM feedback WHERE id = $1",
                      SQL_INT(feedback)) &&
           read_pair(rows, ret, err);
}

bool customer_of_event(struct sql *s, int64_t event, struct customer_pair *ret, struct error *err) {
    struct sql_rows *rows;
    return sql_select(s, &rows, err, "SELECT home, customer FROM event WHERE id = $1",
                      SQL_INT(event)) &&
           read_pair(rows, ret, err);
}

bool customer_of_order(struct sql *s, int64_t workspace, struct str order,
                       struct customer_pair *ret, struct error *err) {
    struct sql_rows *rows;
    return sql_select(
               s, &rows, err,
               "SELECT home, customer FROM event WHERE workspace = $1 AND order_lookup = $2 AND customer IS NOT NULL ORDER BY id LIMIT 1",
               SQL_INT(workspace), SQL_BLOB(order)) &&
           read_pair(rows, ret, err);
}

bool customer_claim_order(struct sql *s, int64_t workspace, struct str order,
                          struct customer_pair who, struct customer_ids *ret, struct error *err) {
    struct sql_rows *rows;
    size_t before = ret->len;
    if (!sql_select(
            s, &rows, err,
            "SELECT id FROM feedback WHERE workspace = $1 AND order_lookup = $2 AND customer IS NULL LIMIT 1000",
            SQL_INT(workspace), SQL_BLOB(order)))
        return false;
    while (sql_next(rows))
        vec_push(ret, sql_int(rows, 0));
    if (!sql_rows_close(rows, err))
        return false;
    for (size_t i = before; i < ret->len; i++)
        if (!customer_place_feedback(s, ret->items[i], who.a, who.b, order, err))
            return false;
    return sql_run(
        s, err,
        "UPDATE event SET home = $3, customer = $4 WHERE workspace = $1 AND order_lookup = $2 AND customer IS NULL",
        SQL_INT(workspace), SQL_BLOB(order), SQL_INT(who.a), SQL_INT(who.b));
}

// ── reading ──

static bool join_profiles(struct sql *s, const struct store *store, int64_t workspace, int64_t root,
                          struct arena *a, struct customer_profile *ret, struct error *err) {
    struct sql_rows *rows;
    customer_profile_init(ret, a);
    if (!sql_select(s, &rows, err, "SELECT id, profile FROM customer WHERE root = $1 ORDER BY id",
                    SQL_INT(root)))
        return false;
    bool ok = true;
    while (ok && sql_next(rows)) {
        struct customer_profile *one = ARENA_NEW(a, struct customer_profile);
        ok = customer_open_profile(store, workspace, sql_int(rows, 0), sql_bytes(rows, 1), a, one,
                                   err);
        if (ok)
            customer_profile_join(ret, one);
    }
    return sql_rows_close(rows, ok ? err : NULL) && ok;
}

bool customer_load(struct sql *s, const struct store *store, int64_t workspace, int64_t id,
                   struct arena *a, struct customer *ret, struct error *err) {
    int64_t root;
    if (!customer_root(s, workspace, id, &root, err))
        return false;
    if (!root)
        return error_set(err, ERROR_NOT_FOUND, "没有这个客户", "there is no such customer");
    *ret = (struct customer){.id = root};
    return sql_get_int(s, &ret->first_us, 0, err, "SELECT first_us FROM customer WHERE id = $1",
                       SQL_INT(root)) &&
           sql_get_int(s, &ret->last_us, 0, err, "SELECT last_us FROM customer WHERE id = $1",
                       SQL_INT(root)) &&
           sql_get_int(s, &ret->n_feedback, 0, err,
                       "SELECT count(*) FROM feedback WHERE customer = $1 AND deleted_us IS NULL",
                       SQL_INT(root)) &&
           sql_get_int(s, &ret->n_events, 0, err, "SELECT count(*) FROM event WHERE customer = $1",
                       SQL_INT(root)) &&
           join_profiles(s, store, workspace, root, a, &ret->profile, err);
}

bool customer_identities(struct sql *s, const struct store *store, int64_t workspace,
                         int64_t customer, struct arena *a, struct customer_identity **ret,
                         size_t *ret_n, struct error *err) {
    struct sql_rows *rows;
    struct customer_identity *list = ARENA_ARRAY(a, struct customer_identity, CUSTOMER_MAX_KEYS);
    size_t n = 0;
    if (!sql_select(
            s, &rows, err,
            "SELECT kind, home, added_us, origin, lookup, value FROM customer_key WHERE customer = $1 ORDER BY added_us, kind LIMIT $2",
            SQL_INT(customer), SQL_INT(CUSTOMER_MAX_KEYS)))
        return false;
    bool ok = true;
    while (ok && n < CUSTOMER_MAX_KEYS && sql_next(rows)) {
        CLEANUP(strbuf_done) struct strbuf bound = strbuf_init(KIB), plain = strbuf_init(64 * KIB);
        struct str lookup = sql_bytes(rows, 4);
        if (lookup.len == VAULT_LOOKUP_BYTES)
            customer_key_bound((const uint8_t *)lookup.ptr, &bound);
        ok = vault_unseal(store->vault, workspace, strbuf_str(&bound), sql_bytes(rows, 5), &plain,
                          err);
        list[n++] = (struct customer_identity){.kind = arena_str(a, sql_text(rows, 0)),
                                               .value = arena_str(a, strbuf_str(&plain)),
                                               .home = sql_int(rows, 1),
                                               .added_us = sql_int(rows, 2),
                                               .origin = sql_int(rows, 3)};
    }
    *ret = list;
    *ret_n = n;
    return sql_rows_close(rows, ok ? err : NULL) && ok;
}

bool customer_list(struct sql *s, int64_t workspace, struct customer_position after, size_t limit,
                   int64_t *ret_ids, int64_t *ret_at_us, size_t *ret_n, struct error *err) {
    struct sql_rows *rows;
    size_t n = 0;
    if (!sql_select(
            s, &rows, err,
            "SELECT id, last_us FROM customer WHERE workspace = $1 AND merged_into IS NULL AND (last_us, id) < ($2, $3)"
            " ORDER BY last_us DESC, id DESC LIMIT $4",
            SQL_INT(workspace), SQL_INT(after.at_us), SQL_INT(after.id), SQL_INT((int64_t)limit)))
        return false;
    while (n < limit && sql_next(rows)) {
        ret_ids[n] = sql_int(rows, 0);
        ret_at_us[n++] = sql_int(rows, 1);
    }
    *ret_n = n;
    return sql_rows_close(rows, err);
}

bool customer_count(struct sql *s, int64_t workspace, int64_t *ret, struct error *err) {
    return sql_get_int(s, ret, 0, err,
                       "SELECT count(*) FROM customer WHERE workspace = $1 AND merged_into IS NULL",
                       SQL_INT(workspace));
}

static bool read_ids(struct sql_rows *rows, size_t limit, int64_t *ret_ids, size_t *ret_n,
                     struct error *err) {
    size_t n = 0;
    while (n < limit && sql_next(rows))
        ret_ids[n++] = sql_int(rows, 0);
    *ret_n = n;
    return sql_rows_close(rows, err);
}

bool customer_seek(struct sql *s, int64_t workspace, const uint8_t lookup[VAULT_LOOKUP_BYTES],
                   size_t limit, int64_t *ret_ids, size_t *ret_n, struct error *err) {
    struct sql_rows *rows;
    return sql_select(
               s, &rows, err,
               "SELECT customer FROM customer_key WHERE workspace = $1 AND lookup = $2 UNION"
               " SELECT customer FROM customer_hint WHERE workspace = $1 AND lookup = $2 ORDER BY 1 LIMIT $3",
               SQL_INT(workspace), LOOKUP(lookup), SQL_INT((int64_t)limit)) &&
           read_ids(rows, limit, ret_ids, ret_n, err);
}

bool customer_feedback(struct sql *s, int64_t workspace, int64_t customer, size_t limit,
                       int64_t *ret_ids, size_t *ret_n, struct error *err) {
    struct sql_rows *rows;
    return sql_select(
               s, &rows, err,
               "SELECT id FROM feedback WHERE customer = $1 AND workspace = $2 ORDER BY occurred_us DESC, id DESC LIMIT $3",
               SQL_INT(customer), SQL_INT(workspace), SQL_INT((int64_t)limit)) &&
           read_ids(rows, limit, ret_ids, ret_n, err);
}
