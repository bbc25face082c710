// SPDX-License-Identifier: Apache-2.0
#include "account/user.h"

#include <pthread.h>

#include "account/audit.h"
#include "account/scope.h"
#include "account/session.h"
#include "account/workspace.h"
#include "tests/support/accounts.h"

static struct verdict tried(struct test_house *h, const char *email, const char *password,
                            const char *address) {
    struct verdict v;
    struct error err;
    test_ok(user_verify(h->a, str_from(email), str_from(password), str_from(address), &v, &err),
            &err);
    return v;
}

TEST(user_email_is_checked_and_made_small) {
    static const struct {
        const char *in, *out; // NULL: refused
    } cases[] = {
        {" Wang.Fang@Shop.Example ", "wang.fang@shop.example"},
        {"a@b", "a@b"},
        {"用户@例子.公司", "用户@例子.公司"},
        {"", NULL},
        {"a", NULL},
        {"@b", NULL},
        {"a@", NULL},
        {"a@b@c", NULL},
        {"a b@c", NULL},
        {"a@b\n", "a@b"},
        {"a\n@b", NULL},
        {"<a@b>", NULL},
        {"a@b,c@d", NULL},
        {"\xff@b", NULL},
    };
    CLEANUP(arena_done) struct arena arena = {0};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str out;
        struct error err = {0};
        bool ok = user_check_email(str_from(cases[i].in), &arena, &out, &err);
        if (ok != (cases[i].out != NULL))
            fail_msg("\"%s\"", cases[i].in);
        if (ok)
            assert_str(out, cases[i].out);
        else
            assert_string_equal(err.field, "email");
    }
}

TEST_HOUSE(user_signs_in_with_the_right_password_only) {
    test_owner(h);
    assert_int_equal(tried(h, "boss@example.com", TEST_PASSWORD, "").outcome, SIGN_IN_OK);
    assert_int_equal(tried(h, " BOSS@example.com", TEST_PASSWORD, "").user, h->owner);
    static const char *const bad[][2] = {
        {"boss@example.com", ""},           {"boss@example.com", "blue horse staple 8"},
        {"boss@example.co", TEST_PASSWORD}, {"", TEST_PASSWORD},
        {"not an e-mail", TEST_PASSWORD},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(tried(h, bad[i][0], bad[i][1], "").outcome, SIGN_IN_WRONG);
    struct user u;
    struct error err;
    test_ok(user_load(h->a, h->workspace, h->owner, &h->arena, &u, &err), &err);
    assert_int_equal(u.sign_in_us, test_clock());
}

TEST_HOUSE(user_is_locked_out_after_ten_wrong_tries_in_fifteen_minutes) {
    test_owner(h);
    for (int i = 0; i < SIGN_IN_TRIES; i++) {
        assert_int_equal(tried(h, "boss@example.com", "wrong", "").outcome, SIGN_IN_WRONG);
        test_clock_move(US_PER_MINUTE);
    }
    struct verdict v = tried(h, "boss@example.com", TEST_PASSWORD, "");
    assert_int_equal(v.outcome, SIGN_IN_LOCKED);
    assert_in_range(v.retry_after_s, 5 * 60, 5 * 60 + 1); // ten minutes have gone
    test_house_again(h);                                  // a new start does not help
    assert_int_equal(tried(h, "BOSS@example.com ", TEST_PASSWORD, "").outcome, SIGN_IN_LOCKED);
    assert_int_equal(tried(h, "other@example.com", "wrong", "").outcome, SIGN_IN_WRONG);
    test_clock_move(5 * US_PER_MINUTE + US_PER_SECOND);
    assert_int_equal(tried(h, "boss@example.com", TEST_PASSWORD, "").outcome, SIGN_IN_OK);
    // That was the end of it: the count begins again.
    for (int i = 0; i < SIGN_IN_TRIES - 1; i++)
        assert_int_equal(tried(h, "boss@example.com", "wrong", "").outcome, SIGN_IN_WRONG);
    assert_int_equal(tried(h, "boss@example.com", TEST_PASSWORD, "").outcome, SIGN_IN_OK);
    const struct audit_row *rows;
    size_t n;
    struct error err;
    test_ok(audit_list(h->a,
                       &(struct audit_query){
                           .workspace = h->workspace, .action = STR("sign_in."), .limit = 10},
                       &h->arena, &rows, &n, &err),
            &err);
    assert_int_equal(n, 1);
    assert_str(rows[0].action, "sign_in.locked");
}

TEST_HOUSE(user_address_is_locked_out_across_emails) {
    test_owner(h);
    for (int i = 0; i < SIGN_IN_TRIES; i++) {
        char email[32];
        snprintf(email, sizeof email, "guess%d@example.com", i);
        assert_int_equal(tried(h, email, "wrong", "203.0.113.7").outcome, SIGN_IN_WRONG);
    }
    assert_int_equal(tried(h, "boss@example.com", TEST_PASSWORD, "203.0.113.7").outcome,
                     SIGN_IN_LOCKED);
    assert_int_equal(tried(h, "boss@example.com", TEST_PASSWORD, "203.0.113.8").outcome,
                     SIGN_IN_OK);
    // A right one does not use up the tries of its address.
    for (int i = 0; i < SIGN_IN_TRIES + 2; i++)
        assert_int_equal(tried(h, "boss@example.com", TEST_PASSWORD, "203.0.113.9").outcome,
                         SIGN_IN_OK);
}

struct guesser {
    struct test_house *h;
    int looked_at; // tries that got as far as the password
};

static void *guess(void *ctx) {
    struct guesser *g = ctx;
    for (int i = 0; i < 5; i++)
        g->looked_at += tried(g->h, "boss@example.com", "wrong", "").outcome == SIGN_IN_WRONG;
    return NULL;
}

TEST_HOUSE(user_many_guesses_at_once_are_not_more_guesses) {
    test_owner(h);
    pthread_t threads[3];
    struct guesser guessers[3];
    int looked_at = 0;
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        guessers[i] = (struct guesser){h, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, guess, &guessers[i]), 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        pthread_join(threads[i], NULL);
        looked_at += guessers[i].looked_at;
    }
    assert_int_equal(looked_at, SIGN_IN_TRIES);
}

