// SPDX-License-Identifier: Apache-2.0
// SQLite and PostgreSQL as peers: the same wide tables as ours (aspects carry the columns of their feedback), an
// index on the day that every question of a period uses, statistics made, generous caches.
#include <libpq-fe.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "bench/olap_dashboard.h"

#define COLUMNS                                                                                     \
    "region, city, product, channel, courier, seller, segment, platform, agent, store, score, nps," \
    " delivery_days, amount, sentiment, urgency"

#define MOMENTS "count(score), sum(score), sum(score * score)"
#define SENTIMENTS                                                                                 \
    "count(*) FILTER (WHERE sentiment = 0), count(*) FILTER (WHERE sentiment = 1),"                \
    " count(*) FILTER (WHERE sentiment = 2)"
#define OVERVIEW_SQL                                                                               \
    "SELECT count(*), sum(score), count(score), sum(score * score), count(nps), sum(nps),"         \
    " sum(nps * nps), " SENTIMENTS ", count(*) FILTER (WHERE nps < 7),"                            \
    " count(*) FILTER (WHERE nps >= 7 AND nps < 9), count(*) FILTER (WHERE nps >= 9)"              \
    " FROM feedback WHERE (flags & 1) = 0 AND "

// First column: rows of the group; second: what is summed and compared.
static const char *const sql[N_QUESTIONS] = {
    [OVERVIEW] = OVERVIEW_SQL "day >= 20150 AND day < 20180",
    [OVERVIEW_BEFORE] = OVERVIEW_SQL "day >= 20120 AND day < 20150",
    [ASPECTS] = "SELECT count(*), 0, aspect, polarity FROM aspect WHERE day >= 20150 AND day < "
                "20180 GROUP BY 3, 4",
    [TREND_DAY] = "SELECT count(*), sum(score), day, " MOMENTS ", " SENTIMENTS
                  " FROM feedback WHERE (flags & 1) = 0 GROUP BY 3",
    [ISSUES_WEEK] = "SELECT count(*), 0, day - (day + 1400003) % 7, aspect FROM aspect"
                    " WHERE polarity = 0 GROUP BY 3, 4",
    [BY_REGION] = "SELECT count(*), sum(score), region, " MOMENTS ", " SENTIMENTS
                  " FROM feedback GROUP BY 3 ORDER BY 1 DESC, 3 LIMIT 10",
    [BY_PRODUCT] = "SELECT count(*), sum(score), product, " MOMENTS ", " SENTIMENTS
                   " FROM feedback GROUP BY 3",
    [REGION_CHANNEL] =
        "SELECT count(*), sum(score), region, channel, " MOMENTS " FROM feedback GROUP BY 3, 4",
    [FILTERED_WEEK] = "SELECT count(*), sum(score), day - (day + 1400003) % 7, " MOMENTS
                      ", " SENTIMENTS " FROM feedback WHERE region IN (1, 2, 3) AND channel = 2"
                      " GROUP BY 3",
    [COMPLAINED] =
        OVERVIEW_SQL "day >= 20150 AND day < 20180 AND id IN (SELECT id FROM aspect WHERE"
                     " aspect = 1 AND polarity = 0 AND day >= 20150 AND day < 20180)",
    [LIST] = "SELECT 1, id, at_us FROM aspect WHERE region = 5 AND aspect = 1 AND polarity = 0"
             " ORDER BY at_us DESC, id DESC LIMIT 50",
};

static const char create_sql[] =
    "CREATE TABLE feedback (id BIGINT, day INTEGER, at_us BIGINT, flags INTEGER, region SMALLINT,"
    " city SMALLINT, product SMALLINT, channel SMALLINT, courier SMALLINT, seller SMALLINT,"
    " segment SMALLINT, platform SMALLINT, agent SMALLINT, store SMALLINT, score DOUBLE PRECISION,"
    " nps DOUBLE PRECISION, delivery_days DOUBLE PRECISION, amount DOUBLE PRECISION,"
    " sentiment SMALLINT, urgency SMALLINT);"
    "CREATE TABLE aspect (id BIGINT, day INTEGER, at_us BIGINT, flags INTEGER, aspect SMALLINT,"
    " polarity SMALLINT, region SMALLINT, city SMALLINT, product SMALLINT, channel SMALLINT,"
    " courier SMALLINT, seller SMALLINT, segment SMALLINT, platform SMALLINT, agent SMALLINT,"
    " store SMALLINT, score DOUBLE PRECISION, nps DOUBLE PRECISION,"
    " delivery_days DOUBLE PRECISION, amount DOUBLE PRECISION, sentiment SMALLINT,"
    " urgency SMALLINT);"
    "CREATE TABLE phrase (id BIGINT, code INTEGER);";
