// SPDX-License-Identifier: Apache-2.0
#include "account/vault.h"

#include <sys/stat.h>
#include <unistd.h>

#include "account/vault_inner.h"
#include "sys/file.h"
#include "tests/support/stores.h"

// A directory of its own for each call.
static const char *fresh_dir(void) {
    static char dir[128];
    static unsigned n;
    snprintf(dir, sizeof dir, "%s/vault-%u", test_tmp_dir(), n++);
    assert_int_equal(mkdir(dir, 0700), 0);
    return dir;
}

static struct vault *opened(struct test_store *t, const char *dir, const char *command) {
    struct vault *v;
    struct error err;
    if (!vault_open(t->db, dir, command, &v, &err))
        fail_msg("%s", err.en);
    return v;
}

// The store is closed first, because it calls the vault.
static void restart(struct test_store *t, struct vault **v, const char *dir, const char *command) {
    sql_close(t->db);
    vault_free(*v);
    t->db = NULL;
    struct error err;
    assert_true(sql_open(&(struct sql_options){.where = str_from(t->where)}, &t->db, &err));
    *v = opened(t, dir, command);
}

static void finish(struct test_store *t, struct vault *v) {
    sql_close(t->db);
    t->db = NULL;
    vault_free(v);
}

static void refused(struct test_store *t, const char *dir, const char *command,
                    enum error_code code) {
    struct vault *v;
    struct error err;
    assert_false(vault_open(t->db, dir, command, &v, &err));
    if (err.code != code)
        fail_msg("%s: %s", error_code_name(err.code), err.en);
    assert_null(strchr(err.zh, '\n'));
}

static struct strbuf sealed_text(struct vault *v, int64_t workspace, const char *text) {
    struct error err;
    const struct workspace_keys *k = vault_keys(v, workspace, &err);
    assert_non_null(k);
    struct strbuf sb = strbuf_init(KIB);
    seal(&k->data, STR("note:1"), str_from(text), &sb);
    return sb;
}

static void opens_to(struct vault *v, int64_t workspace, struct str sealed, const char *text) {
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(KIB);
    struct error err;
    if (!vault_unseal(v, workspace, STR("note:1"), sealed, &plain, &err))
        fail_msg("%s", err.en);
    assert_str(strbuf_str(&plain), text);
}

static const char *path_in(const char *dir, const char *name) {
    static char path[2][256];
    static unsigned turn;
    char *p = path[turn++ % 2];
    snprintf(p, 256, "%s/%s", dir, name);
    return p;
}

