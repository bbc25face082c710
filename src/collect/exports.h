// SPDX-License-Identifier: Apache-2.0
// The exports that are known by name: one file a platform in templates/exports/ (described in its README.md), and the
// table of names beside them. A new platform is a file, not code.
//
//     struct exports *e;
//     if (!exports_load(NULL, &e, err)) return false;          // templates/ beside the executable
//     const struct platform *p = exports_recognise(e, headers, n);     // NULL = none of them
//     exports_free(e);
//
// Read-only after loading: any thread. Loading takes some 2 ms.
#ifndef COLLECT_EXPORTS_H
#define COLLECT_EXPORTS_H

#include "collect/names.h"

enum platform_kind {
    PLATFORM_REVIEWS,
    PLATFORM_ORDERS,
    PLATFORM_SURVEY,
    PLATFORM_TICKETS,
    PLATFORM_CHAT,
};

// What a known export says of one of its columns.
struct platform_column {
    struct str header;    // normalised
    struct str role;      // code of a role, or of a dimension of its own
    struct str dimension; // of a score
    double low, high;     // of a score; NAN = by the values
    bool reversed;
};

struct platform {
    struct str code;   // "jd_reviews": the file's name
    struct words name; // “京东评价”
    enum platform_kind kind;
    struct str channel;   // "jd" or ""
    struct str *channels; // codes that a file's name may put in its place
    size_t n_channels;
    struct str *all, *any,
        *none; // normalised headers that must, may (one at least), must not be there
    size_t n_all, n_any, n_none;
    struct platform_column *columns;
    size_t n_columns;
    // quirks
    int header_rows;          // 1, or 3 of Qualtrics
    bool questions;           // every other column is a question of a survey
    bool numbered_questions;  // “3、题干” is one
    bool stars_times_ten;     // 35 = 3.5
    bool date_only, no_score; // said in the notes
    struct str multi_answer;  // what stands between answers of one cell, "" none
};

struct exports;

// `templates_dir`: the folder that holds exports/; NULL: templates/ beside the executable, in its parents, in
// ../share/huisheng, in $HUISHENG_SOURCE_DIR. ERROR_NOT_FOUND says where it was looked for.
bool exports_load(const char *templates_dir, struct exports **ret, struct error *err) MUST_USE;
void exports_free(struct exports *e);
const struct names *exports_names(const struct exports *e);
size_t exports_platforms(const struct exports *e, const struct platform **ret);

// The export with these headers, the most exacting one if several fit; NULL = none.
const struct platform *exports_recognise(const struct exports *e, const struct str *headers,
                                         size_t n);
// What it says of a column, or NULL.
const struct platform_column *platform_column(const struct platform *p, struct str header);

#endif