static const char index_sql[] =
    "CREATE INDEX feedback_day ON feedback (day); CREATE INDEX aspect_day ON aspect (day); ANALYZE;";

// ── SQLite ──

struct sqlite {
    sqlite3 *db;
    sqlite3_stmt *feedback, *aspect, *phrase;
};

static void must_sqlite(struct sqlite *s, bool ok) {
    if (!ok)
        give_up(sqlite3_errmsg(s->db));
}

static void run_sqlite(struct sqlite *s, const char *text) {
    must_sqlite(s, sqlite3_exec(s->db, text, NULL, NULL, NULL) == SQLITE_OK);
}

static void *open_sqlite(const char *where) {
    struct sqlite *s = NEW(struct sqlite);
    char path[512];
    snprintf(path, sizeof path, "%s/dashboard.sqlite", where);
    must_sqlite(s, sqlite3_open(path, &s->db) == SQLITE_OK);
    run_sqlite(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                  "PRAGMA cache_size = -262144; PRAGMA mmap_size = 4294967296;");
    return s;
}

static sqlite3_stmt *prepare_sqlite(struct sqlite *s, const char *text) {
    sqlite3_stmt *stmt = NULL;
    must_sqlite(s, sqlite3_prepare_v2(s->db, text, -1, &stmt, NULL) == SQLITE_OK);
    return stmt;
}

