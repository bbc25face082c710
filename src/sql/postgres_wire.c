// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres_wire.h"

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/strbuf.h"

#define WAIT_MS          65000 // longer than statement_timeout
#define EXEC_WAIT_MS     5000
#define MAX_PARAMETERS   64
#define MAX_UNANSWERED   1000 // then the answers are read, however little anybody wants them
#define MAX_SCRIPT       (4 * MIB)
#define FLUSH_STATEMENTS 100
#define OLDEST_SERVER    150000

// A statement prepared for values of certain types. One text has several where an argument was NULL at first: its
// type is then the server's guess (0) and does not fit every later value.
struct variant {
    struct variant *next;
    unsigned number; // its name
    size_t n;
    Oid types[MAX_PARAMETERS];
    enum {
        VARIANT_NEW,
        VARIANT_SENT,
        VARIANT_READY,
    } state;
};

struct pg_rows {
    struct sql_rows base; // first
    PGresult *result;
    int row;
    struct pg_rows *next; // in wire.rows
};

static struct wire *wire_of(struct sql *s) {
    return (struct wire *)s;
}

// ── waiting ──

// Waits until the socket can be read (or written, where something is left to send). False: the connection is of no
// use.
static bool wait_for(PGconn *conn, bool writes, int64_t until_us) {
    int64_t left_ms = (until_us - clock_monotonic_us()) / 1000;
    struct pollfd p = {.fd = PQsocket(conn), .events = (short)(POLLIN | (writes ? POLLOUT : 0))};
    int n = poll(&p, 1, (int)MAX(left_ms, 0));
    if (n == 0 || (n < 0 && errno != EINTR))
        return false;
    return !(p.revents & (POLLIN | POLLHUP | POLLERR)) || PQconsumeInput(conn);
}

// The next result; NULL at the end of a statement's. *ret_lost: nothing more will come.
static PGresult *next_result(PGconn *conn, int wait_ms, bool *ret_lost) {
    int64_t until_us = clock_monotonic_us() + (int64_t)wait_ms * 1000;
    for (;;) {
        int unsent = PQflush(conn);
        if (unsent < 0 || PQstatus(conn) == CONNECTION_BAD)
            break;
        if (!PQisBusy(conn))
            return PQgetResult(conn);
        if (!wait_for(conn, unsent > 0, until_us))
            break;
    }
    *ret_lost = true;
    return NULL;
}

// ── connecting ──

static bool cannot_connect(PGconn *conn, struct error *err) {
    char line[300];
    snprintf(line, sizeof line, "%s", conn ? PQerrorMessage(conn) : "");
    line[strcspn(line, "\n")] = '\0';
    return error_set(err, ERROR_UNAVAILABLE, "连不上数据库：%s；数据没有丢失，会自动重连",
                     "the database cannot be reached: %s. Nothing is lost; it is tried again",
                     line);
}

PGresult *postgres_exec(PGconn *conn, const char *text, struct error *err) {
    bool lost = !PQsendQuery(conn, text);
    PGresult *last = NULL, *r;
    while (!lost && (r = next_result(conn, EXEC_WAIT_MS, &lost))) {
        PQclear(last);
        last = r;
    }
    ExecStatusType status = PQresultStatus(last);
    if (!lost && (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK))
        return last;
    if (lost || !last)
        cannot_connect(conn, err);
    else
        postgres_error(PQresultErrorField(last, PG_DIAG_SQLSTATE),
                       PQresultErrorField(last, PG_DIAG_MESSAGE_PRIMARY), err);
    PQclear(last);
    return NULL;
}

static void no_notice(UNUSED void *ctx, UNUSED const char *message) {
}

