// SPDX-License-Identifier: Apache-2.0
// What stands beside a feedback in the facts because of who wrote it and what he did: measures and attributes of
// the events of its order (else of the customer's last events before he wrote), how long delivery took, whether he
// sent it back, what kind of customer he is, and whether something about it is suspicious.
//
// Of an order: all its events. Without an order number: of each type the last event within 14 days before the
// feedback. What the feedback says itself counts, whatever events say.
#ifndef WORK_BEHAVIOUR_H
#define WORK_BEHAVIOUR_H

#include "analyse/segment.h"
#include "collect/event.h"
#include "collect/feedback_store.h"
#include "work/suspicion.h"

struct behaviour_column {
    struct str name, role; // as in the facts: “配送天数”, "delivery_days"
    bool is_measure;
    double number;
    struct str text;
};

struct behaviour {
    struct behaviour_column *columns;
    size_t n;
    struct suspicion reasons[N_SUSPICION_RULES]; // for suspicion
    size_t n_reasons;
    bool suspect;                   // there are reasons, and no person has taken them back
    struct segment_history history; // of feedback whose customer is known
    int segments[N_SEGMENT_AXES];   // −1: not known
};

// In a transaction that reads; one element of `ret` for each item of the batch. Arena memory.
bool behaviour_load(struct sql *s, const struct store *store, int64_t workspace,
                    const struct feedback_batch *b, struct arena *a, struct behaviour *ret,
                    struct error *err) MUST_USE;
// The customer's segments as of a moment.
bool behaviour_segments(struct sql *s, int64_t workspace, int64_t customer, int64_t at_us,
                        struct segment_history *ret_history, int ret[N_SEGMENT_AXES],
                        struct error *err) MUST_USE;

// ── tiers of spending ──

bool behaviour_tiers(struct sql *s, int64_t workspace, struct spend_tiers *ret,
                     struct error *err) MUST_USE;
// Takes them from the customers anew when they are older than a day or the customers have doubled; fixed ones stay.
bool behaviour_refresh_tiers(struct sql *s, int64_t workspace, struct error *err) MUST_USE;
// A person's: 0, 0 goes back to terciles.
bool behaviour_fix_tiers(struct sql *s, int64_t workspace, double middle, double high,
                         struct error *err) MUST_USE;

// Feedback whose facts follow from an event: of its order, and what its customer wrote after it.
bool behaviour_touched(struct sql *s, int64_t workspace, struct str order_lookup, int64_t customer,
                       int64_t at_us, struct customer_ids *ret, struct error *err) MUST_USE;

#endif
