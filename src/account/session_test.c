// SPDX-License-Identifier: Apache-2.0
#include "account/session.h"

#include "account/api_key.h"
#include "account/user.h"
#include "account/workspace.h"
#include "tests/support/accounts.h"

static const struct session_origin origin = {STR_INIT("203.0.113.7"), STR_INIT("浏览器")};

static struct session_start opened(struct test_house *h, int64_t user, struct str old) {
    struct session_start s;
    struct error err;
    test_ok(session_open(h->a, user, 0, &origin, old, &h->arena, &s, &err), &err);
    return s;
}

static bool is_in(struct test_house *h, struct str token) {
    struct principal who;
    struct error err = {0};
    bool ok = session_find(h->a, token, &h->arena, &who, &err);
    assert_true(ok || err.code == ERROR_NOT_FOUND);
    return ok;
}

TEST_HOUSE(session_says_who_asks) {
    struct error err;
    test_owner(h);
    struct session_start s = opened(h, h->owner, STR(""));
    assert_int_equal(s.token.len, 43);
    struct principal who;
    // Nothing is remembered of it yet; afterwards the store is not asked.
    assert_int_equal(session_peek(h->a, s.token, &h->arena, &who), AUTH_ASK);
    test_ok(session_find(h->a, s.token, &h->arena, &who, &err), &err);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(who.user, h->owner);
        assert_int_equal(who.workspace, h->workspace);
        assert_int_equal(who.session, s.id);
        assert_int_equal(who.key, 0);
        assert_str(who.name, "boss@example.com");
        assert_true(str_eq(who.csrf, s.csrf));
        assert_true(principal_may(&who, PERMISSION_WORKSPACE_DELETE));
        memset(&who, 0, sizeof who);
        // A notice of the sign-in may come late and empty the memory once.
        for (int try = 0; try < 3 && session_peek(h->a, s.token, &h->arena, &who) == AUTH_ASK;
             try++)
            test_ok(session_find(h->a, s.token, &h->arena, &who, &err), &err);
        assert_int_equal(who.session, s.id);
    }
    static const char *const bad[] = {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(is_in(h, str_from(bad[i])));
    assert_int_not_equal(session_peek(h->a, str_from(bad[2]), &h->arena, &who), AUTH_KNOWN);
    test_house_again(h);
    assert_true(is_in(h, s.token));
}

TEST_HOUSE(session_rotates_at_every_sign_in) {
    test_owner(h);
    struct session_start one = opened(h, h->owner, STR("")), two;
    assert_true(is_in(h, one.token));
    two = opened(h, h->owner, one.token);
    assert_false(str_eq(one.token, two.token));
    assert_false(str_eq(one.csrf, two.csrf));
    assert_false(is_in(h, one.token));
    assert_true(is_in(h, two.token));
}

TEST_HOUSE(session_ends_when_it_is_not_used) {
    test_owner(h);
    struct session_start s = opened(h, h->owner, STR(""));
    for (int i = 0; i < 3; i++) {
        test_clock_move(11 * US_PER_HOUR);
        assert_true(is_in(h, s.token));
        test_house_again(h); // “last used” has been written
    }
    test_clock_move(SESSION_IDLE_US);
    assert_false(is_in(h, s.token));
    assert_false(is_in(h, s.token));
}

TEST_HOUSE(session_ends_after_fourteen_days_however_much_it_is_used) {
    test_owner(h);
    struct session_start s = opened(h, h->owner, STR(""));
    int64_t began = test_clock();
    for (int i = 0; i < 1000 && is_in(h, s.token); i++) {
        test_clock_move(10 * US_PER_HOUR);
        test_house_again(h);
    }
    int64_t lived = test_clock() - began;
    assert_true(lived >= SESSION_MAX_US && lived <= SESSION_MAX_US + 10 * US_PER_HOUR);
}

