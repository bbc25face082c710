// SPDX-License-Identifier: Apache-2.0
// Records that are posted one at a time or many at once: good ones are written, each bad one is told member by
// member, and nothing is written when nothing is good. Used by the routes of feedback and of events.
//
//     struct posted p;
//     posted_open(r, body, &p);                                        // then: p.n too many? none?
//     for (i …) if (!record_parse(posted_at(&p, i), …, &p.problems[i], NULL)) posted_refused(&p, i);
//     if (nothing is good) return posted_all_bad(&p, "invalid_feedback", …);
#ifndef API_POSTED_H
#define API_POSTED_H

#include "api/api.h"
#include "collect/intake.h"

struct posted {
    struct request *request;
    const struct json *body;
    bool is_array;
    size_t n;                         // records given
    struct record_problems *problems; // [n], arena of the request; n 0 where the record is good
};

void posted_open(struct request *r, const struct json *body, struct posted *ret);
const struct json *posted_at(const struct posted *p, size_t i);
// The record was refused: if no member is to blame, it is no object.
void posted_refused(struct posted *p, size_t i);
// Where it comes from when the sender does not say.
struct str posted_source(const struct principal *who);

// 400 with what is wrong, at most RECORD_MAX_PROBLEMS of all.
enum request_outcome posted_all_bad(const struct posted *p, const char *code, struct words what);

// ── the answer ──
// What became of the k-th good record.
typedef void posted_outcome_fn(const void *items, size_t k, int64_t *ret_id,
                               enum intake_outcome *ret);
// {"data":{…}} or {"data":[…],"meta":{…}}: for a good record its id and what became of it, for another what is wrong.
// Gives the status: 201 for an array or when something is new. `ret_counts` is of the good ones.
int posted_format(const struct posted *p, posted_outcome_fn *outcome_of, const void *items,
                  struct strbuf *out, int64_t ret_counts[N_INTAKE_OUTCOMES]);
// Members of an open object: created, updated, unchanged, failed.
void posted_add_counts(struct json_writer *w, const int64_t counts[N_INTAKE_OUTCOMES],
                       int64_t failed);

#endif