TEST_STORES(vault_makes_its_key_once_and_knows_it_again) {
    const char *dir = fresh_dir();
    struct vault *v = opened(t, dir, "");
    struct stat st;
    assert_int_equal(stat(path_in(dir, "master.key"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    CLEANUP(strbuf_done) struct strbuf one = sealed_text(v, 7, "差评");
    CLEANUP(strbuf_done) struct strbuf house = sealed_text(v, 0, "boss@example.com");
    opens_to(v, 7, strbuf_str(&one), "差评");
    struct workspace_keys before = *vault_keys(v, 7, NULL);
    restart(t, &v, dir, NULL);
    opens_to(v, 7, strbuf_str(&one), "差评");
    opens_to(v, 0, strbuf_str(&house), "boss@example.com");
    const struct workspace_keys *after = vault_keys(v, 7, NULL);
    assert_memory_equal(before.index, after->index, CRYPTO_KEY_BYTES);
    assert_memory_equal(before.facts, after->facts, CRYPTO_KEY_BYTES);
    assert_memory_not_equal(after->index, after->facts, CRYPTO_KEY_BYTES);
    assert_memory_not_equal(after->index, after->search, CRYPTO_KEY_BYTES);
    assert_ptr_equal(after, vault_keys(v, 7, NULL));
    // Of another workspace: another key.
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(KIB);
    struct error err;
    assert_false(vault_unseal(v, 8, STR("note:1"), strbuf_str(&one), &plain, &err));
    assert_false(vault_unseal(v, 7, STR("note:2"), strbuf_str(&one), &plain, &err));
    assert_false(vault_unseal(v, 7, STR("note:1"), STR("plain text that is not sealed at all"),
                              &plain, &err));
    assert_int_equal(plain.len, 0);
    finish(t, v);
}

TEST_STORES(vault_lookup_depends_on_workspace_kind_and_value) {
    struct vault *v = opened(t, fresh_dir(), "");
    struct workspace_keys one = *vault_keys(v, 1, NULL), two = *vault_keys(v, 2, NULL);
    char long_value[1000];
    memset(long_value, 'v', sizeof long_value);
    const struct {
        const struct workspace_keys *k;
        const char *kind;
        struct str value;
    } cases[] = {
        {&one, "email", STR("a@b")},
        {&two, "email", STR("a@b")},
        {&one, "phone", STR("a@b")},
        {&one, "email", STR("a@c")},
        {&one, "emaila", STR("@b")},
        {&one, "email", STR("")},
        {&one, "email", str_make(long_value, 1000)},
        {&one, "email", str_make(long_value, 999)},
    };
    uint8_t hashes[ARRAY_LEN(cases)][VAULT_LOOKUP_BYTES], again[VAULT_LOOKUP_BYTES];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        vault_lookup(cases[i].k, cases[i].kind, cases[i].value, hashes[i]);
        vault_lookup(cases[i].k, cases[i].kind, cases[i].value, again);
        assert_memory_equal(hashes[i], again, sizeof again);
        for (size_t k = 0; k < i; k++)
            if (memcmp(hashes[i], hashes[k], sizeof again) == 0)
                fail_msg("cases %zu and %zu", i, k);
    }
    finish(t, v);
}

TEST_STORES(vault_with_a_wrong_key_is_refused_and_nothing_is_changed) {
    char dir[128], other[128];
    snprintf(dir, sizeof dir, "%s", fresh_dir());
    snprintf(other, sizeof other, "%s", fresh_dir());
    struct vault *v = opened(t, dir, "");
    CLEANUP(strbuf_done) struct strbuf text = sealed_text(v, 1, "差评");
    restart(t, &v, dir, "");
    // no key at all: none is made beside a store that has one
    refused(t, other, "", ERROR_NOT_FOUND);
    assert_false(file_exists(path_in(other, "master.key")));
    struct seal_key key;
    struct error err;
    assert_true(master_create(other, "master.key", &key, &err));
    refused(t, other, "", ERROR_FORBIDDEN);
    FILE *f = fopen(path_in(other, "master.key"), "w");
    fputs("not a key\n", f);
    fclose(f);
    refused(t, other, "", ERROR_FORMAT);
    restart(t, &v, dir, "");
    opens_to(v, 1, strbuf_str(&text), "差评");
    finish(t, v);
}

TEST_STORES(vault_takes_its_key_from_a_command) {
    const char *dir = fresh_dir(), *hex = "printf %064d 7";
    struct vault *v = opened(t, dir, hex);
    assert_false(file_exists(path_in(dir, "master.key")));
    CLEANUP(strbuf_done) struct strbuf text = sealed_text(v, 1, "差评");
    restart(t, &v, dir, "echo; printf '%064d\\n' 7; echo");
    opens_to(v, 1, strbuf_str(&text), "差评");
    refused(t, dir, "printf %064d 8", ERROR_FORBIDDEN);
    refused(t, dir, "echo no", ERROR_FORMAT);
    refused(t, dir, "true", ERROR_FORMAT);
    refused(t, dir, "printf %064d 7; exit 3", ERROR_UNAVAILABLE);
    refused(t, dir, "/no/such/command 2>&-", ERROR_UNAVAILABLE);
    refused(t, dir, "yes", ERROR_UNAVAILABLE); // endless: cut off at 4 KB
    refused(t, dir, "", ERROR_NOT_FOUND);
    finish(t, v);
}

TEST(master_key_is_read_in_all_its_forms) {
    static const struct {
        const char *text;
        bool is_key;
    } cases[] = {
        {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", true},
        {"  000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\r\n", true},
        {"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", true},
        {"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", true},
        {"", false},
        {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e", false},
        {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g", false},
        {"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct seal_key key;
        if (master_parse(str_from(cases[i].text), &key) != cases[i].is_key)
            fail_msg("%s", cases[i].text);
        for (int k = 0; cases[i].is_key && k < CRYPTO_KEY_BYTES; k++)
            assert_int_equal(key.key[k], k);
    }
}

// ── rotation ──

static void reseals(struct vault *v, struct str old, const char *text) {
    CLEANUP(strbuf_done) struct strbuf fresh = strbuf_init(KIB), same = strbuf_init(KIB);
    struct error err;
    uint8_t mark[2];
    assert_true(vault_reseal(v, 1, STR("note:1"), old, &fresh, &err));
    opens_to(v, 1, strbuf_str(&fresh), text);
    vault_mark(vault_generation(v, 1, &err), mark);
    assert_memory_equal(fresh.ptr + 1, mark, 2); // SQL: substr(body, 2, 2)
    assert_memory_not_equal(old.ptr + 1, mark, 2);
    assert_true(vault_reseal(v, 1, STR("note:1"), strbuf_str(&fresh), &same, &err));
    assert_true(str_eq(strbuf_str(&same), strbuf_str(&fresh)));
}

TEST_STORES(vault_rotation_changes_every_key_and_opens_what_was_sealed_before) {
    char dir[128];
    snprintf(dir, sizeof dir, "%s", fresh_dir());
    struct vault *v = opened(t, dir, "");
    CLEANUP(strbuf_done)
    struct strbuf first = sealed_text(v, 1, "第一"), master = strbuf_init(KIB),
                  now = strbuf_init(KIB);
    struct workspace_keys before = *vault_keys(v, 1, NULL);
    struct error err;
    assert_true(file_read(path_in(dir, "master.key"), KIB, &master, &err));
    assert_true(vault_rotate(v, &err));
    assert_int_equal(vault_generation(v, 1, &err), before.data.generation + 1);
    const struct workspace_keys *after = vault_keys(v, 1, &err);
    assert_memory_not_equal(after->data.key, before.data.key, CRYPTO_KEY_BYTES);
    assert_memory_equal(after->index, before.index, CRYPTO_KEY_BYTES);
    assert_true(file_read(path_in(dir, "master.key"), KIB, &now, &err));
    assert_false(str_eq(strbuf_str(&master), strbuf_str(&now)));
    assert_false(file_exists(path_in(dir, "master.key.new")));
    CLEANUP(strbuf_done) struct strbuf second = sealed_text(v, 1, "第二");
    assert_int_equal(seal_generation(strbuf_str(&second)), before.data.generation + 1);
    for (int round = 0; round < 3; round++) {
        opens_to(v, 1, strbuf_str(&first), "第一");
        opens_to(v, 1, strbuf_str(&second), "第二");
        restart(t, &v, dir, "");
        assert_true(vault_rotate(v, &err));
    }
    reseals(v, strbuf_str(&first), "第一");
    // The keys of old generations go, and what they sealed with them.
    assert_true(vault_forget(v, 1, vault_generation(v, 1, &err), &err));
    restart(t, &v, dir, "");
    CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(KIB);
    assert_false(vault_unseal(v, 1, STR("note:1"), strbuf_str(&first), &plain, &err));
    assert_int_equal(err.code, ERROR_CORRUPT);
    // The old master key is kept under another name, and opens nothing now.
    FILE *f = fopen(path_in(dir, "master.key"), "w");
    fputs(strbuf_cstr(&master), f);
    fclose(f);
    sql_close(t->db);
    vault_free(v);
    assert_true(sql_open(&(struct sql_options){.where = str_from(t->where)}, &t->db, &err));
    refused(t, dir, "", ERROR_FORBIDDEN);
}

// What a crash leaves between the commit and the renaming: the new key as master.key.new.
TEST_STORES(vault_rotation_that_was_cut_off_is_finished_at_the_next_start) {
    char dir[128];
    snprintf(dir, sizeof dir, "%s", fresh_dir());
    struct vault *v = opened(t, dir, "");
    CLEANUP(strbuf_done) struct strbuf text = sealed_text(v, 1, "差评"), old = strbuf_init(KIB);
    struct error err;
    assert_true(file_read(path_in(dir, "master.key"), KIB, &old, &err));
    assert_true(vault_rotate(v, &err));
    assert_int_equal(rename(path_in(dir, "master.key"), path_in(dir, "master.key.new")), 0);
    FILE *f = fopen(path_in(dir, "master.key"), "w");
    fputs(strbuf_cstr(&old), f);
    fclose(f);
    restart(t, &v, dir, "");
    opens_to(v, 1, strbuf_str(&text), "差评");
    assert_false(file_exists(path_in(dir, "master.key.new")));
    // And one that was cut off before its commit is of no consequence.
    struct seal_key stray;
    assert_true(master_create(dir, "master.key.new", &stray, &err));
    restart(t, &v, dir, "");
    opens_to(v, 1, strbuf_str(&text), "差评");
    assert_true(vault_rotate(v, &err));
    opens_to(v, 1, strbuf_str(&text), "差评");
    int locked = master_lock(dir, false, &err);
    assert_true(locked >= 0);
    assert_false(vault_rotate(v, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    master_unlock(locked);
    assert_true(vault_rotate(v, &err));
    restart(t, &v, dir, "");
    opens_to(v, 1, strbuf_str(&text), "差评");
    finish(t, v);
}

TEST_STORES(vault_with_a_command_rotates_to_what_it_prints_now) {
    char dir[128], command[256];
    snprintf(dir, sizeof dir, "%s", fresh_dir());
    snprintf(command, sizeof command, "cat %s/secret", dir);
    FILE *f = fopen(path_in(dir, "secret"), "w");
    fprintf(f, "%064d", 1);
    fclose(f);
    struct vault *v = opened(t, dir, command);
    CLEANUP(strbuf_done) struct strbuf text = sealed_text(v, 1, "差评");
    struct error err;
    f = fopen(path_in(dir, "secret"), "w");
    fprintf(f, "%064d", 2);
    fclose(f);
    assert_true(vault_rotate(v, &err));
    opens_to(v, 1, strbuf_str(&text), "差评");
    restart(t, &v, dir, command);
    opens_to(v, 1, strbuf_str(&text), "差评");
    refused(t, dir, "printf %064d 1", ERROR_FORBIDDEN);
    finish(t, v);
}

// Two processes on one store: the other rotates, this one hears of it or finds a generation it does not know.
TEST_STORES(vault_learns_of_a_rotation_elsewhere) {
    if (t->engine == SQL_ENGINE_SQLITE)
        return; // its file belongs to one process
    const char *dir = fresh_dir();
    struct vault *v = opened(t, dir, ""), *w;
    CLEANUP(strbuf_done) struct strbuf before = sealed_text(v, 1, "先");
    struct test_store other = *t;
    struct error err;
    assert_true(sql_open(&(struct sql_options){.where = str_from(t->where)}, &other.db, &err));
    w = opened(&other, dir, "");
    opens_to(w, 1, strbuf_str(&before), "先");
    assert_true(vault_rotate(w, &err));
    CLEANUP(strbuf_done) struct strbuf after = sealed_text(w, 1, "后");
    opens_to(v, 1, strbuf_str(&after), "后");
    opens_to(v, 1, strbuf_str(&before), "先");
    finish(&other, w);
    finish(t, v);
}
