// SPDX-License-Identifier: Apache-2.0
// What sql.c and the two engines share. An engine is a table of functions; its own structs begin with the structs
// of this file. Nothing outside src/sql includes it.
#ifndef SQL_SQL_INNER_H
#define SQL_SQL_INNER_H

#include <pthread.h>

#include "base/vec.h"
#include "sql/queue.h"
#include "sql/sql.h"

#define SQL_CHANNEL_BYTES 32 // most of a channel's name

struct engine {
    enum sql_engine kind;
    void (*close)(struct sql_db *db);
    bool (*read)(struct sql_db *db, sql_fn *fn, void *ctx, struct error *err);
    bool (*backup)(struct sql_db *db, const char *path, struct error *err);
    bool (*listen)(struct sql_db *db, const char *channel, struct error *err);
    bool (*is_leader)(struct sql_db *db, const char *what);
    bool (*node)(struct sql_db *db, int *ret, struct error *err);
    // inside a transaction; `ret_rows` is NULL where the answer need not be waited for
    bool (*run)(struct sql *s, int64_t *ret_rows, struct error *err, const char *text,
                const struct sql_arg *args, size_t n);
    bool (*select)(struct sql *s, struct sql_rows **ret, struct error *err, const char *text,
                   const struct sql_arg *args, size_t n);
    // several statements, not prepared, nothing kept of them: for schema files
    bool (*script)(struct sql *s, struct str text, struct error *err);
    bool (*notify)(struct sql *s, const char *channel, struct str payload, struct error *err);
    bool (*lock)(struct sql *s, const char *what, struct error *err);
    // rows
    bool (*next)(struct sql_rows *rows);
    enum sql_kind (*kind_of)(const struct sql_rows *rows, int column);
    int64_t (*get_int)(const struct sql_rows *rows, int column);
    double (*get_real)(const struct sql_rows *rows, int column);
    struct str (*get_bytes)(const struct sql_rows *rows, int column); // text or blob
    bool (*rows_close)(struct sql_rows *rows, struct error *err);
};

struct listener {
    char *channel;
    sql_listen_fn *fn;
    void *ctx;
};

struct sql_db {
    const struct engine *engine;
    struct write_queue queue;
    pthread_mutex_t listen_lock;
    struct {
        VEC(struct listener);
    } listeners; // under listen_lock
};

struct sql {
    struct sql_db *db;
};

struct sql_rows {
    struct sql *sql;
};

void db_init(struct sql_db *db, const struct engine *engine);
void db_done(struct sql_db *db);
// Tells the listeners of a channel; NULL: all, with the empty payload.
void db_tell(struct sql_db *db, const char *channel, struct str payload);

bool sqlite_open(const struct sql_options *o, struct sql_db **ret, struct error *err) MUST_USE;
bool postgres_open(const struct sql_options *o, struct sql_db **ret, struct error *err) MUST_USE;

bool sql_script(struct sql *s, struct str text, struct error *err) MUST_USE;

#endif
