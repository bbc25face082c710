// SPDX-License-Identifier: Apache-2.0
// Everything that the running server holds, opened once and handed down: the store, the model, the way in, the
// work behind it, and what follows the truth. Routes and jobs get this and nothing else.
//
//     struct house h;
//     if (!house_open(&(struct house_options){.store = store, .accounts = accounts, .data_dir = dir}, &h, err)) …
//     house_close(&h);                 // after the last request
#ifndef WORK_HOUSE_H
#define WORK_HOUSE_H

#include "account/accounts.h"
#include "account/store.h"
#include "analyse/enrich.h"
#include "collect/intake.h"

struct follow;
struct webhook_sender;
struct pipeline;
struct taxonomy;
struct upkeep;
struct zone;

struct house_options {
    struct store store;
    struct accounts *accounts;
    const char *data_dir; // for facts/ and search/
    const char *duckdb;   // library, NULL: found
    struct str model;     // name or directory
    int workers;          // 0: as many as processors
    // Told to browsers that listen to the workspace. Any thread; must be quick. NULL: nobody listens.
    void (*tell)(void *ctx, int64_t workspace, const char *event, struct str json);
    void *tell_ctx;
};

struct house {
    struct house_options options;
    struct store store;
    struct accounts *accounts;
    struct model *model;
    struct intake *intake;
    struct pipeline *pipeline;
    struct follow *follow;
    struct webhook_sender *webhooks;
    struct upkeep *upkeep;
    struct places *places; // zones and taxonomies of workspaces, kept
    int64_t started_us;
};

bool house_open(const struct house_options *o, struct house *ret, struct error *err) MUST_USE;
void house_close(struct house *h);

// The workspace's time zone and words; UTC and "general" where they cannot be had. Borrowed until the end of the
// house: a change makes new ones.
const struct zone *house_zone(struct house *h, int64_t workspace);
const struct taxonomy *house_taxonomy(struct house *h, int64_t workspace);
// after a change of zone, industry or dimensions
void house_forget_place(struct house *h, int64_t workspace);

// {"n":…,"ids":[…]}: how many feedback, and up to HOUSE_TELL_IDS of them to look at.
#define HOUSE_TELL_IDS 20
void house_tell_feedback(const struct house *h, int64_t workspace, const char *event,
                         const int64_t *ids, size_t n_ids, int64_t n);
void house_tell(const struct house *h, int64_t workspace, const char *event, struct str json);

#endif
