// SPDX-License-Identifier: Apache-2.0
// Reading the change log (collect/outbox.h writes it). A position is a number that grows: everything at or below
// it has been seen. On PostgreSQL it is the transaction's number, and a reader stays below the oldest transaction
// that is still open, because commits are not in that order.
#ifndef COLLECT_CHANGE_H
#define COLLECT_CHANGE_H

#include "account/store.h"
#include "base/arena.h"

struct change_page {
    int64_t *ids; // feedback, each once, arena
    size_t n;
    int64_t position; // up to here
    bool more;
};
// What came after `after`, about `limit` ids at most.
bool change_read(struct sql *s, int64_t workspace, int64_t after, size_t limit, struct arena *a,
                 struct change_page *ret, struct error *err) MUST_USE;
// Where the log ends now: whoever reads the rows after this call has everything up to it.
bool change_position(struct sql *s, int64_t *ret, struct error *err) MUST_USE;
// what is below has been cleared
bool change_floor(struct sql *s, int64_t *ret, struct error *err) MUST_USE;
bool change_behind(struct sql *s, int64_t workspace, int64_t after, int64_t *ret_rows,
                   struct error *err) MUST_USE;
// Clears what is older than `position`.
bool change_clear(struct sql *s, int64_t position, struct error *err) MUST_USE;
// Workspaces that have feedback changes at all.
bool change_workspaces(struct sql *s, struct arena *a, int64_t **ret, size_t *ret_n,
                       struct error *err) MUST_USE;
// All feedback of a workspace by ascending id, from after `after`.
bool change_all_feedback(struct sql *s, int64_t workspace, int64_t after, size_t limit,
                         int64_t *ret_ids, size_t *ret_n, struct error *err) MUST_USE;

#endif
