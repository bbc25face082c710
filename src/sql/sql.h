// SPDX-License-Identifier: Apache-2.0
// The row store: where everything that is true is kept. One interface, two engines: a SQLite file (WAL,
// synchronous=FULL, one writer thread with group commit, many readers) or a PostgreSQL 15+ database (pool, pipeline
// mode). Callers write one SQL text for both.
//
//     static bool insert(struct sql *s, void *ctx, struct error *err) {
//         struct note *n = ctx;
//         return sql_run(s, err, "INSERT INTO note (id, at_us, body) VALUES ($1, $2, $3)",
//                        SQL_INT(n->id), SQL_INT(n->at_us), SQL_BLOB(n->body));
//     }
//     if (!sql_write(db, insert, &note, err)) …          // true: committed, on disk
//
//     static bool list(struct sql *s, void *ctx, struct error *err) {
//         struct sql_rows *rows;
//         if (!sql_select(s, &rows, err, "SELECT id, body FROM note WHERE at_us < $1 ORDER BY id", SQL_INT(now)))
//             return false;
//         while (sql_next(rows))
//             use(sql_int(rows, 0), sql_bytes(rows, 1));           // borrowed until the next sql_next
//         return sql_rows_close(rows, err);                        // reports what sql_next ran into
//     }
//     if (!sql_read(db, list, &out, err)) …
//
// What is the same for both: parameters $1 $2 …, ON CONFLICT … DO UPDATE, RETURNING, WITH, LIMIT/OFFSET, window
// functions. Types of schema files: see sql/migrate.h. Values never stand in the text. Where the engines need
// different text (locks), ask sql_engine.
//
// Errors: ERROR_CONFLICT (a unique or check constraint), ERROR_UNAVAILABLE (no connection), ERROR_NO_SPACE,
// ERROR_CORRUPT (corrupt file), ERROR_INVALID (PostgreSQL: a value out of range, a NUL in a text), ERROR_IO,
// ERROR_INTERNAL (text that does not parse: our bug).
#ifndef SQL_SQL_H
#define SQL_SQL_H

#include "base/error.h"
#include "base/str.h"

enum sql_engine {
    SQL_ENGINE_SQLITE,
    SQL_ENGINE_POSTGRES,
};

struct sql_db; // a store; all functions on it may be called from any thread
struct sql;    // a transaction in progress; only inside the function it was handed to
struct sql_rows;

struct sql_options {
    struct str where; // path of a SQLite file, or postgres://… (postgresql://…)
    int readers;      // read handles or pool size; 0 = 4
    int writers;      // PostgreSQL: connections that write; 0 = 2
    // SQLite: a file that another process has open is refused at once; it always is
    bool no_wait;
};

// Opens and takes the store. SQLite: creates the file (0600) when absent and holds a lock so that no second server
// works on it: ERROR_CONFLICT says which process. Does not look at the schema: sql/migrate.h does.
bool sql_open(const struct sql_options *o, struct sql_db **ret, struct error *err) MUST_USE;
void sql_close(struct sql_db *db); // waits for queued writes; NULL is fine
enum sql_engine sql_engine(const struct sql_db *db);

// Work on the store. True: go on and commit. May run again after a serialisation conflict, a lost connection before
// COMMIT was sent, or when another write of the same group failed, so it must have no side effect but on *ctx,
// which it may only overwrite.
// After an error it can only return false: the transaction is lost.
typedef bool sql_fn(struct sql *s, void *ctx, struct error *err);

// One door for writes. Blocks until the commit that holds it is durable: never call it on a thread that must not
// wait; from a writer thread (a write, a listener, an answer) it ends the program.
bool sql_write(struct sql_db *db, sql_fn *fn, void *ctx, struct error *err) MUST_USE;
// The same without waiting: `done` is called once, on a writer thread, after COMMIT or failure; it must be quick.
typedef void sql_done_fn(void *ctx, bool ok, const struct error *err);
void sql_write_async(struct sql_db *db, sql_fn *fn, sql_done_fn *done, void *ctx);
// A consistent read: every statement of `fn` sees the same state, and nothing can be written. Waits while all
// readers are busy, so not from within a read. On PostgreSQL the rows of a statement are held in memory: LIMIT what
// may be large.
bool sql_read(struct sql_db *db, sql_fn *fn, void *ctx, struct error *err) MUST_USE;

// A copy of the whole store as it is at one moment, made while it is written to: a new file (0600), complete and on
// disk when true is returned; ERROR_CONFLICT if the file exists. SQLite only; ERROR_UNSUPPORTED on PostgreSQL,
// which has pg_dump.
bool sql_backup(struct sql_db *db, const char *path, struct error *err) MUST_USE;

// ── inside fn ──

enum sql_kind {
    SQL_KIND_NULL,
    SQL_KIND_INT,
    SQL_KIND_REAL,
    SQL_KIND_TEXT,
    SQL_KIND_BLOB,
};

