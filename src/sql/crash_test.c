// SPDX-License-Identifier: Apache-2.0
// Acknowledged is durable: processes are killed in the middle of their writes.
#include "sql/migrate.h"
#include "tests/support/crash.h"

#define ROUNDS 5

static const struct migration schema[] = {
    {1, "row", STR_INIT("CREATE TABLE line (id {id}, half INTEGER NOT NULL)")},
};

// Two rows, one number: both are there or none.
static bool write_row(struct sql *s, void *ctx, struct error *err) {
    const int64_t *number = ctx;
    return sql_run(s, err, "INSERT INTO line (id, half) VALUES ($1, 0)", SQL_INT(*number * 2)) &&
           sql_run(s, err, "INSERT INTO line (id, half) VALUES ($1, 1)", SQL_INT(*number * 2 + 1));
}

static bool forget(struct sql *s, UNUSED void *ctx, struct error *err) {
    return sql_run(s, err, "DELETE FROM line");
}

static bool check(struct sql *s, void *ctx, struct error *err) {
    const struct crash *c = ctx;
    int64_t n;
    for (size_t i = 0; i < c->n; i++) {
        if (!sql_get_int(s, &n, -1, err, "SELECT count(*) FROM line WHERE id IN ($1, $2)",
                         SQL_INT(c->acknowledged[i] * 2), SQL_INT(c->acknowledged[i] * 2 + 1)))
            return false;
        if (n != 2)
            fail_msg("%d was acknowledged and %d of its 2 rows are there", (int)c->acknowledged[i],
                     (int)n);
    }
    if (!sql_get_int(
            s, &n, -1, err,
            "SELECT count(*) FROM (SELECT id / 2 FROM line GROUP BY id / 2 HAVING count(*) <> 2) AS x"))
        return false;
    if (n != 0)
        fail_msg("%d writes are there by half", (int)n);
    return true;
}

static void crash_often(struct test_store *t) {
    struct error err;
    if (!migrate(t->db, schema, ARRAY_LEN(schema), &err))
        fail_msg("%s", err.en);
    for (size_t round = 0; round < ROUNDS; round++) {
        test_store_close(t);
        struct crash c = crash_start(t, write_row);
        crash_wait(&c, 60 + 70 * round);
        crash_kill(&c);
        test_store_open(t);
        if (!sql_read(t->db, check, &c, &err) || !sql_write(t->db, forget, NULL, &err))
            fail_msg("%s", err.en);
        crash_done(&c);
    }
}

TEST(crash_loses_nothing_that_was_acknowledged) {
    test_stores(crash_often, false);
}
