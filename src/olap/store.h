// SPDX-License-Identifier: Apache-2.0
// Durable facts of one workspace: the same columns and the same questions as olap/facts.h, kept in a DuckDB file and
// fed while they are asked. Derived data: it can be thrown away and built again from the rows.
//
//     struct fact_store *fs;
//     if (!fact_store_open(&(struct fact_store_options){.path = "facts/1.duckdb"}, &fs, err)) …
//     int region = fact_store_column(fs, COLUMN_DIMENSION, STR("省份"), STR("region"), 0, err);
//     struct fact_change c = {.id = id, .day = day, .at_us = at, .values = values, .n_values = n, …};
//     if (!fact_store_apply(fs, &c, 1, watermark, err)) …      // one transaction; the same again changes nothing
//     struct fact_view *v = fact_store_view(fs);               // as of now
//     facts_query(fact_view_facts(v), &q, threads, &r, err);   // everything of olap/query.h, and so all of explain
//     fact_view_free(v);
//
// No text and no identity enters:
//   - a value that looks like one person's data or like a text (olap/personal.h) counts as unknown and is not kept;
//   - a dimension with more than FACTS_MAX_VALUES values, or whose values are more than half as many as the rows that
//     have one, is closed. With more than FACTS_MAX_VALUES, or 2,000 such rows, for good: its values are deleted,
//     what
//     comes later is ignored until fact_store_clear. Before that in views only, as long as it is so (columns of at
//     most 20 values are spared).
//
// A view is a moment: its rows, columns and dictionaries do not move while changes are applied, so figures of several
// questions fit together, and the codes of its answers are always in its dictionaries. It holds a read transaction:
// keep it for a request or a report, not for a session, because what was deleted since stays on disk. Questions
// to one view wait for each other; take a view a thread. What differs from facts in memory: the facts_…_at functions
// may not be called (rows have no numbers), facts_values gives its values in no particular order, and the threads are
// the store's, whatever facts_query is told.
//
// Threads: one applies at a time (it is serialised inside); any number take and ask views. Free the views before
// closing.
//
// Cost, on 2 cores: opening checks the library once a process (0.1 s). Applying ≈ 20 µs a feedback with 16
// columns and
// 1.5 aspects, and one fsync a call; an id that is not larger than all before is also looked for. A view ≈ 0.5 ms; a
// question ≈ 10–20 ms a million rows it has to look at (bench/olap_dashboard.py).
//
// On disk: the file at `path`, its log `path`.wal, and `path`.tmp/ while an answer does not fit the memory. The
// process holds the file: a second one gets ERROR_CONFLICT. Nothing else is read, written, fetched or loaded.
#ifndef OLAP_STORE_H
#define OLAP_STORE_H

#include "olap/query.h"

#define FACT_NAME_MAX_BYTES 240
#define FACT_CHANGES_MAX    1000000 // of one fact_store_apply
#define FACT_PAGE_MAX       10000   // records of one fact_view_list

struct fact_store;
struct fact_view;

struct fact_store_options {
    const char *path;    // the DuckDB file; NULL: in memory
    const char *library; // libduckdb.so; NULL: looked for, olap/duckdb.h says where
    int threads;         // 0: 2
    size_t memory_bytes; // DuckDB's own limit; 0: 256 MiB
    bool forgets;        // asks each question anew: for measuring the engine
};

// ERROR_UNAVAILABLE without the library (the line says how to get it); ERROR_CORRUPT: the file is damaged or of
// another version: delete and rebuild.
bool fact_store_open(const struct fact_store_options *o, struct fact_store **ret,
                     struct error *err) MUST_USE;
void fact_store_close(struct fact_store *fs);

// Number of the column, added if there is none of that name; one that is there takes the new role and the larger
// number of classes. `n_classes` for COLUMN_CLASS. −1: ERROR_LIMIT, all FACTS_MAX_COLUMNS are taken (go on
// without it: fact_store_apply ignores values of column −1); ERROR_CONFLICT, the name is a column of another
// kind.
int fact_store_column(struct fact_store *fs, enum column_kind kind, struct str name,
                      struct str role, int n_classes, struct error *err);

struct fact_value {
    int column;
    struct str text; // dimension
    double number;   // measure; class: its number
};

struct fact_aspect {
    uint8_t dimension, polarity; // enum dimension, enum sentiment
};

struct fact_change {
    int64_t id;    // of the feedback
    bool gone;     // takes it out; the rest is not read
    int32_t day;   // local day, FACTS_NO_DAY
    int64_t at_us; // when it happened, for order in lists
    uint32_t flags;
    const struct fact_value *values; // what is not named is unknown
    size_t n_values;
    const struct fact_aspect *aspects;
    size_t n_aspects;
    const uint32_t *phrases; // codes
    size_t n_phrases;
};

// Replaces each feedback whole (aspects too). The same id twice in one call: the last counts. `watermark` is stored
// in the same transaction: how far
// the change log was taken over.
bool fact_store_apply(struct fact_store *fs, const struct fact_change *changes, size_t n,
                      int64_t watermark, struct error *err) MUST_USE;
int64_t fact_store_watermark(const struct fact_store *fs);
// Values of dimensions that olap/personal.h has kept out, since opening.
int64_t fact_store_refused(const struct fact_store *fs);
// Forgets everything, columns too; watermark 0.
bool fact_store_clear(struct fact_store *fs, struct error *err) MUST_USE;

// A view of the columns and dictionaries as they are. Cheap.
struct fact_view *fact_store_view(struct fact_store *fs);
const struct facts *fact_view_facts(const struct fact_view *v);
int64_t fact_view_watermark(const struct fact_view *v);
void fact_view_free(struct fact_view *v);
// From now on every question to this view is asked of the rows that `base` describes (query_narrow): a filter or a
// data scope under everything that
// is computed on top. Codes that `base` points to must outlive the view.
void fact_view_narrow(struct fact_view *v, const struct query *base);

// The feedback behind a figure: ids where the query's filters hold (group-by and measures are not read; for
// GRAIN_ASPECT each feedback once), newest first by (at_us, id).
struct fact_page {
    int64_t before_us, before_id; // continue after this one; INT64_MAX, INT64_MAX: from the start
    size_t limit;                 // ≤ FACT_PAGE_MAX
};
bool fact_view_list(const struct fact_view *v, const struct query *q, const struct fact_page *page,
                    int64_t *ret_ids, int64_t *ret_at_us, size_t *ret_n,
                    struct error *err) MUST_USE;

#endif