struct sql_arg {
    enum sql_kind kind;
    int64_t i;
    double r;
    struct str s; // borrowed during the call
};
#define SQL_NULL    ((struct sql_arg){.kind = SQL_KIND_NULL})
#define SQL_INT(v)  ((struct sql_arg){.kind = SQL_KIND_INT, .i = (v)})
#define SQL_REAL(v) ((struct sql_arg){.kind = SQL_KIND_REAL, .r = (v)}) // NAN is NULL
#define SQL_TEXT(v)                                                                                \
    ((struct sql_arg){.kind = SQL_KIND_TEXT, .s = (v)}) // valid UTF-8 without NUL bytes
#define SQL_BLOB(v)              ((struct sql_arg){.kind = SQL_KIND_BLOB, .s = (v)})
#define SQL_INT_OR_NULL(v, none) ((v) == (none) ? SQL_NULL : SQL_INT(v))

enum sql_engine sql_engine_of(const struct sql *s);

// `text` must be a string that lives as long as the program (a literal): statements are prepared once a connection
// and kept by its address. sql_run: no rows wanted. On PostgreSQL it is only sent, and its error may come with a
// later statement or the commit.
#define sql_run(s, err, text, ...) sql_run_args((s), (err), (text), SQL_ARGS(__VA_ARGS__))
// The same, and waits: *ret_rows is the number of rows inserted, updated or deleted.
#define sql_change(s, ret_rows, err, text, ...)                                                    \
    sql_change_args((s), (ret_rows), (err), (text), SQL_ARGS(__VA_ARGS__))
#define sql_select(s, ret, err, text, ...)                                                         \
    sql_select_args((s), (ret), (err), (text), SQL_ARGS(__VA_ARGS__))
// The first column of the first row as a number; `otherwise` where there is no row or NULL.
#define sql_get_int(s, ret, otherwise, err, text, ...)                                             \
    sql_get_int_args((s), (ret), (otherwise), (err), (text), SQL_ARGS(__VA_ARGS__))
#define SQL_ARGS(...)                                                                              \
    (struct sql_arg[]){__VA_ARGS__ __VA_OPT__(, ){.kind = SQL_KIND_NULL}},                         \
        sizeof((struct sql_arg[]){__VA_ARGS__ __VA_OPT__(, ){.kind = SQL_KIND_NULL}}) /            \
                sizeof(struct sql_arg) -                                                           \
            1

bool sql_run_args(struct sql *s, struct error *err, const char *text, const struct sql_arg *args,
                  size_t n) MUST_USE;
bool sql_change_args(struct sql *s, int64_t *ret_rows, struct error *err, const char *text,
                     const struct sql_arg *args, size_t n) MUST_USE;
bool sql_select_args(struct sql *s, struct sql_rows **ret, struct error *err, const char *text,
                     const struct sql_arg *args, size_t n) MUST_USE;
bool sql_get_int_args(struct sql *s, int64_t *ret, int64_t otherwise, struct error *err,
                      const char *text, const struct sql_arg *args, size_t n) MUST_USE;

// false at the end, or on an error that sql_rows_close reports
bool sql_next(struct sql_rows *rows);
bool sql_is_null(const struct sql_rows *rows, int column);
int64_t sql_int(const struct sql_rows *rows, int column); // 0 for NULL
double sql_real(const struct sql_rows *rows, int column); // NAN for NULL
// "" for NULL; borrowed until the next sql_next
struct str sql_text(const struct sql_rows *rows, int column);
struct str sql_bytes(const struct sql_rows *rows, int column); // blob; the same
// may be called before the end
bool sql_rows_close(struct sql_rows *rows, struct error *err) MUST_USE;

// Until the end of this transaction nobody else is past the same call with the same word ("audit/12"): for what
// must be read and then written by one at a time. SQLite writes one at a time anyhow. Take it first in `fn`;
// several in the order of their words.
bool sql_lock(struct sql *s, const char *what, struct error *err) MUST_USE;

// ── news between transactions, processes and nodes ──

// Queued now, told after the commit, to every listener of every process on this store (PostgreSQL: NOTIFY; SQLite:
// in process). `channel` is a short word; `payload` ≤ 4,000 bytes, no secrets: it is a hint to look, not the data.
bool sql_notify(struct sql *s, const char *channel, struct str payload, struct error *err) MUST_USE;
// `fn` is called on a thread of the store, must be quick, and may be called with payload "" for “something may have
// been missed: look” after a reconnect.
typedef void sql_listen_fn(void *ctx, struct str payload);
bool sql_listen(struct sql_db *db, const char *channel, sql_listen_fn *fn, void *ctx,
                struct error *err) MUST_USE;
// After it returns `fn` is not called with `ctx` any more. Not from within a listener.
void sql_unlisten(struct sql_db *db, sql_listen_fn *fn, const void *ctx);

// ── leadership ──
// True for one process at a time on a store; asked again and again, kept until the process ends or the connection
// is lost.
bool sql_is_leader(struct sql_db *db, const char *what);

// A number 0 … 1023 (ID_NODES of base/id.h) that no other live process on the store has, for id_source_init.
// SQLite: 0. PostgreSQL: the number that was used least recently, kept as long as the process lives. After
// migrate(); ERROR_LIMIT when 1,024 processes are alive.
bool sql_node(struct sql_db *db, int *ret_node, struct error *err) MUST_USE;

#endif
