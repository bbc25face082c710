// SPDX-License-Identifier: Apache-2.0
// The parts of olap/store.h, for store*.c only.
//
// What a store knows beside its rows (columns, dictionaries, counts) is a state: immutable, counted by reference, one
// for each committed transaction. A change works on a copy, which becomes the current state when its transaction is
// committed. The database carries the number of the state (generation) in its own row, so a view that has begun its
// read transaction knows which state belongs to the rows it sees.
#ifndef OLAP_STORE_INNER_H
#define OLAP_STORE_INNER_H

#include <pthread.h>
#include <stdatomic.h>

#include "olap/answers.h"
#include "olap/columns.h"
#include "olap/duckdb.h"
#include "olap/store.h"

#define STORE_WHOLE_MAX 250
#define STORE_DAYS      512

struct shared_dict {
    _Atomic int refs;
    struct dict dict;
};

struct store_state {
    _Atomic int refs;
    int64_t generation, watermark;
    int64_t max_id;     // no row has a larger id
    struct facts facts; // as views see it; dictionaries are those of `dicts`
    struct shared_dict *dicts[FACTS_MAX_COLUMNS]; // dimensions, else NULL
    bool dropped[FACTS_MAX_COLUMNS];              // closed for good: the tables have no such column
    int64_t known[FACTS_MAX_COLUMNS];             // rows with a value, of dimensions
    // measures that have only whole numbers 0 … STORE_WHOLE_MAX yet
    bool whole[FACTS_MAX_COLUMNS];
    uint8_t largest[FACTS_MAX_COLUMNS]; // of those: no row has a larger number
    // What has changed when: rows of days that nothing has changed since give the answer they gave then. The days
    // that changed last, by day modulo STORE_DAYS; all others; rows without a day.
    struct {
        int32_t day;
        int64_t generation; // 0: none
    } days[STORE_DAYS];
    int64_t changed_elsewhere, changed_undated;
};

struct fact_store {
    struct duckdb lib;
    struct duckdb_database *db;
    struct duckdb_connection *con; // the writer's
    pthread_mutex_t writing;       // one change at a time
    pthread_mutex_t lock;          // the two states
    struct store_state *current;
    struct store_state *next; // while its transaction is being committed
    struct facts *empty;      // the columns every set of facts has
    struct arena names;       // of columns; kept until the store is closed, views borrow them
    struct fact_store_options options; // to open it again; `path` is owned
    int n_readers;                     // connections of views; under `lock`
    struct answers answers;            // a key says which state of the rows it is of
    _Atomic int64_t refused;
};

struct fact_view {
    struct fact_store *store;
    struct store_state *state;
    struct facts facts;
    bool narrowed;
    struct query narrow;           // asked with every question
    struct duckdb_connection *con; // in a read transaction
    pthread_mutex_t asking;        // a connection does one thing at a time
};

// ── states (store_state.c) ──
bool store_keeps(int64_t kind); // enum column_kind
struct column store_make_column(enum column_kind kind, struct str name, struct str role,
                                int n_classes); // names are borrowed
struct store_state *state_new(const struct facts *empty);
struct store_state *state_copy(const struct store_state *s);
struct store_state *state_keep(struct store_state *s);
void state_release(struct store_state *s); // NULL is fine
// Column number, which must be facts.n_columns; names are borrowed.
void state_add_column(struct store_state *s, const struct column *column);
// Code of a value, added if it is new (then the dictionary is first made this state's own). Returns a code above
// FACTS_MAX_VALUES when the column has become too full.
uint32_t state_encode(struct store_state *s, int column, struct str value);
void state_drop_column(struct store_state *s, int column);
// Decides which columns views see as closed. Last, before a state is published.
void state_settle(struct store_state *s);
// Rows of these days (both included; or FACTS_NO_DAY twice) change in a generation.
void state_touch(struct store_state *s, int32_t first, int32_t last, int64_t generation);
void state_touch_all(struct store_state *s, int64_t generation);
// The last generation that may have changed a row that the query's days let pass.
int64_t state_changed(const struct store_state *s, const struct query *q);
// Whether both have the same columns, open and closed.
bool state_is_like(const struct store_state *a, const struct store_state *b);
// A dimension that is nearly a different value in each row, and has enough rows to be sure of it.
bool state_is_identity(const struct store_state *s, int column);

// ── opening (store_open.c) ──
bool store_open_database(struct fact_store *fs, struct error *err) MUST_USE;
bool store_load(struct fact_store *fs, struct error *err) MUST_USE; // or creates
void store_close_database(struct fact_store *fs);

// ── changes (store.c) ──
void store_lock(struct fact_store *fs); // one change at a time; opens a store again that has failed
void store_unlock(struct fact_store *fs);
// Commits what the writer's connection has done since BEGIN; `next` becomes the current state. Takes `next` over,
// also when it fails; then everything is rolled back.
bool store_commit(struct fact_store *fs, struct store_state *next, struct error *err) MUST_USE;
bool store_begin(struct fact_store *fs, struct error *err) MUST_USE;
bool store_roll_back(struct fact_store *fs, struct store_state *next); // false
// Takes dimensions out for good (bit by column number), in a transaction of its own.
bool store_drop_columns(struct fact_store *fs, uint64_t columns, struct error *err) MUST_USE;

// Lets measures have any number from now on (bit by column number), in a transaction of its own.
bool store_widen_columns(struct fact_store *fs, uint64_t columns, struct error *err) MUST_USE;

// ── rows written by column (store_write.c) ──
struct write_column {
    enum duckdb_type type;
    const void *data;     // values by row; struct str for DUCKDB_VARCHAR
    const uint32_t *rows; // value of row i is data[rows[i]]; NULL: data[i]
    bool has_null;        // FLOAT: NAN is NULL; INTEGER: FACTS_NO_DAY; UTINYINT: 255
};
bool store_write(struct fact_store *fs, const char *table, const struct write_column *columns,
                 size_t n_columns, size_t n_rows, struct error *err) MUST_USE;

// ── the engine behind a view's facts (store_query.c) ──
extern const struct facts_engine store_engine;

#endif