TEST_HOUSE(user_changes_his_password_and_his_other_sessions_end) {
    struct error err;
    test_owner(h);
    struct principal by = test_principal(h, h->owner), who;
    struct session_start here, there;
    struct session_origin origin = {STR("203.0.113.7"), STR("a browser")};
    test_ok(session_open(h->a, h->owner, 0, &origin, STR(""), &h->arena, &here, &err), &err);
    test_ok(session_open(h->a, h->owner, 0, &origin, STR(""), &h->arena, &there, &err), &err);
    test_fails(user_change_password(h->a, &by, STR("wrong"), STR("green cow lamp 31"), 0, &err),
               &err, ERROR_FORBIDDEN);
    assert_string_equal(err.field, "old_password");
    test_fails(user_change_password(h->a, &by, STR(TEST_PASSWORD), STR("short"), 0, &err), &err,
               ERROR_INVALID);
    test_ok(user_change_password(h->a, &by, STR(TEST_PASSWORD), STR("green cow lamp 31"), here.id,
                                 &err),
            &err);
    assert_int_equal(tried(h, "boss@example.com", TEST_PASSWORD, "").outcome, SIGN_IN_WRONG);
    assert_int_equal(tried(h, "boss@example.com", "green cow lamp 31", "").outcome, SIGN_IN_OK);
    test_ok(session_find(h->a, here.token, &h->arena, &who, &err), &err);
    test_fails(session_find(h->a, there.token, &h->arena, &who, &err), &err, ERROR_NOT_FOUND);
}

