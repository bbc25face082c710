// SPDX-License-Identifier: Apache-2.0
#include "account/audit.h"

#include <pthread.h>

#include "account/audit_inner.h"
#include "tests/support/accounts.h"

struct entry {
    const struct principal *by;
    const char *action;
    struct str detail;
    bool fails;
};

static bool add(struct sql *s, void *ctx, struct error *err) {
    const struct entry *e = ctx;
    return audit_add(s, e->by, e->action, STR("feedback:1"), e->detail, err) &&
           (!e->fails || error_set(err, ERROR_CANCELLED, "停", "stop"));
}

static struct audit_state verified(struct test_house *h, int64_t workspace) {
    struct audit_state state;
    struct error err;
    test_ok(audit_verify(h->t->db, workspace, &state, &err), &err);
    return state;
}

static size_t listed(struct test_house *h, struct audit_query q, const struct audit_row **ret) {
    size_t n;
    struct error err;
    test_ok(audit_list(h->a, &q, &h->arena, ret, &n, &err), &err);
    return n;
}

TEST_HOUSE(audit_is_listed_newest_first_with_filters) {
    struct error err;
    test_owner(h);
    struct principal boss = test_principal(h, h->owner),
                     key = {.workspace = h->workspace, .key = 7};
    const struct audit_row *rows;
    size_t before = listed(h, (struct audit_query){h->workspace, .limit = 1000}, &rows);
    static const char *const actions[] = {"feedback.create", "feedback.delete", "key.create",
                                          "feedbackx"};
    for (int i = 0; i < 8; i++) {
        struct entry e = {i % 2 ? &boss : &key, actions[i / 2], STR("{\"n\":1}"), false};
        test_ok(sql_write(h->t->db, add, &e, &err), &err);
    }
    static const struct {
        struct audit_query q;
        bool by_owner;
        size_t n;
    } cases[] = {
        {{.action = STR_INIT("feedback."), .limit = 100}, false, 4},
        {{.action = STR_INIT("feedback.delete"), .limit = 100}, false, 2},
        {{.action = STR_INIT("feedback.delete"), .limit = 100}, true, 1},
        {{.action = STR_INIT("feedback"), .limit = 100}, false, 0},
        {{.key = 7, .limit = 100}, false, 4},
        {{.limit = 3}, false, 3},
        {{.since_us = INT64_MAX - 1, .limit = 3}, false, 0},
        {{.until_us = 1, .limit = 3}, false, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct audit_query q = cases[i].q;
        q.workspace = h->workspace;
        q.user = cases[i].by_owner ? h->owner : 0;
        if (listed(h, q, &rows) != cases[i].n)
            fail_msg("case %zu", i);
    }
    size_t n = listed(h, (struct audit_query){h->workspace, .limit = 2}, &rows);
    assert_int_equal(n, 2);
    assert_str(rows[0].actor, "boss@example.com");
    assert_str(rows[0].detail, "{\"n\":1}");
    assert_int_equal(rows[0].seq, before + 8);
    n = listed(h, (struct audit_query){h->workspace, .before_seq = rows[1].seq, .limit = 1000},
               &rows);
    assert_int_equal(n, before + 6);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(rows[i].seq, n - i);
    struct audit_query bad = {h->workspace, .limit = 0};
    assert_false(audit_list(h->a, &bad, &h->arena, &rows, &n, &err));
}

struct writer {
    struct test_house *h;
    struct principal by;
    int failed;
};

static void *write_many(void *ctx) {
    struct writer *w = ctx;
    for (int i = 0; i < 100; i++) {
        struct entry e = {&w->by, "feedback.create", STR(""), i % 10 == 9};
        struct error err;
        if (!sql_write(w->h->t->db, add, &e, &err))
            w->failed++;
    }
    return NULL;
}

TEST_HOUSE(audit_chain_holds_under_many_writers) {
    test_owner(h);
    int64_t before = verified(h, h->workspace).rows;
    pthread_t threads[6];
    struct writer writers[6];
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        writers[i] = (struct writer){h, {.workspace = i < 4 ? h->workspace : 99}, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, &writers[i]), 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(writers[i].failed, 10); // those that said stop
    }
    struct audit_state one = verified(h, h->workspace), two = verified(h, 99), none;
    assert_int_equal(one.rows, before + 4 * 90);
    assert_int_equal(one.broken, 0);
    assert_int_equal(two.rows, 2 * 90);
    assert_int_equal(two.broken, 0);
    none = verified(h, 12345);
    assert_int_equal(none.rows, 0);
    assert_int_equal(none.broken, 0);
}

struct damage {
    const char *what, *text;
};

static bool run_text(struct sql *s, void *ctx, struct error *err) {
    return sql_run(s, err, ((const struct damage *)ctx)->text);
}

TEST_HOUSE(audit_chain_tells_where_it_was_broken) {
    static const struct {
        struct damage damage;
        int64_t broken;
    } cases[] = {
        {{"detail", "UPDATE audit SET detail = 'x' WHERE workspace = 5 AND seq = 3"}, 3},
        {{"actor", "UPDATE audit SET user_id = 8 WHERE workspace = 5 AND seq = 2"}, 2},
        {{"time", "UPDATE audit SET at_us = at_us + 1 WHERE workspace = 5 AND seq = 1"}, 1},
        {{"middle row", "DELETE FROM audit WHERE workspace = 5 AND seq = 4"}, 4},
        {{"last row", "DELETE FROM audit WHERE workspace = 5 AND seq = 6"}, 6},
        {{"all", "DELETE FROM audit WHERE workspace = 5"}, 1},
        {{"moved", "UPDATE audit SET workspace = 5, seq = 7 WHERE workspace = 6 AND seq = 6"}, 7},
    };
    struct error err;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct damage clean[] = {
            {"", "DELETE FROM audit WHERE workspace >= 5 AND workspace <= 6"},
            {"", "DELETE FROM audit_head WHERE workspace >= 5 AND workspace <= 6"}};
        test_ok(sql_write(h->t->db, run_text, &clean[0], &err), &err);
        test_ok(sql_write(h->t->db, run_text, &clean[1], &err), &err);
        for (int n = 0; n < 12; n++) {
            struct principal by = {.workspace = 5 + n % 2, .user = 7};
            struct entry e = {&by, "feedback.create", STR("{}"), false};
            test_ok(sql_write(h->t->db, add, &e, &err), &err);
        }
        assert_int_equal(verified(h, 5).broken, 0);
        struct damage damage = cases[i].damage;
        test_ok(sql_write(h->t->db, run_text, &damage, &err), &err);
        if (verified(h, 5).broken != cases[i].broken)
            fail_msg("%s: %" PRId64, damage.what, verified(h, 5).broken);
    }
}

TEST_HOUSE(audit_row_that_is_too_long_is_refused) {
    struct error err;
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    for (int i = 0; i < 9000; i++)
        strbuf_addc(&sb, 'x');
    struct entry e = {NULL, "feedback.create", strbuf_str(&sb), false};
    test_fails(sql_write(h->t->db, add, &e, &err), &err, ERROR_LIMIT);
    assert_int_equal(verified(h, 0).broken, 0);
}
