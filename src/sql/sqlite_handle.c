// SPDX-License-Identifier: Apache-2.0
#include "sql/sqlite_handle.h"

#include <errno.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/strbuf.h"

#define MAX_PARAMETERS 64
#define MAX_SCRIPT     (4 * MIB)
#define APPLICATION_ID 0x48534731 // "HSG1": the file is ours

struct statement {
    struct sql_rows base; // first: rows are a statement being read
    sqlite3_stmt *stmt;
    int n;                     // parameters
    int index[MAX_PARAMETERS]; // of $1, $2 … as SQLite numbers them
    bool kept;                 // in the map; else closed with its rows
    bool busy;
    int rc;                 // what the last step said
    struct statement *next; // in handle.open
};

static struct handle *handle_of(struct sql *s) {
    return (struct handle *)s;
}

static bool explain(const struct handle *h, int rc, struct error *err) {
    const char *text = h->sqlite ? sqlite3_errmsg(h->sqlite) : sqlite3_errstr(rc);
    // SQLite does not keep it where a commit fails; errno was 0 before the step.
    int sys = errno ? errno : h->sqlite ? sqlite3_system_errno(h->sqlite) : 0;
    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT:
        return error_set(err, ERROR_CONFLICT, "与已有数据冲突（%s），没有写入",
                         "conflicts with what is there (%s): not written", text);
    case SQLITE_FULL:
        return error_set(err, ERROR_NO_SPACE, "%s 所在磁盘已满，本次没有写入；腾出空间后自动恢复",
                         "the disk of %s is full: this was not written; make room, then it goes on",
                         h->path);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return error_set(
            err, ERROR_CORRUPT,
            "%s 不是回声的数据库或已损坏（%s）；没有改动它。请从备份恢复，或把它移开后重新启动",
            "%s is not a database of Huisheng or is damaged (%s). It was not changed: restore a "
            "backup, or move it away and start again",
            h->path, text);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return error_set(err, ERROR_UNAVAILABLE, "%s 正被别的程序占用，请稍后重试",
                         "%s is being used by another program: try again later", h->path);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return error_set(err, ERROR_FORBIDDEN, "没有写入 %s 的权限（%s）",
                         "%s cannot be written (%s)", h->path, text);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        if (sys == ENOSPC || sys == EDQUOT || sys == EFBIG)
            return error_set(err, ERROR_NO_SPACE, "%s 无法再变大：%s；本次没有写入",
                             "%s cannot grow: %s; this was not written", h->path, strerror(sys));
        return error_set(err, ERROR_IO, "读写 %s 失败：%s（%s）",
                         "cannot read or write %s: %s (%s)", h->path, text,
                         sys ? strerror(sys) : "?");
    case SQLITE_TOOBIG:
        return error_set(err, ERROR_LIMIT, "值太大，数据库存不下",
                         "a value is too large for the database");
    case SQLITE_NOMEM:
        return error_set(err, ERROR_LIMIT, "内存不足，本次操作没有完成",
                         "not enough memory: this was not done");
    default:
        return error_set(err, ERROR_INTERNAL, "数据库语句出错：%s",
                         "a database statement failed: %s", text);
    }
}

static bool remember(struct handle *h, const struct error *e, struct error *err) {
    if (!h->failed)
        h->failure = *e;
    h->failed = true;
    if (err)
        *err = *e;
    return false;
}

bool handle_error(struct handle *h, int rc, struct error *err) {
    struct error e;
    explain(h, rc, &e);
    return remember(h, &e, err);
}

// ── statements ──

static void statement_free(struct statement *st) {
    if (!st)
        return;
    sqlite3_finalize(st->stmt);
    free(st);
}

static bool wrong_count(struct handle *h, const char *text, size_t n, struct error *err) {
    struct error e;
    error_set(&e, ERROR_INTERNAL, "语句与它的 %zu 个参数不符：%.200s",
              "a statement does not fit its %zu parameters: %.200s", n, text);
    return remember(h, &e, err);
}

static struct statement *prepare(struct handle *h, const char *text, size_t n, struct error *err) {
    struct statement *st = NEW(struct statement);
    int rc = sqlite3_prepare_v3(h->sqlite, text, -1, SQLITE_PREPARE_PERSISTENT, &st->stmt, NULL);
    if (rc != SQLITE_OK || !st->stmt) {
        statement_free(st);
        handle_error(h, rc == SQLITE_OK ? SQLITE_ERROR : rc, err);
        return NULL;
    }
    st->base.sql = &h->base;
    st->n = sqlite3_bind_parameter_count(st->stmt);
    bool fits = (size_t)st->n == n && n <= MAX_PARAMETERS;
    for (int i = 0; fits && i < st->n; i++) {
        char name[16];
        snprintf(name, sizeof name, "$%d", i + 1);
        st->index[i] = sqlite3_bind_parameter_index(st->stmt, name);
        fits = st->index[i] > 0;
    }
    if (!fits) {
        statement_free(st);
        wrong_count(h, text, n, err);
        return NULL;
    }
    return st;
}

