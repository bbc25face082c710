// SPDX-License-Identifier: Apache-2.0
#include "olap/store.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "olap/store_inner.h"
#include "olap/store_sql.h"

bool fact_store_open(const struct fact_store_options *o, struct fact_store **ret,
                     struct error *err) {
    struct duckdb lib;
    if (!duckdb_load(o->library, &lib, err))
        return false;
    struct fact_store *fs = NEW(struct fact_store);
    fs->lib = lib;
    fs->empty = facts_new();
    fs->options = *o;
    fs->options.path = o->path ? str_dup(str_from(o->path)) : NULL;
    pthread_mutex_init(&fs->writing, NULL);
    pthread_mutex_init(&fs->lock, NULL);
    answers_init(&fs->answers);
    if (!store_open_database(fs, err) || !store_load(fs, err)) {
        fact_store_close(fs);
        return false;
    }
    *ret = fs;
    return true;
}

void fact_store_close(struct fact_store *fs) {
    if (!fs)
        return;
    store_close_database(fs);
    state_release(fs->current);
    free((char *)fs->options.path);
    facts_free(fs->empty);
    arena_done(&fs->names);
    answers_done(&fs->answers);
    pthread_mutex_destroy(&fs->writing);
    pthread_mutex_destroy(&fs->lock);
    free(fs);
}

// ── changes ──

// After a write that failed half-way (the disk was full while the log was merged into the file) DuckDB refuses
// everything until the file is opened again. That cannot be done beside views that still hold it.
static bool reopen(struct fact_store *fs) {
    if (!fs->options.path)
        return false;
    struct error err;
    pthread_mutex_lock(&fs->lock);
    bool ok = fs->n_readers == 0;
    if (ok) {
        store_close_database(fs);
        answers_forget(&fs->answers);
        ok = store_open_database(fs, &err) && store_load(fs, &err);
        if (ok)
            log_warn("fact store %s: opened again after a failed write", fs->options.path);
        else
            store_close_database(fs);
    }
    pthread_mutex_unlock(&fs->lock);
    return ok;
}

bool store_begin(struct fact_store *fs, struct error *err) {
    if (fs->con && duckdb_run(&fs->lib, fs->con, "BEGIN TRANSACTION", NULL, NULL))
        return true;
    return error_set(err, ERROR_UNAVAILABLE, "分析库没有应答", "the fact store does not answer");
}

// Before a change: a transaction can be begun.
static bool answers(struct fact_store *fs) {
    if (fs->con && duckdb_run(&fs->lib, fs->con, sql_ping, NULL, NULL))
        return true;
    return reopen(fs);
}

void store_lock(struct fact_store *fs) {
    pthread_mutex_lock(&fs->writing);
    answers(fs); // if not, store_begin says so
}

void store_unlock(struct fact_store *fs) {
    pthread_mutex_unlock(&fs->writing);
}

bool store_roll_back(struct fact_store *fs, struct store_state *next) {
    // It fails when the transaction has ended already; then there is nothing to roll back.
    (void)!duckdb_run(&fs->lib, fs->con, "ROLLBACK", NULL, NULL);
    state_release(next);
    return false;
}

static bool write_store_row(struct fact_store *fs, const struct store_state *s, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf sql = strbuf_init(4096);
    sql_write_store(&sql, s->generation, s->watermark, s->max_id, &s->facts);
    return duckdb_run(&fs->lib, fs->con, strbuf_cstr(&sql), NULL, err);
}

// A view that begins while COMMIT runs may see the rows of either state: both are there to be found.
bool store_commit(struct fact_store *fs, struct store_state *next, struct error *err) {
    next->generation = fs->current->generation + 1;
    state_settle(next);
    if (!state_is_like(next, fs->current))
        state_touch_all(next, next->generation);
    if (!write_store_row(fs, next, err))
        return store_roll_back(fs, next);
    pthread_mutex_lock(&fs->lock);
    fs->next = next;
    pthread_mutex_unlock(&fs->lock);
    bool ok = duckdb_run(&fs->lib, fs->con, "COMMIT", NULL, err);
    pthread_mutex_lock(&fs->lock);
    struct store_state *old = fs->current;
    fs->next = NULL;
    if (ok)
        fs->current = next;
    pthread_mutex_unlock(&fs->lock);
    if (!ok)
        return store_roll_back(fs, next);
    state_release(old);
    return true;
}

bool store_drop_columns(struct fact_store *fs, uint64_t columns, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf sql = strbuf_init(SQL_MAX_BYTES);
    struct store_state *next = state_copy(fs->current);
    for (int i = FACTS_FIRST_COLUMN; i < next->facts.n_columns; i++) {
        if (!(columns >> i & 1) || next->dropped[i])
            continue;
        sql_drop_column(&sql, i);
        state_drop_column(next, i);
    }
    if (!store_begin(fs, err)) {
        state_release(next);
        return false;
    }
    if (!duckdb_run(&fs->lib, fs->con, strbuf_cstr(&sql), NULL, err))
        return store_roll_back(fs, next);
    return store_commit(fs, next, err);
}