TEST_HOUSE(user_list_shows_members_of_the_workspace_in_pages) {
    struct error err;
    test_owner(h);
    test_member(h, "anna@example.com", ROLE_ANALYST);
    test_member(h, "gao@example.com", ROLE_AGENT);
    const struct user *users;
    size_t n;
    test_ok(user_list(h->a, h->workspace, 0, 2, &h->arena, &users, &n, &err), &err);
    assert_int_equal(n, 2);
    assert_str(users[1].email, "anna@example.com");
    assert_str(users[1].name, "anna@example.com"); // nothing better is known
    assert_true(users[1].active);
    test_ok(user_list(h->a, h->workspace, users[1].id, 2, &h->arena, &users, &n, &err), &err);
    assert_int_equal(n, 1);
    assert_int_equal(users[0].role, ROLE_AGENT);
    int64_t other, id;
    struct workspace w = {.name = STR("二"), .time_zone = STR("UTC")};
    test_ok(workspace_create(h->a, NULL, &w, &other, &err), &err);
    test_ok(user_list(h->a, other, 0, 10, &h->arena, &users, &n, &err), &err);
    assert_int_equal(n, 0);
    struct user u;
    test_fails(user_load(h->a, other, h->owner, &h->arena, &u, &err), &err, ERROR_NOT_FOUND);
    test_ok(user_find(h->a, STR("GAO@example.com"), &id, &err), &err);
    test_fails(user_find(h->a, STR("nobody@example.com"), &id, &err), &err, ERROR_NOT_FOUND);
    struct user again = {.email = STR("gao@example.com"), .role = ROLE_VIEWER};
    test_fails(user_add(h->a, NULL, h->workspace, &again, STR(""), &id, &err), &err,
               ERROR_CONFLICT);
}

// Who may make whom what: rows act on a member of each role.
TEST_HOUSE(user_nobody_gives_more_than_he_has) {
    struct error err;
    test_owner(h);
    int64_t ids[N_ROLES];
    static const char *const emails[] = {"o@example.com", "a@example.com", "y@example.com",
                                         "g@example.com", "v@example.com"};
    for (int r = 0; r < N_ROLES; r++)
        ids[r] = test_member(h, emails[r], (enum role)r);
    for (int by = 0; by < N_ROLES; by++) {
        struct principal who = test_principal(h, ids[by]);
        for (int of = 0; of < N_ROLES; of++) {
            for (int to = 0; to < N_ROLES; to++) {
                // Whoever reaches this has user:write by the route; that owners and admins only have it is that
                // table's.
                bool may = !(role_permissions((enum role)of) & ~who.permissions) &&
                           !(role_permissions((enum role)to) & ~who.permissions);
                enum role role = (enum role)to, back = (enum role)of;
                bool ok = user_update(h->a, &who, h->workspace, ids[of],
                                      &(struct user_change){.role = &role}, &err);
                if (ok != may || (!ok && err.code != ERROR_FORBIDDEN))
                    fail_msg("%s makes %s %s: %s", role_code(who.role), role_code((enum role)of),
                             role_code(role), ok ? "ok" : err.en);
                if (ok)
                    test_ok(user_update(h->a, NULL, h->workspace, ids[of],
                                        &(struct user_change){.role = &back}, &err),
                            &err);
            }
        }
    }
}

TEST_HOUSE(user_the_last_owner_stays_one) {
    struct error err;
    test_owner(h);
    struct principal boss = test_principal(h, h->owner);
    const enum role viewer = ROLE_VIEWER, owner = ROLE_OWNER;
    const bool no = false, yes = true;
    test_fails(user_update(h->a, &boss, h->workspace, h->owner,
                           &(struct user_change){.role = &viewer}, &err),
               &err, ERROR_CONFLICT);
    test_fails(
        user_update(h->a, NULL, h->workspace, h->owner, &(struct user_change){.active = &no}, &err),
        &err, ERROR_CONFLICT);
    int64_t anna = test_member(h, "anna@example.com", ROLE_ANALYST);
    test_ok(
        user_update(h->a, &boss, h->workspace, anna, &(struct user_change){.role = &owner}, &err),
        &err);
    test_ok(user_update(h->a, &boss, h->workspace, h->owner, &(struct user_change){.active = &no},
                        &err),
            &err);
    test_fails(
        user_update(h->a, NULL, h->workspace, anna, &(struct user_change){.role = &viewer}, &err),
        &err, ERROR_CONFLICT);
    test_ok(user_update(h->a, NULL, h->workspace, h->owner, &(struct user_change){.active = &yes},
                        &err),
            &err);
    test_ok(
        user_update(h->a, NULL, h->workspace, anna, &(struct user_change){.role = &viewer}, &err),
        &err);
}

