// SPDX-License-Identifier: Apache-2.0
// Facts and search index of each workspace, kept up with the truth: one thread reads the change log and hands
// what changed to both. Each remembers by itself how far it is, so that after a crash either goes on from there;
// what is missing, or too old for the log, is built again from the rows. A fact store or index that fails does
// not stop the other, nor intake: its trouble is in follow_status.
#ifndef WORK_FOLLOW_H
#define WORK_FOLLOW_H

#include "base/error.h"
#include "base/str.h"

struct fact_store;
struct follow;
struct house;
struct search;

bool follow_start(struct house *h, struct follow **ret, struct error *err) MUST_USE;
void follow_stop(struct follow *f);

// Opened when first asked for. NULL with err where it cannot be had. Borrowed until follow_stop.
struct fact_store *follow_facts(struct follow *f, int64_t workspace, struct error *err);
struct search *follow_search(struct follow *f, int64_t workspace, struct error *err);

// Throws facts and index of a workspace away and builds them again, in the background.
void follow_rebuild(struct follow *f, int64_t workspace);
// Waits until everything committed before the call is in facts and index, or the time is over (false).
bool follow_wait(struct follow *f, int64_t workspace, int64_t patience_us);

struct follow_status {
    int64_t behind;                               // rows of the change log not yet taken over
    bool rebuilding;                              // or asked for and not begun
    int64_t rebuilt;                              // feedback taken over by the rebuild so far
    char facts_problem[200], search_problem[200]; // "" if none
};
struct follow_status follow_status(struct follow *f, int64_t workspace);

#endif
