// SPDX-License-Identifier: Apache-2.0
// What each column of one table is. In this order: the user's map; the known export; the name, if the values do not
// contradict it; the values alone. Then what may be there only once is settled, and the rest becomes dimensions and
// measures or is read past.
//
//     struct table_plan plan;
//     if (!detect_table(&(struct detect_options){exports, &map, …}, rows, n_rows, &arena, &plan, err)) return false;
//     plan.columns[i].kind …
//
// Deterministic; any thread.
#ifndef COLLECT_DETECT_H
#define COLLECT_DETECT_H

#include "collect/header.h"
#include "collect/mapping.h"
#include "collect/profile.h"

struct column_plan {
    struct str name;    // shown
    struct str written; // header as in the file
    enum column_kind kind;
    struct str role;           // "region"; "" of a dimension without a known role
    struct words label;        // of the role, {NULL, NULL} if none
    struct score_column score; // of SCORE, NPS, CSAT, CES (and of a label that scores)
    struct time_format time;   // of times
    int prefer;                // of times
    int name_score;            // how well the name fits; 0 = by values
    bool by_map, by_platform;
    bool is_score; // gives a score, be it by its label
    bool is_attr;  // gives a dimension or measure (products and variants do when few)
    bool is_main_time;
    bool unique_id; // long enough and different in every row: the same again is the same review
    struct column_profile profile;
};

struct table_plan {
    struct header header;
    const struct platform *platform; // NULL = unknown
    bool is_survey;
    struct column_plan *columns;
    size_t n;
    int main_time;  // column, −1 = none
    size_t n_texts; // columns that make up the text
    bool has_score;
};

struct detect_options {
    const struct exports *exports;
    const struct mapping *map;
    const struct zone *zone;
    bool keyed, plain; // of the table
    bool orders;       // a table of orders: no text needed
    struct str name;   // of the table, for errors
};

// Memory from the arena. ERROR_FORMAT: no column that could be text or score (lists the columns, shows --map);
// ERROR_USAGE: the map names a role or column that is not there (only if `err` is wanted for this table: a map may
// fit one file of several, so unknown columns are reported by detect_map_fits).
bool detect_table(const struct detect_options *o, const struct row *rows, size_t n,
                  struct arena *arena, struct table_plan *ret, struct error *err) MUST_USE;

// Does the entry name a column of this table?
bool detect_map_fits(const struct mapping_entry *e, const struct header *h);

// ── pieces ──

// Once every column has a kind: what may be there only once, which time is the time, scales and dimensions of the
// scores, what becomes a dimension or measure.
void detect_settle(const struct detect_options *o, struct table_plan *plan);

// Can values of this look be what the kind needs?
bool detect_fits(enum column_kind kind, const struct column_profile *p);
// Few values often repeated: something to compare groups by. `named`: a known dimension, judged leniently.
bool detect_is_dimension(const struct column_profile *p, bool named);

#endif