static void create_sqlite(void *e) {
    struct sqlite *s = e;
    run_sqlite(s, create_sql);
    s->feedback =
        prepare_sqlite(s, "INSERT INTO feedback VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    s->aspect = prepare_sqlite(s, "INSERT INTO aspect (id, day, at_us, flags, " COLUMNS
                                  ", aspect, polarity)"
                                  " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    s->phrase = prepare_sqlite(s, "INSERT INTO phrase VALUES (?,?)");
}

static int bind_row(sqlite3_stmt *stmt, const struct row *r) {
    int at = 1;
    sqlite3_bind_int64(stmt, at++, r->id);
    sqlite3_bind_int(stmt, at++, r->day);
    sqlite3_bind_int64(stmt, at++, r->at_us);
    sqlite3_bind_int64(stmt, at++, r->flags);
    for (int i = 0; i < N_DIMS; i++)
        sqlite3_bind_int(stmt, at++, r->dims[i]);
    for (int i = 0; i < N_MEASURES; i++)
        if (isnan(r->measures[i]))
            sqlite3_bind_null(stmt, at++);
        else
            sqlite3_bind_double(stmt, at++, r->measures[i]);
    sqlite3_bind_int(stmt, at++, r->sentiment);
    sqlite3_bind_int(stmt, at++, r->urgency);
    return at;
}

static void step_once(struct sqlite *s, sqlite3_stmt *stmt) {
    must_sqlite(s, sqlite3_step(stmt) == SQLITE_DONE);
    sqlite3_reset(stmt);
}

static void put_sqlite(void *e, const struct row *rows, int n) {
    struct sqlite *s = e;
    run_sqlite(s, "BEGIN");
    for (int i = 0; i < n; i++) {
        bind_row(s->feedback, &rows[i]);
        step_once(s, s->feedback);
        for (int k = 0; k < rows[i].n_aspects; k++) {
            int at = bind_row(s->aspect, &rows[i]);
            sqlite3_bind_int(s->aspect, at, rows[i].aspects[k].dimension);
            sqlite3_bind_int(s->aspect, at + 1, rows[i].aspects[k].polarity);
            step_once(s, s->aspect);
        }
        for (int k = 0; k < rows[i].n_phrases; k++) {
            sqlite3_bind_int64(s->phrase, 1, rows[i].id);
            sqlite3_bind_int(s->phrase, 2, (int)rows[i].phrases[k]);
            step_once(s, s->phrase);
        }
    }
    run_sqlite(s, "COMMIT");
}

static void finish_sqlite(void *e) {
    run_sqlite(e, index_sql);
}

static struct answer ask_sqlite(void *e, enum question which) {
    struct sqlite *s = e;
    struct answer a = {0};
    sqlite3_stmt *stmt = prepare_sqlite(s, sql[which]);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        a.groups++;
        a.n += sqlite3_column_int64(stmt, 0);
        a.sum += sqlite3_column_double(stmt, 1);
    }
    sqlite3_finalize(stmt);
    return a;
}

static void close_sqlite(void *e) {
    struct sqlite *s = e;
    sqlite3_finalize(s->feedback);
    sqlite3_finalize(s->aspect);
    sqlite3_finalize(s->phrase);
    sqlite3_close(s->db);
    free(s);
}

static void drop_sqlite(UNUSED void *e) {
}

const struct engine sqlite_engine = {"sqlite",      open_sqlite, create_sqlite, put_sqlite,
                                     finish_sqlite, ask_sqlite,  drop_sqlite,   close_sqlite};

// ── PostgreSQL ──

static void run_postgres(PGconn *c, const char *text) {
    PGresult *r = PQexec(c, text);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        give_up(PQerrorMessage(c));
    PQclear(r);
}

static void *open_postgres(UNUSED const char *where) {
    PGconn *c = PQconnectdb(getenv("HUISHENG_TEST_POSTGRES"));
    if (PQstatus(c) != CONNECTION_OK)
        give_up(PQerrorMessage(c));
    run_postgres(c, "CREATE SCHEMA IF NOT EXISTS olap_dashboard; SET search_path = olap_dashboard;"
                    "SET work_mem = '64MB'; SET jit = off");
    return c;
}

static void create_postgres(void *e) {
    run_postgres(e, "DROP SCHEMA olap_dashboard CASCADE; CREATE SCHEMA olap_dashboard");
    run_postgres(e, create_sql);
}

static void add_row(struct strbuf *sb, const struct row *r) {
    strbuf_addf(sb, "%lld\t%d\t%lld\t%u", (long long)r->id, r->day, (long long)r->at_us, r->flags);
}

static void add_values(struct strbuf *sb, const struct row *r) {
    for (int i = 0; i < N_DIMS; i++)
        strbuf_addf(sb, "\t%d", r->dims[i]);
    for (int i = 0; i < N_MEASURES; i++)
        if (isnan(r->measures[i]))
            strbuf_adds(sb, "\t\\N");
        else
            strbuf_addf(sb, "\t%.17g", r->measures[i]);
    strbuf_addf(sb, "\t%d\t%d\n", r->sentiment, r->urgency);
}

static void copy_postgres(PGconn *c, const char *table, struct strbuf *sb) {
    char text[64];
    snprintf(text, sizeof text, "COPY %s FROM STDIN", table);
    PGresult *r = PQexec(c, text);
    if (PQresultStatus(r) != PGRES_COPY_IN || PQputCopyData(c, sb->ptr, (int)sb->len) != 1 ||
        PQputCopyEnd(c, NULL) != 1)
        give_up(PQerrorMessage(c));
    PQclear(r);
    r = PQgetResult(c);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        give_up(PQerrorMessage(c));
    PQclear(r);
    while ((r = PQgetResult(c)))
        PQclear(r);
    strbuf_reset(sb);
}

static void put_postgres(void *e, const struct row *rows, int n) {
    CLEANUP(strbuf_done)
    struct strbuf feedback = strbuf_init(64 * MIB), aspect = strbuf_init(64 * MIB),
                  phrase = strbuf_init(64 * MIB);
    for (int i = 0; i < n; i++) {
        add_row(&feedback, &rows[i]);
        add_values(&feedback, &rows[i]);
        for (int k = 0; k < rows[i].n_aspects; k++) {
            add_row(&aspect, &rows[i]);
            strbuf_addf(&aspect, "\t%d\t%d", rows[i].aspects[k].dimension,
                        rows[i].aspects[k].polarity);
            add_values(&aspect, &rows[i]);
        }
        for (int k = 0; k < rows[i].n_phrases; k++)
            strbuf_addf(&phrase, "%lld\t%u\n", (long long)rows[i].id, rows[i].phrases[k]);
    }
    run_postgres(e, "BEGIN");
    copy_postgres(e, "feedback", &feedback);
    copy_postgres(e, "aspect", &aspect);
    copy_postgres(e, "phrase", &phrase);
    run_postgres(e, "COMMIT");
}

static void finish_postgres(void *e) {
    run_postgres(e, index_sql);
    run_postgres(e, "VACUUM ANALYZE feedback");
    run_postgres(e, "VACUUM ANALYZE aspect");
}

static struct answer ask_postgres(void *e, enum question which) {
    struct answer a = {0};
    PGresult *r = PQexec(e, sql[which]);
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        give_up(PQerrorMessage(e));
    a.groups = PQntuples(r);
    for (int i = 0; i < PQntuples(r); i++) {
        a.n += strtoll(PQgetvalue(r, i, 0), NULL, 10);
        a.sum += strtod(PQgetvalue(r, i, 1), NULL);
    }
    PQclear(r);
    return a;
}

static void drop_postgres(void *e) {
    run_postgres(e, "DROP SCHEMA olap_dashboard CASCADE");
}

static void close_postgres(void *e) {
    PQfinish(e);
}

const struct engine postgres_engine = {"postgres",    open_postgres,   create_postgres,
                                       put_postgres,  finish_postgres, ask_postgres,
                                       drop_postgres, close_postgres};
