// SPDX-License-Identifier: Apache-2.0
// Durable writes, timed: sql-write WHERE SECONDS. WHERE is a folder (SQLite file in it) or a PostgreSQL URI. Prints
// one line a case: name, records a second of ours, of the peer, and the 50th and 99th percentile of ours in
// milliseconds a write. The peer is the plain library call on the same engine with the same settings: one
// transaction a batch, prepared once. Driven by bench/sql_write.py.
#include <libpq-fe.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sql/migrate.h"
#include "sql/sql.h"

#define MAX_THREADS 64
#define BODY_BYTES  300
#define MAX_SAMPLES 200000

static const struct migration schema[] = {
    {1, "bench",
     STR_INIT("CREATE TABLE record (id {id}, place BIGINT NOT NULL, at_us BIGINT NOT NULL,"
              " body {blob} NOT NULL); CREATE INDEX record_at ON record (place, at_us);")},
};

static const char insert_text[] =
    "INSERT INTO record (id, place, at_us, body) VALUES ($1, $2, $3, $4)";

struct run {
    const char *where; // peer: file or URI
    struct sql_db *db; // ours
    bool postgres;
    int batch, threads;
    int64_t until_us;
    _Atomic int64_t next, written;
    float *ms; // latency of each write of ours
    _Atomic size_t n_ms;
    sqlite3 *sqlite; // peer: one connection behind a lock, as SQLite is used
    sqlite3_stmt *insert;
    pthread_mutex_t lock;
};

static char body[BODY_BYTES];

static void check(bool ok, const char *what) {
    if (ok)
        return;
    fprintf(stderr, "sql-write: %s\n", what);
    exit(1);
}

// ── ours ──

struct batch {
    const struct run *r;
    int64_t first;
};

static bool insert(struct sql *s, void *ctx, struct error *err) {
    const struct batch *b = ctx;
    for (int64_t id = b->first; id < b->first + b->r->batch; id++)
        if (!sql_run(s, err, insert_text, SQL_INT(id), SQL_INT(id % 7), SQL_INT(id * 1000),
                     SQL_BLOB(str_make(body, sizeof body))))
            return false;
    return true;
}

static void *write_ours(void *arg) {
    struct run *r = arg;
    struct error err;
    for (int64_t now; (now = clock_monotonic_us()) < r->until_us;) {
        struct batch b = {r, atomic_fetch_add(&r->next, r->batch)};
        check(sql_write(r->db, insert, &b, &err), err.en);
        atomic_fetch_add(&r->written, r->batch);
        size_t at = atomic_fetch_add(&r->n_ms, 1);
        if (at < MAX_SAMPLES)
            r->ms[at] = (float)(clock_monotonic_us() - now) / 1000;
    }
    return NULL;
}

// ── the plain library ──

static void lite(struct run *r, const char *text) {
    check(sqlite3_exec(r->sqlite, text, NULL, NULL, NULL) == SQLITE_OK, sqlite3_errmsg(r->sqlite));
}

static void write_sqlite(struct run *r, int64_t first) {
    pthread_mutex_lock(&r->lock);
    lite(r, "BEGIN IMMEDIATE");
    for (int64_t id = first; id < first + r->batch; id++) {
        sqlite3_bind_int64(r->insert, 1, id);
        sqlite3_bind_int64(r->insert, 2, id % 7);
        sqlite3_bind_int64(r->insert, 3, id * 1000);
        sqlite3_bind_blob(r->insert, 4, body, sizeof body, SQLITE_STATIC);
        check(sqlite3_step(r->insert) == SQLITE_DONE, sqlite3_errmsg(r->sqlite));
        sqlite3_reset(r->insert);
    }
    lite(r, "COMMIT");
    pthread_mutex_unlock(&r->lock);
}

static void ask(PGconn *c, const char *text) {
    PGresult *p = PQexec(c, text);
    check(PQresultStatus(p) == PGRES_COMMAND_OK, PQerrorMessage(c));
    PQclear(p);
}

static void write_postgres(const struct run *r, PGconn *c, int64_t first) {
    ask(c, "BEGIN");
    for (int64_t id = first; id < first + r->batch; id++) {
        char numbers[3][24];
        const char *values[] = {numbers[0], numbers[1], numbers[2], body};
        const int lengths[] = {0, 0, 0, BODY_BYTES}, formats[] = {0, 0, 0, 1};
        snprintf(numbers[0], 24, "%lld", (long long)id);
        snprintf(numbers[1], 24, "%lld", (long long)id % 7);
        snprintf(numbers[2], 24, "%lld", (long long)id * 1000);
        PGresult *p = PQexecPrepared(c, "i", 4, values, lengths, formats, 1);
        check(PQresultStatus(p) == PGRES_COMMAND_OK, PQerrorMessage(c));
        PQclear(p);
    }
    ask(c, "COMMIT");
}

