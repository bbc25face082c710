// SPDX-License-Identifier: Apache-2.0
#include "account/api_key.h"

#include "account/cache.h"
#include "tests/support/accounts.h"

#define READ  (UINT64_C(1) << PERMISSION_FEEDBACK_READ)
#define WRITE (UINT64_C(1) << PERMISSION_FEEDBACK_WRITE)

static struct str made(struct test_house *h, int64_t expires_us, int64_t *ret_id) {
    struct str token;
    struct error err;
    struct api_key what = {.name = STR("ERP"), .scopes = READ | WRITE, .expires_us = expires_us};
    test_ok(api_key_create(h->a, NULL, h->workspace, &what, &h->arena, &token, ret_id, &err), &err);
    return token;
}

TEST_HOUSE(api_key_opens_what_its_scopes_say) {
    struct error err;
    test_owner(h);
    int64_t id;
    struct str token = made(h, 0, &id);
    assert_true(str_starts(token, STR("hs_key_")));
    assert_int_equal(token.len, 50);
    struct principal who;
    assert_int_equal(api_key_peek(h->a, token, &h->arena, &who), AUTH_ASK);
    test_ok(api_key_find(h->a, token, &h->arena, &who, &err), &err);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(who.workspace, h->workspace);
        assert_int_equal(who.key, id);
        assert_int_equal(who.user, 0);
        assert_str(who.name, "ERP");
        assert_true(principal_may(&who, PERMISSION_FEEDBACK_WRITE));
        assert_false(principal_may(&who, PERMISSION_FEEDBACK_DELETE));
        assert_false(principal_may(&who, PERMISSION_SIGNED_IN));
        memset(&who, 0, sizeof who);
        // A notice of the set-up may come late and empty the memory once.
        for (int try = 0; try < 3 && api_key_peek(h->a, token, &h->arena, &who) == AUTH_ASK; try++)
            test_ok(api_key_find(h->a, token, &h->arena, &who, &err), &err);
        assert_int_equal(who.key, id);
    }
    static const char *const bad[] = {"", "hs_key_", "hs_key_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                      "Bearer x"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        test_fails(api_key_find(h->a, str_from(bad[i]), &h->arena, &who, &err), &err,
                   ERROR_NOT_FOUND);
}

TEST_HOUSE(api_key_ends_when_it_is_revoked_or_its_time_is_over) {
    struct error err;
    test_owner(h);
    int64_t one, two;
    struct str first = made(h, 0, &one), second = made(h, test_clock() + US_PER_HOUR, &two);
    struct principal who, boss = test_principal(h, h->owner);
    test_ok(api_key_find(h->a, first, &h->arena, &who, &err), &err);
    test_ok(api_key_find(h->a, second, &h->arena, &who, &err), &err);
    test_fails(api_key_revoke(h->a, &boss, h->workspace + 1, one, &err), &err, ERROR_NOT_FOUND);
    test_ok(api_key_revoke(h->a, &boss, h->workspace, one, &err), &err);
    test_fails(api_key_revoke(h->a, &boss, h->workspace, one, &err), &err, ERROR_NOT_FOUND);
    // At once: not after the time an entry is believed.
    test_fails(api_key_find(h->a, first, &h->arena, &who, &err), &err, ERROR_NOT_FOUND);
    assert_int_not_equal(api_key_peek(h->a, first, &h->arena, &who), AUTH_KNOWN);
    test_clock_move(US_PER_HOUR - US_PER_SECOND);
    test_ok(api_key_find(h->a, second, &h->arena, &who, &err), &err);
    test_clock_move(US_PER_SECOND); // within the time it is remembered
    test_fails(api_key_find(h->a, second, &h->arena, &who, &err), &err, ERROR_NOT_FOUND);
    const struct api_key *keys;
    size_t n;
    test_ok(api_key_list(h->a, h->workspace, &h->arena, &keys, &n, &err), &err);
    assert_int_equal(n, 2);
    assert_int_equal(keys[0].id, two);
    assert_true(keys[1].revoked_us > 0 && keys[0].revoked_us == 0);
    assert_int_equal(keys[0].scopes, READ | WRITE);
    assert_true(str_ends(second, keys[0].hint) && keys[0].hint.len == 4);
}

