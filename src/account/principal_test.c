// SPDX-License-Identifier: Apache-2.0
#include "account/principal.h"

#include "tests/support/test.h"

// The whole table, so that a change of it is a change here, seen and meant. o owner, a admin, y analyst, g agent, v
// viewer.
TEST(principal_every_role_has_exactly_its_permissions) {
    static const struct {
        const char *code, *roles;
    } rows[] = {
        {"feedback:read", "oaygv"}, {"feedback:write", "oayg"}, {"feedback:delete", "oa"},
        {"import:write", "oay"},    {"export:read", "oay"},     {"customer:read", "oaygv"},
        {"customer:write", "oay"},  {"personal:read", "oag"},   {"event:write", "oay"},
        {"taxonomy:write", "oay"},  {"webhook:write", "oa"},    {"key:write", "oa"},
        {"user:write", "oa"},       {"audit:read", "oa"},       {"system:read", "oa"},
        {"system:write", "oa"},     {"workspace:write", "oa"},  {"workspace:delete", "o"},
        {"workspace:create", "o"},
    };
    static const char letters[] = "oaygv";
    assert_int_equal(ARRAY_LEN(rows), N_PERMISSIONS - PERMISSION_FEEDBACK_READ);
    print_message("%-18s", "");
    for (int r = 0; r < N_ROLES; r++)
        print_message(" %-8s", role_code((enum role)r));
    print_message("\n");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum permission p;
        assert_true(permission_find(str_from(rows[i].code), &p));
        print_message("%-18s", rows[i].code);
        for (int r = 0; r < N_ROLES; r++) {
            struct principal who = {.permissions = role_permissions((enum role)r)};
            bool may = principal_may(&who, p), want = strchr(rows[i].roles, letters[r]) != NULL;
            print_message(" %-8s", may ? "yes" : "-");
            if (may != want)
                fail_msg("%s, %s", role_code((enum role)r), rows[i].code);
            assert_true(principal_may(&who, PERMISSION_SIGNED_IN));
        }
        print_message("\n");
    }
    assert_false(principal_may(NULL, PERMISSION_FEEDBACK_READ));
}

TEST(principal_codes_are_unique_and_found_again) {
    for (int p = 0; p < N_PERMISSIONS; p++) {
        enum permission found;
        bool can_be_granted = p >= PERMISSION_FEEDBACK_READ;
        assert_int_equal(permission_find(str_from(permission_code((enum permission)p)), &found),
                         can_be_granted);
        assert_true(!can_be_granted || (int)found == p);
    }
    for (int r = 0; r < N_ROLES; r++) {
        enum role found;
        assert_true(role_find(str_from(role_code((enum role)r)), &found));
        assert_int_equal(found, r);
    }
    enum permission p;
    enum role r;
    assert_false(permission_find(STR("feedback"), &p));
    assert_false(permission_find(STR(""), &p));
    assert_false(role_find(STR("root"), &r));
}

TEST(principal_lists_of_scopes_are_read_and_written) {
    static const struct {
        const char *text, *back; // NULL: refused
    } cases[] = {
        {"feedback:read", "feedback:read"},
        {"feedback:write, feedback:read", "feedback:read,feedback:write"},
        {"export:read,,", "export:read"},
        {"", NULL},
        {",", NULL},
        {"feedback:read,root", NULL},
        {"signed-in", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
        uint64_t bits;
        struct error err = {0};
        bool ok = permission_parse_list(str_from(cases[i].text), &bits, &err);
        assert_int_equal(ok, cases[i].back != NULL);
        if (!ok) {
            assert_int_equal(err.code, ERROR_INVALID);
            assert_string_equal(err.field, "scopes");
            continue;
        }
        permission_format_list(bits, &sb);
        assert_str(strbuf_str(&sb), cases[i].back);
    }
}