static void *write_plain(void *arg) {
    struct run *r = arg;
    PGconn *c = NULL;
    if (r->postgres) {
        c = PQconnectdb(r->where);
        check(PQstatus(c) == CONNECTION_OK, PQerrorMessage(c));
        PQclear(PQprepare(c, "i", insert_text, 0, NULL));
    }
    while (clock_monotonic_us() < r->until_us) {
        int64_t first = atomic_fetch_add(&r->next, r->batch);
        if (r->postgres)
            write_postgres(r, c, first);
        else
            write_sqlite(r, first);
        atomic_fetch_add(&r->written, r->batch);
    }
    PQfinish(c);
    return NULL;
}

static void open_plain_sqlite(struct run *r) {
    check(sqlite3_open(r->where, &r->sqlite) == SQLITE_OK, "cannot open");
    lite(
        r,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE record (id INTEGER PRIMARY KEY, place BIGINT NOT NULL, at_us BIGINT NOT NULL,"
        " body BLOB NOT NULL); CREATE INDEX record_at ON record (place, at_us)");
    sqlite3_prepare_v2(r->sqlite, insert_text, -1, &r->insert, NULL);
    pthread_mutex_init(&r->lock, NULL);
}

// ── cases ──

static double measure(struct run *r, int seconds, void *(*fn)(void *)) {
    pthread_t threads[MAX_THREADS];
    int64_t began_us = clock_monotonic_us();
    atomic_store(&r->written, 0);
    r->until_us = began_us + seconds * US_PER_SECOND;
    for (int i = 0; i < r->threads; i++)
        check(pthread_create(&threads[i], NULL, fn, r) == 0, "no thread");
    for (int i = 0; i < r->threads; i++)
        pthread_join(threads[i], NULL);
    return (double)atomic_load(&r->written) * 1e6 / (double)(clock_monotonic_us() - began_us);
}

static int by_value(const void *a, const void *b) {
    const float *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void run_case(struct run *r, const char *name, int batch, int threads, int seconds) {
    r->batch = batch;
    r->threads = threads;
    atomic_store(&r->n_ms, 0);
    double ours = measure(r, seconds, write_ours);
    size_t n = MIN(atomic_load(&r->n_ms), (size_t)MAX_SAMPLES);
    qsort(r->ms, n, sizeof *r->ms, by_value);
    double plain = measure(r, seconds, write_plain);
    printf("%s\t%.0f\t%.0f\t%.2f\t%.2f\n", name, ours, plain, (double)r->ms[n / 2],
           (double)r->ms[n * 99 / 100]);
    fflush(stdout);
}

int main(int argc, char **argv) {
    int64_t seconds;
    struct error err;
    char path[512], plain[512];
    if (argc != 3 || !str_to_int64(str_from(argv[2]), &seconds)) {
        fputs("usage: sql-write FOLDER|URI SECONDS\n", stderr);
        return 2;
    }
    struct run r = {.postgres = str_starts(str_from(argv[1]), STR("postgres")), .next = 1};
    snprintf(path, sizeof path, r.postgres ? "%s" : "%s/ours.sqlite", argv[1]);
    snprintf(plain, sizeof plain, r.postgres ? "%s" : "%s/plain.sqlite", argv[1]);
    r.where = plain;
    r.ms = NEW_ARRAY(float, MAX_SAMPLES);
    for (size_t i = 0; i < sizeof body; i++)
        body[i] = (char)(hash_u64(i) & 0xff);
    check(sql_open(&(struct sql_options){.where = str_from(path)}, &r.db, &err) &&
              migrate(r.db, schema, ARRAY_LEN(schema), &err),
          err.en);
    if (!r.postgres)
        open_plain_sqlite(&r);
    run_case(&r, "batches of 100, 1 thread", 100, 1, (int)seconds);
    run_case(&r, "batches of 100, 8 threads", 100, 8, (int)seconds);
    run_case(&r, "single, 1 thread", 1, 1, (int)seconds);
    run_case(&r, "single, 64 threads", 1, 64, (int)seconds);
    sql_close(r.db);
    sqlite3_finalize(r.insert);
    sqlite3_close(r.sqlite);
    free(r.ms);
    return 0;
}