// The kept statement of the text; a new one of its own where that is being read. NULL with err.
static struct statement *find_statement(struct handle *h, const char *text, size_t n,
                                        struct error *err) {
    uint64_t found = 0, key = (uint64_t)(uintptr_t)text;
    bool known = map_u64_get(&h->statements, key, &found);
    struct statement *st = (struct statement *)(uintptr_t)found;
    if (known && (size_t)st->n != n) {
        wrong_count(h, text, n, err);
        return NULL;
    }
    if (known && !st->busy)
        return st;
    st = prepare(h, text, n, err);
    if (st && !known) {
        st->kept = true;
        map_u64_put(&h->statements, key, (uint64_t)(uintptr_t)st);
    }
    return st;
}

static int bind(struct statement *st, int index, const struct sql_arg *a,
                sqlite3_destructor_type life) {
    const char *ptr = a->s.ptr ? a->s.ptr : "";
    switch (a->kind) {
    case SQL_KIND_INT:
        return sqlite3_bind_int64(st->stmt, index, a->i);
    case SQL_KIND_REAL:
        return sqlite3_bind_double(st->stmt, index, a->r); // NAN is stored as NULL
    case SQL_KIND_TEXT:
        return sqlite3_bind_text64(st->stmt, index, ptr, a->s.len, life, SQLITE_UTF8);
    case SQL_KIND_BLOB:
        return sqlite3_bind_blob64(st->stmt, index, ptr, a->s.len, life);
    case SQL_KIND_NULL:
        break;
    }
    return sqlite3_bind_null(st->stmt, index);
}

// `life`: whether the values outlive the reading of the rows (they do not). NULL with err.
static struct statement *start(struct sql *s, const char *text, const struct sql_arg *args,
                               size_t n, sqlite3_destructor_type life, struct error *err) {
    struct handle *h = handle_of(s);
    struct statement *st = find_statement(h, text, n, err);
    for (size_t i = 0; st && i < n; i++) {
        int rc = bind(st, st->index[i], &args[i], life);
        if (rc == SQLITE_OK)
            continue;
        if (!st->kept)
            statement_free(st);
        handle_error(h, rc, err);
        return NULL;
    }
    return st;
}

static void finish(struct statement *st) {
    sqlite3_reset(st->stmt);
    sqlite3_clear_bindings(st->stmt);
    st->busy = false;
    if (!st->kept)
        statement_free(st);
}

bool handle_run(struct sql *s, int64_t *ret_rows, struct error *err, const char *text,
                const struct sql_arg *args, size_t n) {
    struct handle *h = handle_of(s);
    struct statement *st = start(s, text, args, n, SQLITE_STATIC, err);
    if (!st)
        return false;
    int rc;
    errno = 0;
    while ((rc = sqlite3_step(st->stmt)) == SQLITE_ROW) {
    }
    bool ok = rc == SQLITE_DONE || handle_error(h, rc, err);
    if (ok && ret_rows)
        *ret_rows = sqlite3_stmt_readonly(st->stmt) ? 0 : sqlite3_changes64(h->sqlite);
    finish(st);
    return ok;
}

bool handle_do(struct handle *h, const char *text, struct error *err) {
    return handle_run(&h->base, NULL, err, text, NULL, 0);
}

bool handle_copy(struct handle *h, const char *path, struct error *err) {
    // It counts as a write.
    return handle_do(h, "PRAGMA query_only = OFF", err) &&
           sql_run(&h->base, err, "VACUUM INTO $1", SQL_TEXT(str_from(path)));
}

bool handle_script(struct sql *s, struct str text, struct error *err) {
    struct handle *h = handle_of(s);
    CLEANUP(strbuf_done) struct strbuf copy = strbuf_init(MAX_SCRIPT);
    strbuf_add(&copy, text);
    int rc = sqlite3_exec(h->sqlite, strbuf_cstr(&copy), NULL, NULL, NULL);
    return rc == SQLITE_OK || handle_error(h, rc, err);
}

bool handle_notify(struct sql *s, const char *channel, struct str payload,
                   UNUSED struct error *err) {
    struct handle *h = handle_of(s);
    struct news n = {.payload = {str_dup(payload), payload.len}};
    snprintf(n.channel, sizeof n.channel, "%s", channel);
    vec_push(&h->news, n);
    return true;
}

void handle_drop_news(struct handle *h, size_t keep) {
    while (h->news.len > keep)
        free((char *)(uintptr_t)h->news.items[--h->news.len].payload.ptr);
}

// ── rows ──

static struct statement *statement_of(const struct sql_rows *rows) {
    return (struct statement *)(uintptr_t)rows;
}

bool handle_select(struct sql *s, struct sql_rows **ret, struct error *err, const char *text,
                   const struct sql_arg *args, size_t n) {
    struct handle *h = handle_of(s);
    struct statement *st = start(s, text, args, n, SQLITE_TRANSIENT, err);
    if (!st)
        return false;
    st->busy = true;
    st->rc = SQLITE_ROW;
    st->next = h->open;
    h->open = st;
    *ret = &st->base;
    return true;
}

