// SPDX-License-Identifier: Apache-2.0
// Customers in the row store: their keys, what is known of them, merges and how they are taken back. Which keys
// mean whom is decided elsewhere (unify/identity.h, put to work by work/identity_stage.h); this writes it down.
//
// A customer stays the one he was when he was first met (his `home` in keys, feedback, events). A merge says with
// whom he is counted from now on (`customer`). So taking a merge back is exact, in whatever order: what was his
// comes back, what came after the merge stays with whom it came to, and the two are remembered as apart, so that
// the same keys do not join them again.
//
// All functions run inside a transaction of the caller; those that write want customer_lock first. Memory: the
// arena.
#ifndef COLLECT_CUSTOMER_H
#define COLLECT_CUSTOMER_H

#include "account/store.h"
#include "base/vec.h"
#include "collect/customer_profile.h"

// One at a time in a workspace decides who is who: two nodes that see the same new key make one customer.
bool customer_lock(struct sql *s, int64_t workspace, struct error *err) MUST_USE;

// ── keys ──

struct customer_key {
    const char *kind; // "phone" …
    struct str value; // normalised
    uint8_t lookup[VAULT_LOOKUP_BYTES];
};
void customer_key_lookup(const struct workspace_keys *k, const char *kind, struct str value,
                         uint8_t ret[VAULT_LOOKUP_BYTES]);
// Of an order number, as feedback and events have it.
void customer_order_lookup(const struct workspace_keys *k, struct str order,
                           uint8_t ret[VAULT_LOOKUP_BYTES]);

struct customer_pair {
    int64_t a, b;
};
// Home of the key and with whom it is counted; 0, 0: nobody has it.
bool customer_owner(struct sql *s, int64_t workspace, const uint8_t lookup[VAULT_LOOKUP_BYTES],
                    struct customer_pair *ret, struct error *err) MUST_USE;
bool customer_key_insert(struct sql *s, const struct workspace_keys *k, int64_t workspace,
                         const struct customer_key *key, int64_t home, int64_t customer,
                         int64_t origin, struct error *err) MUST_USE;

// Pairs of customers, as they are counted now, that a person took apart.
bool customer_apart(struct sql *s, int64_t workspace, struct arena *a, struct customer_pair **ret,
                    size_t *ret_n, struct error *err) MUST_USE;

// ── customers ──

bool customer_insert(struct sql *s, const struct workspace_keys *k, int64_t workspace, int64_t id,
                     int64_t at_us, struct error *err) MUST_USE;
// Whom an id is counted with, 0: there is no such customer.
bool customer_root(struct sql *s, int64_t workspace, int64_t id, int64_t *ret,
                   struct error *err) MUST_USE;

struct customer_news { // what a batch brings for one home
    int64_t home;
    int64_t first_us, last_us;
    const struct record_customer **said; // n of them, each at said_us
    const int64_t *said_us;
    size_t n;
};
// Profile, hints to look for him by, times.
bool customer_learn(struct sql *s, const struct store *store, int64_t workspace,
                    const struct customer_news *news, struct error *err) MUST_USE;
// Where a feedback or event belongs. order: VAULT_LOOKUP_BYTES or "".
bool customer_place_feedback(struct sql *s, int64_t feedback, int64_t home, int64_t customer,
                             struct str order, struct error *err) MUST_USE;
bool customer_place_event(struct sql *s, int64_t event, int64_t home, int64_t customer,
                          struct error *err) MUST_USE;

// Where it was put before: its home and whom that is counted with; 0, 0: nowhere.
bool customer_of_feedback(struct sql *s, int64_t feedback, struct customer_pair *ret,
                          struct error *err) MUST_USE;
bool customer_of_event(struct sql *s, int64_t event, struct customer_pair *ret,
                       struct error *err) MUST_USE;
// Whose order it is, by its events.
bool customer_of_order(struct sql *s, int64_t workspace, struct str order,
                       struct customer_pair *ret, struct error *err) MUST_USE;
// Gives feedback and events of the order that nobody has to `who`; ids of the feedback are added to `ret`.
struct customer_ids {
    VEC(int64_t);
};
bool customer_claim_order(struct sql *s, int64_t workspace, struct str order,
                          struct customer_pair who, struct customer_ids *ret,
                          struct error *err) MUST_USE;

// ── merges ──

struct customer_proof {
    struct str kind, shown; // "phone", "136****5678"
};

struct customer_merge {
    int64_t id, kept, gone, at_us;
    struct str actor;  // "": by keys
    int64_t undone_us; // TIME_NONE: it holds
    struct str undone_by;
    bool by_event;  // the record is an event
    int64_t record; // that had both keys; 0: a person's word
    struct customer_proof kept_key, gone_key;
};

// `m.kept` and `m.gone` must be counted with themselves. m.id, m.at_us are set. What changes hands is told to facts
// and search.
bool customer_join(struct sql *s, const struct store *store, int64_t workspace,
                   struct customer_merge *m, struct error *err) MUST_USE;
// Takes a merge back. ERROR_NOT_FOUND; ERROR_CONFLICT: it was taken back before.
bool customer_split(struct sql *s, int64_t workspace, int64_t merge, struct str actor,
                    struct error *err) MUST_USE;
// All merges that ever concerned those counted with `customer`, newest first.
bool customer_merges(struct sql *s, const struct store *store, int64_t workspace, int64_t customer,
                     struct arena *a, struct customer_merge **ret, size_t *ret_n,
                     struct error *err) MUST_USE;

// ── reading ──

struct customer {
    int64_t id; // counted with himself
    int64_t first_us, last_us;
    int64_t n_feedback, n_events;
    struct customer_profile profile; // of all who are counted with him
};
// ERROR_NOT_FOUND. An id that was merged gives the one he is counted with.
bool customer_load(struct sql *s, const struct store *store, int64_t workspace, int64_t id,
                   struct arena *a, struct customer *ret, struct error *err) MUST_USE;

struct customer_identity { // a key as it is kept
    struct str kind, value;
    int64_t home, added_us, origin;
};
bool customer_identities(struct sql *s, const struct store *store, int64_t workspace,
                         int64_t customer, struct arena *a, struct customer_identity **ret,
                         size_t *ret_n, struct error *err) MUST_USE;

struct customer_position {
    int64_t at_us, id;
};
// Ids, most recently heard of first, after `after` ({INT64_MAX, INT64_MAX}: from the start).
bool customer_list(struct sql *s, int64_t workspace, struct customer_position after, size_t limit,
                   int64_t *ret_ids, int64_t *ret_at_us, size_t *ret_n, struct error *err) MUST_USE;
bool customer_count(struct sql *s, int64_t workspace, int64_t *ret, struct error *err) MUST_USE;
// By a key, a whole name, an id, or the last four digits of a number. Ascending ids, at most `limit`.
bool customer_seek(struct sql *s, int64_t workspace, const uint8_t lookup[VAULT_LOOKUP_BYTES],
                   size_t limit, int64_t *ret_ids, size_t *ret_n, struct error *err) MUST_USE;
// What customer_seek finds besides keys: "name", "tail" (of a number), "id" (external id of any source).
void customer_hint_lookup(const struct workspace_keys *k, const char *kind, struct str value,
                          uint8_t ret[VAULT_LOOKUP_BYTES]);
// Feedback of a customer, newest first.
bool customer_feedback(struct sql *s, int64_t workspace, int64_t customer, size_t limit,
                       int64_t *ret_ids, size_t *ret_n, struct error *err) MUST_USE;

#endif
