// SPDX-License-Identifier: Apache-2.0
#include "account/workspace.h"

#include "account/audit.h"
#include "account/user.h"
#include "tests/support/accounts.h"

TEST_HOUSE(workspace_keeps_what_is_not_changed) {
    struct error err;
    test_owner(h);
    struct principal by = test_principal(h, h->owner);
    struct workspace w;
    const struct str name = STR("  新店 "), zone = STR("Asia/Tokyo"), settings = STR("{\"a\":1}");
    test_ok(
        workspace_update(h->a, &by, h->workspace, &(struct workspace_change){.name = &name}, &err),
        &err);
    test_ok(workspace_update(h->a, &by, h->workspace,
                             &(struct workspace_change){.time_zone = &zone, .settings = &settings},
                             &err),
            &err);
    test_ok(workspace_load(h->a, h->workspace, &h->arena, &w, &err), &err);
    assert_str(w.name, "新店");
    assert_str(w.time_zone, "Asia/Tokyo");
    assert_str(w.settings, "{\"a\":1}");
    static const struct {
        struct str name, time_zone, industry, settings;
        const char *field;
    } bad[] = {
        {STR_INIT(""), STR_INIT("UTC"), STR_INIT(""), STR_INIT("{}"), "name"},
        {STR_INIT("a\nb"), STR_INIT("UTC"), STR_INIT(""), STR_INIT("{}"), "name"},
        {STR_INIT("a"), STR_INIT("Mars/Base"), STR_INIT(""), STR_INIT("{}"), "time_zone"},
        {STR_INIT("a"), STR_INIT("UTC"), STR_INIT("\xff"), STR_INIT("{}"), "industry"},
        {STR_INIT("a"), STR_INIT("UTC"), STR_INIT(""), STR_INIT("[]"), "settings"},
        {STR_INIT("a"), STR_INIT("UTC"), STR_INIT(""), STR_INIT("{"), "settings"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct workspace_change c = {&bad[i].name, &bad[i].time_zone, &bad[i].industry,
                                     &bad[i].settings};
        assert_false(workspace_update(h->a, &by, h->workspace, &c, &err));
        if (strcmp(err.field, bad[i].field) != 0)
            fail_msg("case %zu: %s: %s", i, err.field, err.en);
    }
    test_fails(workspace_update(h->a, &by, 12345, &(struct workspace_change){.name = &name}, &err),
               &err, ERROR_NOT_FOUND);
}

TEST_HOUSE(workspace_list_shows_those_one_may_enter) {
    struct error err;
    test_owner(h);
    int64_t second, third;
    const struct workspace *list;
    size_t n;
    struct workspace w = {.name = STR("二"), .time_zone = STR("UTC")};
    test_ok(workspace_create(h->a, NULL, &w, &second, &err), &err);
    test_ok(workspace_create(h->a, NULL, &w, &third, &err), &err);
    struct user boss = {.email = STR("boss@example.com"), .role = ROLE_ADMIN};
    int64_t id;
    test_ok(user_add(h->a, NULL, third, &boss, STR(""), &id, &err), &err);
    assert_int_equal(id, h->owner); // the same person
    test_ok(workspace_list(h->a, h->owner, &h->arena, &list, &n, &err), &err);
    assert_int_equal(n, 2);
    assert_int_equal(list[0].id, h->workspace);
    assert_int_equal(list[1].id, third);
    test_ok(workspace_list(h->a, 0, &h->arena, &list, &n, &err), &err);
    assert_int_equal(n, 3);
}

TEST_HOUSE(who_makes_a_workspace_owns_it) {
    struct error err;
    test_owner(h);
    int64_t made;
    const struct workspace *list;
    size_t n;
    struct user u;
    struct workspace w = {.name = STR("二"), .time_zone = STR("UTC")};
    struct principal by = {.user = h->owner, .workspace = h->workspace};
    struct principal key = {.key = 5, .workspace = h->workspace};
    test_fails(workspace_create(h->a, &key, &w, &made, &err), &err, ERROR_FORBIDDEN);
    test_ok(workspace_create(h->a, &by, &w, &made, &err), &err);
    test_ok(workspace_list(h->a, h->owner, &h->arena, &list, &n, &err), &err);
    assert_int_equal(n, 2);
    test_ok(user_load(h->a, made, h->owner, &h->arena, &u, &err), &err);
    assert_int_equal(u.role, ROLE_OWNER);
    assert_int_equal(u.n_scope, 0);
}
