// SPDX-License-Identifier: Apache-2.0
// Records of imports: a file that somebody handed over, how far it has been taken in, and what came of it. The file
// itself lies sealed beside the store (collect/import_file.h); work/import_stage.h does the work.
//
//     uploaded ─▶ checked ─▶ running ─▶ done ─▶ undoing ─▶ undone
//          └─────────────────▲  └▶ failed, cancelled ─▶ (running, undoing)          undone ─▶ running
//
// What names or quotes anything of the file (its name, headers, messages) is in one sealed value, `about`. All
// functions run inside a transaction of the caller, who has asked the vault for the workspace's keys before it.
#ifndef COLLECT_IMPORT_H
#define COLLECT_IMPORT_H

#include "account/store.h"
#include "base/arena.h"
#include "base/json.h"
#include "base/lang.h"

enum import_state {
    IMPORT_UPLOADED,
    IMPORT_CHECKED,
    IMPORT_RUNNING,
    IMPORT_DONE,
    IMPORT_FAILED,    // nothing could be read any more; what was read before is in
    IMPORT_CANCELLED, // by a person; what was read before is in
    IMPORT_UNDOING,
    IMPORT_UNDONE,
    N_IMPORT_STATES,
};
#define IMPORT_STATE_BIT(state) (1u << (state))
// May be started (again): what is in already is found again and not doubled.
#define IMPORT_STARTABLE                                                                           \
    (IMPORT_STATE_BIT(IMPORT_UPLOADED) | IMPORT_STATE_BIT(IMPORT_CHECKED) |                        \
     IMPORT_STATE_BIT(IMPORT_FAILED) | IMPORT_STATE_BIT(IMPORT_CANCELLED) |                        \
     IMPORT_STATE_BIT(IMPORT_UNDONE))
// Again too: what was left, because later imports had changed it, may be as it was by now.
#define IMPORT_UNDOABLE                                                                            \
    (IMPORT_STATE_BIT(IMPORT_DONE) | IMPORT_STATE_BIT(IMPORT_FAILED) |                             \
     IMPORT_STATE_BIT(IMPORT_CANCELLED) | IMPORT_STATE_BIT(IMPORT_UNDONE))

struct import_counts {
    int64_t read; // rows below headers that were not blank
    int64_t created, updated, unchanged;
    int64_t rejected;                // rows that could not be read
    int64_t duplicate;               // rows left out: totals, repeats of other rows
    int64_t deleted, restored, left; // by undoing
};

// What is sealed. Strings of any length that a file or a person gave.
struct import_about {
    struct str file_name, by;
    struct str map, sheet, time_zone; // as the user corrected them, "" = by detection
    struct str mapping, understood;   // JSON as the API shows it, "" = not yet
    struct str problem_zh, problem_en;
    enum lang lang; // of the report
};

struct import {
    int64_t id, workspace;
    int64_t created_us, updated_us;
    int64_t user, key; // who; 0: not a person, not an API key
    enum import_state state;
    bool stopping;
    int64_t bytes, position;
    double share;
    struct import_counts counts;
    bool has_errors, has_report;
    struct str file_key; // CRYPTO_KEY_BYTES, or "" if it was not asked for
    struct import_about about;
};

// Members of an open object: read, created …
void import_counts_add(struct json_writer *w, const struct import_counts *c);
const char *import_state_code(enum import_state s); // "uploaded" …

bool import_insert(struct sql *s, const struct store *store, const struct import *im,
                   struct error *err) MUST_USE;
// Strings in the arena. ERROR_NOT_FOUND, also for one of another workspace.
bool import_load(struct sql *s, const struct store *store, int64_t workspace, int64_t id,
                 struct arena *a, struct import *ret, struct error *err) MUST_USE;
// Newest first, older than `before` (INT64_MAX: from the newest). *ret is in the arena.
bool import_list(struct sql *s, const struct store *store, int64_t workspace, int64_t before,
                 size_t limit, struct arena *a, struct import **ret, size_t *ret_n,
                 struct error *err) MUST_USE;
bool import_save_about(struct sql *s, const struct store *store, const struct import *im,
                       struct error *err) MUST_USE;

// The record alone; its files and what it brought are the caller's business. ERROR_CONFLICT while it runs or is
// being undone.
bool import_remove(struct sql *s, int64_t workspace, int64_t id, struct error *err) MUST_USE;

// Moves on if it is in one of the states `from` (bits); else ERROR_CONFLICT that says in which it is.
bool import_set_state(struct sql *s, int64_t workspace, int64_t id, unsigned from,
                      enum import_state to, struct error *err) MUST_USE;
// position, share, counts, has_errors of one that runs or is undone. *ret_stopping: it was asked to stop.
bool import_save_progress(struct sql *s, const struct import *im, bool *ret_stopping,
                          struct error *err) MUST_USE;
bool import_ask_to_stop(struct sql *s, int64_t workspace, int64_t id, struct error *err) MUST_USE;
bool import_set_report(struct sql *s, int64_t id, bool has_report, struct error *err) MUST_USE;

// What of the import is in the store, however often it was begun: feedback it created, and others it changed.
bool import_count_written(struct sql *s, int64_t id, int64_t *ret_created, int64_t *ret_updated,
                          struct error *err) MUST_USE;
// Puts an outbox row for it: `event` of the pipeline table.
bool import_add_work(struct sql *s, int64_t workspace, const char *event, int64_t id,
                     struct error *err) MUST_USE;

// ── undoing ── See import_undo_sql.c for which version is put back.

// The next feedback, by ascending id, that the import created or changed. *ret_n 0: there are no more.
bool import_touched(struct sql *s, int64_t id, int64_t after, size_t limit, int64_t *ret_ids,
                    size_t *ret_n, struct error *err) MUST_USE;

struct import_undo_counts {
    int64_t deleted, restored, left;
};
// Takes back what the import did to each, in one transaction; `actor` stands in the history and tells what was put
// back already.
bool import_undo(struct sql *s, const struct store *store, int64_t workspace, int64_t id,
                 struct str actor, const int64_t *ids, size_t n, struct import_undo_counts *ret,
                 struct error *err) MUST_USE;

// ── checking ── What writing the items would do, without writing: outcome and id of each.
struct intake_item;
bool import_foresee(struct sql *s, const struct store *store, int64_t workspace,
                    struct intake_item *items, size_t n, struct error *err) MUST_USE;

#endif