bool store_widen_columns(struct fact_store *fs, uint64_t columns, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf sql = strbuf_init(SQL_MAX_BYTES);
    struct store_state *next = state_copy(fs->current);
    for (int i = FACTS_FIRST_COLUMN; i < next->facts.n_columns; i++) {
        if (!(columns >> i & 1))
            continue;
        sql_widen_column(&sql, i);
        next->whole[i] = false;
    }
    if (!store_begin(fs, err)) {
        state_release(next);
        return false;
    }
    if (!duckdb_run(&fs->lib, fs->con, strbuf_cstr(&sql), NULL, err))
        return store_roll_back(fs, next);
    return store_commit(fs, next, err);
}

static bool write_column_row(struct fact_store *fs, int number, const struct column *c,
                             struct error *err) {
    int32_t kind = (int32_t)c->kind, classes = (int32_t)c->n_classes, dropped = 0;
    int32_t whole = fs->current->facts.n_columns <= number || fs->current->whole[number];
    const struct write_column row[] = {
        {.type = DUCKDB_INTEGER, .data = &number},  {.type = DUCKDB_INTEGER, .data = &kind},
        {.type = DUCKDB_VARCHAR, .data = &c->name}, {.type = DUCKDB_VARCHAR, .data = &c->role},
        {.type = DUCKDB_INTEGER, .data = &classes}, {.type = DUCKDB_INTEGER, .data = &dropped},
        {.type = DUCKDB_INTEGER, .data = &whole},
    };
    return store_write(fs, "columns", row, ARRAY_LEN(row), 1, err);
}

static int find_name(const struct store_state *s, struct str name) {
    for (int i = FACTS_FIRST_COLUMN; i < s->facts.n_columns; i++)
        if (str_eq(s->facts.columns[i].name, name))
            return i;
    return -1;
}

static bool add_column(struct fact_store *fs, const struct column *c, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf sql = strbuf_init(SQL_MAX_BYTES);
    struct store_state *next = state_copy(fs->current);
    int number = next->facts.n_columns;
    state_add_column(next, c);
    sql_add_column(&sql, number, c->kind);
    if (!store_begin(fs, err)) {
        state_release(next);
        return false;
    }
    if (!duckdb_run(&fs->lib, fs->con, strbuf_cstr(&sql), NULL, err) ||
        !write_column_row(fs, number, c, err))
        return store_roll_back(fs, next);
    return store_commit(fs, next, err);
}

// A column that is there already may get another role, or more classes.
static bool change_column(struct fact_store *fs, int number, const struct column *c,
                          struct error *err) {
    CLEANUP(strbuf_done) struct strbuf sql = strbuf_init(SQL_MAX_BYTES);
    struct store_state *next = state_copy(fs->current);
    struct column *column = &next->facts.columns[number];
    column->role = c->role;
    column->n_classes = MAX(column->n_classes, c->n_classes);
    sql_forget_column(&sql, number);
    if (!store_begin(fs, err)) {
        state_release(next);
        return false;
    }
    if (!duckdb_run(&fs->lib, fs->con, strbuf_cstr(&sql), NULL, err) ||
        !write_column_row(fs, number, column, err))
        return store_roll_back(fs, next);
    return store_commit(fs, next, err);
}

static int settle_column(struct fact_store *fs, enum column_kind kind, struct str name,
                         struct str role, int n_classes, struct error *err) {
    int number = find_name(fs->current, name);
    struct column want = store_make_column(kind, name, role, n_classes);
    if (number < 0) {
        if (fs->current->facts.n_columns == FACTS_MAX_COLUMNS) {
            error_set(err, ERROR_LIMIT, "分析列已满（%d 列），“%.*s” 不参与统计",
                      "all %d columns are taken: \"%.*s\" is not counted by", FACTS_MAX_COLUMNS,
                      STR_ARG(name));
            return -1;
        }
        want.name = arena_str(&fs->names, name);
        want.role = arena_str(&fs->names, role);
        return add_column(fs, &want, err) ? fs->current->facts.n_columns - 1 : -1;
    }
    const struct column *have = &fs->current->facts.columns[number];
    if (have->kind != kind) {
        error_set(err, ERROR_CONFLICT, "“%.*s” 已是另一种列",
                  "\"%.*s\" is a column of another kind", STR_ARG(name));
        return -1;
    }
    if (str_eq(have->role, role) && have->n_classes >= want.n_classes)
        return number;
    want.role = arena_str(&fs->names, role);
    return change_column(fs, number, &want, err) ? number : -1;
}

