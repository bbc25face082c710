// SPDX-License-Identifier: Apache-2.0
// One connection to a SQLite file: statements prepared once and kept by the address of their text, values in and
// out, errors in our words. One thread at a time. Part of the SQLite engine (sql/sqlite.c).
#ifndef SQL_SQLITE_HANDLE_H
#define SQL_SQLITE_HANDLE_H

#include <sqlite3.h>

#include "base/map.h"
#include "sql/sql_inner.h"

#define SQLITE_HANDLE_PAGE_BYTES 8192
#define SQLITE_HANDLE_BUSY_MS    5000 // for a foreign program that looks into the file

struct statement;

struct news {
    char channel[SQL_CHANNEL_BYTES + 1];
    struct str payload; // owned
};

struct handle {
    struct sql base; // first: a struct sql is a handle
    sqlite3 *sqlite;
    const char *path;          // borrowed from the store
    struct map_u64 statements; // address of the text → struct statement *
    struct statement *open;    // those whose rows are being read
    struct {
        VEC(struct news);
    } news; // of the transaction in progress
    // The first error since the caller set it to false: whoever ignores one must not commit (PostgreSQL would not
    // either).
    bool failed;
    struct error failure;
    struct handle *next; // in the pool of readers
};

struct handle_options {
    bool writes;
    int cache_kib;
};

bool handle_open(struct sql_db *db, const char *path, const struct handle_options *o,
                 struct handle **ret, struct error *err) MUST_USE;
void handle_close(struct handle *h);

// One statement without values: BEGIN, COMMIT, a pragma. `text` is a literal.
bool handle_do(struct handle *h, const char *text, struct error *err) MUST_USE;
// Writes a copy of the database into an empty file.
bool handle_copy(struct handle *h, const char *path, struct error *err) MUST_USE;
// Ends reads that `fn` left open.
void handle_end_reads(struct handle *h);
// Forgets news from the `keep`-th on.
void handle_drop_news(struct handle *h, size_t keep);
// What SQLite's result code means; remembers it in `failed`.
bool handle_error(struct handle *h, int rc, struct error *err);

// the functions of struct engine
bool handle_run(struct sql *s, int64_t *ret_rows, struct error *err, const char *text,
                const struct sql_arg *args, size_t n);
bool handle_select(struct sql *s, struct sql_rows **ret, struct error *err, const char *text,
                   const struct sql_arg *args, size_t n);
bool handle_script(struct sql *s, struct str text, struct error *err);
bool handle_notify(struct sql *s, const char *channel, struct str payload, struct error *err);
bool handle_next(struct sql_rows *rows);
enum sql_kind handle_kind_of(const struct sql_rows *rows, int column);
int64_t handle_get_int(const struct sql_rows *rows, int column);
double handle_get_real(const struct sql_rows *rows, int column);
struct str handle_get_bytes(const struct sql_rows *rows, int column);
bool handle_rows_close(struct sql_rows *rows, struct error *err);

#endif