static bool set_up(PGconn *conn, struct error *err) {
    // A server whose default is not to wait for the disk would make a lie of our answers.
    static const char text[] =
        "SET timezone = 'UTC'; SET client_min_messages = warning; SET statement_timeout = '60s';"
        "SET lock_timeout = '20s'; SET idle_in_transaction_session_timeout = '60s';"
        "SET default_transaction_isolation = 'read committed'; SET jit = off;"
        "SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') IN ('off', 'local')";
    if (PQserverVersion(conn) < OLDEST_SERVER)
        return error_set(err, ERROR_UNSUPPORTED, "需要 PostgreSQL 15 或更新的版本，这里是 %d",
                         "PostgreSQL 15 or newer is needed, this is %d",
                         PQserverVersion(conn) / 10000);
    const char *encoding = PQparameterStatus(conn, "server_encoding");
    if (!encoding || strcmp(encoding, "UTF8") != 0)
        return error_set(err, ERROR_UNSUPPORTED, "数据库的编码必须是 UTF8，这里是 %s",
                         "the encoding of the database must be UTF8, it is %s",
                         encoding ? encoding : "?");
    PGresult *r = postgres_exec(conn, text, err);
    PQclear(r);
    return r != NULL;
}

bool postgres_connect(const char *uri, PGconn **ret, struct error *err) {
    // What stands before dbname may be changed by the URI.
    const char *const names[] = {"connect_timeout",
                                 "tcp_user_timeout",
                                 "keepalives_idle",
                                 "keepalives_interval",
                                 "keepalives_count",
                                 "fallback_application_name",
                                 "dbname",
                                 "client_encoding",
                                 NULL};
    const char *const values[] = {"3", "10000", "10", "5", "2", "huisheng", uri, "UTF8", NULL};
    PGconn *conn = PQconnectdbParams(names, values, 1);
    if (PQstatus(conn) != CONNECTION_OK) {
        cannot_connect(conn, err);
        PQfinish(conn);
        return false;
    }
    PQsetNoticeProcessor(conn, no_notice, NULL);
    PQsetnonblocking(conn, 1);
    if (!set_up(conn, err)) {
        PQfinish(conn);
        return false;
    }
    *ret = conn;
    return true;
}

int64_t postgres_key(const char *schema, const char *kind, const char *what) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
    strbuf_addf(&sb, "huisheng/%s/%s/%s", schema, kind, what);
    return (int64_t)str_hash(strbuf_str(&sb));
}

bool wire_open(struct wire *l, struct error *err) {
    if (l->conn && PQstatus(l->conn) == CONNECTION_OK)
        return true;
    wire_close(l);
    if (!postgres_connect(l->uri, &l->conn, err))
        return false;
    PQenterPipelineMode(l->conn);
    return true;
}

void wire_close(struct wire *l) {
    wire_end_reads(l);
    PQfinish(l->conn);
    l->conn = NULL;
    l->sent.len = l->n_answered = 0;
    for (size_t i = 0; i < l->statements.n_slots; i++) {
        if (!l->statements.keys[i])
            continue;
        struct variant *v = (struct variant *)(uintptr_t)l->statements.values[i];
        while (v) {
            struct variant *next = v->next;
            free(v);
            v = next;
        }
    }
    map_u64_done(&l->statements);
    l->statements = (struct map_u64){0};
}

void wire_done(struct wire *l) {
    if (!l)
        return;
    wire_close(l);
    vec_done(&l->sent);
    free(l);
}

// ── answers ──

static bool stuck(const struct wire *l, struct error *err) {
    if (err)
        *err = l->err;
    return false;
}

static void fail_with(struct wire *l, enum fate fate, const void *culprit) {
    l->failed = true;
    l->fate = fate;
    l->culprit = culprit;
}

static bool unknown_outcome(struct error *err) {
    return error_set(
        err, ERROR_UNAVAILABLE, "提交时与数据库的连接断开，不知道是否已写入；请用同一编号重新提交",
        "the connection to the database was lost during the commit: it is not known whether this was written; "
        "send it again under the same id");
}

static void note_failure(struct wire *l, const PGresult *r, const void *owner) {
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    if (l->failed || !state)
        return;
    bool loss = postgres_is_loss(state);
    if (loss && l->committing) {
        fail_with(l, FATE_UNKNOWN, NULL);
        unknown_outcome(&l->err);
        return;
    }
    fail_with(l, loss || postgres_is_conflict(state) ? FATE_AGAIN : FATE_REFUSED, owner);
    postgres_error(state, PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY), &l->err);
}

