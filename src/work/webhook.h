// SPDX-License-Identifier: Apache-2.0
// Who is told about what happens to records, and the telling: signed by Standard Webhooks (www.standardwebhooks.com,
// version 1), kept as rows until it has succeeded. An event is published in the transaction that causes it: its
// payload is written once, with a row for each address that wants it; a few threads send what is due. A delivery
// that fails is tried again after 5 s, 30 s, 2 min, 10 min, 1 h, 3 h, 10 h and 24 h; then, or at once when the
// address answers 410, the webhook is switched off, and says why.
//
//     webhook_publish(s, store, workspace, &tenant, WEBHOOK_RECORD_CREATED, tenant_id, json, NULL, err)
//     webhook_sender_start(&options, &sender, err) … webhook_sender_stop(sender)
//
// Addresses, keys and payloads are sealed. A process that dies while it sends leaves the row to another after a
// minute, so an event may come twice: webhook-id stays the same.
#ifndef WORK_WEBHOOK_H
#define WORK_WEBHOOK_H

#include "collect/hub_store.h"

enum webhook_event {
    WEBHOOK_RECORD_CREATED,
    WEBHOOK_RECORD_UPDATED,
    WEBHOOK_RECORD_DELETED,
    WEBHOOK_CREATED,
    WEBHOOK_UPDATED,
    WEBHOOK_DELETED,
    N_WEBHOOK_EVENTS,
};
extern const char *const webhook_event_codes[N_WEBHOOK_EVENTS]; // "feedback_record.created" …
bool webhook_event_find(struct str code, enum webhook_event *ret);

#define WEBHOOK_MAX_URL    2048
#define WEBHOOK_MAX_TENANT 50 // webhooks of a tenant

struct webhook {
    int64_t id;
    struct str tenant_id, url, key;
    bool enabled;
    uint32_t events; // bit 1 << enum webhook_event; 0: all
    int64_t created_us, updated_us;
    int64_t disabled_us; // TIME_NONE
    struct str disabled_reason;
};

// All inside a transaction of the caller; strings in the arena.
// ERROR_LIMIT: the tenant has WEBHOOK_MAX_TENANT.
bool webhook_insert(struct sql *s, const struct store *store, int64_t workspace,
                    const struct webhook *w, struct error *err) MUST_USE;
// ERROR_NOT_FOUND.
bool webhook_load(struct sql *s, const struct store *store, int64_t workspace, int64_t id,
                  struct arena *a, struct webhook *ret, struct error *err) MUST_USE;
// Everything but created_us; what waits for it is sent now. ERROR_NOT_FOUND.
bool webhook_update(struct sql *s, const struct store *store, int64_t workspace,
                    const struct webhook *w, struct error *err) MUST_USE;
// With what is still to be delivered. *ret_n: how many there were.
bool webhook_remove(struct sql *s, int64_t workspace, int64_t id, int64_t *ret_n,
                    struct error *err) MUST_USE;
bool webhook_remove_tenant(struct sql *s, int64_t workspace, const struct hub_hash *tenant,
                           int64_t *ret_n, struct error *err) MUST_USE;
// Newest first, ids below `before` (0: all). tenant NULL: any; enabled −1: any.
bool webhook_list(struct sql *s, const struct store *store, int64_t workspace,
                  const struct hub_hash *tenant, int enabled, int64_t before, size_t limit,
                  struct arena *a, struct webhook *ret, size_t *ret_n, struct error *err) MUST_USE;

// `data` is JSON; `changed` a JSON array of names, NULL: none. Nothing is written when nobody listens.
bool webhook_publish(struct sql *s, const struct store *store, int64_t workspace,
                     const struct hub_hash *tenant, enum webhook_event event, struct str tenant_id,
                     struct str data, const char *changed, struct error *err) MUST_USE;

// "whsec_" and 24 random bytes.
void webhook_make_key(struct strbuf *ret);
// "v1,…": HMAC-SHA-256 over "ID.SECONDS.BODY". A key that is not base64 after "whsec_" is used as it is written.
void webhook_sign(struct str key, struct str id, int64_t seconds, struct str body,
                  struct strbuf *ret);

// ── sending ──

struct webhook_sender;
struct webhook_sender_options {
    struct store store;
    bool allow_private; // addresses inside of the network (sys/fetch.h)
};
bool webhook_sender_start(const struct webhook_sender_options *o, struct webhook_sender **ret,
                          struct error *err) MUST_USE;
void webhook_sender_stop(struct webhook_sender *s); // what is being sent is finished

// Between webhook_send.c and webhook_sql.c.
struct webhook_delivery {
    int64_t event, webhook, workspace, due_us;
    int attempts; // before this one
    bool enabled; // the webhook still is
    struct str url, key, body;
};
#define CHANNEL_WEBHOOK "webhook"
// Takes the oldest due row for a minute; *ret_found false: nothing is due, *ret_next_us says when (INT64_MAX:
// nothing waits).
bool webhook_delivery_take(struct sql *s, const struct store *store, int64_t now_us,
                           struct arena *a, struct webhook_delivery *ret, bool *ret_found,
                           int64_t *ret_next_us, struct error *err) MUST_USE;
// What a process was sending when it died is due at once; only where no other process can be sending.
bool webhook_delivery_resume(struct sql *s, int64_t now_us, struct error *err) MUST_USE;
bool webhook_delivery_end(struct sql *s, const struct webhook_delivery *d,
                          struct error *err) MUST_USE;
bool webhook_delivery_later(struct sql *s, const struct webhook_delivery *d, int64_t due_us,
                            struct error *err) MUST_USE;
// Switches the webhook off and drops what waits for it.
bool webhook_switch_off(struct sql *s, const struct webhook_delivery *d, struct str reason,
                        struct error *err) MUST_USE;

#endif
