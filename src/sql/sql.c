// SPDX-License-Identifier: Apache-2.0
#include "sql/sql.h"

#include "sql/sql_inner.h"

#define MAX_PAYLOAD_BYTES 4000

void db_init(struct sql_db *db, const struct engine *engine) {
    db->engine = engine;
    queue_init(&db->queue);
    pthread_mutex_init(&db->listen_lock, NULL);
}

void db_done(struct sql_db *db) {
    for (size_t i = 0; i < db->listeners.len; i++)
        free(db->listeners.items[i].channel);
    vec_done(&db->listeners);
    pthread_mutex_destroy(&db->listen_lock);
    queue_done(&db->queue);
}

void db_tell(struct sql_db *db, const char *channel, struct str payload) {
    pthread_mutex_lock(&db->listen_lock);
    for (size_t i = 0; i < db->listeners.len; i++) {
        const struct listener *l = &db->listeners.items[i];
        if (!channel || strcmp(l->channel, channel) == 0)
            l->fn(l->ctx, channel ? payload : STR(""));
    }
    pthread_mutex_unlock(&db->listen_lock);
}

bool sql_open(const struct sql_options *o, struct sql_db **ret, struct error *err) {
    if (str_starts(o->where, STR("postgres://")) || str_starts(o->where, STR("postgresql://")))
        return postgres_open(o, ret, err);
    return sqlite_open(o, ret, err);
}

void sql_close(struct sql_db *db) {
    if (!db)
        return;
    queue_close(&db->queue);
    db->engine->close(db);
}

enum sql_engine sql_engine(const struct sql_db *db) {
    return db->engine->kind;
}

bool sql_write(struct sql_db *db, sql_fn *fn, void *ctx, struct error *err) {
    return queue_write(&db->queue, fn, ctx, err);
}

void sql_write_async(struct sql_db *db, sql_fn *fn, sql_done_fn *done, void *ctx) {
    queue_write_async(&db->queue, fn, done, ctx);
}

bool sql_read(struct sql_db *db, sql_fn *fn, void *ctx, struct error *err) {
    return db->engine->read(db, fn, ctx, err);
}

bool sql_backup(struct sql_db *db, const char *path, struct error *err) {
    return db->engine->backup(db, path, err);
}

enum sql_engine sql_engine_of(const struct sql *s) {
    return s->db->engine->kind;
}

bool sql_run_args(struct sql *s, struct error *err, const char *text, const struct sql_arg *args,
                  size_t n) {
    return s->db->engine->run(s, NULL, err, text, args, n);
}

bool sql_change_args(struct sql *s, int64_t *ret_rows, struct error *err, const char *text,
                     const struct sql_arg *args, size_t n) {
    int64_t rows;
    if (!s->db->engine->run(s, &rows, err, text, args, n))
        return false;
    if (ret_rows)
        *ret_rows = rows;
    return true;
}

bool sql_select_args(struct sql *s, struct sql_rows **ret, struct error *err, const char *text,
                     const struct sql_arg *args, size_t n) {
    return s->db->engine->select(s, ret, err, text, args, n);
}

bool sql_get_int_args(struct sql *s, int64_t *ret, int64_t otherwise, struct error *err,
                      const char *text, const struct sql_arg *args, size_t n) {
    struct sql_rows *rows;
    if (!sql_select_args(s, &rows, err, text, args, n))
        return false;
    int64_t value = otherwise;
    if (sql_next(rows) && !sql_is_null(rows, 0))
        value = sql_int(rows, 0);
    if (!sql_rows_close(rows, err))
        return false;
    *ret = value;
    return true;
}

bool sql_script(struct sql *s, struct str text, struct error *err) {
    return s->db->engine->script(s, text, err);
}

static const struct engine *engine_of(const struct sql_rows *rows) {
    return rows->sql->db->engine;
}

bool sql_next(struct sql_rows *rows) {
    return engine_of(rows)->next(rows);
}

