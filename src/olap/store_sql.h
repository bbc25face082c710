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
//     columns     number, kind, name, role, classes, whether dropped, whether whole
//     store       one row: version, generation (counts transactions), watermark, largest id, largest codes
// A dimension is USMALLINT (its code), a class UTINYINT (NULL unknown); a measure (NULL unknown) is UTINYINT until it
// has a number that is no whole one of 0 … 250, FLOAT from then on.
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
// Rows of feedback, first and last day, for each dimension that is not dropped the rows with a value, and for each
// column that is `whole` its largest number; of the rows in `touched`, or of all where `ids` is NULL.
void sql_count(struct strbuf *sql, const struct facts *f, const bool *dropped, const bool *whole,
               const struct sql_ids *ids);
void sql_write_store(struct strbuf *sql, int64_t generation, int64_t watermark, int64_t max_id,
                     const struct facts *f);
void sql_delete(struct strbuf *sql, const char *table, const struct sql_ids *ids);
void sql_add_column(struct strbuf *sql, int column, enum column_kind kind);
void sql_widen_column(struct strbuf *sql, int column); // a measure: from whole to any number
void sql_drop_column(struct strbuf *sql, int column);
void sql_forget_column(struct strbuf *sql, int column); // its row and dictionary

// A query of the query model.
struct sql_query {
    struct strbuf sql;
    float floats[QUERY_MAX_CLASSES * QUERY_MAX_CUTS]; // parameters 1 …
    size_t n_floats;
    double doubles[2 * QUERY_MAX_FILTERS]; // the ones after
    size_t n_doubles;
    int keyed[QUERY_MAX_MEASURES + QUERY_MAX_CLASSES]; // measures that are grouped by, below
    int n_keyed;
    bool nothing; // no row can pass: `sql` is not to be run
};
void sql_query_done(struct sql_query *q);
// Columns of the answer, in this order: each group-by column that is open; for each class count that is not of a
// keyed measure the class (NULL: in none); each keyed measure's number (NULL: unknown); count; for each measure
// that is not keyed the known ones, their sum, their sum of squares. A row is part of a group: those that differ
// in a class or a number only belong together.
//
// A measure is keyed when it has few numbers (`whole`, up to `largest`): counting rows by number is 2 to 5 times as
// quick as cutting each into classes and summing squares, and says all of it.
struct sql_measures {
    const bool *whole;      // by column
    const uint8_t *largest; // by column
};
void sql_groups(struct sql_query *ret, const struct plan *p, const struct sql_measures *m);
int sql_keyed(const struct sql_query *q, int column); // place among the keyed, or −1
void sql_values(struct sql_query *ret, const struct plan *p, int measure); // one column: FLOAT
// id, at_us
void sql_list(struct sql_query *ret, const struct plan *p, const struct fact_page *page);

#endif
