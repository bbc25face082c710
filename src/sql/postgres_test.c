// SPDX-License-Identifier: Apache-2.0
// What only a server elsewhere can do to us: other nodes, conflicts, going away. What both engines promise is in
// sql_test.c.
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "sql/migrate.h"
#include "tests/support/crash.h"
#include "tests/support/proxy.h"
#include "tests/support/stores.h"

static const struct migration schema[] = {
    {1, "line", STR_INIT("CREATE TABLE line (id {serial}, n BIGINT NOT NULL)")},
};

static void ok(bool succeeded, const struct error *err) {
    if (!succeeded)
        fail_msg("%s: %s", error_code_name(err->code), err->en);
}

static struct sql_db *open_node(const char *where) {
    struct error err;
    struct sql_db *db;
    ok(sql_open(&(struct sql_options){.where = str_from(where)}, &db, &err), &err);
    return db;
}

// A test on a store in PostgreSQL with the table of this file.
#define TEST_POSTGRES(name)                                                                        \
    static void postgres_##name(struct test_store *t);                                             \
    static void start_##name(struct test_store *t) {                                               \
        struct error err;                                                                          \
        if (t->engine != SQL_ENGINE_POSTGRES)                                                      \
            return;                                                                                \
        ok(migrate(t->db, schema, ARRAY_LEN(schema), &err), &err);                                 \
        postgres_##name(t);                                                                        \
    }                                                                                              \
    TEST(name) {                                                                                   \
        if (!test_postgres())                                                                      \
            skip_loudly("no HUISHENG_TEST_POSTGRES");                                              \
        test_stores(start_##name, false);                                                          \
    }                                                                                              \
    static void postgres_##name(struct test_store *t)

static bool insert(struct sql *s, void *ctx, struct error *err) {
    const int64_t *n = ctx;
    return sql_run(s, err, "INSERT INTO line (n) VALUES ($1)", SQL_INT(*n));
}

static bool count(struct sql *s, void *ctx, struct error *err) {
    return sql_get_int(s, (int64_t *)ctx, -1, err, "SELECT count(*) FROM line");
}

static int64_t counted(struct sql_db *db) {
    struct error err;
    int64_t n = -1;
    ok(sql_read(db, count, &n, &err), &err);
    return n;
}

// As somebody else, with the server's own client.
static void ask(const char *uri, const char *text) {
    PGconn *c = PQconnectdb(uri);
    if (PQstatus(c) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(c));
    PGresult *r = PQexec(c, text);
    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        fail_msg("%s", PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
}

// The server itself: stop, start, kill.
static void control(const char *what) {
    char command[300];
    const char *program = getenv("HUISHENG_TEST_POSTGRES_CONTROL");
    snprintf(command, sizeof command, "%s %s", program, what);
    if (system(command) != 0)
        fail_msg("%s", command);
}

static void need_control(void) {
    if (!getenv("HUISHENG_TEST_POSTGRES_CONTROL"))
        skip_loudly("no HUISHENG_TEST_POSTGRES_CONTROL");
}

// ── several nodes ──

struct heard {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct strbuf all;
};

static void hear(void *ctx, struct str payload) {
    struct heard *h = ctx;
    pthread_mutex_lock(&h->lock);
    strbuf_add(&h->all, payload);
    strbuf_addc(&h->all, '|');
    pthread_cond_broadcast(&h->changed);
    pthread_mutex_unlock(&h->lock);
}

static struct heard hearing(void) {
    return (struct heard){PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, strbuf_init(KIB)};
}

static void wait_heard(struct heard *h, const char *all) {
    pthread_mutex_lock(&h->lock);
    while (!str_has(strbuf_str(&h->all), str_from(all)))
        pthread_cond_wait(&h->changed, &h->lock);
    pthread_mutex_unlock(&h->lock);
}

static bool say(struct sql *s, void *ctx, struct error *err) {
    return sql_notify(s, "feed", str_from(ctx), err);
}

TEST_POSTGRES(postgres_news_reach_every_node) {
    struct sql_db *other = open_node(t->where);
    struct heard here = hearing(), there = hearing();
    struct error err;
    ok(sql_listen(t->db, "feed", hear, &here, &err), &err);
    ok(sql_listen(other, "feed", hear, &there, &err), &err);
    ok(sql_write(t->db, say, (void *)(uintptr_t) "one", &err), &err);
    ok(sql_write(other, say, (void *)(uintptr_t) "two", &err), &err);
    wait_heard(&here, "one|two|");
    wait_heard(&there, "one|two|");
    sql_close(other);
    test_store_again(t);
    strbuf_done(&here.all);
    strbuf_done(&there.all);
}

TEST_POSTGRES(postgres_one_node_leads_and_another_takes_over) {
    struct sql_db *other = open_node(t->where);
    assert_true(sql_is_leader(t->db, "schedule"));
    assert_false(sql_is_leader(other, "schedule"));
    assert_true(sql_is_leader(t->db, "schedule"));
    assert_true(sql_is_leader(other, "crawl")); // each word has its leader
    test_store_close(t);
    bool leads = false;
    for (int i = 0; i < 200 && !leads; i++, usleep(10000))
        leads = sql_is_leader(other, "schedule");
    assert_true(leads);
    sql_close(other);
    test_store_open(t);
}

static void number_nodes(struct test_store *t) {
    struct sql_db *others[5];
    struct error err;
    int number[6], again;
    if (t->engine != SQL_ENGINE_POSTGRES)
        return;
    ok(sql_node(t->db, &number[5], &err), &err);
    for (int i = 0; i < 5; i++) {
        others[i] = open_node(t->where);
        ok(sql_node(others[i], &number[i], &err), &err);
        for (int k = 0; k < i; k++)
            assert_int_not_equal(number[i], number[k]);
        assert_int_not_equal(number[i], number[5]);
    }
    // A number that is free again is the last to be given: its old owner may still be somewhere.
    sql_close(others[2]);
    others[2] = open_node(t->where);
    ok(sql_node(others[2], &again, &err), &err);
    assert_int_not_equal(again, number[2]);
    for (int i = 0; i < 5; i++)
        sql_close(others[i]);
}

TEST(postgres_node_numbers_differ_and_are_reused_last) {
    if (!test_postgres())
        skip_loudly("no HUISHENG_TEST_POSTGRES");
    test_stores(number_nodes, true);
}

TEST_POSTGRES(postgres_two_stores_in_one_database_do_not_meet) {
    char where[600];
    struct error err;
    struct heard here = hearing();
    ask(t->where, "CREATE SCHEMA elsewhere");
    snprintf(where, sizeof where, "%.*s%%3Delsewhere", (int)(strstr(t->where, "%3D") - t->where),
             t->where);
    struct sql_db *other = open_node(where);
    ok(sql_listen(t->db, "feed", hear, &here, &err), &err);
    assert_true(sql_is_leader(t->db, "schedule"));
    assert_true(sql_is_leader(other, "schedule"));
    ok(sql_write(other, say, (void *)(uintptr_t) "theirs", &err), &err);
    ok(sql_write(t->db, say, (void *)(uintptr_t) "ours", &err), &err);
    wait_heard(&here, "ours|");
    assert_str(strbuf_str(&here.all), "ours|");
    sql_close(other);
    ask(t->where, "DROP SCHEMA elsewhere CASCADE");
    test_store_again(t);
    strbuf_done(&here.all);
}

struct starter {
    struct test_store *t;
    bool ok;
    struct error err;
    pthread_t thread;
};

static void *start_node(void *arg) {
    struct starter *n = arg;
    struct sql_db *db = open_node(n->t->where);
    n->ok = migrate(db, migrations, n_migrations, &n->err);
    sql_close(db);
    return NULL;
}

static void start_together(struct test_store *t) {
    struct starter nodes[6] = {0};
    for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
        nodes[i].t = t;
        if (t->engine == SQL_ENGINE_POSTGRES)
            pthread_create(&nodes[i].thread, NULL, start_node, &nodes[i]);
    }
    for (size_t i = 0; i < ARRAY_LEN(nodes) && t->engine == SQL_ENGINE_POSTGRES; i++) {
        pthread_join(nodes[i].thread, NULL);
        ok(nodes[i].ok, &nodes[i].err);
    }
}

TEST(postgres_nodes_that_start_together_migrate_once) {
    if (!test_postgres())
        skip_loudly("no HUISHENG_TEST_POSTGRES");
    test_stores(start_together, false);
}

// ── conflicts ──

struct crossing {
    const char *first, *second;
    _Atomic int *holding; // times the first lock was had
};

static bool cross(struct sql *s, void *ctx, struct error *err) {
    const struct crossing *c = ctx;
    int64_t n;
    if (!sql_lock(s, c->first, err) || !count(s, &n, err))
        return false;
    atomic_fetch_add(c->holding, 1);
    for (int i = 0; i < 500 && atomic_load(c->holding) < 2; i++)
        usleep(10000);
    return sql_lock(s, c->second, err) && insert(s, &n, err);
}

struct crosser {
    struct sql_db *db;
    struct crossing c;
    bool ok;
    struct error err;
    pthread_t thread;
};

static void *start_crossing(void *arg) {
    struct crosser *c = arg;
    c->ok = sql_write(c->db, cross, &c->c, &c->err);
    return NULL;
}

// Two nodes take two locks in opposite order: the server gives one of them up, and it is run again.
TEST_POSTGRES(postgres_deadlock_is_run_again) {
    _Atomic int holding = 0;
    struct crosser a = {t->db, {"a", "b", &holding}, .ok = false};
    struct crosser b = {open_node(t->where), {"b", "a", &holding}, .ok = false};
    pthread_create(&a.thread, NULL, start_crossing, &a);
    pthread_create(&b.thread, NULL, start_crossing, &b);
    pthread_join(a.thread, NULL);
    pthread_join(b.thread, NULL);
    ok(a.ok, &a.err);
    ok(b.ok, &b.err);
    assert_int_equal(holding, 3);
    assert_int_equal(counted(t->db), 2);
    sql_close(b.db);
}

// ── the connection goes away ──

struct interrupted {
    const char *uri;
    int runs;
};

static bool interrupt(struct sql *s, void *ctx, struct error *err) {
    struct interrupted *i = ctx;
    int64_t n = 1;
    if (!insert(s, &n, err) || !count(s, &n, err))
        return false;
    if (i->runs++ == 0)
        ask(i->uri, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'huisheng'");
    return count(s, &n, err) && insert(s, &n, err);
}

static bool interrupt_read(struct sql *s, void *ctx, struct error *err) {
    struct interrupted *i = ctx;
    int64_t n;
    if (!count(s, &n, err))
        return false;
    if (i->runs++ == 0)
        ask(i->uri, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'huisheng'");
    return count(s, &n, err);
}

TEST_POSTGRES(postgres_lost_connection_before_commit_is_run_again) {
    struct interrupted i = {.uri = test_postgres()};
    struct error err;
    ok(sql_write(t->db, interrupt, &i, &err), &err);
    assert_int_equal(i.runs, 2);
    assert_int_equal(counted(t->db), 2);
    i.runs = 0;
    ok(sql_read(t->db, interrupt_read, &i, &err), &err);
    assert_int_equal(i.runs, 2);
    for (int k = 0; k < 5; k++)
        ok(sql_write(t->db, interrupt, &i, &err), &err);
    assert_int_equal(counted(t->db), 12);
}

// The server has committed, its answer does not come: whoever asked must be told that nobody knows.
TEST_POSTGRES(postgres_lost_answer_to_commit_is_an_unknown_outcome) {
    struct error err = {0};
    int64_t n = 7;
    char where[600];
    struct test_proxy *proxy = test_proxy_start(t->where, where, sizeof where);
    struct sql_db *db;
    ok(sql_open(&(struct sql_options){.where = str_from(where), .writers = 1}, &db, &err), &err);
    test_proxy_cut_after(proxy, "COMMIT");
    assert_false(sql_write(db, insert, &n, &err));
    assert_int_equal(err.code, ERROR_UNAVAILABLE);
    assert_non_null(strstr(err.en, "not known"));
    assert_int_equal(counted(t->db), 1);
    ok(sql_write(db, insert, &n, &err), &err); // goes on over a new connection
    assert_int_equal(counted(t->db), 2);
    sql_close(db);
    test_proxy_stop(proxy);
}

static bool count_number(struct sql *s, void *ctx, struct error *err) {
    int64_t *n = ctx;
    return sql_get_int(s, n, -1, err, "SELECT count(*) FROM line WHERE n = $1", SQL_INT(*n));
}

static bool insert_slowly(struct sql *s, void *ctx, struct error *err) {
    int64_t n;
    return count(s, &n, err) && insert(s, ctx, err) && count(s, &n, err);
}

// Wherever it breaks: an acknowledged write is there once, a refused one at most once.
TEST_POSTGRES(postgres_cut_anywhere_doubles_nothing) {
    struct error err = {0};
    char where[600];
    struct test_proxy *proxy = test_proxy_start(t->where, where, sizeof where);
    struct sql_db *db;
    int refused = 0;
    ok(sql_open(&(struct sql_options){.where = str_from(where), .writers = 1}, &db, &err), &err);
    for (int64_t i = 1; i <= 120; i++) {
        int64_t number = i, there = i;
        test_proxy_cut_in(proxy, (int)(i % 10) + 1);
        bool written = sql_write(db, i % 2 ? insert : insert_slowly, &number, &err);
        test_proxy_cut_in(proxy, 0);
        ok(sql_read(t->db, count_number, &there, &err), &err);
        if (written ? there != 1 : there > 1)
            fail_msg("%d: %s and there %d times", (int)i, written ? "acknowledged" : "refused",
                     (int)there);
        refused += !written;
    }
    assert_true(refused < 60); // most are run again
    sql_close(db);
    test_proxy_stop(proxy);
}

TEST_POSTGRES(postgres_stopped_and_started_again) {
    struct heard here = hearing();
    struct error err;
    int64_t n = 1;
    need_control();
    ok(sql_listen(t->db, "feed", hear, &here, &err), &err);
    ok(sql_write(t->db, insert, &n, &err), &err);
    assert_int_equal(counted(t->db), 1);
    assert_true(sql_is_leader(t->db, "schedule"));
    control("stop");
    for (int i = 0; i < 3; i++) {
        int64_t began_us = clock_monotonic_us();
        assert_false(i == 1 ? sql_read(t->db, count, &n, &err)
                            : sql_write(t->db, insert, &n, &err));
        assert_int_equal(err.code, ERROR_UNAVAILABLE);
        assert_true(clock_monotonic_us() - began_us < 8 * US_PER_SECOND);
    }
    assert_false(sql_is_leader(t->db, "schedule"));
    control("start");
    n = 2;
    ok(sql_write(t->db, insert, &n, &err), &err);
    assert_int_equal(counted(t->db), 2);
    wait_heard(&here, "|"); // something may have been missed
    ok(sql_write(t->db, say, (void *)(uintptr_t) "again", &err), &err);
    wait_heard(&here, "|again|");
    bool leads = false;
    for (int i = 0; i < 300 && !leads; i++, usleep(10000))
        leads = sql_is_leader(t->db, "schedule");
    assert_true(leads);
    test_store_again(t);
    strbuf_done(&here.all);
}

static bool check_acknowledged(struct sql *s, void *ctx, struct error *err) {
    const struct crash *c = ctx;
    int64_t n;
    for (size_t i = 0; i < c->n; i++) {
        if (!sql_get_int(s, &n, -1, err, "SELECT count(*) FROM line WHERE n = $1",
                         SQL_INT(c->acknowledged[i])))
            return false;
        if (n < 1)
            fail_msg("%d was acknowledged and is not there", (int)c->acknowledged[i]);
    }
    return true;
}

// The server dies without a word, twice, in the middle of writes; the writers go on when it is back.
TEST_POSTGRES(postgres_killed_loses_nothing_that_was_acknowledged) {
    struct error err;
    need_control();
    test_store_close(t);
    struct crash c = crash_start(t, insert);
    for (size_t round = 1; round <= 2; round++) {
        crash_wait(&c, 150 * round);
        control("kill");
        control("start");
    }
    crash_wait(&c, c.n + 50);
    crash_kill(&c);
    test_store_open(t);
    ok(sql_read(t->db, check_acknowledged, &c, &err), &err);
    crash_done(&c);
}

TEST(postgres_what_cannot_be_reached_says_so) {
    static const char *const rows[] = {
        "postgresql:///postgres?host=/nowhere/at/all",
        "postgres://127.0.0.1:1/postgres",
        "postgresql://%%%",
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {0};
        struct sql_db *db;
        assert_false(sql_open(&(struct sql_options){.where = str_from(rows[i])}, &db, &err));
        assert_int_equal(err.code, ERROR_UNAVAILABLE);
        assert_true(err.zh[0] && err.en[0] && !strchr(err.en, '\n'));
    }
}
