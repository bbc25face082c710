// SPDX-License-Identifier: Apache-2.0
#include "tests/support/stores.h"

#include <libpq-fe.h>
#include <unistd.h>

#include "sql/migrate.h"

const char *test_postgres(void) {
    static bool said;
    const char *uri = getenv("HUISHENG_TEST_POSTGRES");
    if (uri && *uri)
        return uri;
    if (!said)
        print_message(
            "skipped: stores on PostgreSQL: no HUISHENG_TEST_POSTGRES (tools/with-postgres)\n");
    said = true;
    return NULL;
}

static void no_notice(UNUSED void *ctx, UNUSED const char *message) {
}

static void run_statement(const char *uri, const char *before, const char *schema,
                          const char *after) {
    char text[128];
    PGconn *c = PQconnectdb(uri);
    PQsetNoticeProcessor(c, no_notice, NULL);
    if (PQstatus(c) != CONNECTION_OK)
        fail_msg("%s: %s", uri, PQerrorMessage(c));
    snprintf(text, sizeof text, "%s%s%s", before, schema, after);
    PGresult *r = PQexec(c, text);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", text, PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
}

void test_store_open(struct test_store *t) {
    struct error err;
    if (!sql_open(&(struct sql_options){.where = str_from(t->where)}, &t->db, &err))
        fail_msg("%s", err.en);
}

static void run_on(struct test_store *t, test_store_fn *fn, bool migrated) {
    struct error err;
    test_store_open(t);
    if (migrated && !migrate(t->db, migrations, n_migrations, &err))
        fail_msg("%s", err.en);
    fn(t);
    test_store_close(t);
}

void test_stores(test_store_fn *fn, bool migrated) {
    static unsigned number;
    struct test_store t = {.engine = SQL_ENGINE_SQLITE};
    number++;
    snprintf(t.where, sizeof t.where, "%s/store-%u.sqlite", test_tmp_dir(), number);
    run_on(&t, fn, migrated);
    const char *uri = test_postgres();
    if (!uri)
        return;
    t = (struct test_store){.engine = SQL_ENGINE_POSTGRES};
    char schema[64];
    snprintf(schema, sizeof schema, "t_%d_%u", (int)getpid(), number);
    snprintf(t.where, sizeof t.where, "%s%coptions=-csearch_path%%3D%s", uri,
             strchr(uri, '?') ? '&' : '?', schema);
    run_statement(uri, "CREATE SCHEMA ", schema, "");
    run_on(&t, fn, migrated);
    run_statement(uri, "DROP SCHEMA ", schema, " CASCADE");
}

void test_store_close(struct test_store *t) {
    sql_close(t->db);
    t->db = NULL;
}

void test_store_again(struct test_store *t) {
    test_store_close(t);
    test_store_open(t);
}
