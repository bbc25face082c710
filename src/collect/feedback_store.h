// SPDX-License-Identifier: Apache-2.0
// Stored feedback: read, listed, deleted and brought back, corrected. What comes in goes through collect/intake.h.
//
//     static bool read(struct sql *s, void *ctx, struct error *err) {
//         return feedback_load(s, store, workspace, ids, n, &arena, items, err);
//     }
//
// All functions run inside a transaction of the caller. Memory: the arena.
#ifndef COLLECT_FEEDBACK_STORE_H
#define COLLECT_FEEDBACK_STORE_H

#include "collect/intake.h"

struct correction {
    struct str field; // "sentiment", "urgency", "dimensions", "validity"
    int64_t at_us;
    struct str actor;         // principal_actor
    const struct json *value; // the person's
    const struct json *before;
};

struct stored_feedback {
    int64_t id;
    bool found; // the rest only then
    int64_t occurred_us, updated_us;
    int64_t deleted_us;       // TIME_NONE: it is there
    int64_t customer, import; // 0: none
    int64_t version;
    struct record record;
    const struct json *analysis; // as analyse wrote it, NULL: not yet
    int64_t analysed_us, analysed_version;
    struct correction *corrections;
    size_t n_corrections;
};

enum feedback_part { // what to load beside the record
    FEEDBACK_ANALYSIS = 1,
    FEEDBACK_CORRECTIONS = 2,
    FEEDBACK_EVERYTHING = 3,
};

// Trees that were parsed for stored feedback are freed with this.
struct feedback_batch {
    struct arena arena;
    struct stored_feedback *items; // in the order of the ids asked for
    size_t n;
    struct json **trees;
    size_t n_trees, cap_trees;
};
void feedback_batch_done(struct feedback_batch *b);

// Those that are not there, or of another workspace, have `found` false.
bool feedback_load(struct sql *s, const struct store *store, int64_t workspace, const int64_t *ids,
                   size_t n, unsigned parts, struct feedback_batch *ret,
                   struct error *err) MUST_USE;

#define FEEDBACK_MAX_IN 8

// Conditions that rows answer by themselves. Zero means: any.
struct feedback_filter {
    int64_t occurred_from, occurred_to; // [from, to); 0, 0: any
    int64_t created_from, created_to;
    struct str channels[FEEDBACK_MAX_IN], sources[FEEDBACK_MAX_IN];
    size_t n_channels, n_sources;
    int64_t customer, import;
    bool has_lookup; // external id, by intake_lookup
    uint8_t lookup[VAULT_LOOKUP_BYTES];
    bool deleted; // those that were deleted instead of those that are there
};

struct feedback_position { // (time, id): where a list goes on
    int64_t at_us, id;
};

// Ids, newest first, older than `after` ({INT64_MAX, INT64_MAX}: from the start); `oldest_first` turns the order
// round (after {0, 0}).
bool feedback_list(struct sql *s, int64_t workspace, const struct feedback_filter *f,
                   struct feedback_position after, bool oldest_first, size_t limit,
                   int64_t *ret_ids, int64_t *ret_at_us, size_t *ret_n, struct error *err) MUST_USE;
bool feedback_count(struct sql *s, int64_t workspace, const struct feedback_filter *f, int64_t *ret,
                    struct error *err) MUST_USE;
// The lookup of a source and external id, as intake makes it.
void feedback_lookup(const struct workspace_keys *k, struct str source, struct str external_id,
                     uint8_t ret[VAULT_LOOKUP_BYTES]);

// Deletes (or brings back) what is there of the ids; tells facts and search. *ret_changed: how many.
bool feedback_set_deleted(struct sql *s, int64_t workspace, const int64_t *ids, size_t n,
                          bool deleted, int64_t *ret_changed, struct error *err) MUST_USE;
// Removes rows, history, analysis and corrections for good.
bool feedback_purge(struct sql *s, int64_t workspace, const int64_t *ids, size_t n,
                    struct error *err) MUST_USE;

// A new version of a loaded feedback: `newer` is all of it. The version before is kept, and it is analysed again.
// *ret_changed false: it said so already, nothing was written. ERROR_NOT_FOUND: deleted; ERROR_CONFLICT: changed
// since it was loaded.
bool feedback_update(struct sql *s, const struct store *store, int64_t workspace,
                     const struct stored_feedback *was, const struct record *newer,
                     struct str actor, bool *ret_changed, struct error *err) MUST_USE;

// A person's word over the model's. NULL value takes it back. ERROR_NOT_FOUND: no such feedback.
bool feedback_correct(struct sql *s, const struct store *store, int64_t workspace, int64_t id,
                      struct str field, const struct json *value, const struct json *before,
                      struct str actor, struct error *err) MUST_USE;

struct feedback_version {
    int64_t version, at_us; // replaced at
    struct str actor;
    int64_t import;
    struct record record;
};
// Earlier versions, newest first. Trees are kept in `batch`.
bool feedback_history(struct sql *s, const struct store *store, int64_t workspace, int64_t id,
                      struct feedback_batch *batch, struct feedback_version **ret, size_t *ret_n,
                      struct error *err) MUST_USE;

// Analysis as JSON, sealed and stored with the version it was made of. Ignored when a newer version is there.
bool analysis_store(struct sql *s, const struct store *store, int64_t workspace, int64_t id,
                    int64_t version, int stage, struct str json, struct error *err) MUST_USE;

#endif