int fact_store_column(struct fact_store *fs, enum column_kind kind, struct str name,
                      struct str role, int n_classes, struct error *err) {
    if (!store_keeps(kind) || name.len > FACT_NAME_MAX_BYTES || role.len > FACT_NAME_MAX_BYTES ||
        (kind == COLUMN_CLASS && (n_classes < 1 || n_classes >= FACTS_NO_CLASS))) {
        error_set(err, ERROR_INTERNAL, "不能存为分析列：%.*s", "no column of a fact store: %.*s",
                  STR_ARG(str_slice(name, 0, FACT_NAME_MAX_BYTES)));
        return -1;
    }
    store_lock(fs);
    int number = settle_column(fs, kind, name, role, n_classes, err);
    store_unlock(fs);
    return number;
}

bool fact_store_clear(struct fact_store *fs, struct error *err) {
    store_lock(fs);
    struct store_state *next = state_new(fs->empty);
    state_touch_all(next, fs->current->generation + 1);
    bool ok = store_begin(fs, err);
    if (!ok)
        state_release(next);
    else if (duckdb_run(&fs->lib, fs->con, sql_drop, NULL, err) &&
             duckdb_run(&fs->lib, fs->con, sql_create, NULL, err))
        ok = store_commit(fs, next, err);
    else
        ok = store_roll_back(fs, next);
    store_unlock(fs);
    return ok;
}

int64_t fact_store_watermark(const struct fact_store *fs) {
    pthread_mutex_t *lock = (pthread_mutex_t *)&fs->lock;
    pthread_mutex_lock(lock);
    int64_t watermark = fs->current->watermark;
    pthread_mutex_unlock(lock);
    return watermark;
}

int64_t fact_store_refused(const struct fact_store *fs) {
    return atomic_load(&fs->refused);
}

// ── views ──

// The state that belongs to the rows a read transaction sees, or NULL when it is gone: then the rows
// have changed since.
static struct store_state *state_of(struct fact_store *fs, int64_t generation) {
    pthread_mutex_lock(&fs->lock);
    struct store_state *s = NULL;
    if (fs->current->generation == generation)
        s = state_keep(fs->current);
    else if (fs->next && fs->next->generation == generation)
        s = state_keep(fs->next);
    pthread_mutex_unlock(&fs->lock);
    return s;
}

static bool read_number(void *ctx, const struct duckdb *lib, struct duckdb_chunk *chunk, size_t n,
                        UNUSED struct error *err) {
    if (n)
        *(int64_t *)ctx = *(const int64_t *)duckdb_column(lib, chunk, 0, NULL);
    return true;
}

// Begins a read transaction and finds its state. NULL: the database does not answer.
static struct store_state *begin_reading(struct fact_store *fs, struct duckdb_connection *con) {
    for (;;) {
        int64_t generation = -1;
        if (!duckdb_run(&fs->lib, con, "BEGIN TRANSACTION READ ONLY", NULL, NULL) ||
            !duckdb_ask(&fs->lib, con, sql_read_generation, NULL, read_number, &generation, NULL))
            return NULL;
        struct store_state *s = state_of(fs, generation);
        if (s)
            return s;
        if (!duckdb_run(&fs->lib, con, "ROLLBACK", NULL, NULL))
            return NULL;
    }
}

static bool connect(struct fact_store *fs, struct duckdb_connection **ret) {
    pthread_mutex_lock(&fs->lock);
    bool ok = fs->db && fs->lib.connect(fs->db, ret) == DUCKDB_OK;
    fs->n_readers += ok;
    pthread_mutex_unlock(&fs->lock);
    return ok;
}

static void disconnect(struct fact_store *fs, struct duckdb_connection *con) {
    fs->lib.disconnect(&con); // ends its transaction
    pthread_mutex_lock(&fs->lock);
    fs->n_readers--;
    pthread_mutex_unlock(&fs->lock);
}

static bool try_view(struct fact_view *v) {
    if (!connect(v->store, &v->con))
        return false;
    v->state = begin_reading(v->store, v->con);
    if (v->state)
        return true;
    disconnect(v->store, v->con);
    v->con = NULL;
    return false;
}

struct fact_view *fact_store_view(struct fact_store *fs) {
    struct fact_view *v = NEW(struct fact_view);
    v->store = fs;
    pthread_mutex_init(&v->asking, NULL);
    if (!try_view(v)) {
        store_lock(fs); // may open it again
        store_unlock(fs);
        if (!try_view(v)) { // what is known is shown; questions fail
            pthread_mutex_lock(&fs->lock);
            v->state = state_keep(fs->current);
            pthread_mutex_unlock(&fs->lock);
        }
    }
    v->facts = v->state->facts;
    v->facts.engine = &store_engine;
    return v;
}

const struct facts *fact_view_facts(const struct fact_view *v) {
    return &v->facts;
}

int64_t fact_view_watermark(const struct fact_view *v) {
    return v->state->watermark;
}

void fact_view_free(struct fact_view *v) {
    if (!v)
        return;
    if (v->con)
        disconnect(v->store, v->con);
    state_release(v->state);
    pthread_mutex_destroy(&v->asking);
    free(v);
}
