// SPDX-License-Identifier: Apache-2.0
#include "tests/support/accounts.h"

#include <sys/stat.h>

#include "account/setup.h"
#include "account/user.h"

static int64_t now_us;

int64_t test_clock(void) {
    return now_us;
}

void test_clock_move(int64_t us) {
    now_us += us;
}

void test_ok(bool ok, const struct error *err) {
    if (!ok)
        fail_msg("%s: %s", error_code_name(err->code), err->en);
}

void test_fails(bool ok, const struct error *err, enum error_code code) {
    if (ok)
        fail_msg("it went well; expected %s", error_code_name(code));
    if (err->code != code)
        fail_msg("expected %s, got %s: %s", error_code_name(code), error_code_name(err->code),
                 err->en);
    assert_true(err->zh[0] && !strchr(err->zh, '\n') && !strchr(err->en, '\n'));
}

static void start(struct test_house *h) {
    struct error err;
    test_ok(vault_open(h->t->db, h->dir, "", &h->vault, &err), &err);
    test_ok(accounts_open(h->t->db, h->vault, &h->ids, &h->a, &err), &err);
    h->a->now_us = test_clock;
}

// The store first: it calls the other two.
static void stop(struct test_house *h) {
    sql_close(h->t->db);
    h->t->db = NULL;
    accounts_free(h->a);
    vault_free(h->vault);
}

void test_house_run(struct test_store *t, test_house_fn *fn) {
    static unsigned n;
    struct test_house h = {.t = t};
    now_us = clock_now_us();
    id_source_init(&h.ids, 0);
    snprintf(h.dir, sizeof h.dir, "%s/house-%u", test_tmp_dir(), n++);
    assert_int_equal(mkdir(h.dir, 0700), 0);
    start(&h);
    fn(&h);
    stop(&h);
    arena_done(&h.arena);
}

void test_house_again(struct test_house *h) {
    struct error err;
    stop(h);
    test_ok(sql_open(&(struct sql_options){.where = str_from(h->t->where)}, &h->t->db, &err), &err);
    start(h);
}

int64_t test_owner(struct test_house *h) {
    struct error err;
    struct user u = {.email = STR("Boss@Example.com"), .name = STR("王方")};
    struct workspace w = {.name = STR("回声商店"), .time_zone = STR("Asia/Shanghai")};
    test_ok(setup_run(h->a, NULL, &u, STR(TEST_PASSWORD), &w, &h->owner, &h->workspace, &err),
            &err);
    return h->owner;
}

int64_t test_member(struct test_house *h, const char *email, enum role role) {
    struct error err;
    int64_t id;
    struct user u = {.email = str_from(email), .role = role};
    test_ok(user_add(h->a, NULL, h->workspace, &u, STR(TEST_PASSWORD), &id, &err), &err);
    return id;
}

struct principal test_principal(struct test_house *h, int64_t user) {
    struct error err;
    struct user u;
    test_ok(user_load(h->a, h->workspace, user, &h->arena, &u, &err), &err);
    return (struct principal){.workspace = h->workspace,
                              .user = user,
                              .role = u.role,
                              .permissions = role_permissions(u.role),
                              .name = u.email,
                              .scope = u.scope,
                              .n_scope = u.n_scope};
}
