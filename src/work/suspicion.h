// SPDX-License-Identifier: Apache-2.0
// What in the history points to feedback that is not a customer's own word. A suspicion takes nobody's voice away:
// the feedback is kept and counted, and the score without all that are suspect is shown beside. A person takes it
// back with a correction (“suspect”: false, or “validity”: "ok").
//
//   copy     a long text (15 characters and more) that others have written before, nearly the same: at least 3 of 8
//            bands of its sketch
//   burst    one product, device or customer gets in an hour far more than it ever does: at least 10 (5) and three
//            times the largest hour of the four weeks around; a product must have been known for a week
//   early    written more than a day before the order was placed; or, content, more than a day before it was
//            delivered (to complain that nothing has come is another thing)
//
// Of texts only keyed hashes of bands are kept. Feedback with a date but no time of day has no hour and takes no
// part in bursts.
#ifndef WORK_SUSPICION_H
#define WORK_SUSPICION_H

#include "collect/customer.h"
#include "collect/event.h"
#include "collect/feedback_store.h"
#include "nlp/neardup.h"

enum suspicion_rule {
    SUSPICION_COPY,
    SUSPICION_BURST,
    SUSPICION_EARLY,
    N_SUSPICION_RULES,
};

struct suspicion {
    enum suspicion_rule rule;
    int64_t other;         // copy: the feedback that has the text
    int64_t number, usual; // burst: how many in the hour, largest hour else; early: how many hours
    struct str kind;       // burst: "product", "device", "customer"; early: "order", "delivery"
};

struct suspicion_input {
    int64_t id, at_us, version;
    bool date_only;
    int64_t customer; // 0: not known
    struct str product, device;
    const struct neardup_sketch *sketch; // NULL: the text is not used
};

// Notes a batch and judges it, in a transaction that writes; the same again changes nothing. Feedback of earlier
// batches that is suspect now is added to `ret_changed`.
bool suspicion_note(struct sql *s, const struct store *store, int64_t workspace,
                    const struct suspicion_input *in, size_t n, struct customer_ids *ret_changed,
                    struct error *err) MUST_USE;
// Plain: by the events of its order and the analysis of the feedback.
bool suspicion_early(const struct stored_feedback *f, const struct event_batch *of_order,
                     struct suspicion *ret);
// What has been noted of a feedback (copy, burst).
bool suspicion_load(struct sql *s, int64_t feedback, struct arena *a,
                    struct suspicion ret[N_SUSPICION_RULES], size_t *ret_n,
                    struct error *err) MUST_USE;
bool suspicion_taken_back(const struct stored_feedback *f); // by a correction
// “同一商品 1 小时内 37 条，此前后四周最多 4 条”
struct str suspicion_because(const struct suspicion *x, enum lang lang, struct arena *a);
// Forgets everything noted of the feedback.
bool suspicion_forget(struct sql *s, int64_t feedback, struct error *err) MUST_USE;

#endif
