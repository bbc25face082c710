// SPDX-License-Identifier: Apache-2.0
// Whose it is: the customers of a batch of feedback or events, found by their keys and written down, before
// anything else is made of them. A record without keys belongs to whom its order number belongs to.
#ifndef WORK_IDENTITY_STAGE_H
#define WORK_IDENTITY_STAGE_H

#include "collect/customer.h"
#include "collect/event.h"
#include "collect/feedback_store.h"

struct identity_input {
    bool is_event;
    int64_t id, at_us;
    struct str source, order;
    const struct record_customer *said;
    // result
    struct customer_pair who; // home, and whom it is counted with; 0, 0: nobody is known
};

// Inside a transaction that writes; may run again with the same result. Feedback beside the inputs whose customer
// changed is added to `ret_changed`.
bool identity_place(struct sql *s, const struct store *store, int64_t workspace,
                    struct identity_input *in, size_t n, struct customer_ids *ret_changed,
                    struct error *err) MUST_USE;

// A batch of stored feedback, in a transaction of its own; their `customer` is set.
bool identity_stage(const struct store *store, int64_t workspace, struct feedback_batch *b,
                    struct error *err) MUST_USE;

#endif