TEST_HOUSE(api_key_gives_nothing_that_its_maker_does_not_have) {
    struct error err;
    test_owner(h);
    struct principal admin = test_principal(h, test_member(h, "a@example.com", ROLE_ADMIN));
    static const struct str east[] = {STR_INIT("华东")};
    static const struct scope_rule rule[] = {{STR_INIT("region"), east, 1}};
    struct principal narrow = admin;
    narrow.scope = rule;
    narrow.n_scope = 1;
    struct api_key wide = {.name = STR("x"), .scopes = READ};
    struct str no_token;
    int64_t no_id;
    test_fails(
        api_key_create(h->a, &narrow, h->workspace, &wide, &h->arena, &no_token, &no_id, &err),
        &err, ERROR_FORBIDDEN);
    const struct {
        struct api_key what;
        enum error_code code;
        const char *field;
    } cases[] = {
        {{.name = STR("x"), .scopes = READ}, ERROR_NONE, ""},
        {{.name = STR("x"), .scopes = UINT64_C(1) << PERMISSION_WORKSPACE_DELETE},
         ERROR_FORBIDDEN,
         "scopes"},
        {{.name = STR("x")}, ERROR_INVALID, "scopes"},
        {{.name = STR(" "), .scopes = READ}, ERROR_INVALID, "name"},
        {{.name = STR("x"), .scopes = READ, .expires_us = test_clock()},
         ERROR_INVALID,
         "expires_at"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str token;
        int64_t id;
        bool ok = api_key_create(h->a, &admin, h->workspace, &cases[i].what, &h->arena, &token, &id,
                                 &err);
        if (ok != !cases[i].code)
            fail_msg("case %zu", i);
        if (ok)
            continue;
        assert_int_equal(err.code, cases[i].code);
        assert_string_equal(err.field, cases[i].field);
    }
}

static int64_t used(struct test_house *h) {
    const struct api_key *keys;
    size_t n;
    struct error err;
    test_house_again(h); // what was queued is written
    test_ok(api_key_list(h->a, h->workspace, &h->arena, &keys, &n, &err), &err);
    return keys[0].used_us;
}

TEST_HOUSE(api_key_use_is_written_once_a_minute) {
    struct error err;
    test_owner(h);
    int64_t id;
    struct str token = made(h, 0, &id);
    struct principal who;
    assert_int_equal(used(h), 0);
    int64_t first = test_clock();
    for (int i = 0; i < 30; i++) {
        test_ok(api_key_find(h->a, token, &h->arena, &who, &err), &err);
        test_clock_move(US_PER_SECOND);
    }
    assert_int_equal(used(h), first);
    test_clock_move(US_PER_MINUTE);
    test_ok(api_key_find(h->a, token, &h->arena, &who, &err), &err);
    assert_int_equal(used(h), first + 90 * US_PER_SECOND);
}

// What is remembered is believed for 5 s: a key that another process has revoked (no notice came) ends then.
TEST_HOUSE(api_key_revoked_elsewhere_ends_within_five_seconds) {
    struct error err;
    test_owner(h);
    int64_t id;
    struct str token = made(h, 0, &id);
    struct principal who;
    test_ok(api_key_find(h->a, token, &h->arena, &who, &err), &err);
    struct accounts *other; // the same store, another memory
    test_ok(accounts_open(h->t->db, h->vault, &h->ids, &other, &err), &err);
    other->now_us = test_clock;
    test_ok(api_key_find(other, token, &h->arena, &who, &err), &err);
    test_ok(api_key_revoke(other, NULL, h->workspace, id, &err), &err);
    test_fails(api_key_find(other, token, &h->arena, &who, &err), &err, ERROR_NOT_FOUND);
    test_clock_move(AUTH_CACHE_US);
    test_fails(api_key_find(h->a, token, &h->arena, &who, &err), &err, ERROR_NOT_FOUND);
    sql_close(h->t->db);
    accounts_free(other);
    assert_true(sql_open(&(struct sql_options){.where = str_from(h->t->where)}, &h->t->db, &err));
    struct error ignored;
    h->a->db = h->t->db;
    test_ok(accounts_purge(h->a, &ignored), &ignored);
}