static void lose(struct wire *l) {
    if (!l->failed) {
        fail_with(l, l->committing ? FATE_UNKNOWN : FATE_AGAIN, NULL);
        if (l->committing)
            unknown_outcome(&l->err);
        else
            cannot_connect(l->conn, &l->err);
    }
    wire_close(l);
}

// Reads the answer to the oldest statement that has none. The result is the caller's; NULL if the connection is lost.
static PGresult *read_answer(struct wire *l) {
    bool lost = false;
    PGresult *r = next_result(l->conn, WAIT_MS, &lost), *rest;
    while (!lost && r && (rest = next_result(l->conn, WAIT_MS, &lost)))
        PQclear(rest); // there is one result a statement, then NULL
    if (lost || !r) {
        PQclear(r);
        lose(l);
        return NULL;
    }
    struct sent s = l->sent.items[l->n_answered++];
    ExecStatusType status = PQresultStatus(r);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (s.prepares)
        s.prepares->state = ok ? VARIANT_READY : VARIANT_NEW;
    if (status == PGRES_FATAL_ERROR)
        note_failure(l, r, s.owner);
    if (l->n_answered == l->sent.len)
        l->sent.len = l->n_answered = 0;
    return r;
}

// Reads on to the sync that was sent: the connection answers again.
static void read_sync(struct wire *l) {
    while (l->conn && l->sent.len)
        PQclear(read_answer(l));
    bool lost = false;
    PGresult *r = l->conn ? next_result(l->conn, WAIT_MS, &lost) : NULL;
    if (l->conn && (lost || PQresultStatus(r) != PGRES_PIPELINE_SYNC))
        lose(l);
    PQclear(r);
}

// After an error the server skips what follows, to the next sync.
static void recover(struct wire *l) {
    if (!l->conn)
        return;
    if (PQpipelineSync(l->conn))
        read_sync(l);
    else
        lose(l);
}

// Reads all answers but that to the last statement, and that one. NULL with err.
static PGresult *last_answer(struct wire *l, struct error *err) {
    PGresult *r = NULL;
    if (!PQsendFlushRequest(l->conn))
        lose(l);
    while (l->conn && l->sent.len) {
        PQclear(r);
        r = read_answer(l);
    }
    if (!l->failed && r)
        return r;
    PQclear(r);
    recover(l);
    stuck(l, err);
    return NULL;
}

// ── statements ──

static Oid type_of(enum sql_kind kind) {
    static const Oid types[] = {
        [SQL_KIND_NULL] = 0,  [SQL_KIND_INT] = 20,  [SQL_KIND_REAL] = 701,
        [SQL_KIND_TEXT] = 25, [SQL_KIND_BLOB] = 17,
    };
    return types[kind];
}

static bool fits(const struct variant *v, const struct sql_arg *args) {
    for (size_t i = 0; i < v->n; i++)
        if (args[i].kind != SQL_KIND_NULL && type_of(args[i].kind) != v->types[i])
            return false;
    return true;
}

// The types of these values, and where they are NULL those of an earlier variant.
static struct variant *new_variant(struct wire *l, struct variant *others,
                                   const struct sql_arg *args, size_t n) {
    struct variant *v = NEW(struct variant);
    v->next = others;
    v->n = n;
    v->number = l->n_prepared++;
    for (size_t i = 0; i < n; i++) {
        v->types[i] = type_of(args[i].kind);
        for (const struct variant *o = others; o && !v->types[i]; o = o->next)
            v->types[i] = o->types[i];
    }
    return v;
}

static bool find_variant(struct wire *l, const char *text, const struct sql_arg *args, size_t n,
                         struct variant **ret, struct error *err) {
    uint64_t found = 0, key = (uint64_t)(uintptr_t)text;
    map_u64_get(&l->statements, key, &found);
    struct variant *first = (struct variant *)(uintptr_t)found;
    bool right = first ? first->n == n : n <= MAX_PARAMETERS && postgres_parameters(text) == n;
    if (!right) {
        fail_with(l, FATE_REFUSED, l->owner);
        error_set(&l->err, ERROR_INTERNAL, "语句与它的 %zu 个参数不符：%.200s",
                  "a statement does not fit its %zu parameters: %.200s", n, text);
        return stuck(l, err);
    }
    for (struct variant *v = first; v; v = v->next)
        if (fits(v, args)) {
            *ret = v;
            return true;
        }
    *ret = new_variant(l, first, args, n);
    map_u64_put(&l->statements, key, (uint64_t)(uintptr_t)*ret);
    return true;
}

