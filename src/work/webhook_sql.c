// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "base/clock.h"
#include "work/webhook.h"

#define HASH(h)  SQL_BLOB(str_make((const char *)(h).bytes, sizeof(h).bytes))
#define LEASE_US US_PER_MINUTE

static void bound_of(const char *kind, int64_t id, char buf[40]) {
    snprintf(buf, 40, "%s:%" PRId64, kind, id);
}

// ── sealing ──

static bool seal_body(const struct store *store, int64_t workspace, const struct webhook *w,
                      struct strbuf *ret, struct error *err) {
    const struct workspace_keys *k = vault_keys(store->vault, workspace, err);
    if (!k)
        return false;
    char bound[40];
    bound_of("webhook", w->id, bound);
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(64 * KIB);
    struct json_writer j = json_writer_init(&plain);
    json_begin_object(&j);
    json_key(&j, "tenant_id");
    json_add_str(&j, w->tenant_id);
    json_key(&j, "url");
    json_add_str(&j, w->url);
    json_key(&j, "key");
    json_add_str(&j, w->key);
    json_end_object(&j);
    seal(&k->data, str_from(bound), strbuf_str(&plain), ret);
    crypto_wipe(plain.ptr, plain.len);
    return true;
}

static bool open_body(const struct store *store, int64_t workspace, struct str sealed,
                      struct arena *a, struct webhook *w, struct error *err) {
    char bound[40];
    bound_of("webhook", w->id, bound);
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(64 * KIB);
    CLEANUP(json_freep) struct json *j = NULL;
    if (!vault_unseal(store->vault, workspace, str_from(bound), sealed, &plain, err) ||
        !json_parse(strbuf_str(&plain), &j, err))
        return false;
    w->tenant_id = arena_str(a, json_str(json_get(j, "tenant_id")));
    w->url = arena_str(a, json_str(json_get(j, "url")));
    w->key = arena_str(a, json_str(json_get(j, "key")));
    return true;
}

static bool tenant_of(const struct store *store, int64_t workspace, struct str tenant_id,
                      struct hub_hash *ret, struct error *err) {
    const struct workspace_keys *k = vault_keys(store->vault, workspace, err);
    if (k)
        *ret = hub_hash(k, HUB_WORD_TENANT, tenant_id);
    return k != NULL;
}

// ── rows ──

bool webhook_insert(struct sql *s, const struct store *store, int64_t workspace,
                    const struct webhook *w, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf body = strbuf_init(64 * KIB);
    struct hub_hash tenant;
    int64_t there;
    if (!tenant_of(store, workspace, w->tenant_id, &tenant, err) ||
        !seal_body(store, workspace, w, &body, err) ||
        !sql_get_int(s, &there, 0, err,
                     "SELECT count(*) FROM webhook WHERE workspace = $1 AND tenant = $2",
                     SQL_INT(workspace), HASH(tenant)))
        return false;
    if (there >= WEBHOOK_MAX_TENANT)
        return error_set(err, ERROR_FORBIDDEN, "这个租户已有 %d 个 webhook",
                         "the tenant has %d webhooks already, which is the most",
                         WEBHOOK_MAX_TENANT);
    return sql_run(
        s, err,
        "INSERT INTO webhook (id, workspace, tenant, enabled, events, created_us, updated_us, body)"
        " VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
        SQL_INT(w->id), SQL_INT(workspace), HASH(tenant), SQL_INT(w->enabled), SQL_INT(w->events),
        SQL_INT(w->created_us), SQL_BLOB(strbuf_str(&body)));
}

#define COLUMNS                                                                                    \
    "SELECT id, enabled, events, created_us, updated_us, disabled_us, disabled_reason, body FROM webhook"

static bool read_row(struct sql_rows *rows, const struct store *store, int64_t workspace,
                     struct arena *a, struct webhook *w, struct error *err) {
    *w = (struct webhook){.id = sql_int(rows, 0),
                          .enabled = sql_int(rows, 1) != 0,
                          .events = (uint32_t)sql_int(rows, 2),
                          .created_us = sql_int(rows, 3),
                          .updated_us = sql_int(rows, 4),
                          .disabled_us = sql_is_null(rows, 5) ? TIME_NONE : sql_int(rows, 5),
                          .disabled_reason = arena_str(a, sql_text(rows, 6))};
    return open_body(store, workspace, sql_bytes(rows, 7), a, w, err);
}

