// SPDX-License-Identifier: Apache-2.0
// One connection to PostgreSQL, always in pipeline mode: a statement is sent when it is asked for, its answer is
// read when somebody wants it. Values travel in binary. One thread at a time. Part of the PostgreSQL engine
// (sql/postgres.c).
//
//     wire_begin(l, "BEGIN"); wire_run(…); wire_select(…); if (!wire_commit(l, err)) wire_rollback(l);
//
// The first error of a transaction sticks: everything after it is refused with the same error.
#ifndef SQL_POSTGRES_WIRE_H
#define SQL_POSTGRES_WIRE_H

#include <libpq-fe.h>

#include "base/map.h"
#include "sql/sql_inner.h"

struct variant;
struct pg_rows;

// What became of a transaction that did not succeed.
enum fate {
    FATE_REFUSED, // an error of a statement: it will come again
    // conflict with another transaction, or the connection was lost before COMMIT: nothing of it is left
    FATE_AGAIN,
    FATE_UNKNOWN, // the connection was lost after COMMIT was sent
};

struct sent {
    struct variant *prepares; // or NULL: it is a statement
    const void *owner;        // wire.owner when it was sent
};

struct wire {
    struct sql base;           // first: a struct sql is a wire
    const char *uri;           // borrowed from the store
    PGconn *conn;              // NULL: not connected
    struct map_u64 statements; // address of the text → struct variant *
    unsigned n_prepared;
    struct {
        VEC(struct sent);
    } sent;               // answers to come, in order
    size_t n_answered;    // of them
    struct pg_rows *rows; // open
    const void *owner;    // whose statements are being sent: set by the caller
    // of the transaction
    bool failed, committing;
    enum fate fate;
    const void *culprit; // owner of the statement that failed
    struct error err;
    struct wire *next; // in the pool
};

// Connects, sets the session up. The message of ERROR_UNAVAILABLE is libpq's.
bool postgres_connect(const char *uri, PGconn **ret, struct error *err) MUST_USE;
// Runs one statement outside of any pipeline within a few seconds. The caller frees; NULL with err.
PGresult *postgres_exec(PGconn *conn, const char *text, struct error *err);
// A key for advisory locks and channels: of the schema, so that two stores in one database do not meet.
int64_t postgres_key(const char *schema, const char *kind, const char *what);

bool wire_open(struct wire *l, struct error *err) MUST_USE; // connects if it is not connected
void wire_close(struct wire *l);                            // disconnects
void wire_done(struct wire *l);                             // frees what it holds

void wire_begin(struct wire *l, const char *text);
// Sends COMMIT and reads all answers. False: *err; fate and culprit say more, and wire_rollback must follow.
bool wire_commit(struct wire *l, struct error *err);
void wire_rollback(struct wire *l);
void wire_end_reads(struct wire *l); // forgets rows that were left open

// the functions of struct engine
bool wire_run(struct sql *s, int64_t *ret_rows, struct error *err, const char *text,
              const struct sql_arg *args, size_t n);
bool wire_select(struct sql *s, struct sql_rows **ret, struct error *err, const char *text,
                 const struct sql_arg *args, size_t n);
bool wire_script(struct sql *s, struct str text, struct error *err);
bool wire_next(struct sql_rows *rows);
enum sql_kind wire_kind_of(const struct sql_rows *rows, int column);
int64_t wire_get_int(const struct sql_rows *rows, int column);
double wire_get_real(const struct sql_rows *rows, int column);
struct str wire_get_bytes(const struct sql_rows *rows, int column);
bool wire_rows_close(struct sql_rows *rows, struct error *err);

// ── values (postgres_value.c) ──

// What PostgreSQL's error means.
bool postgres_error(const char *state, const char *message, struct error *err);
// A conflict that goes away when the transaction runs again.
bool postgres_is_conflict(const char *state);
// The connection ends with it.
bool postgres_is_loss(const char *state);
enum sql_kind postgres_kind(Oid type, struct str value);
int64_t postgres_int(Oid type, struct str value); // cut to the range
double postgres_real(Oid type, struct str value);
// Highest $N of a statement, quoted text aside.
size_t postgres_parameters(const char *text);

#endif