struct bound {
    int64_t number[MAX_PARAMETERS]; // big endian
    const char *values[MAX_PARAMETERS];
    int lengths[MAX_PARAMETERS], formats[MAX_PARAMETERS];
};

static void bind(struct bound *b, size_t i, const struct sql_arg *a) {
    uint64_t bits = (uint64_t)a->i;
    b->values[i] = NULL;
    b->lengths[i] = 0;
    b->formats[i] = 1;
    switch (a->kind) {
    case SQL_KIND_REAL:
        if (isnan(a->r))
            return;
        memcpy(&bits, &a->r, sizeof bits);
        // fall through
    case SQL_KIND_INT:
        b->number[i] = (int64_t)htobe64(bits);
        b->values[i] = (const char *)&b->number[i];
        b->lengths[i] = sizeof bits;
        return;
    case SQL_KIND_TEXT:
    case SQL_KIND_BLOB:
        b->values[i] = a->s.ptr ? a->s.ptr : "";
        b->lengths[i] = (int)a->s.len;
        return;
    case SQL_KIND_NULL:
        return;
    }
}

static bool too_large(struct wire *l, struct error *err) {
    fail_with(l, FATE_REFUSED, l->owner);
    error_set(&l->err, ERROR_LIMIT, "值太大，数据库存不下",
              "a value is too large for the database");
    return stuck(l, err);
}

