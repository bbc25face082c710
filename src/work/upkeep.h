// SPDX-License-Identifier: Apache-2.0
// What is done by the clock and not because something came in: a table {name, how often, function}, one thread. On a
// store of several nodes one of them does it (the leader), except for rows that say that each node does.
//
//     struct upkeep *u = upkeep_new(&(struct upkeep_options){.store = store, .accounts = accounts, .data_dir = dir});
//     upkeep_start(u, err);                       // or, in tests:
//     while (upkeep_round(u, now_us, &more, err) && more) …
//     upkeep_free(u);                             // stops
//
//     idempotency   hourly   stored answers older than a day go
//     accounts      hourly   sessions, links and tries to sign in that have ended go
//     change times  hourly   each node notes in DATA/change-times where the change log stood
//     change log    hourly   rows older than a week go; who is behind that builds anew
//     deleted       daily    feedback that was deleted more than 30 days ago goes for good
//     retention     hourly   a workspace's "retention_days" (its settings): older feedback goes for good, and older
//                            files of imports
//     reseal        5 s      after a rotation of keys (work/reseal.h)
//
// A row that fails is tried again at its next time; the others go on. What goes for good leaves an audit row with
// its count.
#ifndef WORK_UPKEEP_H
#define WORK_UPKEEP_H

#include "account/accounts.h"
#include "account/store.h"
#include "work/reseal.h"

struct upkeep;

struct upkeep_options {
    struct store store;
    struct accounts *accounts; // may be NULL: rows that need it do nothing
    const char *data_dir;
};

struct upkeep *upkeep_new(const struct upkeep_options *o);
bool upkeep_start(struct upkeep *u, struct error *err) MUST_USE;
void upkeep_free(struct upkeep *u);

// Each row that is due, once. *ret_more: some of them have more to do now. False with the first error; the rest was
// done all the same.
bool upkeep_round(struct upkeep *u, int64_t now_us, bool *ret_more, struct error *err) MUST_USE;

struct reseal_status upkeep_reseal_status(struct upkeep *u); // any thread

#define UPKEEP_IDEMPOTENCY_US US_PER_DAY
#define UPKEEP_CHANGE_LOG_US  (7 * US_PER_DAY)
#define UPKEEP_DELETED_US     (30 * US_PER_DAY)
#define UPKEEP_MAX_RETENTION  36500 // days

// "retention_days" of a workspace's settings; 0: everything is kept.
int64_t upkeep_retention_days(struct str settings);

#endif
