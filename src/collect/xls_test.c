// SPDX-License-Identifier: Apache-2.0
// Old workbooks, made here byte by byte: an OLE container (MS-CFB) around BIFF8 records (MS-XLS).
#include "base/strbuf.h"
#include "base/utf8.h"
#include "tests/support/tables.h"
#include "tests/support/test.h"

#define SECTOR 512

static void put(struct strbuf *sb, uint64_t v, int bytes) {
    for (int i = 0; i < bytes; i++)
        strbuf_addc(sb, (char)(i < 8 ? v >> 8 * i : 0));
}

static void put_utf16(struct strbuf *sb, const char *utf8) {
    struct str s = str_from(utf8);
    for (size_t pos = 0; pos < s.len;)
        put(sb, utf8_next(s, &pos), 2);
}

static void pad(struct strbuf *sb, size_t to) {
    while (sb->len % to)
        strbuf_addc(sb, '\0');
}

static void put_entry(struct strbuf *sb, const char *name, int type, uint32_t start, size_t size) {
    size_t from = sb->len;
    put_utf16(sb, name);
    while (sb->len < from + 64)
        strbuf_addc(sb, '\0');
    put(sb, *name ? 2 * (utf8_count(str_from(name)) + 1) : 0, 2);
    put(sb, (uint64_t)type, 1);
    put(sb, 1, 1);
    put(sb, UINT32_MAX, 4);
    put(sb, UINT32_MAX, 4);
    put(sb, type == 5 ? 1 : UINT32_MAX, 4);
    while (sb->len < from + 116)
        strbuf_addc(sb, '\0');
    put(sb, start, 4);
    put(sb, size, 8);
}

// A container with one stream: the allocation table is sector 0, the directory 1, the stream follows.
static struct strbuf ole(const char *name, struct str stream) {
    struct strbuf sb = strbuf_init(MIB);
    size_t sectors =
        MAX((stream.len + SECTOR - 1) / SECTOR, (size_t)8); // smaller streams live elsewhere
    strbuf_add(&sb, STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"));
    put(&sb, 0, 8);
    put(&sb, 0, 8);
    put(&sb, 0x3E, 2);
    put(&sb, 3, 2);
    put(&sb, 0xFFFE, 2);
    put(&sb, 9, 2);
    put(&sb, 6, 2);
    put(&sb, 0, 6);
    put(&sb, 0, 4);
    put(&sb, 1, 4); // allocation sectors
    put(&sb, 1, 4); // directory
    put(&sb, 0, 4);
    put(&sb, 4096, 4);
    put(&sb, 0xFFFFFFFE, 4);
    put(&sb, 0, 4);
    put(&sb, 0xFFFFFFFE, 4);
    put(&sb, 0, 4);
    put(&sb, 0, 4);
    while (sb.len < SECTOR)
        put(&sb, UINT32_MAX, 4);
    put(&sb, 0xFFFFFFFD, 4);
    put(&sb, 0xFFFFFFFE, 4);
    for (size_t i = 0; i < sectors; i++)
        put(&sb, i + 1 < sectors ? i + 3 : 0xFFFFFFFE, 4);
    while (sb.len < 2 * SECTOR)
        put(&sb, UINT32_MAX, 4);
    put_entry(&sb, "Root Entry", 5, 0xFFFFFFFE, 0);
    put_entry(&sb, name, 2, 2, sectors * SECTOR);
    put_entry(&sb, "", 0, 0, 0);
    put_entry(&sb, "", 0, 0, 0);
    strbuf_add(&sb, stream);
    while (sb.len < (3 + sectors) * SECTOR)
        strbuf_addc(&sb, '\0');
    pad(&sb, SECTOR);
    return sb;
}

static void put_bof(struct strbuf *sb, int type) {
    put(sb, 0x0809, 2);
    put(sb, 16, 2);
    put(sb, 0x0600, 2);
    put(sb, (uint64_t)type, 2);
    put(sb, 0x0DBB, 2);
    put(sb, 0x07CC, 2);
    put(sb, 0, 8);
}

static void put_eof(struct strbuf *sb) {
    put(sb, 0x000A, 2);
    put(sb, 0, 2);
}

static void put_xf(struct strbuf *sb, int format) {
    put(sb, 0x00E0, 2);
    put(sb, 20, 2);
    put(sb, 0, 2);
    put(sb, (uint64_t)format, 2);
    put(sb, 0, 16);
}

// Returns where its sheet's offset has to be put.
static size_t put_boundsheet(struct strbuf *sb, const char *name) {
    size_t chars = utf8_count(str_from(name));
    put(sb, 0x0085, 2);
    put(sb, 8 + 2 * chars, 2);
    size_t at = sb->len;
    put(sb, 0, 4);
    put(sb, 0, 2);
    put(sb, chars, 1);
    put(sb, 1, 1);
    put_utf16(sb, name);
    return at;
}

static void put_sst(struct strbuf *sb, const char *const *strings, size_t n) {
    size_t bytes = 8;
    for (size_t i = 0; i < n; i++)
        bytes += 3 + 2 * utf8_count(str_from(strings[i]));
    put(sb, 0x00FC, 2);
    put(sb, bytes, 2);
    put(sb, n, 4);
    put(sb, n, 4);
    for (size_t i = 0; i < n; i++) {
        put(sb, utf8_count(str_from(strings[i])), 2);
        put(sb, 1, 1);
        put_utf16(sb, strings[i]);
    }
}

static void put_label(struct strbuf *sb, int row, int column, int string) {
    put(sb, 0x00FD, 2);
    put(sb, 10, 2);
    put(sb, (uint64_t)row, 2);
    put(sb, (uint64_t)column, 2);
    put(sb, 0, 2);
    put(sb, (uint64_t)string, 4);
}

static void put_number(struct strbuf *sb, int row, int column, int xf, double v) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    put(sb, 0x0203, 2);
    put(sb, 14, 2);
    put(sb, (uint64_t)row, 2);
    put(sb, (uint64_t)column, 2);
    put(sb, (uint64_t)xf, 2);
    put(sb, bits, 8);
}