static bool send(struct wire *l, const char *text, const struct sql_arg *args, size_t n,
                 struct error *err) {
    struct variant *v;
    struct bound b;
    char name[16];
    if (l->failed)
        return stuck(l, err);
    if (l->sent.len > MAX_UNANSWERED) {
        PGresult *r = last_answer(l, err);
        PQclear(r);
        if (!r)
            return false;
    }
    if (!find_variant(l, text, args, n, &v, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (args[i].s.len > GIB)
            return too_large(l, err);
        bind(&b, i, &args[i]);
    }
    snprintf(name, sizeof name, "s%u", v->number);
    bool ok = true;
    if (v->state == VARIANT_NEW) {
        ok = PQsendPrepare(l->conn, name, text, (int)n, v->types);
        v->state = VARIANT_SENT;
        vec_push(&l->sent, ((struct sent){v, l->owner}));
    }
    ok = ok && PQsendQueryPrepared(l->conn, name, (int)n, b.values, b.lengths, b.formats, 1);
    vec_push(&l->sent, ((struct sent){NULL, l->owner}));
    // Both ends may be full: what the server says meanwhile is taken in.
    if (ok && l->sent.len >= FLUSH_STATEMENTS && l->sent.len % FLUSH_STATEMENTS < 2)
        ok = PQflush(l->conn) >= 0 && PQconsumeInput(l->conn);
    if (!ok) {
        lose(l);
        return stuck(l, err);
    }
    return true;
}

void wire_begin(struct wire *l, const char *text) {
    l->failed = l->committing = false;
    l->culprit = l->owner = NULL;
    (void)!send(l, text, NULL, 0, NULL); // its failure sticks
}

bool wire_commit(struct wire *l, struct error *err) {
    wire_end_reads(l);
    l->owner = NULL;
    l->committing = true; // from here on it may have arrived, whatever we hear
    bool sent = send(l, "COMMIT", NULL, 0, err);
    if (sent)
        recover(l);
    l->committing = false;
    return sent && (!l->failed || stuck(l, err));
}

void wire_rollback(struct wire *l) {
    wire_end_reads(l);
    // Twice, where the first was skipped because of a failure that nobody had looked at.
    for (int i = 0; i < 2 && l->conn; i++) {
        l->failed = false;
        if (send(l, "ROLLBACK", NULL, 0, NULL))
            recover(l);
        // Only now, after a sync, does libpq know.
        if (l->conn && PQtransactionStatus(l->conn) == PQTRANS_IDLE)
            return;
    }
    wire_close(l);
}

bool wire_run(struct sql *s, int64_t *ret_rows, struct error *err, const char *text,
              const struct sql_arg *args, size_t n) {
    struct wire *l = wire_of(s);
    if (!send(l, text, args, n, err))
        return false;
    if (!ret_rows)
        return true;
    PGresult *r = last_answer(l, err);
    if (!r)
        return false;
    if (!str_to_int64(str_from(PQcmdTuples(r)), ret_rows))
        *ret_rows = 0;
    PQclear(r);
    return true;
}

bool wire_script(struct sql *s, struct str text, struct error *err) {
    struct wire *l = wire_of(s);
    CLEANUP(strbuf_done) struct strbuf copy = strbuf_init(MAX_SCRIPT);
    strbuf_add(&copy, text);
    if (l->failed)
        return stuck(l, err);
    recover(l); // all that was sent is done, and the pipeline is empty
    if (l->failed || !l->conn)
        return stuck(l, err);
    PQexitPipelineMode(l->conn);
    bool lost = !PQsendQuery(l->conn, strbuf_cstr(&copy));
    PGresult *r;
    while (!lost && (r = next_result(l->conn, 10 * WAIT_MS, &lost))) {
        if (PQresultStatus(r) == PGRES_FATAL_ERROR)
            note_failure(l, r, l->owner);
        PQclear(r);
    }
    if (lost)
        lose(l);
    else
        PQenterPipelineMode(l->conn);
    return !l->failed || stuck(l, err);
}

// ── rows ──

static const struct pg_rows *rows_of(const struct sql_rows *rows) {
    return (const struct pg_rows *)rows;
}

bool wire_select(struct sql *s, struct sql_rows **ret, struct error *err, const char *text,
                 const struct sql_arg *args, size_t n) {
    struct wire *l = wire_of(s);
    if (!send(l, text, args, n, err))
        return false;
    PGresult *r = last_answer(l, err);
    if (!r)
        return false;
    struct pg_rows *rows = NEW(struct pg_rows);
    rows->base.sql = s;
    rows->result = r;
    rows->row = -1;
    rows->next = l->rows;
    l->rows = rows;
    *ret = &rows->base;
    return true;
}

bool wire_next(struct sql_rows *rows) {
    struct pg_rows *p = (struct pg_rows *)rows;
    if (p->row < PQntuples(p->result))
        p->row++;
    return p->row < PQntuples(p->result);
}

static struct str value_of(const struct pg_rows *p, int column) {
    return str_make(PQgetvalue(p->result, p->row, column),
                    (size_t)PQgetlength(p->result, p->row, column));
}

enum sql_kind wire_kind_of(const struct sql_rows *rows, int column) {
    const struct pg_rows *p = rows_of(rows);
    if (p->row < 0 || p->row >= PQntuples(p->result) || column >= PQnfields(p->result) ||
        PQgetisnull(p->result, p->row, column))
        return SQL_KIND_NULL;
    return postgres_kind(PQftype(p->result, column), value_of(p, column));
}

int64_t wire_get_int(const struct sql_rows *rows, int column) {
    const struct pg_rows *p = rows_of(rows);
    return postgres_int(PQftype(p->result, column), value_of(p, column));
}

double wire_get_real(const struct sql_rows *rows, int column) {
    const struct pg_rows *p = rows_of(rows);
    return postgres_real(PQftype(p->result, column), value_of(p, column));
}

struct str wire_get_bytes(const struct sql_rows *rows, int column) {
    return value_of(rows_of(rows), column);
}

bool wire_rows_close(struct sql_rows *rows, UNUSED struct error *err) {
    struct pg_rows *p = (struct pg_rows *)rows;
    struct wire *l = wire_of(rows->sql);
    for (struct pg_rows **at = &l->rows; *at; at = &(*at)->next)
        if (*at == p) {
            *at = p->next;
            break;
        }
    PQclear(p->result);
    free(p);
    return true;
}

void wire_end_reads(struct wire *l) {
    while (l->rows)
        wire_rows_close(&l->rows->base, NULL);
}