bool webhook_load(struct sql *s, const struct store *store, int64_t workspace, int64_t id,
                  struct arena *a, struct webhook *ret, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err, COLUMNS " WHERE id = $1 AND workspace = $2", SQL_INT(id),
                    SQL_INT(workspace)))
        return false;
    bool found = sql_next(rows);
    bool ok = !found || read_row(rows, store, workspace, a, ret, err);
    if (!sql_rows_close(rows, ok ? err : NULL) || !ok)
        return false;
    return found || error_set(err, ERROR_NOT_FOUND, "没有这个 webhook", "webhook not found");
}

bool webhook_list(struct sql *s, const struct store *store, int64_t workspace,
                  const struct hub_hash *tenant, int enabled, int64_t before, size_t limit,
                  struct arena *a, struct webhook *ret, size_t *ret_n, struct error *err) {
    struct hub_hash any = {0};
    struct sql_rows *rows;
    size_t n = 0;
    if (!sql_select(s, &rows, err,
                    COLUMNS
                    " WHERE workspace = $1 AND ($2 = 0 OR tenant = $3) AND ($4 < 0 OR enabled = $4)"
                    " AND ($5 = 0 OR id < $5) ORDER BY id DESC LIMIT $6",
                    SQL_INT(workspace), SQL_INT(tenant != NULL), HASH(*(tenant ? tenant : &any)),
                    SQL_INT(enabled), SQL_INT(before), SQL_INT((int64_t)limit)))
        return false;
    bool ok = true;
    while (ok && n < limit && sql_next(rows)) {
        ok = read_row(rows, store, workspace, a, &ret[n], err);
        n += ok;
    }
    *ret_n = n;
    return sql_rows_close(rows, ok ? err : NULL) && ok;
}

bool webhook_update(struct sql *s, const struct store *store, int64_t workspace,
                    const struct webhook *w, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf body = strbuf_init(64 * KIB);
    struct hub_hash tenant;
    int64_t changed;
    if (!tenant_of(store, workspace, w->tenant_id, &tenant, err) ||
        !seal_body(store, workspace, w, &body, err) ||
        !sql_change(
            s, &changed, err,
            "UPDATE webhook SET tenant = $3, enabled = $4, events = $5, updated_us = $6, disabled_us = $7, disabled_reason = $8,"
            " body = $9 WHERE id = $1 AND workspace = $2",
            SQL_INT(w->id), SQL_INT(workspace), HASH(tenant), SQL_INT(w->enabled),
            SQL_INT(w->events), SQL_INT(w->updated_us), SQL_INT_OR_NULL(w->disabled_us, TIME_NONE),
            w->disabled_reason.len ? SQL_TEXT(w->disabled_reason) : SQL_NULL,
            SQL_BLOB(strbuf_str(&body))))
        return false;
    if (!changed)
        return error_set(err, ERROR_NOT_FOUND, "没有这个 webhook", "webhook not found");
    // Who has put it right does not want to wait for the next attempt.
    return sql_run(s, err,
                   "UPDATE webhook_delivery SET due_us = $2 WHERE webhook = $1 AND sending = 0",
                   SQL_INT(w->id), SQL_INT(w->updated_us)) &&
           sql_notify(s, CHANNEL_WEBHOOK, STR(""), err);
}

// Payloads that nobody waits for any more.
static bool sweep_events(struct sql *s, struct error *err) {
    return sql_run(
        s, err,
        "DELETE FROM webhook_event WHERE NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.event = webhook_event.id)");
}

bool webhook_remove(struct sql *s, int64_t workspace, int64_t id, int64_t *ret_n,
                    struct error *err) {
    return sql_change(s, ret_n, err, "DELETE FROM webhook WHERE id = $1 AND workspace = $2",
                      SQL_INT(id), SQL_INT(workspace)) &&
           (*ret_n == 0 ||
            (sql_run(s, err, "DELETE FROM webhook_delivery WHERE webhook = $1", SQL_INT(id)) &&
             sweep_events(s, err)));
}

