// SPDX-License-Identifier: Apache-2.0
#include "account/setup.h"

#include "account/link.h"
#include "tests/support/accounts.h"

TEST_HOUSE(setup_is_done_once) {
    struct error err;
    bool needed;
    test_ok(setup_is_needed(h->a, &needed, &err), &err);
    assert_true(needed);
    int64_t owner = test_owner(h), user, workspace;
    test_ok(setup_is_needed(h->a, &needed, &err), &err);
    assert_false(needed);
    struct user u, again = {.email = STR("other@example.com")};
    struct workspace w = {.time_zone = STR("UTC")};
    test_fails(setup_run(h->a, NULL, &again, STR(TEST_PASSWORD), &w, &user, &workspace, &err), &err,
               ERROR_CONFLICT);
    test_house_again(h);
    test_fails(setup_run(h->a, NULL, &again, STR(TEST_PASSWORD), &w, &user, &workspace, &err), &err,
               ERROR_CONFLICT);
    test_ok(user_load(h->a, h->workspace, owner, &h->arena, &u, &err), &err);
    assert_str(u.email, "boss@example.com");
    assert_str(u.name, "王方");
    assert_int_equal(u.role, ROLE_OWNER);
    struct str token;
    test_fails(setup_link(h->a, &h->arena, &token, &err), &err, ERROR_CONFLICT);
}

TEST_HOUSE(setup_by_link_takes_the_newest_once) {
    struct error err;
    struct str old, token;
    struct link l;
    struct user u = {.email = STR("boss@example.com")};
    struct workspace w = {.time_zone = STR("+08:00")}, made;
    int64_t user, workspace;
    test_ok(setup_link(h->a, &h->arena, &old, &err), &err);
    test_ok(setup_link(h->a, &h->arena, &token, &err), &err);
    test_ok(link_find(h->a, token, &h->arena, &l, &err), &err);
    assert_int_equal(l.kind, LINK_SETUP);
    test_fails(setup_run(h->a, &old, &u, STR(TEST_PASSWORD), &w, &user, &workspace, &err), &err,
               ERROR_NOT_FOUND);
    // A wrong input leaves the link as it is.
    test_fails(setup_run(h->a, &token, &u, STR("short"), &w, &user, &workspace, &err), &err,
               ERROR_INVALID);
    w.time_zone = STR("Nowhere/Else");
    assert_false(setup_run(h->a, &token, &u, STR(TEST_PASSWORD), &w, &user, &workspace, &err));
    assert_string_equal(err.field, "time_zone");
    w.time_zone = STR("Asia/Shanghai");
    test_ok(setup_run(h->a, &token, &u, STR(TEST_PASSWORD), &w, &user, &workspace, &err), &err);
    test_fails(setup_run(h->a, &token, &u, STR(TEST_PASSWORD), &w, &user, &workspace, &err), &err,
               ERROR_CONFLICT);
    test_ok(workspace_load(h->a, workspace, &h->arena, &made, &err), &err);
    assert_str(made.name, "我的公司");
    assert_str(made.settings, "{}");
    // An accepted invitation cannot be made of it either.
    int64_t who, where;
    test_fails(link_accept(h->a, token, STR(TEST_PASSWORD), STR(""), STR(""), &who, &where, &err),
               &err, ERROR_NOT_FOUND);
}
