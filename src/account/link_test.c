// SPDX-License-Identifier: Apache-2.0
#include "account/link.h"

#include "account/session.h"
#include "account/user.h"
#include "account/workspace.h"
#include "tests/support/accounts.h"

static struct str invited(struct test_house *h, const char *email, enum role role) {
    struct str token;
    struct error err;
    static const struct str east[] = {STR_INIT("华东")};
    static const struct scope_rule rule[] = {{STR_INIT("region"), east, 1}};
    struct link what = {.email = str_from(email), .role = role, .scope = rule, .n_scope = 1};
    test_ok(link_invite(h->a, NULL, h->workspace, &what, &h->arena, &token, &err), &err);
    return token;
}

static bool accepted(struct test_house *h, struct str token, const char *password, int64_t *ret,
                     struct error *err) {
    int64_t workspace;
    return link_accept(h->a, token, str_from(password), STR("高先生"), STR("zh"), ret, &workspace,
                       err);
}

TEST_HOUSE(link_invites_somebody_once) {
    struct error err;
    test_owner(h);
    struct str token = invited(h, "Gao@example.com", ROLE_AGENT);
    struct link l;
    test_ok(link_find(h->a, token, &h->arena, &l, &err), &err);
    assert_int_equal(l.kind, LINK_INVITATION);
    assert_str(l.email, "gao@example.com");
    const struct link *open_links;
    size_t n;
    test_ok(link_list(h->a, h->workspace, &h->arena, &open_links, &n, &err), &err);
    assert_int_equal(n, 1);
    assert_str(open_links[0].email, "gao@example.com");
    int64_t id;
    test_fails(accepted(h, token, "too short", &id, &err), &err, ERROR_INVALID);
    test_ok(accepted(h, token, TEST_PASSWORD, &id, &err), &err);
    test_fails(accepted(h, token, TEST_PASSWORD, &id, &err), &err, ERROR_NOT_FOUND);
    test_fails(link_find(h->a, token, &h->arena, &l, &err), &err, ERROR_NOT_FOUND);
    test_ok(link_list(h->a, h->workspace, &h->arena, &open_links, &n, &err), &err);
    assert_int_equal(n, 0);
    struct user u;
    test_ok(user_load(h->a, h->workspace, id, &h->arena, &u, &err), &err);
    assert_int_equal(u.role, ROLE_AGENT);
    assert_str(u.name, "高先生");
    assert_str(u.scope[0].values[0], "华东");
    static const char *const bad[] = {"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        test_fails(link_find(h->a, str_from(bad[i]), &h->arena, &l, &err), &err, ERROR_NOT_FOUND);
}

TEST_HOUSE(link_ends_when_its_time_is_over) {
    struct error err;
    test_owner(h);
    int64_t id;
    struct str invitation = invited(h, "gao@example.com", ROLE_AGENT), reset;
    test_ok(link_reset(h->a, NULL, h->workspace, h->owner, &h->arena, &reset, &err), &err);
    struct link l;
    test_clock_move(24 * US_PER_HOUR - US_PER_SECOND);
    test_ok(link_find(h->a, reset, &h->arena, &l, &err), &err);
    test_clock_move(US_PER_SECOND);
    test_fails(accepted(h, reset, "green cow lamp 31", &id, &err), &err, ERROR_NOT_FOUND);
    test_ok(link_find(h->a, invitation, &h->arena, &l, &err), &err);
    test_clock_move(6 * 24 * US_PER_HOUR);
    test_fails(accepted(h, invitation, TEST_PASSWORD, &id, &err), &err, ERROR_NOT_FOUND);
    test_ok(accounts_purge(h->a, &err), &err);
    test_fails(link_find(h->a, invitation, &h->arena, &l, &err), &err, ERROR_NOT_FOUND);
}

TEST_HOUSE(link_resets_a_password_and_ends_the_sessions) {
    struct error err;
    test_owner(h);
    struct str old, token;
    struct session_start s;
    struct principal who;
    struct verdict v;
    int64_t id;
    test_ok(
        session_open(h->a, h->owner, 0, &(struct session_origin){0}, STR(""), &h->arena, &s, &err),
        &err);
    test_ok(link_reset(h->a, NULL, 0, h->owner, &h->arena, &old, &err), &err);
    test_ok(link_reset(h->a, NULL, 0, h->owner, &h->arena, &token, &err), &err);
    test_fails(accepted(h, old, "green cow lamp 31", &id, &err), &err, ERROR_NOT_FOUND);
    test_fails(accepted(h, token, "boss@example.com", &id, &err), &err, ERROR_INVALID);
    test_ok(accepted(h, token, "green cow lamp 31", &id, &err), &err);
    assert_int_equal(id, h->owner);
    test_fails(session_find(h->a, s.token, &h->arena, &who, &err), &err, ERROR_NOT_FOUND);
    test_ok(user_verify(h->a, STR("boss@example.com"), STR("green cow lamp 31"), STR(""), &v, &err),
            &err);
    assert_int_equal(v.outcome, SIGN_IN_OK);
}

TEST_HOUSE(link_to_another_workspace_asks_for_the_password_one_has) {
    struct error err;
    test_owner(h);
    int64_t second, id;
    struct workspace w = {.name = STR("二"), .time_zone = STR("UTC")};
    test_ok(workspace_create(h->a, NULL, &w, &second, &err), &err);
    struct str token;
    struct link what = {.email = STR("boss@example.com"), .role = ROLE_ANALYST};
    test_ok(link_invite(h->a, NULL, second, &what, &h->arena, &token, &err), &err);
    test_fails(accepted(h, token, "green cow lamp 31", &id, &err), &err, ERROR_FORBIDDEN);
    test_ok(accepted(h, token, TEST_PASSWORD, &id, &err), &err);
    assert_int_equal(id, h->owner);
    struct user u;
    test_ok(user_load(h->a, second, id, &h->arena, &u, &err), &err);
    assert_int_equal(u.role, ROLE_ANALYST);
    assert_str(u.name, "王方"); // as it was
}

TEST_HOUSE(link_is_given_only_by_who_may) {
    struct error err;
    test_owner(h);
    struct principal admin = test_principal(h, test_member(h, "a@example.com", ROLE_ADMIN));
    struct str token;
    struct link what = {.email = STR("x@example.com"), .role = ROLE_OWNER};
    test_fails(link_invite(h->a, &admin, h->workspace, &what, &h->arena, &token, &err), &err,
               ERROR_FORBIDDEN);
    test_fails(link_reset(h->a, &admin, h->workspace, h->owner, &h->arena, &token, &err), &err,
               ERROR_FORBIDDEN);
    what.role = ROLE_ADMIN;
    test_ok(link_invite(h->a, &admin, h->workspace, &what, &h->arena, &token, &err), &err);
    const struct link *list;
    size_t n;
    int64_t id;
    test_ok(link_list(h->a, h->workspace, &h->arena, &list, &n, &err), &err);
    test_ok(link_remove(h->a, &admin, h->workspace, list[0].id, &err), &err);
    test_fails(link_remove(h->a, &admin, h->workspace, list[0].id, &err), &err, ERROR_NOT_FOUND);
    test_fails(accepted(h, token, TEST_PASSWORD, &id, &err), &err, ERROR_NOT_FOUND);
}

// A reset opens the whole account. An admin of one workspace must not come into another by it.
TEST_HOUSE(link_reset_is_no_way_into_another_workspace) {
    struct error err;
    test_owner(h);
    int64_t second, id, gao = test_member(h, "gao@example.com", ROLE_ADMIN);
    struct workspace w = {.name = STR("二"), .time_zone = STR("UTC")};
    test_ok(workspace_create(h->a, NULL, &w, &second, &err), &err);
    struct user boss = {.email = STR("boss@example.com"), .role = ROLE_VIEWER},
                own = {.email = STR("gao@example.com"), .role = ROLE_OWNER};
    test_ok(user_add(h->a, NULL, second, &boss, STR(""), &id, &err), &err);
    test_ok(user_add(h->a, NULL, second, &own, STR(""), &id, &err), &err);
    struct str token;
    // Owner there, and the boss is a mere viewer there.
    struct principal by = {.workspace = second,
                           .user = gao,
                           .role = ROLE_OWNER,
                           .permissions = role_permissions(ROLE_OWNER)};
    test_fails(link_reset(h->a, &by, second, h->owner, &h->arena, &token, &err), &err,
               ERROR_FORBIDDEN);
    test_ok(link_reset(h->a, NULL, 0, h->owner, &h->arena, &token, &err), &err);
    // A password that was changed ends the link.
    struct principal himself = test_principal(h, h->owner);
    struct link l;
    test_ok(link_find(h->a, token, &h->arena, &l, &err), &err);
    test_ok(
        user_change_password(h->a, &himself, STR(TEST_PASSWORD), STR("green cow lamp 31"), 0, &err),
        &err);
    test_fails(link_find(h->a, token, &h->arena, &l, &err), &err, ERROR_NOT_FOUND);
}

TEST_HOUSE(link_reset_is_no_way_to_a_wider_data_scope) {
    struct error err;
    test_owner(h);
    static const struct str east[] = {STR_INIT("华东")};
    static const struct scope_rule rule[] = {{STR_INIT("region"), east, 1}};
    struct str token;
    int64_t anna = test_member(h, "anna@example.com", ROLE_ADMIN);
    struct principal by = test_principal(h, test_member(h, "gao@example.com", ROLE_ADMIN));
    test_ok(link_reset(h->a, &by, h->workspace, anna, &h->arena, &token, &err), &err);
    by.scope = rule;
    by.n_scope = 1;
    test_fails(link_reset(h->a, &by, h->workspace, anna, &h->arena, &token, &err), &err,
               ERROR_FORBIDDEN);
    struct link all = {.email = STR("x@example.com"), .role = ROLE_VIEWER};
    test_fails(link_invite(h->a, &by, h->workspace, &all, &h->arena, &token, &err), &err,
               ERROR_FORBIDDEN);
}