bool webhook_remove_tenant(struct sql *s, int64_t workspace, const struct hub_hash *tenant,
                           int64_t *ret_n, struct error *err) {
    return sql_run(
               s, err,
               "DELETE FROM webhook_delivery WHERE webhook IN (SELECT id FROM webhook WHERE workspace = $1 AND tenant = $2)",
               SQL_INT(workspace), HASH(*tenant)) &&
           sql_change(s, ret_n, err, "DELETE FROM webhook WHERE workspace = $1 AND tenant = $2",
                      SQL_INT(workspace), HASH(*tenant)) &&
           sweep_events(s, err);
}

// ── publishing ──

static void format_payload(int64_t id, enum webhook_event event, int64_t at_us,
                           struct str tenant_id, struct str data, const char *changed,
                           struct strbuf *ret) {
    char text[ID_TEXT], time[40];
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    json_key(&w, "id");
    json_add_cstr(&w, id_format(id, text));
    json_key(&w, "type");
    json_add_cstr(&w, webhook_event_codes[event]);
    json_key(&w, "timestamp");
    json_add_cstr(&w, clock_format_iso(at_us, time, sizeof time));
    json_key(&w, "tenant_id");
    json_add_str(&w, tenant_id);
    json_end_object(&w);
    // The data is JSON already.
    strbuf_truncate(ret, ret->len - 1);
    strbuf_adds(ret, ",\"data\":");
    strbuf_add(ret, data);
    if (changed) {
        strbuf_adds(ret, ",\"changed_fields\":");
        strbuf_adds(ret, changed);
    }
    strbuf_addc(ret, '}');
}

static bool insert_event(struct sql *s, const struct store *store, int64_t workspace, int64_t id,
                         struct str payload, struct error *err) {
    const struct workspace_keys *k = vault_keys(store->vault, workspace, err);
    if (!k)
        return false;
    char bound[40];
    bound_of("webhook_event", id, bound);
    CLEANUP(strbuf_done) struct strbuf sealed = strbuf_init(4 * MIB);
    seal(&k->data, str_from(bound), payload, &sealed);
    return sql_run(s, err, "INSERT INTO webhook_event (id, workspace, body) VALUES ($1, $2, $3)",
                   SQL_INT(id), SQL_INT(workspace), SQL_BLOB(strbuf_str(&sealed)));
}

bool webhook_publish(struct sql *s, const struct store *store, int64_t workspace,
                     const struct hub_hash *tenant, enum webhook_event event, struct str tenant_id,
                     struct str data, const char *changed, struct error *err) {
    int64_t listeners, id = id_next(store->ids), now = clock_now_us(), n;
    if (!sql_get_int(
            s, &listeners, 0, err,
            "SELECT count(*) FROM webhook WHERE workspace = $1 AND tenant = $2 AND enabled = 1"
            " AND (events = 0 OR (events & $3) <> 0)",
            SQL_INT(workspace), HASH(*tenant), SQL_INT(INT64_C(1) << event)))
        return false;
    if (!listeners)
        return true;
    CLEANUP(strbuf_done) struct strbuf payload = strbuf_init(2 * MIB);
    format_payload(id, event, now, tenant_id, data, changed, &payload);
    return insert_event(s, store, workspace, id, strbuf_str(&payload), err) &&
           sql_change(
               s, &n, err,
               "INSERT INTO webhook_delivery (event, webhook, due_us, attempts)"
               " SELECT $4, id, $5, 0 FROM webhook WHERE workspace = $1 AND tenant = $2 AND enabled = 1"
               " AND (events = 0 OR (events & $3) <> 0)",
               SQL_INT(workspace), HASH(*tenant), SQL_INT(INT64_C(1) << event), SQL_INT(id),
               SQL_INT(now)) &&
           sql_notify(s, CHANNEL_WEBHOOK, STR(""), err);
}

// ── delivering ──

