// SPDX-License-Identifier: Apache-2.0
// A customer as the API shows him, written inside a transaction that reads. Names and numbers are hidden from those
// who may not read personal data.
#ifndef API_CUSTOMER_JSON_H
#define API_CUSTOMER_JSON_H

#include "api/actor_names.h"
#include "api/api.h"
#include "collect/customer.h"
#include "collect/event.h"

struct customer_view {
    struct sql *s;
    struct api *api;
    const struct principal *principal;
    enum lang lang;
    struct arena *arena;
    struct actor_names *names; // of those who merged and corrected
};

// For one request, without `s`.
struct customer_view customer_view_of(struct request *r, struct api *api);

// One object: id, name, tail, first_at, last_at, n, n_events, score, segments. Open at the end. *ret_seen: there is
// feedback of his within the principal's data scope, or he has none and the principal has no scope. Nothing is
// written where it is false.
bool customer_json_begin(const struct customer_view *v, struct json_writer *w, int64_t id,
                         bool *ret_seen, struct error *err) MUST_USE;
bool customer_json_identities(const struct customer_view *v, struct json_writer *w,
                              int64_t customer, struct error *err) MUST_USE;
bool customer_json_merges(const struct customer_view *v, struct json_writer *w, int64_t customer,
                          struct error *err) MUST_USE;
// All values with their times.
void customer_json_profile(const struct customer_view *v, struct json_writer *w,
                           const struct customer_profile *p);
void event_json_add(struct json_writer *w, const struct stored_event *e, const struct principal *p,
                    struct arena *a);
// A value that is personal as a whole, as `p` may see it.
struct str customer_mask(struct str s, const struct principal *p, struct arena *a);

#endif
