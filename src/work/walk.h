// SPDX-License-Identifier: Apache-2.0
// The one-shot walk: files in, facts and texts out. Calls the stages in a row (collect → unify → analyse → facts);
// the parallel part runs on worker threads, everything that remembers runs in the order of the input, so the
// result is the same for any number of threads.
//
//     struct walk w;
//     if (!walk_run(&options, &w, err)) …            // w is valid either way, for walk_done
//     … w.layout, w.texts, w.taxonomy …
//     walk_done(&w);
#ifndef WORK_WALK_H
#define WORK_WALK_H

#include "analyse/taxonomy.h"
#include "collect/source.h"
#include "explain/layout.h"
#include "report/build.h"
#include "report/rows.h"
#include "report/texts.h"
#include "sys/terminal.h"

struct walk;

struct walk_filter { // --where: one column, any of its values
    struct str column;
    struct str value;
};

struct walk_options {
    struct source_options source;
    enum lang lang;
    struct str model;    // "quick" or a directory
    struct str industry; // "" = guessed
    const struct zone *zone;
    int threads;
    bool mask;
    const struct walk_filter *where; // values of one column are alternatives; columns must all hold
    size_t n_where;
    struct progress *progress;
    // Called once the columns are known, before the first row.
    bool (*on_open)(void *ctx, const struct walk *w, struct error *err);
    // Every row in order, with its analysis. NULL: not wanted.
    void (*on_row)(void *ctx, const struct detail_row *row);
    void *ctx;
};

struct walk {
    struct source *source;
    struct model *model;
    const struct lexicon *lexicon; // the model's
    struct taxonomy *taxonomy;
    struct layout layout; // sealed at the end
    struct texts texts;
    struct build_counts counts;
    struct arena arena;        // headers
    const struct str *headers; // columns of all files, one name each
    size_t n_headers;
    bool has_layout;
};

bool walk_run(const struct walk_options *options, struct walk *ret, struct error *err) MUST_USE;
void walk_done(struct walk *w);

#endif
