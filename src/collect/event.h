// SPDX-License-Identifier: Apache-2.0
// What customers did: orders, deliveries, returns, visits, and whatever else a business wants to hold feedback
// against. Sealed like feedback; the same event again (source, type and external id) updates what it says
// differently.
//
//     struct event e;
//     if (!event_parse(json, zone, &arena, &e, &problems, err)) …
//     for (i …) if (!event_prepare(store, workspace, &events[i], &arena, &items[i], err)) …
//     if (!event_write(store, workspace, items, n, LANE_LIVE, err)) …       // committed, with its outbox row
//
// Feedback is joined by the order number, else by the customer (work/behaviour.h).
#ifndef COLLECT_EVENT_H
#define COLLECT_EVENT_H

#include "account/store.h"
#include "collect/intake.h"

#define EVENT_RECEIVED  "event.received" // of the pipeline table
#define EVENT_MAX_ITEMS 1000             // a request
#define EVENT_ORDER     "order"
#define EVENT_DELIVERY  "delivery"
#define EVENT_RETURN    "return"
#define EVENT_VISIT     "visit"

struct event {
    struct str type; // "order", "delivery", "return", "visit" or another word: a–z, 0–9, _ and -
    struct str source, external_id, order;
    int64_t at_us;
    struct record_customer customer;
    const struct record_attr *measures; // numbers
    size_t n_measures;
    const struct record_attr *attributes;
    size_t n_attributes;
};

// False: ERROR_INVALID, and *problems says which members.
bool event_parse(const struct json *j, const struct zone *zone, struct arena *a, struct event *ret,
                 struct record_problems *problems, struct error *err) MUST_USE;
bool event_parse_stored(const struct json *j, struct arena *a, struct event *ret,
                        struct error *err) MUST_USE;
void event_format(const struct event *e, struct strbuf *ret);
void event_merge(const struct event *older, const struct event *newer, struct arena *a,
                 struct event *ret);
double event_measure(const struct event *e, struct str name); // NAN

// One row of a table of orders. A column is what an import has found out about it (collect/detect.h): its header,
// role and cell.
struct event_cell {
    struct str name, role, value;
};
// An order of a row: "order", "time", "customer", "phone", "email", "name", "amount", "delivery_days" … by role,
// other roles and plain columns as measures (numbers) and attributes. False with err: no time or neither order
// number nor customer.
bool event_from_row(const struct event_cell *cells, size_t n, struct str type, struct str source,
                    const struct zone *zone, struct arena *a, struct event *ret,
                    struct error *err) MUST_USE;

// ── the store ──

struct event_item {
    // by event_prepare
    int64_t new_id;
    bool has_lookup;
    uint8_t lookup[VAULT_LOOKUP_BYTES], content[VAULT_LOOKUP_BYTES], order[VAULT_LOOKUP_BYTES];
    const struct event *event;
    struct str body; // sealed, arena
    // after the commit
    int64_t id;
    enum intake_outcome outcome;
};

bool event_prepare(const struct store *store, int64_t workspace, const struct event *e,
                   struct arena *a, struct event_item *ret, struct error *err) MUST_USE;
// Waits for the commit.
bool event_write(const struct store *store, int64_t workspace, struct event_item *items, size_t n,
                 enum lane lane, struct error *err) MUST_USE;

struct stored_event {
    int64_t id;
    bool found;
    int64_t customer, home; // 0: not known
    int64_t at_us, updated_us, version;
    struct event event;
};
struct event_batch { // the trees their strings live in
    struct arena arena;
    struct stored_event *items;
    size_t n;
    struct json **trees;
    size_t n_trees, cap_trees;
};
void event_batch_done(struct event_batch *b);

// Inside a transaction. In the order of the ids.
bool event_load(struct sql *s, const struct store *store, int64_t workspace, const int64_t *ids,
                size_t n, struct event_batch *ret, struct error *err) MUST_USE;

struct event_filter { // zero: any
    struct str type;
    int64_t customer;
    int64_t from_us, to_us; // [from, to)
    bool has_order;
    uint8_t order[VAULT_LOOKUP_BYTES];
};
struct event_position {
    int64_t at_us, id;
};
// Newest first, older than `after`.
bool event_list(struct sql *s, int64_t workspace, const struct event_filter *f,
                struct event_position after, size_t limit, int64_t *ret_ids, int64_t *ret_at_us,
                size_t *ret_n, struct error *err) MUST_USE;

// What a customer did before a moment, without unsealing anything.
struct event_history {
    int64_t n_orders;      // before it
    int64_t n_year;        // of them within the last 365 days
    double spent_year;     // amounts of these
    int64_t first_us;      // first order or first contact, TIME_NONE
    int64_t last_order_us; // TIME_NONE
};
bool event_history(struct sql *s, int64_t customer, int64_t before_us, struct event_history *ret,
                   struct error *err) MUST_USE;

#endif
