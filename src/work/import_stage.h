// SPDX-License-Identifier: Apache-2.0
// What people do with imports, and the durable jobs behind it. A job that is killed goes on where it was: what it
// wrote since it last noted its position is found again by look-up and not written twice.
//
//     imports_check(house, ws, id, &settings, &check, err)     reads the file, writes no feedback
//     imports_start(house, by, id, &settings, err)  → import_stage: rows → intake; then import_report_stage
//     imports_cancel(…), imports_undo(…)                       → import_undo_stage
//
// Browsers hear "import.progress" {id, state, progress, counts} at most once a second.
#ifndef WORK_IMPORT_STAGE_H
#define WORK_IMPORT_STAGE_H

#include "account/principal.h"
#include "collect/import_file.h"
#include "work/import_stage_run.h"
#include "work/pipeline.h"

#define EVENT_IMPORT        "import.run"
#define EVENT_IMPORT_REPORT "import.report"
#define EVENT_IMPORT_UNDO   "import.undo"

struct house;

bool import_stage(struct house *h, struct task *t, struct error *err) MUST_USE;
bool import_report_stage(struct house *h, struct task *t, struct error *err) MUST_USE;
bool import_undo_stage(struct house *h, struct task *t, struct error *err) MUST_USE;

// ── what people do ──

// Tells the store of an upload that is on disk. `by` NULL: the command line.
bool imports_add(struct house *h, int64_t workspace, const struct principal *by, struct str actor,
                 int64_t id, struct str file_name, int64_t bytes,
                 const uint8_t key[CRYPTO_KEY_BYTES], enum lang lang, struct error *err) MUST_USE;
bool imports_load(struct house *h, int64_t workspace, int64_t id, struct arena *a,
                  struct import *ret, struct error *err) MUST_USE;

// Newest first, older than `before` (INT64_MAX: from the newest).
bool imports_list(struct house *h, int64_t workspace, int64_t before, size_t limit, struct arena *a,
                  struct import **ret, size_t *ret_n, struct error *err) MUST_USE;

// Corrections; a NULL pointer keeps what was said before.
struct import_settings {
    const struct str *map, *sheet, *time_zone;
    enum lang lang; // of what is said about the file, and of the report
};

#define IMPORT_SAMPLE    20
#define IMPORT_CHECK_BAD 100
#define IMPORT_CHECK_SHARE                                                                         \
    15 // seconds a check may take; beyond, it has seen the beginning of the file

struct import_reject {
    uint64_t row;
    struct str file, column, sample; // arena
    struct words reason;             // arena
};
struct import_check {
    struct arena arena;
    struct import import;       // with counts of what would happen; state "checked"
    bool is_cut;                // the counts are of the beginning of the file
    struct import_batch *first; // its records, as many as the sample takes; NULL: none
    size_t n_sample;
    struct import_reject *rejects;
    size_t n_rejects;
    uint64_t n_all_rejects;
};
bool imports_check(struct house *h, int64_t workspace, int64_t id,
                   const struct import_settings *settings, struct import_check *ret,
                   struct error *err) MUST_USE;
void import_check_done(struct import_check *c);

bool imports_start(struct house *h, int64_t workspace, const struct principal *by, int64_t id,
                   const struct import_settings *settings, struct error *err) MUST_USE;
bool imports_cancel(struct house *h, int64_t workspace, const struct principal *by, int64_t id,
                    struct error *err) MUST_USE;
bool imports_undo(struct house *h, int64_t workspace, const struct principal *by, int64_t id,
                  struct error *err) MUST_USE;
// Removes the record and the files for good. The feedback stays, and can no longer be undone together.
bool imports_remove(struct house *h, int64_t workspace, const struct principal *by, int64_t id,
                    struct error *err) MUST_USE;

// ── for the jobs ──
void import_tell(struct house *h, const struct import *im);
// What was understood of the source, as JSON of the API, into im->about. Arena memory.
void import_describe(struct import *im, const struct source *s, enum lang lang, struct arena *a);
struct str import_actor(char buf[64], int64_t id); // of the history

#endif
