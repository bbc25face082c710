// SPDX-License-Identifier: Apache-2.0
// After a rotation of keys: everything sealed of a workspace sealed again under its newest data key, a few values
// at a time, while the server goes on. The account folder's own values go through accounts_reseal; those of
// feedback, customers, events, imports, stored replies and webhooks are a table here. A value that does not open is
// damaged already: it is counted, left as it is, and stops nothing. Old data keys are kept: another node, or a
// backup that is put back, may still need them.
//
//     struct reseal *r = reseal_new(&store, accounts);
//     while (reseal_step(r, workspaces, n, now_us, &more, err) && more) …
//     reseal_status(r)
//
// One thread steps; any may ask for the status. A workspace is gone through once for each rotation, and once a day
// where there was one, because a node that had not heard of it may still have written under the old key. A
// workspace that was never rotated costs one look at its keys.
#ifndef WORK_RESEAL_H
#define WORK_RESEAL_H

#include "account/accounts.h"
#include "account/store.h"

struct reseal;

// accounts may be NULL
struct reseal *reseal_new(const struct store *store, struct accounts *accounts);
void reseal_free(struct reseal *r);

// Up to RESEAL_BATCH values of one column of one workspace. *ret_more: there is more to do now.
#define RESEAL_BATCH 200
bool reseal_step(struct reseal *r, const int64_t *workspaces, size_t n, int64_t now_us,
                 bool *ret_more, struct error *err) MUST_USE;

struct reseal_status {
    bool running;
    int64_t left;    // values of older generations, counted when it began, less those done
    int64_t done;    // since the server was started
    int64_t damaged; // did not open
};
struct reseal_status reseal_status(struct reseal *r);

#endif