TEST_HOUSE(user_who_is_deactivated_is_out_at_once) {
    struct error err;
    test_owner(h);
    int64_t anna = test_member(h, "anna@example.com", ROLE_ANALYST);
    struct session_start s;
    struct principal who;
    test_ok(session_open(h->a, anna, 0, &(struct session_origin){0}, STR(""), &h->arena, &s, &err),
            &err);
    test_ok(session_find(h->a, s.token, &h->arena, &who, &err), &err);
    const enum role agent = ROLE_AGENT;
    test_ok(
        user_update(h->a, NULL, h->workspace, anna, &(struct user_change){.role = &agent}, &err),
        &err);
    test_ok(session_find(h->a, s.token, &h->arena, &who, &err), &err);
    assert_int_equal(who.role, ROLE_AGENT); // not as it was remembered
    const bool no = false, yes = true;
    test_ok(user_update(h->a, NULL, h->workspace, anna, &(struct user_change){.active = &no}, &err),
            &err);
    test_fails(session_find(h->a, s.token, &h->arena, &who, &err), &err, ERROR_NOT_FOUND);
    assert_int_equal(tried(h, "anna@example.com", TEST_PASSWORD, "").outcome, SIGN_IN_WRONG);
    test_ok(
        user_update(h->a, NULL, h->workspace, anna, &(struct user_change){.active = &yes}, &err),
        &err);
    assert_int_equal(tried(h, "anna@example.com", TEST_PASSWORD, "").outcome, SIGN_IN_OK);
    test_fails(session_find(h->a, s.token, &h->arena, &who, &err), &err, ERROR_NOT_FOUND);
}

TEST_HOUSE(user_scope_is_kept_and_not_widened) {
    struct error err;
    test_owner(h);
    int64_t admin = test_member(h, "admin@example.com", ROLE_ADMIN),
            agent = test_member(h, "agent@example.com", ROLE_AGENT);
    static const struct str east[] = {STR_INIT("华东")},
                            both[] = {STR_INIT("华东"), STR_INIT("华南")};
    static const struct scope_rule narrow[] = {{STR_INIT("region"), east, 1}},
                                   wide[] = {{STR_INIT("region"), both, 2}};
    struct user_change c = {.has_scope = true, .scope = narrow, .n_scope = 1};
    test_ok(user_update(h->a, NULL, h->workspace, admin, &c, &err), &err);
    struct principal who = test_principal(h, admin);
    assert_int_equal(who.n_scope, 1);
    assert_str(who.scope[0].dimension, "region");
    assert_str(who.scope[0].values[0], "华东");
    test_ok(user_update(h->a, &who, h->workspace, agent, &c, &err), &err);
    struct user_change wider = {.has_scope = true, .scope = wide, .n_scope = 1},
                       all = {.has_scope = true};
    test_fails(user_update(h->a, &who, h->workspace, agent, &wider, &err), &err, ERROR_FORBIDDEN);
    test_fails(user_update(h->a, &who, h->workspace, agent, &all, &err), &err, ERROR_FORBIDDEN);
    test_ok(user_update(h->a, NULL, h->workspace, agent, &all, &err), &err);
    // Names are the person's own.
    const struct str name = STR("高 先生");
    test_fails(
        user_update(h->a, &who, h->workspace, agent, &(struct user_change){.name = &name}, &err),
        &err, ERROR_FORBIDDEN);
    struct principal himself = test_principal(h, agent);
    test_ok(user_update(h->a, &himself, h->workspace, agent, &(struct user_change){.name = &name},
                        &err),
            &err);
    struct user u;
    test_ok(user_load(h->a, h->workspace, agent, &h->arena, &u, &err), &err);
    assert_str(u.name, "高 先生");
}
