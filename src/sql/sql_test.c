// SPDX-License-Identifier: Apache-2.0
#include "sql/sql.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/strbuf.h"
#include "sql/migrate.h"
#include "tests/support/stores.h"

static const struct migration notes[] = {
    {1, "note",
     STR_INIT("CREATE TABLE note (id {id}, n BIGINT, small INTEGER, r {real}, t TEXT, b {blob},"
              " CHECK (n <> -13));"
              "CREATE UNIQUE INDEX note_t ON note (t);"
              "CREATE TABLE page (id {id}, note BIGINT NOT NULL REFERENCES note (id));")},
};

static void make_notes(struct test_store *t) {
    struct error err;
    if (!migrate(t->db, notes, ARRAY_LEN(notes), &err))
        fail_msg("%s", err.en);
}

#define TEST_NOTES(name)                                                                           \
    static void notes_##name(struct test_store *t);                                                \
    static void start_##name(struct test_store *t) {                                               \
        make_notes(t);                                                                             \
        notes_##name(t);                                                                           \
    }                                                                                              \
    TEST(name) {                                                                                   \
        test_stores(start_##name, false);                                                          \
    }                                                                                              \
    static void notes_##name(UNUSED struct test_store *t)

static void ok(bool succeeded, const struct error *err) {
    if (!succeeded)
        fail_msg("%s: %s", error_code_name(err->code), err->en);
}

static bool insert(struct sql *s, void *ctx, struct error *err) {
    const int64_t *id = ctx;
    return sql_run(s, err, "INSERT INTO note (id, n) VALUES ($1, $2)", SQL_INT(*id), SQL_INT(*id));
}

static bool count(struct sql *s, void *ctx, struct error *err) {
    return sql_get_int(s, (int64_t *)ctx, -1, err, "SELECT count(*) FROM note");
}

static int64_t counted(struct test_store *t) {
    struct error err;
    int64_t n = -1;
    ok(sql_read(t->db, count, &n, &err), &err);
    return n;
}

// ── values ──

struct value {
    int64_t id;
    struct sql_arg n, small, r, t, b;
};

static bool put_value(struct sql *s, void *ctx, struct error *err) {
    const struct value *v = ctx;
    return sql_run(s, err,
                   "INSERT INTO note (id, n, small, r, t, b) VALUES ($1, $2, $3, $4, $5, $6)",
                   SQL_INT(v->id), v->n, v->small, v->r, v->t, v->b);
}

static void check_column(const struct sql_rows *rows, int column, const struct sql_arg *want) {
    bool null = want->kind == SQL_KIND_NULL || (want->kind == SQL_KIND_REAL && isnan(want->r));
    assert_int_equal(sql_is_null(rows, column), null);
    if (null || want->kind == SQL_KIND_INT)
        assert_true(sql_int(rows, column) == (null ? 0 : want->i));
    if (null)
        assert_true(isnan(sql_real(rows, column)));
    else if (want->kind == SQL_KIND_REAL)
        assert_true(sql_real(rows, column) == want->r);
    if (null || want->kind == SQL_KIND_TEXT || want->kind == SQL_KIND_BLOB) {
        assert_true(str_eq(sql_text(rows, column), null ? STR("") : want->s));
        assert_true(str_eq(sql_bytes(rows, column), null ? STR("") : want->s));
    } else {
        assert_str(sql_text(rows, column), "");
    }
}

static bool check_value(struct sql *s, void *ctx, struct error *err) {
    const struct value *v = ctx;
    struct sql_rows *rows;
    if (!sql_select(s, &rows, err, "SELECT n, small, r, t, b FROM note WHERE id = $1",
                    SQL_INT(v->id)))
        return false;
    assert_true(sql_next(rows));
    check_column(rows, 0, &v->n);
    check_column(rows, 1, &v->small);
    check_column(rows, 2, &v->r);
    check_column(rows, 3, &v->t);
    check_column(rows, 4, &v->b);
    assert_false(sql_next(rows));
    assert_false(sql_next(rows));
    return sql_rows_close(rows, err);
}

TEST_NOTES(sql_values_come_back_as_they_went) {
    char long_text[20000];
    memset(long_text, 'x', sizeof long_text);
    const struct value values[] = {
        {1, SQL_INT(0), SQL_INT(1), SQL_REAL(0.1), SQL_TEXT(STR("差评")),
         SQL_BLOB(STR("\0\xff\0"))},
        {2, SQL_NULL, SQL_NULL, SQL_NULL, SQL_NULL, SQL_NULL},
        {3, SQL_INT(INT64_MAX), SQL_INT(INT32_MAX), SQL_REAL(1e300), SQL_TEXT(STR("")),
         SQL_BLOB(STR(""))},
        {4, SQL_INT(INT64_MIN), SQL_INT(INT32_MIN), SQL_REAL(-0.0),
         SQL_TEXT(STR("'; DROP TABLE note; --")), SQL_NULL},
        {5, SQL_INT(-1), SQL_NULL, SQL_REAL(NAN), SQL_NULL, SQL_BLOB(STR("\xe5"))},
        {6, SQL_NULL, SQL_INT(7), SQL_REAL(INFINITY), SQL_TEXT(STR("$1 {id} \\ \" 😀")),
         SQL_BLOB(str_make(long_text, sizeof long_text))},
        {7, SQL_INT(5), SQL_NULL, SQL_REAL(3), SQL_TEXT(str_make(long_text, sizeof long_text)),
         SQL_NULL},
        {INT64_MAX, SQL_INT_OR_NULL(9, 9), SQL_INT_OR_NULL(8, 9), SQL_REAL(2.5), SQL_NULL,
         SQL_NULL},
    };
    struct error err;
    for (size_t i = 0; i < ARRAY_LEN(values); i++)
        ok(sql_write(t->db, put_value, (void *)(uintptr_t)&values[i], &err), &err);
    for (size_t i = 0; i < ARRAY_LEN(values); i++)
        ok(sql_read(t->db, check_value, (void *)(uintptr_t)&values[i], &err), &err);
    test_store_again(t);
    ok(sql_read(t->db, check_value, (void *)(uintptr_t)&values[5], &err), &err);
    assert_int_equal(counted(t), ARRAY_LEN(values));
}

// ── writing ──

struct numbers {
    int64_t from, to; // rows to insert
    bool fails;       // then say no
    int64_t told;     // answers to sql_write_async
    int64_t refused;
};

static bool insert_numbers(struct sql *s, void *ctx, struct error *err) {
    const struct numbers *n = ctx;
    for (int64_t i = n->from; i < n->to; i++)
        if (!insert(s, &i, err))
            return false;
    return !n->fails || error_set(err, ERROR_CANCELLED, "不要", "no");
}

TEST_NOTES(sql_write_that_fails_leaves_nothing) {
    struct error err;
    struct numbers n = {.from = 100, .to = 110, .fails = true};
    assert_false(sql_write(t->db, insert_numbers, &n, &err));
    assert_int_equal(err.code, ERROR_CANCELLED);
    assert_int_equal(counted(t), 0);
    n.fails = false;
    ok(sql_write(t->db, insert_numbers, &n, &err), &err);
    assert_int_equal(counted(t), 10);
    assert_false(sql_write(t->db, insert_numbers, &n, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_int_equal(counted(t), 10);
}

static bool broken(struct sql *s, UNUSED void *ctx, struct error *err) {
    return sql_run(s, err, "INSERT INTO nothing (id) VALUES (1)");
}

static bool check_constraint(struct sql *s, UNUSED void *ctx, struct error *err) {
    return sql_run(s, err, "INSERT INTO note (id, n) VALUES (1, -13)");
}

static bool unique_text(struct sql *s, UNUSED void *ctx, struct error *err) {
    return sql_run(s, err, "INSERT INTO note (id, t) VALUES (1, 'same')") &&
           sql_run(s, err, "INSERT INTO note (id, t) VALUES (2, 'same')");
}

static bool foreign_key(struct sql *s, UNUSED void *ctx, struct error *err) {
    return sql_run(s, err, "INSERT INTO page (id, note) VALUES (1, 999)");
}

static bool too_few(struct sql *s, UNUSED void *ctx, struct error *err) {
    return sql_run(s, err, "INSERT INTO note (id, n) VALUES ($1, $2)", SQL_INT(1));
}

static bool too_many(struct sql *s, UNUSED void *ctx, struct error *err) {
    return sql_run(s, err, "INSERT INTO note (id) VALUES ($1)", SQL_INT(1), SQL_INT(2));
}

static bool write_in_read(struct sql *s, UNUSED void *ctx, struct error *err) {
    int64_t rows;
    return sql_change(s, &rows, err, "INSERT INTO note (id) VALUES (1)");
}

TEST_NOTES(sql_errors_have_their_codes) {
    static const struct {
        sql_fn *fn;
        bool read;
        enum error_code code;
    } rows[] = {
        {broken, false, ERROR_INTERNAL},        {check_constraint, false, ERROR_CONFLICT},
        {unique_text, false, ERROR_CONFLICT},   {foreign_key, false, ERROR_CONFLICT},
        {too_few, false, ERROR_INTERNAL},       {too_many, false, ERROR_INTERNAL},
        {write_in_read, true, ERROR_FORBIDDEN}, {broken, true, ERROR_INTERNAL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {0};
        bool done = rows[i].read ? sql_read(t->db, rows[i].fn, NULL, &err)
                                 : sql_write(t->db, rows[i].fn, NULL, &err);
        assert_false(done);
        if (err.code != rows[i].code)
            fail_msg("row %zu: %s: %s", i, error_code_name(err.code), err.en);
        assert_true(err.zh[0]);
    }
    assert_int_equal(counted(t), 0);
}

struct pusher {
    struct test_store *t;
    struct numbers n;
    bool ok;
    struct error err;
    pthread_t thread;
};

static void *push(void *arg) {
    struct pusher *p = arg;
    p->ok = sql_write(p->t->db, insert_numbers, &p->n, &p->err);
    return NULL;
}

#define PUSHERS 48

// Every fifth says no, every seventh meets a row that is there: the others do not notice.
TEST_NOTES(sql_writes_of_one_group_do_not_hurt_each_other) {
    struct pusher p[PUSHERS] = {0};
    struct numbers there = {.from = 0, .to = 1};
    struct error err;
    int64_t want = 1;
    ok(sql_write(t->db, insert_numbers, &there, &err), &err);
    for (int i = 0; i < PUSHERS; i++) {
        p[i].t = t;
        p[i].n =
            (struct numbers){.from = 100 * (i + 1), .to = 100 * (i + 1) + 7, .fails = i % 5 == 0};
        if (i % 7 == 0)
            p[i].n.from = 0, p[i].n.to = 3;
        assert_int_equal(pthread_create(&p[i].thread, NULL, push, &p[i]), 0);
    }
    for (int i = 0; i < PUSHERS; i++) {
        pthread_join(p[i].thread, NULL);
        assert_int_equal(p[i].ok, i % 5 != 0 && i % 7 != 0);
        if (i % 35 == 0) // PostgreSQL hears of the conflict after the no
            assert_true(p[i].err.code == ERROR_CONFLICT || p[i].err.code == ERROR_CANCELLED);
        else if (i % 7 == 0)
            assert_int_equal(p[i].err.code, ERROR_CONFLICT);
        else if (i % 5 == 0)
            assert_int_equal(p[i].err.code, ERROR_CANCELLED);
        else
            want += 7;
    }
    assert_int_equal(counted(t), want);
}

static bool ignores_error(struct sql *s, UNUSED void *ctx, struct error *err) {
    int64_t rows;
    if (!sql_run(s, err, "INSERT INTO note (id) VALUES (1)"))
        return false;
    if (sql_change(s, &rows, err, "INSERT INTO note (id) VALUES (1)"))
        fail_msg("a row is there twice");
    return true;
}

TEST_NOTES(sql_write_whose_error_was_ignored_is_not_committed) {
    struct error err;
    assert_false(sql_write(t->db, ignores_error, NULL, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_int_equal(counted(t), 0);
}

struct answers {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int ok, failed;
    enum error_code code;
};

static void answered(void *ctx, bool succeeded, const struct error *err) {
    struct answers *a = ctx;
    pthread_mutex_lock(&a->lock);
    *(succeeded ? &a->ok : &a->failed) += 1;
    if (!succeeded)
        a->code = err->code;
    pthread_cond_signal(&a->changed);
    pthread_mutex_unlock(&a->lock);
}

static bool insert_next(struct sql *s, UNUSED void *ctx, struct error *err) {
    return sql_run(s, err, "INSERT INTO note (id, n) SELECT coalesce(max(id), 0) + 1, 1 FROM note");
}

static bool locked_next(struct sql *s, void *ctx, struct error *err) {
    return sql_lock(s, "next", err) && insert_next(s, ctx, err);
}

static bool refuse(UNUSED struct sql *s, UNUSED void *ctx, struct error *err) {
    return error_set(err, ERROR_CANCELLED, "不要", "no");
}

// What is read and then written under a lock is written by one at a time, also where several connections write.
TEST_NOTES(sql_write_async_answers_each_once) {
    struct answers a = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    for (int i = 0; i < 200; i++)
        sql_write_async(t->db, i % 10 ? locked_next : refuse, answered, &a);
    pthread_mutex_lock(&a.lock);
    while (a.ok + a.failed < 200)
        pthread_cond_wait(&a.changed, &a.lock);
    pthread_mutex_unlock(&a.lock);
    assert_int_equal(a.ok, 180);
    assert_int_equal(a.failed, 20);
    assert_int_equal(a.code, ERROR_CANCELLED);
    assert_int_equal(counted(t), 180);
}

TEST_NOTES(sql_close_does_what_is_queued) {
    struct answers a = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    for (int i = 0; i < 50; i++)
        sql_write_async(t->db, locked_next, answered, &a);
    test_store_again(t);
    assert_int_equal(a.ok, 50);
    assert_int_equal(counted(t), 50);
}

// ── reading ──

struct look {
    struct test_store *t;
    int64_t before, after;
};

static bool look_twice(struct sql *s, void *ctx, struct error *err) {
    struct look *l = ctx;
    struct numbers more = {.from = 100, .to = 110};
    if (!count(s, &l->before, err))
        return false;
    if (!sql_write(l->t->db, insert_numbers, &more, err))
        return false;
    return count(s, &l->after, err);
}

TEST_NOTES(sql_read_sees_one_state) {
    struct look l = {.t = t};
    struct error err;
    ok(sql_read(t->db, look_twice, &l, &err), &err);
    assert_int_equal(l.before, 0);
    assert_int_equal(l.after, 0);
    assert_int_equal(counted(t), 10);
}

static bool nested(struct sql *s, void *ctx, struct error *err) {
    static const char text[] = "SELECT id FROM note WHERE id >= $1 ORDER BY id";
    int64_t *pairs = ctx;
    struct sql_rows *outer, *inner;
    *pairs = 0;
    if (!sql_select(s, &outer, err, text, SQL_INT(0)))
        return false;
    while (sql_next(outer)) {
        if (!sql_select(s, &inner, err, text, SQL_INT(sql_int(outer, 0))))
            return false;
        while (sql_next(inner))
            ++*pairs;
        if (!sql_rows_close(inner, err))
            return false;
    }
    return sql_rows_close(outer, err);
}

static bool leaves_open(struct sql *s, UNUSED void *ctx, struct error *err) {
    struct sql_rows *rows;
    return sql_select(s, &rows, err, "SELECT id FROM note ORDER BY id") && sql_next(rows) &&
           error_set(err, ERROR_CANCELLED, "不要", "no");
}

TEST_NOTES(sql_rows_may_be_nested_and_left) {
    struct numbers n = {.from = 1, .to = 21};
    struct error err;
    int64_t pairs = 0;
    ok(sql_write(t->db, insert_numbers, &n, &err), &err);
    for (int i = 0; i < 3; i++) {
        ok(sql_read(t->db, nested, &pairs, &err), &err);
        assert_int_equal(pairs, 210);
        assert_false(sql_read(t->db, leaves_open, NULL, &err));
        assert_false(sql_write(t->db, leaves_open, NULL, &err));
        ok(sql_write(t->db, nested, &pairs, &err), &err);
        assert_int_equal(pairs, 210);
    }
}

static bool changes(struct sql *s, UNUSED void *ctx, struct error *err) {
    static const struct {
        const char *text;
        int64_t want;
    } rows[] = {
        {"UPDATE note SET small = 1 WHERE id <= 5", 5},
        {"UPDATE note SET small = 1 WHERE id < 0", 0},
        {"DELETE FROM note WHERE id = 5", 1},
        {"INSERT INTO note (id, n) VALUES (6, 1), (50, 1) ON CONFLICT (id) DO UPDATE SET n = 2", 2},
        {"INSERT INTO note (id, n) VALUES (6, 1) ON CONFLICT DO NOTHING", 0},
        {"INSERT INTO note (id, n) VALUES (70, 1) RETURNING id", 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t n = -1;
        if (!sql_change(s, &n, err, rows[i].text))
            return false;
        if (n != rows[i].want)
            fail_msg("%s: %d", rows[i].text, (int)n);
    }
    return true;
}

// What differs most between engines: the types of sums, means, comparisons.
static bool figures(struct sql *s, UNUSED void *ctx, struct error *err) {
    struct sql_rows *rows;
    if (!sql_select(
            s, &rows, err,
            "SELECT count(*), sum(n), avg(n), sum(r), max(t), min(small), sum(small),"
            " coalesce(sum(n), 0) * 2, n_first FROM (SELECT *, first_value(n) OVER (ORDER BY id) AS n_first"
            " FROM note) AS x WHERE id BETWEEN $1 AND $2 GROUP BY n_first LIMIT $3",
            SQL_INT(1), SQL_INT(4), SQL_INT(10)))
        return false;
    assert_true(sql_next(rows));
    assert_int_equal(sql_int(rows, 0), 4);
    assert_int_equal(sql_int(rows, 1), 10);
    assert_true(sql_real(rows, 2) == 2.5);
    assert_true(sql_is_null(rows, 3));
    assert_true(sql_is_null(rows, 4));
    assert_int_equal(sql_int(rows, 5), 1);
    assert_int_equal(sql_int(rows, 6), 4);
    assert_int_equal(sql_int(rows, 7), 20);
    assert_int_equal(sql_int(rows, 8), 1);
    return sql_rows_close(rows, err);
}

TEST_NOTES(sql_counts_and_sums_are_the_same_on_both) {
    struct numbers n = {.from = 1, .to = 21};
    struct error err;
    ok(sql_write(t->db, insert_numbers, &n, &err), &err);
    ok(sql_write(t->db, changes, NULL, &err), &err);
    ok(sql_read(t->db, figures, NULL, &err), &err);
}

#define READERS 12

static void *read_often(void *arg) {
    struct pusher *p = arg;
    int64_t last = 0, n = 0;
    p->ok = true;
    for (int i = 0; p->ok && i < 100; i++, last = n) {
        p->ok = sql_read(p->t->db, count, &n, &p->err);
        if (p->ok && (n < last || n % 10))
            p->ok = error_set(&p->err, ERROR_INTERNAL, "看到了一半的写入", "half a write was seen");
    }
    return NULL;
}

static void *write_often(void *arg) {
    struct pusher *p = arg;
    int64_t from = p->n.from;
    p->ok = true;
    for (int i = 0; p->ok && i < 20; i++) {
        p->n.from = from + 10 * i;
        p->n.to = p->n.from + 10;
        p->ok = sql_write(p->t->db, insert_numbers, &p->n, &p->err);
    }
    return NULL;
}

TEST_NOTES(sql_many_threads_read_and_write) {
    struct pusher p[2 * READERS] = {0};
    for (int i = 0; i < 2 * READERS; i++) {
        p[i].t = t;
        p[i].n.from = 1000 * (i + 1);
        assert_int_equal(
            pthread_create(&p[i].thread, NULL, i % 2 ? read_often : write_often, &p[i]), 0);
    }
    for (int i = 0; i < 2 * READERS; i++) {
        pthread_join(p[i].thread, NULL);
        ok(p[i].ok, &p[i].err);
    }
    assert_int_equal(counted(t), READERS * 200);
}

// ── news ──

struct heard {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct strbuf all; // what was told, in order, with a bar after each
};

static void hear(void *ctx, struct str payload) {
    struct heard *h = ctx;
    pthread_mutex_lock(&h->lock);
    strbuf_add(&h->all, payload);
    strbuf_addc(&h->all, '|');
    pthread_cond_signal(&h->changed);
    pthread_mutex_unlock(&h->lock);
}

struct said {
    const char *channel, *payload;
    bool fails;
};

static bool say(struct sql *s, void *ctx, struct error *err) {
    const struct said *w = ctx;
    return sql_notify(s, w->channel, str_from(w->payload), err) &&
           (!w->fails || error_set(err, ERROR_CANCELLED, "不要", "no"));
}

TEST_NOTES(sql_news_are_told_after_the_commit_and_not_without) {
    struct said words[] = {
        {"other", "not for us", false}, {"feed", "first", false}, {"feed", "never", true},
        {"feed", "第二 '\"\\", false},  {"feed", "", false},      {"feed", "end", false},
    };
    struct heard h = {.lock = PTHREAD_MUTEX_INITIALIZER,
                      .changed = PTHREAD_COND_INITIALIZER,
                      .all = strbuf_init(KIB)};
    struct error err;
    char most[4001] = {0}, more[4002] = {0};
    struct said bad[] = {
        {"Feed", "", false}, {"", "", false}, {"a-b", "", false}, {"feed", more, false}};
    memset(most, 'x', sizeof most - 1);
    memset(more, 'x', sizeof more - 1);
    ok(sql_listen(t->db, "feed", hear, &h, &err), &err);
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        assert_int_equal(sql_write(t->db, say, &words[i], &err), !words[i].fails);
    pthread_mutex_lock(&h.lock);
    while (!str_ends(strbuf_str(&h.all), STR("end|")))
        pthread_cond_wait(&h.changed, &h.lock);
    assert_str(strbuf_str(&h.all), "first|第二 '\"\\||end|");
    pthread_mutex_unlock(&h.lock);
    ok(sql_write(t->db, say, &(struct said){"feed", most, false}, &err), &err);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(sql_write(t->db, say, &bad[i], &err));
    assert_false(sql_listen(t->db, "no such channel", hear, &h, &err));
    test_store_close(t); // hear is not called any more
    strbuf_done(&h.all);
    test_store_open(t);
}

TEST_STORES(sql_node_and_leader_are_had_by_the_only_process) {
    struct error err;
    int node = -1, again = -1;
    ok(sql_node(t->db, &node, &err), &err);
    ok(sql_node(t->db, &again, &err), &err);
    assert_int_equal(node, 0);
    assert_int_equal(again, 0);
    for (int i = 0; i < 3; i++)
        assert_true(sql_is_leader(t->db, "schedule"));
}
