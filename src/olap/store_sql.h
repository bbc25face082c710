// SPDX-License-Identifier: Apache-2.0
// Every statement the fact store runs. What is rendered is our own words, column numbers and integers; numbers with a
// fraction are parameters; no text of a user is ever part of a statement (names and values are written as rows).
//
// Tables, one column c4, c5 … for each open column of the facts, by its number:
//     feedback    id, day (NULL unknown), at_us, flags, c…
//     aspect      one row an aspect: the same columns of its feedback once more, and dimension and polarity; so a
//                 question about aspects reads one table and joins nothing (7 times as quick, for 30 bytes an aspect)
//     phrase      id, code; asked rarely: joined with feedback
//     dictionary  column number, code, value
//     columns     number, kind, name, role, classes, whether dropped
//     store       one row: version, generation (counts transactions), watermark, largest id, largest codes
// A dimension is USMALLINT (its code), a class UTINYINT (255 unknown), a measure FLOAT (NULL unknown).
#ifndef OLAP_STORE_SQL_H
#define OLAP_STORE_SQL_H

#include "base/strbuf.h"
#include "olap/plan.h"
#include "olap/store.h"

#define STORE_VERSION 1
#define SQL_MAX_BYTES (4 * MIB)

extern const char sql_create[]; // all tables, and the one row of `store`
extern const char sql_drop[];   // all tables
extern const char sql_has_store[];
extern const char sql_read_store[], sql_read_columns[], sql_read_dictionary[];
extern const char sql_ping[]; // fails when nothing can be asked any more
extern const char sql_read_generation[];
extern const char sql_read_days[]; // first and last day

extern const char sql_touch[]; // makes the temporary table `touched` (id), empty

struct sql_ids { // of the rows in `touched`
    int64_t low, high;
};
// Rows of feedback, first and last day, and for each dimension that is not dropped the rows with a value; of the rows
// in `touched`, or of all where `ids` is NULL.
void sql_count(struct strbuf *sql, const struct facts *f, const bool *dropped,
               const struct sql_ids *ids);
void sql_write_store(struct strbuf *sql, int64_t generation, int64_t watermark, int64_t max_id,
                     const struct facts *f);
void sql_delete(struct strbuf *sql, const char *table, const struct sql_ids *ids);
void sql_add_column(struct strbuf *sql, int column, enum column_kind kind);
void sql_drop_column(struct strbuf *sql, int column);
void sql_forget_column(struct strbuf *sql, int column); // its row and dictionary

// A query of the query model.
struct sql_query {
    struct strbuf sql;
    float floats[QUERY_MAX_CLASSES * QUERY_MAX_CUTS]; // parameters 1 …
    size_t n_floats;
    double doubles[2 * QUERY_MAX_FILTERS]; // the ones after
    size_t n_doubles;
    bool nothing; // no row can pass: `sql` is not to be run
};
void sql_query_done(struct sql_query *q);
// Columns of the answer, in this order: each group-by column that is open; each class count's class (NULL: in none);
// count; for each measure the known ones, their sum, their sum of squares. A row is part of a group: those that differ
// in a class only belong together.
void sql_groups(struct sql_query *ret, const struct plan *p);
void sql_values(struct sql_query *ret, const struct plan *p, int measure); // one column: FLOAT
// id, at_us
void sql_list(struct sql_query *ret, const struct plan *p, const struct fact_page *page);

#endif