TEST_HOUSE(session_list_shows_where_one_is_signed_in) {
    struct error err;
    test_owner(h);
    int64_t anna = test_member(h, "anna@example.com", ROLE_VIEWER);
    struct session_start one = opened(h, h->owner, STR("")), two = opened(h, h->owner, STR("")),
                         other = opened(h, anna, STR(""));
    const struct session *list;
    size_t n;
    test_ok(session_list(h->a, h->owner, one.token, &h->arena, &list, &n, &err), &err);
    assert_int_equal(n, 2);
    assert_int_equal(list[0].id, two.id);
    assert_false(list[0].is_current);
    assert_true(list[1].is_current);
    assert_str(list[1].origin.address, "203.0.113.7");
    assert_str(list[1].origin.agent, "浏览器");
    test_fails(session_end(h->a, h->owner, other.id, &err), &err, ERROR_NOT_FOUND); // not his
    assert_true(is_in(h, two.token));
    test_ok(session_end(h->a, h->owner, two.id, &err), &err);
    assert_false(is_in(h, two.token));
    test_ok(session_end_token(h->a, one.token, &err), &err);
    test_ok(session_end_token(h->a, one.token, &err), &err);
    assert_false(is_in(h, one.token));
    one = opened(h, h->owner, STR(""));
    two = opened(h, h->owner, STR(""));
    test_ok(session_end_all(h->a, h->owner, two.id, &err), &err);
    assert_false(is_in(h, one.token));
    assert_true(is_in(h, two.token));
    assert_true(is_in(h, other.token));
    test_clock_move(SESSION_MAX_US);
    test_ok(accounts_purge(h->a, &err), &err);
    test_ok(session_list(h->a, h->owner, STR(""), &h->arena, &list, &n, &err), &err);
    assert_int_equal(n, 0);
}

TEST_HOUSE(session_goes_to_another_workspace_that_one_may_enter) {
    struct error err;
    test_owner(h);
    int64_t second, closed, id;
    struct workspace w = {.name = STR("二"), .time_zone = STR("UTC")};
    test_ok(workspace_create(h->a, NULL, &w, &second, &err), &err);
    test_ok(workspace_create(h->a, NULL, &w, &closed, &err), &err);
    struct user boss = {.email = STR("boss@example.com"), .role = ROLE_VIEWER};
    test_ok(user_add(h->a, NULL, second, &boss, STR(""), &id, &err), &err);
    struct session_start s = opened(h, h->owner, STR(""));
    struct principal who;
    test_ok(session_find(h->a, s.token, &h->arena, &who, &err), &err);
    assert_int_equal(who.workspace, h->workspace);
    test_ok(session_switch(h->a, s.token, second, &err), &err);
    test_ok(session_find(h->a, s.token, &h->arena, &who, &err), &err);
    assert_int_equal(who.workspace, second);
    assert_int_equal(who.role, ROLE_VIEWER);
    assert_false(principal_may(&who, PERMISSION_USER_WRITE));
    test_fails(session_switch(h->a, s.token, closed, &err), &err, ERROR_NOT_FOUND);
    test_fails(session_switch(h->a, STR("nonsense"), second, &err), &err, ERROR_NOT_FOUND);
    struct session_start no;
    assert_false(session_open(h->a, h->owner, closed, &origin, STR(""), &h->arena, &no, &err));
}

// Two kinds of secrets in one memory: neither opens the other's door.
TEST_HOUSE(session_and_key_do_not_stand_for_each_other) {
    struct error err;
    test_owner(h);
    struct str key;
    int64_t id;
    struct principal who;
    struct session_start s = opened(h, h->owner, STR(""));
    struct api_key what = {.name = STR("ERP"), .scopes = UINT64_C(1) << PERMISSION_FEEDBACK_READ};
    test_ok(api_key_create(h->a, NULL, h->workspace, &what, &h->arena, &key, &id, &err), &err);
    test_ok(api_key_find(h->a, key, &h->arena, &who, &err), &err);
    assert_true(is_in(h, s.token));
    assert_false(is_in(h, key));
    test_fails(api_key_find(h->a, s.token, &h->arena, &who, &err), &err, ERROR_NOT_FOUND);
}