bool handle_next(struct sql_rows *rows) {
    struct statement *st = statement_of(rows);
    if (st->rc == SQLITE_ROW) {
        errno = 0;
        st->rc = sqlite3_step(st->stmt);
    }
    return st->rc == SQLITE_ROW;
}

enum sql_kind handle_kind_of(const struct sql_rows *rows, int column) {
    const struct statement *st = statement_of(rows);
    if (st->rc != SQLITE_ROW)
        return SQL_KIND_NULL;
    switch (sqlite3_column_type(st->stmt, column)) {
    case SQLITE_INTEGER:
        return SQL_KIND_INT;
    case SQLITE_FLOAT:
        return SQL_KIND_REAL;
    case SQLITE_TEXT:
        return SQL_KIND_TEXT;
    case SQLITE_BLOB:
        return SQL_KIND_BLOB;
    default:
        return SQL_KIND_NULL;
    }
}

int64_t handle_get_int(const struct sql_rows *rows, int column) {
    return sqlite3_column_int64(statement_of(rows)->stmt, column);
}

double handle_get_real(const struct sql_rows *rows, int column) {
    return sqlite3_column_double(statement_of(rows)->stmt, column);
}

struct str handle_get_bytes(const struct sql_rows *rows, int column) {
    sqlite3_stmt *stmt = statement_of(rows)->stmt;
    const char *ptr = sqlite3_column_blob(stmt, column); // of text: its bytes
    return str_make(ptr, (size_t)sqlite3_column_bytes(stmt, column));
}

bool handle_rows_close(struct sql_rows *rows, struct error *err) {
    struct statement *st = statement_of(rows);
    struct handle *h = handle_of(rows->sql);
    bool ok = st->rc == SQLITE_ROW || st->rc == SQLITE_DONE || handle_error(h, st->rc, err);
    for (struct statement **p = &h->open; *p; p = &(*p)->next)
        if (*p == st) {
            *p = st->next;
            break;
        }
    finish(st);
    return ok;
}

void handle_end_reads(struct handle *h) {
    while (h->open) {
        struct statement *st = h->open;
        h->open = st->next;
        finish(st);
    }
}

// ── opening ──

static bool get_pragma(struct handle *h, const char *text, int64_t *ret, struct error *err) {
    return sql_get_int(&h->base, ret, 0, err, text);
}

// A file with tables of somebody else is left alone.
static bool check_ours(struct handle *h, struct error *err) {
    int64_t tables, id;
    if (!get_pragma(h, "SELECT count(*) FROM sqlite_master", &tables, err) ||
        !get_pragma(h, "PRAGMA application_id", &id, err))
        return false;
    if (id == APPLICATION_ID)
        return true;
    if (tables > 0 || id != 0)
        return error_set(
            err, ERROR_CORRUPT, "%s 是别的程序的数据库，没有改动它；请换一个位置",
            "%s is a database of another program and was not changed: choose another place",
            h->path);
    char text[64];
    snprintf(text, sizeof text, "PRAGMA page_size = %d", SQLITE_HANDLE_PAGE_BYTES);
    if (!handle_script(&h->base, str_from(text), err))
        return false;
    snprintf(text, sizeof text, "PRAGMA application_id = %d", APPLICATION_ID);
    return handle_script(&h->base, str_from(text), err);
}

static bool set_up(struct handle *h, const struct handle_options *o, struct error *err) {
    // Nothing of a store may appear in temporary files; what is deleted must not stay in free pages.
    static const struct str all =
        STR_INIT("PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL;"
                 "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
                 "PRAGMA trusted_schema = OFF; PRAGMA wal_autocheckpoint = 0;");
    char text[160];
    snprintf(text, sizeof text, "PRAGMA cache_size = -%d; %s", o->cache_kib,
             o->writes ? "" : "PRAGMA query_only = ON");
    sqlite3_busy_timeout(h->sqlite, SQLITE_HANDLE_BUSY_MS);
    sqlite3_extended_result_codes(h->sqlite, 1);
    if (o->writes &&
        (!check_ours(h, err) || !handle_script(&h->base, STR("PRAGMA journal_mode = WAL"), err)))
        return false;
    return handle_script(&h->base, all, err) && handle_script(&h->base, str_from(text), err);
}

bool handle_open(struct sql_db *db, const char *path, const struct handle_options *o,
                 struct handle **ret, struct error *err) {
    struct handle *h = NEW(struct handle);
    h->base.db = db;
    h->path = path;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    int rc = sqlite3_open_v2(path, &h->sqlite, flags, NULL);
    if (rc != SQLITE_OK)
        handle_error(h, rc, err);
    if (rc != SQLITE_OK || !set_up(h, o, err)) {
        handle_close(h);
        return false;
    }
    *ret = h;
    return true;
}

void handle_close(struct handle *h) {
    if (!h)
        return;
    handle_end_reads(h);
    handle_drop_news(h, 0);
    vec_done(&h->news);
    for (size_t i = 0; i < h->statements.n_slots; i++)
        if (h->statements.keys[i])
            statement_free((struct statement *)(uintptr_t)h->statements.values[i]);
    map_u64_done(&h->statements);
    sqlite3_close(h->sqlite);
    free(h);
}
