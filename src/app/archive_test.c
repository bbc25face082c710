// SPDX-License-Identifier: Apache-2.0
#include "app/archive.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/archive_inner.h"
#include "base/mem.h"
#include "sys/file.h"
#include "tests/support/test.h"

static char *temp(const char *name) {
    static char paths[4][300];
    static unsigned n;
    char *p = paths[n++ % 4];
    snprintf(p, 300, "%s/archive-%s", test_tmp_dir(), name);
    return p;
}

static void put_file(const char *path, struct str text) {
    struct error err;
    struct output *o;
    assert_true(output_open(path, &o, &err));
    output_write(o, text);
    assert_true(output_commit(o, &err));
}

static void add_head(UNUSED void *ctx, struct json_writer *w) {
    json_key(w, "schema");
    json_add_int(w, 7);
}

// A backup of two members, the larger of `n` bytes.
static void make(const char *path, size_t n) {
    struct error err;
    struct archive *a;
    char *big = mem_alloc(n);
    uint32_t x = 1;
    for (size_t i = 0; i < n; i++)
        big[i] = (char)((x = x * 1664525 + 1013904223) >> 24);
    const char *from = temp("big");
    put_file(from, str_make(big, n));
    unlink(path);
    if (!archive_create(path, &a, &err) || !archive_add_file(a, "huisheng.db", from, &err) ||
        !archive_add_text(a, "uploads/0190-a.file", STR("sealed"), &err) ||
        !archive_commit(a, add_head, NULL, &err))
        fail_msg("%s", err.en);
    free(big);
}

TEST(archive_gives_back_what_was_put_in) {
    static const size_t sizes[] = {0, 1, 511, 512, 513, 300000, 3000000};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct error err;
        struct json *m;
        char into[300], path[400];
        CLEANUP(strbuf_done)
        struct strbuf was = strbuf_init(8 * MIB), is = strbuf_init(8 * MIB),
                      small = strbuf_init(KIB);
        snprintf(into, sizeof into, "%s/archive-out-%zu", test_tmp_dir(), i);
        assert_int_equal(mkdir(into, 0700), 0);
        make(temp("whole"), sizes[i]);
        if (!archive_extract(temp("whole"), into, &m, &err))
            fail_msg("%zu: %s", sizes[i], err.en);
        assert_int_equal(json_int(json_get(m, "schema"), 0), 7);
        assert_int_equal(json_len(json_get(m, "files")), 2);
        json_free(m);
        snprintf(path, sizeof path, "%s/huisheng.db", into);
        assert_true(file_read(path, 8 * MIB, &is, &err));
        assert_true(file_read(temp("big"), 8 * MIB, &was, &err));
        assert_true(str_eq(strbuf_str(&was), strbuf_str(&is)));
        snprintf(path, sizeof path, "%s/uploads/0190-a.file", into);
        assert_true(file_read(path, KIB, &small, &err));
        assert_str(strbuf_str(&small), "sealed");
    }
}

TEST(archive_is_not_written_over_and_only_its_owner_reads_it) {
    struct error err;
    struct archive *a;
    struct stat st;
    make(temp("mine"), 10);
    assert_false(archive_create(temp("mine"), &a, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_int_equal(stat(temp("mine"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

// Cut anywhere, or any byte changed: never taken for whole.
TEST(archive_that_is_damaged_is_refused) {
    CLEANUP(strbuf_done) struct strbuf whole = strbuf_init(MIB);
    struct error err;
    struct json *m;
    make(temp("whole"), 2000);
    assert_true(file_read(temp("whole"), MIB, &whole, &err));
    for (size_t i = 0; i < whole.len; i += 37) {
        put_file(temp("cut"), str_slice(strbuf_str(&whole), 0, i));
        assert_false(archive_extract(temp("cut"), NULL, &m, &err));
        assert_int_equal(err.code, ERROR_FORMAT);
        whole.ptr[i] ^= 1;
        put_file(temp("cut"), strbuf_str(&whole));
        whole.ptr[i] ^= 1;
        // The first bytes of a frame have spare bits; what is inside is then still proved by its hash.
        if (archive_extract(temp("cut"), NULL, &m, &err))
            json_free(m);
        else
            assert_int_equal(err.code, ERROR_FORMAT);
    }
    put_file(temp("cut"), STR("PK\003\004 not ours"));
    assert_false(archive_extract(temp("cut"), NULL, &m, &err));
    assert_false(archive_extract(temp("nothing-there"), NULL, &m, &err));
}

TEST(archive_names_stay_in_their_folder) {
    static const struct {
        const char *name;
        bool fine;
    } cases[] = {
        {"huisheng.db", true},   {"uploads/0190-a.file", true},
        {"a_b", true},           {"", false},
        {"/etc/passwd", false},  {"../x", false},
        {"uploads/../x", false}, {"uploads/", false},
        {".x", false},           {"a/b/c", false},
        {"a b", false},          {"数据", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        if (archive_is_name(str_from(cases[i].name)) != cases[i].fine)
            fail_msg("%s", cases[i].name);
}

TEST(archive_heads_hold_any_size) {
    static const int64_t sizes[] = {
        0, 1, 511, (INT64_C(1) << 33) - 1, INT64_C(1) << 33, INT64_C(1) << 45};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct tar_head h;
        struct str name;
        int64_t size;
        tar_format(&h, "huisheng.db", sizes[i]);
        assert_true(tar_parse(&h, &name, &size));
        assert_str(name, "huisheng.db");
        assert_int_equal(size, sizes[i]);
        h.name[0] = 'x';
        assert_false(tar_parse(&h, &name, &size));
    }
}