static void put_dimension(struct strbuf *sb, int rows, int columns) {
    put(sb, 0x0200, 2);
    put(sb, 14, 2);
    put(sb, 0, 4);
    put(sb, (uint64_t)rows, 4);
    put(sb, 0, 2);
    put(sb, (uint64_t)columns, 2);
    put(sb, 0, 2);
}

static const char *workbook(void) {
    static const char *const strings[] = {"内容", "时间", "物流很快，包装也好"};
    struct strbuf s = strbuf_init(MIB);
    size_t offsets[2];
    put_bof(&s, 5);
    put_xf(&s, 0);
    put_xf(&s, 22);
    offsets[0] = put_boundsheet(&s, "说明");
    offsets[1] = put_boundsheet(&s, "评价");
    put_sst(&s, strings, ARRAY_LEN(strings));
    put_eof(&s);
    for (int sheet = 0; sheet < 2; sheet++) {
        for (int i = 0; i < 4; i++)
            s.ptr[offsets[sheet] + (size_t)i] = (char)(s.len >> 8 * i);
        put_bof(&s, 0x10);
        put_dimension(&s, 4, 3);
        put_label(&s, 0, 0, 0);
        if (sheet == 1) {
            put_label(&s, 0, 2, 1);
            put_label(&s, 3, 0, 2);
            put_number(&s, 3, 1, 0, 4.5);
            put_number(&s, 3, 2, 1, 46082.627835648149);
        }
        put_eof(&s);
    }
    struct strbuf file = ole("Workbook", strbuf_str(&s));
    const char *path = test_tmp_file("t.xls", strbuf_str(&file));
    strbuf_done(&file);
    strbuf_done(&s);
    return path;
}

TEST(xls_reads_old_workbooks) {
    static const char rows[] =
        "[XLS “评价”]\n1 内容||时间\n4 物流很快，包装也好|#4.5|@2026-03-01 15:04:05\n";
    assert_str(test_table(workbook(), ""), rows);
    assert_str(test_table(workbook(), "2"), rows);
    assert_str(test_table(workbook(), "说明"), "[XLS “说明”]\n1 内容\n");
    assert_str(test_table(workbook(), "x"),
               "error not_found: t.xls: there is no sheet “x”; there are: 说明、评价\n");
}

TEST(xls_says_what_a_container_holds) {
    static const struct {
        const char *stream, *error;
    } cases[] = {
        {"EncryptedPackage",
         "error unsupported: t.xlsx: the workbook has a password: open it and save it without one\n"},
        {"WordDocument",
         "error format: t.xlsx: not a table: it is a Word document; save its table as .xlsx or .csv\n"},
        {"PowerPoint Document",
         "error format: t.xlsx: not a table: it is a PowerPoint presentation; choose the exported table\n"},
        {"Other", "error format: t.xlsx: not an Excel workbook: save it as .xlsx or .csv\n"},
        {"Workbook",
         "error format: t.xlsx: the workbook is incomplete or damaged: export it again or save it as .xlsx\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct strbuf file = ole(cases[i].stream, STR("nothing that can be read"));
        assert_str(test_table(test_tmp_file("t.xlsx", strbuf_str(&file)), ""), cases[i].error);
        strbuf_done(&file);
    }
}