static bool load_delivery(struct sql *s, const struct store *store, struct arena *a,
                          struct webhook_delivery *d, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(
            s, &rows, err,
            "SELECT w.workspace, w.enabled, w.body, e.body FROM webhook w, webhook_event e WHERE w.id = $1 AND e.id = $2",
            SQL_INT(d->webhook), SQL_INT(d->event)))
        return false;
    bool ok = true;
    if (sql_next(rows)) {
        char bound[40];
        struct webhook w = {.id = d->webhook};
        CLEANUP(strbuf_done) struct strbuf payload = strbuf_init(4 * MIB);
        d->workspace = sql_int(rows, 0);
        d->enabled = sql_int(rows, 1) != 0;
        bound_of("webhook_event", d->event, bound);
        ok = open_body(store, d->workspace, sql_bytes(rows, 2), a, &w, err) &&
             vault_unseal(store->vault, d->workspace, str_from(bound), sql_bytes(rows, 3), &payload,
                          err);
        d->url = w.url;
        d->key = w.key;
        d->body = arena_str(a, strbuf_str(&payload));
    }
    return sql_rows_close(rows, ok ? err : NULL) && ok;
}

bool webhook_delivery_take(struct sql *s, const struct store *store, int64_t now_us,
                           struct arena *a, struct webhook_delivery *ret, bool *ret_found,
                           int64_t *ret_next_us, struct error *err) {
    static const char *const texts[] = {
        [SQL_ENGINE_SQLITE] =
            "SELECT event, webhook, due_us, attempts FROM webhook_delivery ORDER BY due_us LIMIT 1",
        [SQL_ENGINE_POSTGRES] =
            "SELECT event, webhook, due_us, attempts FROM webhook_delivery ORDER BY due_us LIMIT 1 FOR UPDATE SKIP LOCKED",
    };
    struct sql_rows *rows;
    *ret_found = false;
    *ret_next_us = INT64_MAX;
    *ret = (struct webhook_delivery){0};
    if (!sql_select(s, &rows, err, texts[sql_engine_of(s)]))
        return false;
    if (sql_next(rows)) {
        *ret = (struct webhook_delivery){.event = sql_int(rows, 0),
                                         .webhook = sql_int(rows, 1),
                                         .due_us = sql_int(rows, 2),
                                         .attempts = (int)sql_int(rows, 3)};
        *ret_next_us = ret->due_us;
        *ret_found = ret->due_us <= now_us;
    }
    if (!sql_rows_close(rows, err))
        return false;
    if (!*ret_found)
        return true;
    ret->due_us = now_us + LEASE_US;
    return sql_run(
               s, err,
               "UPDATE webhook_delivery SET due_us = $3, sending = 1, attempts = attempts + 1 WHERE event = $1 AND webhook = $2",
               SQL_INT(ret->event), SQL_INT(ret->webhook), SQL_INT(ret->due_us)) &&
           load_delivery(s, store, a, ret, err);
}

bool webhook_delivery_resume(struct sql *s, int64_t now_us, struct error *err) {
    return sql_run(s, err, "UPDATE webhook_delivery SET due_us = $1, sending = 0 WHERE sending = 1",
                   SQL_INT(now_us));
}

bool webhook_delivery_end(struct sql *s, const struct webhook_delivery *d, struct error *err) {
    return sql_run(s, err, "DELETE FROM webhook_delivery WHERE event = $1 AND webhook = $2",
                   SQL_INT(d->event), SQL_INT(d->webhook)) &&
           sql_run(s, err,
                   "DELETE FROM webhook_event WHERE id = $1"
                   " AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.event = $1)",
                   SQL_INT(d->event));
}

bool webhook_delivery_later(struct sql *s, const struct webhook_delivery *d, int64_t due_us,
                            struct error *err) {
    return sql_run(
        s, err,
        "UPDATE webhook_delivery SET due_us = $3, sending = 0 WHERE event = $1 AND webhook = $2",
        SQL_INT(d->event), SQL_INT(d->webhook), SQL_INT(due_us));
}

bool webhook_switch_off(struct sql *s, const struct webhook_delivery *d, struct str reason,
                        struct error *err) {
    int64_t now = clock_now_us();
    return sql_run(
               s, err,
               "UPDATE webhook SET enabled = 0, updated_us = $2, disabled_us = $2, disabled_reason = $3 WHERE id = $1",
               SQL_INT(d->webhook), SQL_INT(now), SQL_TEXT(reason)) &&
           sql_run(s, err, "DELETE FROM webhook_delivery WHERE webhook = $1",
                   SQL_INT(d->webhook)) &&
           sweep_events(s, err);
}
