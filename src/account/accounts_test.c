// SPDX-License-Identifier: Apache-2.0
#include "account/accounts.h"

#include <dirent.h>

#include "account/api_key.h"
#include "account/link.h"
#include "account/session.h"
#include "account/user.h"
#include "sys/file.h"
#include "tests/support/accounts.h"

// What must not be found in any file of the store: who works here, from where, and with what secrets.
static const char *const planted[] = {
    "boss@example.com", "Boss@Example.com",   "王方",         TEST_PASSWORD,
    "anna@example.com", "gao@example.com",    "高先生",       "green cow lamp 31",
    "203.0.113.77",     "PlantedBrowser/1.0", "华东大区机密", "guess@example.net",
};

static void scan_file(const char *path, const struct str *secrets, size_t n) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * MIB);
    struct error err;
    test_ok(file_read(path, 64 * MIB, &sb, &err), &err);
    for (size_t i = 0; i < ARRAY_LEN(planted); i++)
        if (str_has(strbuf_str(&sb), str_from(planted[i])))
            fail_msg("%s is readable in %s", planted[i], path);
    for (size_t i = 0; i < n; i++)
        if (str_has(strbuf_str(&sb), secrets[i]))
            fail_msg("secret %zu is readable in %s", i, path);
}

// The store file and what stands beside it (WAL).
static void scan(struct test_house *h, const struct str *secrets, size_t n) {
    int files = 0;
    DIR *d = opendir(test_tmp_dir());
    assert_non_null(d);
    const char *base = strrchr(h->t->where, '/') + 1;
    for (struct dirent *e; (e = readdir(d));) {
        char path[600];
        if (strncmp(e->d_name, base, strlen(base)) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", test_tmp_dir(), e->d_name);
        scan_file(path, secrets, n);
        files++;
    }
    closedir(d);
    assert_true(files > 0);
}

TEST_HOUSE(accounts_leave_nothing_readable_in_the_store) {
    struct error err;
    test_owner(h);
    int64_t anna = test_member(h, "anna@example.com", ROLE_ANALYST), id, who, where;
    static const struct str east[] = {STR_INIT("华东大区机密")};
    static const struct scope_rule rule[] = {{STR_INIT("region"), east, 1}};
    test_ok(user_update(h->a, NULL, h->workspace, anna,
                        &(struct user_change){.has_scope = true, .scope = rule, .n_scope = 1},
                        &err),
            &err);
    struct session_origin origin = {STR("203.0.113.77"), STR("PlantedBrowser/1.0")};
    struct session_start s;
    test_ok(session_open(h->a, anna, 0, &origin, STR(""), &h->arena, &s, &err), &err);
    struct str key, invitation, reset;
    struct api_key what = {.name = STR("ERP"), .scopes = UINT64_C(1) << PERMISSION_FEEDBACK_READ};
    test_ok(api_key_create(h->a, NULL, h->workspace, &what, &h->arena, &key, &id, &err), &err);
    struct link to = {
        .email = STR("gao@example.com"), .role = ROLE_AGENT, .scope = rule, .n_scope = 1};
    test_ok(link_invite(h->a, NULL, h->workspace, &to, &h->arena, &invitation, &err), &err);
    test_ok(link_reset(h->a, NULL, h->workspace, anna, &h->arena, &reset, &err), &err);
    test_ok(
        link_accept(h->a, reset, STR("green cow lamp 31"), STR(""), STR(""), &who, &where, &err),
        &err);
    struct verdict v;
    test_ok(user_verify(h->a, STR("guess@example.net"), STR("green cow lamp 31"),
                        STR("203.0.113.77"), &v, &err),
            &err);
    test_ok(link_accept(h->a, invitation, STR(TEST_PASSWORD), STR("高先生"), STR(""), &who, &where,
                        &err),
            &err);
    if (h->t->engine == SQL_ENGINE_POSTGRES)
        return; // its files are not ours to read; the same values went to it
    const struct str secrets[] = {s.token, key, str_slice(key, 7, key.len), invitation, reset};
    scan(h, secrets, ARRAY_LEN(secrets)); // with the write-ahead log
    test_house_again(h);
    scan(h, secrets, ARRAY_LEN(secrets));
}

TEST_HOUSE(accounts_are_sealed_again_after_a_rotation) {
    struct error err;
    test_owner(h);
    test_member(h, "anna@example.com", ROLE_ANALYST);
    struct session_start s;
    struct str token;
    struct session_origin origin = {STR("203.0.113.77"), STR("a browser")};
    test_ok(session_open(h->a, h->owner, 0, &origin, STR(""), &h->arena, &s, &err), &err);
    struct link to = {.email = STR("gao@example.com"), .role = ROLE_AGENT};
    test_ok(link_invite(h->a, NULL, h->workspace, &to, &h->arena, &token, &err), &err);
    test_ok(vault_rotate(h->vault, &err), &err);
    bool left;
    int rounds = 0;
    do
        test_ok(accounts_reseal(h->a, 0, 1, &left, &err), &err);
    while (left && ++rounds < 100);
    assert_int_equal(rounds, 2 + 2 + 1 + 1); // e-mails and names of two, a session, a link
    test_ok(accounts_reseal(h->a, h->workspace, 100, &left, &err), &err);
    assert_false(left);
    // With the keys of before gone, everything still opens.
    test_ok(vault_forget(h->vault, 0, vault_generation(h->vault, 0, &err), &err), &err);
    test_ok(
        vault_forget(h->vault, h->workspace, vault_generation(h->vault, h->workspace, &err), &err),
        &err);
    test_house_again(h);
    const struct user *users;
    const struct session *sessions;
    struct link l;
    size_t n;
    test_ok(user_list(h->a, h->workspace, 0, 10, &h->arena, &users, &n, &err), &err);
    assert_int_equal(n, 2);
    assert_str(users[1].email, "anna@example.com");
    test_ok(session_list(h->a, h->owner, STR(""), &h->arena, &sessions, &n, &err), &err);
    assert_str(sessions[0].origin.address, "203.0.113.77");
    test_ok(link_find(h->a, token, &h->arena, &l, &err), &err);
    assert_str(l.email, "gao@example.com");
}
