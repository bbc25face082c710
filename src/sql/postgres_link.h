// SPDX-License-Identifier: Apache-2.0
// One connection to PostgreSQL, always in pipeline mode: a statement is sent when it is asked for, its answer is
// read when somebody wants it. Values travel in binary. One thread at a time. Part of the PostgreSQL engine
// (sql/postgres.c).
//
//     link_begin(l, "BEGIN"); link_run(…); link_select(…); if (!link_commit(l, err)) link_rollback(l);
//
// The first error of a transaction sticks: everything after it is refused with the same error.
#ifndef SQL_POSTGRES_LINK_H
#define SQL_POSTGRES_LINK_H

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
    const void *owner;        // link.owner when it was sent
};

struct link {
    struct sql base;           // first: a struct sql is a link
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
    struct link *next; // in the pool
};

// Connects, sets the session up. The message of ERROR_UNAVAILABLE is libpq's.
bool postgres_connect(const char *uri, PGconn **ret, struct error *err) MUST_USE;
// Runs one statement outside of any pipeline within a few seconds. The caller frees; NULL with err.
PGresult *postgres_exec(PGconn *conn, const char *text, struct error *err);
// A key for advisory locks and channels: of the schema, so that two stores in one database do not meet.
int64_t postgres_key(const char *schema, const char *kind, const char *what);

bool link_open(struct link *l, struct error *err) MUST_USE; // connects if it is not connected
void link_close(struct link *l);                            // disconnects
void link_done(struct link *l);                             // frees what it holds

void link_begin(struct link *l, const char *text);
// Sends COMMIT and reads all answers. False: *err; fate and culprit say more, and link_rollback must follow.
bool link_commit(struct link *l, struct error *err);
void link_rollback(struct link *l);
void link_end_reads(struct link *l); // forgets rows that were left open

// the functions of struct engine
bool link_run(struct sql *s, int64_t *ret_rows, struct error *err, const char *text,
              const struct sql_arg *args, size_t n);
bool link_select(struct sql *s, struct sql_rows **ret, struct error *err, const char *text,
                 const struct sql_arg *args, size_t n);
bool link_script(struct sql *s, struct str text, struct error *err);
bool link_next(struct sql_rows *rows);
enum sql_kind link_kind_of(const struct sql_rows *rows, int column);
int64_t link_get_int(const struct sql_rows *rows, int column);
double link_get_real(const struct sql_rows *rows, int column);
struct str link_get_bytes(const struct sql_rows *rows, int column);
bool link_rows_close(struct sql_rows *rows, struct error *err);

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
