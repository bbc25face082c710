// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tables.h"

#include <minizip/zip.h>
#include <zlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "tests/support/test.h"

static struct strbuf shown;

static void show_cell(struct str s, enum cell_kind kind) {
    static const char *const marks[] = {
        [CELL_EMPTY] = "", [CELL_TEXT] = "",  [CELL_NUMBER] = "#",
        [CELL_DATE] = "@", [CELL_BOOL] = "?", [CELL_ERROR] = "%",
    };
    assert_int_equal(kind == CELL_EMPTY, s.len == 0);
    strbuf_adds(&shown, marks[kind]);
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\n')
            strbuf_adds(&shown, "⏎");
        else
            strbuf_addc(&shown, s.ptr[i]);
    }
}

static void show_row(const struct row *row) {
    strbuf_addf(&shown, "%llu", (unsigned long long)row->number);
    if (row->line != row->number)
        strbuf_addf(&shown, ":%llu", (unsigned long long)row->line);
    if (row->bad)
        strbuf_addf(&shown, "! %u %s", row->column, row->reason.en);
    else if (row->mended)
        strbuf_addf(&shown, "~%u", row->column);
    assert_int_equal(row->bad || row->mended, row->reason.zh != NULL);
    for (size_t i = 0; i < row->n && !row->bad; i++) {
        strbuf_adds(&shown, i ? "|" : " ");
        show_cell(row->cells[i], row->kinds[i]);
    }
    strbuf_addc(&shown, '\n');
}

static void show_error(const struct error *err) {
    assert_true(err->zh[0] && err->en[0]);
    strbuf_addf(&shown, "error %s: %s\n", error_code_name(err->code), err->en);
}

static void show_table(struct table *t) {
    struct arena arena = {0};
    struct error err = {0};
    struct row row;
    struct str kind = table_kind(t);
    strbuf_addf(&shown, "[%.*s]\n", STR_ARG(kind));
    for (;;) {
        if (!table_next(t, &arena, &row, &err)) {
            show_error(&err);
            break;
        }
        if (row.end)
            break;
        show_row(&row);
        arena_reset(&arena);
    }
    arena_done(&arena);
}

struct str test_table(const char *path, const char *sheet) {
    struct table_options options = {.sheet = str_from(sheet)};
    struct table_set *set;
    struct error err = {0};
    if (!shown.limit)
        shown = strbuf_init(GIB);
    strbuf_reset(&shown);
    if (!table_set_open(path, &options, &set, &err)) {
        show_error(&err);
        return strbuf_str(&shown);
    }
    struct table *t = NULL;
    do {
        err = (struct error){0};
        if (!table_set_next(set, &t, &err))
            show_error(&err);
        else if (t)
            show_table(t);
    } while (t || err.code);
    table_set_close(set);
    return strbuf_str(&shown);
}

struct str test_table_of(struct str bytes) {
    return test_table(test_tmp_file("input", bytes), "");
}

const char *test_zip_file(const char *name, const struct test_member *members, size_t n) {
    const char *path = test_tmp_file(name, STR(""));
    zipFile z = zipOpen64(path, APPEND_STATUS_CREATE);
    assert_non_null(z);
    for (size_t i = 0; i < n; i++) {
        zip_fileinfo info = {0};
        const struct str *content = &members[i].content;
        assert_int_equal(zipOpenNewFileInZip64(z, members[i].name, &info, NULL, 0, NULL, 0, NULL,
                                               Z_DEFLATED, 1, 0),
                         ZIP_OK);
        assert_int_equal(zipWriteInFileInZip(z, content->ptr, (unsigned)content->len), ZIP_OK);
        assert_int_equal(zipCloseFileInZip(z), ZIP_OK);
    }
    assert_int_equal(zipClose(z, NULL), ZIP_OK);
    return path;
}

struct strbuf test_gzip(struct str s) {
    struct strbuf sb = strbuf_init(64 * MIB);
    z_stream z = {0};
    char buf[65536];
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)s.ptr;
    z.avail_in = (uInt)s.len;
    do {
        z.next_out = (Bytef *)buf;
        z.avail_out = sizeof buf;
        deflate(&z, Z_FINISH);
        strbuf_add(&sb, str_make(buf, sizeof buf - z.avail_out));
    } while (z.avail_out == 0);
    deflateEnd(&z);
    return sb;
}

struct strbuf test_zstd(struct str s) {
    struct strbuf sb = strbuf_init(64 * MIB);
    size_t cap = ZSTD_compressBound(s.len);
    char *buf = mem_alloc(cap);
    size_t n = ZSTD_compress(buf, cap, s.ptr, s.len, 3);
    assert_false(ZSTD_isError(n));
    strbuf_add(&sb, str_make(buf, n));
    free(buf);
    return sb;
}
