// SPDX-License-Identifier: Apache-2.0
#include "sql/migrate.h"

#include "sql/migrate_inner.h"
#include "sys/file.h"
#include "tests/support/stores.h"

static const struct migration first = {1, "first", STR_INIT("CREATE TABLE a (id {id}, b {blob});")};
static const struct migration changed = {1, "first",
                                         STR_INIT("CREATE TABLE a (id {id}, c {blob});")};
static const struct migration second = {
    2, "second", STR_INIT("CREATE TABLE b (n {real}); INSERT INTO b VALUES (1.5);")};
static const struct migration third = {
    3, "third", STR_INIT("ALTER TABLE a ADD COLUMN d TEXT NOT NULL DEFAULT 'x'")};
static const struct migration broken = {
    2, "second", STR_INIT("CREATE TABLE c (id {id}); CREATE TABEL d (id {id});")};
static const struct migration no_word = {1, "first", STR_INIT("CREATE TABLE c (id {key})")};

static const struct {
    const char *what;
    const struct migration *before[3], *after[3];
    size_t n_before, n_after;
    enum error_code want;
} cases[] = {
    {"nothing", {NULL}, {NULL}, 0, 0, ERROR_NONE},
    {"all at once", {NULL}, {&first, &second, &third}, 0, 3, ERROR_NONE},
    {"one after another", {&first}, {&first, &second, &third}, 1, 3, ERROR_NONE},
    {"again", {&first, &second, &third}, {&first, &second, &third}, 3, 3, ERROR_NONE},
    {"changed", {&first, &second}, {&changed, &second}, 2, 2, ERROR_CONFLICT},
    {"newer", {&first, &second, &third}, {&first, &second}, 3, 2, ERROR_UNSUPPORTED},
    {"newer than none", {&first}, {NULL}, 1, 0, ERROR_UNSUPPORTED},
    {"left out", {&first, &third}, {&first, &second, &third}, 2, 3, ERROR_CONFLICT},
    {"does not parse", {&first}, {&first, &broken}, 1, 2, ERROR_INTERNAL},
    {"unknown word", {NULL}, {&no_word}, 0, 1, ERROR_INTERNAL},
};

static void dumped(struct test_store *t, struct strbuf *ret) {
    struct error err;
    strbuf_reset(ret);
    if (!migrate_dump(t->db, ret, &err))
        fail_msg("%s", err.en);
}

static size_t current;

static bool migrate_to(struct test_store *t, const struct migration *const *list, size_t n,
                       struct error *err) {
    struct migration copy[3];
    for (size_t i = 0; i < n; i++)
        copy[i] = *list[i];
    return migrate(t->db, copy, n, err);
}

static void run_case(struct test_store *t) {
    struct error err = {0};
    CLEANUP(strbuf_done) struct strbuf before = strbuf_init(MIB), after = strbuf_init(MIB);
    if (!migrate_to(t, cases[current].before, cases[current].n_before, &err))
        fail_msg("%s: %s", cases[current].what, err.en);
    dumped(t, &before);
    bool done = migrate_to(t, cases[current].after, cases[current].n_after, &err);
    assert_int_equal(done, err.code == ERROR_NONE);
    if (err.code != cases[current].want)
        fail_msg("%s: %s: %s", cases[current].what, error_code_name(err.code), err.en);
    dumped(t, &after);
    // what is refused has changed nothing
    if (err.code && !str_eq(strbuf_str(&before), strbuf_str(&after)))
        fail_msg("%s: %s\n%s", cases[current].what, strbuf_cstr(&before), strbuf_cstr(&after));
}

TEST(migrate_applies_in_order_and_refuses_what_does_not_fit) {
    for (current = 0; current < ARRAY_LEN(cases); current++)
        test_stores(run_case, false);
}

TEST(migrate_normalise_keeps_what_counts) {
    static const char *const rows[][2] = {
        {"CREATE TABLE a (id INTEGER, -- number, of (a\n  b TEXT CHECK (b IN ('x,  y', 'z')))",
         "CREATE TABLE a (\n    id INTEGER,\n    b TEXT CHECK (b IN ('x,  y', 'z'))\n);\n"},
        {"CREATE INDEX  i ON a\n (b,c)  WHERE b='--'", "CREATE INDEX i ON a (b,c) WHERE b='--';\n"},
        {"CREATE TABLE \"odd ( name\" (a, PRIMARY KEY (a, b)) WITHOUT ROWID",
         "CREATE TABLE \"odd ( name\" (\n    a,\n    PRIMARY KEY (a, b)\n) WITHOUT ROWID;\n"},
        {"'open", "'open;\n"},
        {"", ";\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(KIB);
        migrate_normalise(str_from(rows[i][0]), &sb);
        assert_str(strbuf_str(&sb), rows[i][1]);
    }
}

TEST_STORES(migrate_gives_the_schema_that_is_kept_in_the_source) {
    char path[256];
    struct error err;
    CLEANUP(strbuf_done) struct strbuf now = strbuf_init(MIB), kept = strbuf_init(MIB);
    snprintf(path, sizeof path, "%s/schema/current.%s.sql", test_source_dir(),
             t->engine == SQL_ENGINE_SQLITE ? "sqlite" : "postgres");
    dumped(t, &now);
    if (getenv("HUISHENG_SCHEMA_DUMP")) { // tools/schema-dump
        struct output *out;
        if (!output_open(path, &out, &err))
            fail_msg("%s", err.en);
        output_write(out, strbuf_str(&now));
        if (!output_commit(out, &err))
            fail_msg("%s", err.en);
    }
    if (!file_read(path, MIB, &kept, &err))
        fail_msg("%s", err.en);
    if (!str_eq(strbuf_str(&now), strbuf_str(&kept)))
        fail_msg("%s is out of date: tools/schema-dump writes it anew. It is now:\n%s", path,
                 strbuf_cstr(&now));
}
