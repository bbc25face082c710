// SPDX-License-Identifier: Apache-2.0
// The rows of an import's file as records that are ready to be written: read and counted in order, sealed on several
// threads, handed over in order. What an import and its dry run have in common.
//
//     struct import_run *run;
//     if (!import_run_open(house, &im, &options, &run, err)) …         // understood: import_run_source
//     ok = import_run_all(run, err);                                   // calls deliver for each batch
//     import_run_close(run);
#ifndef WORK_IMPORT_STAGE_RUN_H
#define WORK_IMPORT_STAGE_RUN_H

#include "collect/import.h"
#include "collect/intake.h"
#include "collect/source.h"

#define IMPORT_BATCH 500

struct house;

struct import_batch {
    struct arena arena; // everything of its rows
    int64_t first;      // feedback of the file before it
    size_t n;           // feedback
    struct feedback feedback[IMPORT_BATCH];
    struct record records[IMPORT_BATCH];
    uint32_t nth[IMPORT_BATCH];
    struct intake_item items[IMPORT_BATCH];
    struct intake_request request;
    struct error failure;      // of sealing; code ERROR_NONE: none
    struct import_batch *next; // for whoever holds it
    bool is_done;
};
void import_batch_free(struct import_batch *b);

struct import_run_options {
    struct str actor; // of the history
    int64_t skip;     // feedback of the file that is written already
    int64_t until_us; // monotonic; stops reading then; 0: never
    // Takes the batch over. False ends the run.
    bool (*deliver)(void *ctx, struct import_batch *b, struct error *err);
    void (*on_reject)(void *ctx, enum reject_kind kind, const struct reject *reject);
    void *ctx;
};

struct import_run;
// Opens the file and understands it. Errors are those of the file: import_is_about_file.
bool import_run_open(struct house *h, const struct import *im, const struct import_run_options *o,
                     struct import_run **ret, struct error *err) MUST_USE;
void import_run_close(struct import_run *run); // NULL is fine
bool import_run_all(struct import_run *run, struct error *err) MUST_USE;

struct source *import_run_source(struct import_run *run);
// read, rejected, duplicate, from what has been read so far; share of the file.
void import_run_counts(const struct import_run *run, struct import_counts *ret, double *ret_share);
bool import_run_is_cut(const struct import_run *run); // `until_us` came before the end

// How the file is to be read, with the person's corrections, for whoever walks it himself. *ret_zone is freed by the
// caller.
bool import_source_options(struct house *h, const struct import *im, const char *const *path,
                           struct source_options *ret, struct zone **ret_zone,
                           struct error *err) MUST_USE;
// The file or what was said of it is at fault: trying again would not help.
bool import_is_about_file(const struct error *e);

#endif