bool sql_is_null(const struct sql_rows *rows, int column) {
    return engine_of(rows)->kind_of(rows, column) == SQL_KIND_NULL;
}

// What the column holds decides: a number is no text and a text is no number, on either engine, so that a mistake
// shows on both.
int64_t sql_int(const struct sql_rows *rows, int column) {
    switch (engine_of(rows)->kind_of(rows, column)) {
    case SQL_KIND_INT:
    case SQL_KIND_REAL:
        return engine_of(rows)->get_int(rows, column);
    case SQL_KIND_NULL:
    case SQL_KIND_TEXT:
    case SQL_KIND_BLOB:
        break;
    }
    return 0;
}

double sql_real(const struct sql_rows *rows, int column) {
    switch (engine_of(rows)->kind_of(rows, column)) {
    case SQL_KIND_INT:
    case SQL_KIND_REAL:
        return engine_of(rows)->get_real(rows, column);
    case SQL_KIND_NULL:
    case SQL_KIND_TEXT:
    case SQL_KIND_BLOB:
        break;
    }
    return NAN;
}

struct str sql_text(const struct sql_rows *rows, int column) {
    switch (engine_of(rows)->kind_of(rows, column)) {
    case SQL_KIND_TEXT:
    case SQL_KIND_BLOB:
        return engine_of(rows)->get_bytes(rows, column);
    case SQL_KIND_NULL:
    case SQL_KIND_INT:
    case SQL_KIND_REAL:
        break;
    }
    return STR("");
}

struct str sql_bytes(const struct sql_rows *rows, int column) {
    return sql_text(rows, column);
}

bool sql_rows_close(struct sql_rows *rows, struct error *err) {
    return engine_of(rows)->rows_close(rows, err);
}

static bool check_channel(const char *channel, struct error *err) {
    size_t n = strspn(channel, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (n == 0 || n > SQL_CHANNEL_BYTES || channel[n])
        return error_set(err, ERROR_INTERNAL, "频道名“%s”不合规", "“%s” is no name for a channel",
                         channel);
    return true;
}

bool sql_notify(struct sql *s, const char *channel, struct str payload, struct error *err) {
    if (!check_channel(channel, err))
        return false;
    if (payload.len > MAX_PAYLOAD_BYTES)
        return error_set(err, ERROR_LIMIT, "通知内容超过 %d 字节",
                         "a notification is longer than %d bytes", MAX_PAYLOAD_BYTES);
    return s->db->engine->notify(s, channel, payload, err);
}

bool sql_listen(struct sql_db *db, const char *channel, sql_listen_fn *fn, void *ctx,
                struct error *err) {
    if (!check_channel(channel, err))
        return false;
    pthread_mutex_lock(&db->listen_lock);
    vec_push(&db->listeners, ((struct listener){str_dup(str_from(channel)), fn, ctx}));
    pthread_mutex_unlock(&db->listen_lock);
    return db->engine->listen(db, channel, err);
}

void sql_unlisten(struct sql_db *db, sql_listen_fn *fn, const void *ctx) {
    pthread_mutex_lock(&db->listen_lock);
    size_t n = 0;
    for (size_t i = 0; i < db->listeners.len; i++) {
        struct listener l = db->listeners.items[i];
        if (l.fn == fn && l.ctx == ctx)
            free(l.channel);
        else
            db->listeners.items[n++] = l;
    }
    db->listeners.len = n;
    pthread_mutex_unlock(&db->listen_lock);
}

bool sql_lock(struct sql *s, const char *what, struct error *err) {
    return s->db->engine->lock(s, what, err);
}

bool sql_is_leader(struct sql_db *db, const char *what) {
    return db->engine->is_leader(db, what);
}

bool sql_node(struct sql_db *db, int *ret_node, struct error *err) {
    return db->engine->node(db, ret_node, err);
}
