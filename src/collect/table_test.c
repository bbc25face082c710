// SPDX-License-Identifier: Apache-2.0
// What people hand in as a table: packed, mixed, damaged, or none at all.
#include "collect/table.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/file.h"
#include "tests/support/tables.h"
#include "tests/support/test.h"

static const char rows_csv[] = "评价,分\n好,5\n差,1\n";
static const char rows_out[] = "1 评价|分\n2 好|5\n3 差|1\n";

static void check(const char *name, struct str bytes, const char *kind, const char *rows) {
    char want[512];
    snprintf(want, sizeof want, "[%s]\n%s", kind, rows);
    assert_str(test_table(test_tmp_file(name, bytes), ""), want);
}

TEST(table_unpacks_what_is_packed) {
    struct strbuf gz = test_gzip(str_from(rows_csv)), zs = test_zstd(str_from(rows_csv));
    check("t.csv.gz", strbuf_str(&gz), ".gz CSV UTF-8 ,", rows_out);
    check("t.csv.zst", strbuf_str(&zs), ".zst CSV UTF-8 ,", rows_out);
    check("t.csv", strbuf_str(&gz), ".gz CSV UTF-8 ,", rows_out); // the name decides nothing
    struct strbuf twice = test_gzip(strbuf_str(&zs)), again = test_gzip(STR("好,2\n"));
    check("t.csv.gz", strbuf_str(&twice), ".gz .zst CSV UTF-8 ,", rows_out);
    // members one after the other are one stream, what follows them is left alone
    strbuf_add(&gz, strbuf_str(&again));
    strbuf_add(&gz, STR("\0\0\0\0"));
    check("t.csv.gz", strbuf_str(&gz), ".gz CSV UTF-8 ,", "1 评价|分\n2 好|5\n3 差|1\n4 好|2\n");
    struct strbuf zs2 = test_zstd(STR("好,2\n"));
    strbuf_add(&zs, strbuf_str(&zs2));
    check("t.csv.zst", strbuf_str(&zs), ".zst CSV UTF-8 ,", "1 评价|分\n2 好|5\n3 差|1\n4 好|2\n");
    strbuf_done(&gz);
    strbuf_done(&zs);
    strbuf_done(&zs2);
    strbuf_done(&twice);
    strbuf_done(&again);
}

TEST(table_gives_the_rows_before_a_truncation) {
    struct strbuf csv = strbuf_init(MIB);
    for (uint64_t i = 0; i < 20000; i++)
        strbuf_addf(&csv, "%llu,%llu\n", (unsigned long long)i, (unsigned long long)hash_u64(i));
    struct strbuf packed[] = {test_gzip(strbuf_str(&csv)), test_zstd(strbuf_str(&csv))};
    for (size_t i = 0; i < ARRAY_LEN(packed); i++) {
        struct str half = str_slice(strbuf_str(&packed[i]), 0, packed[i].len / 2);
        struct str out = test_table(test_tmp_file("t.csv.gz", half), "");
        assert_true(str_has(out, STR("\n5000 4999|")));
        assert_true(
            str_has(out, STR("\nerror format: t.csv.gz: the packed file ends in the middle")));
        char *broken = str_dup(strbuf_str(&packed[i]));
        memset(broken + packed[i].len / 2, 0x55, 64);
        out = test_table(test_tmp_file("t.csv.gz", str_make(broken, packed[i].len)), "");
        assert_true(str_has(out, STR("\nerror format: t.csv.gz: the packed data are damaged")));
        free(broken);
        strbuf_done(&packed[i]);
    }
    strbuf_done(&csv);
}

// A workbook whose sheet is 280 MB of white space in a few KB: stopped, whatever size it declares.
TEST(table_stops_a_bomb_in_a_workbook) {
    size_t n = 280 * MIB;
    char *spaces = mem_alloc(n);
    memset(spaces, ' ', n);
    memcpy(spaces, "<worksheet>", 11);
    struct test_member members[] = {
        {"[Content_Types].xml", STR("<Types/>")},
        {"xl/workbook.xml", STR("<workbook><sheets><sheet name=\"S\"/></sheets></workbook>")},
        {"xl/worksheets/sheet1.xml", str_make(spaces, n)},
    };
    const char *path = test_zip_file("bomb.xlsx", members, ARRAY_LEN(members));
    free(spaces);
    struct str out = test_table(path, "");
    assert_true(str_has(out, STR("error limit: bomb.xlsx: ")));
}

TEST(table_reads_every_table_of_a_zip) {
    struct strbuf gz = test_gzip(str_from(rows_csv));
    struct test_member book[] = {
        {"[Content_Types].xml", STR("<Types/>")},
        {"xl/workbook.xml", STR("<workbook><sheets><sheet name=\"S\"/></sheets></workbook>")},
        {"xl/worksheets/sheet1.xml",
         STR("<worksheet><sheetData><row><c><v>7</v></c></row></sheetData></worksheet>")},
    };
    struct strbuf xlsx = strbuf_init(MIB);
    assert_true(file_read(test_zip_file("b.xlsx", book, ARRAY_LEN(book)), MIB, &xlsx, NULL));
    struct test_member members[] = {
        {"a.csv", str_from(rows_csv)},
        {"photos/", STR("")},
        {"photos/1.jpg", STR("\xFF\xD8\xFF")},
        {"__MACOSX/._a.csv", STR("\0\5\x16\7")},
        {".DS_Store", STR("x")},
        {"~$b.xlsx", STR("x")},
        {"\xC6\xC0\xBC\xDB/b.xlsx", strbuf_str(&xlsx)}, // a name in GBK
        {"empty.csv", STR("")},
        {"c.csv.gz", strbuf_str(&gz)},
        {"note.pdf", STR("%PDF-1.4")},
    };
    const char *path = test_zip_file("all.zip", members, ARRAY_LEN(members));
    char want[1024];
    snprintf(
        want, sizeof want,
        "[CSV UTF-8 ,]\n%s[XLSX “S”]\n1 #7\nerror invalid: all.zip/empty.csv: the file is empty\n"
        "[.gz CSV UTF-8 ,]\n%serror format: all.zip/note.pdf: not a table: it is a PDF document; save it as "
        ".xlsx or .csv\n",
        rows_out, rows_out);
    assert_str(test_table(path, ""), want);
    struct table_options options = {.sheet = STR("")};
    struct table_set *set;
    struct table *t;
    assert_true(table_set_open(path, &options, &set, NULL));
    assert_int_equal(table_set_count(set), 5);
    assert_true(table_set_next(set, &t, NULL) && table_set_next(set, &t, NULL));
    assert_str(table_name(t), "all.zip/评价/b.xlsx");
    table_set_close(set);
    strbuf_done(&gz);
    strbuf_done(&xlsx);
}

TEST(table_says_what_no_table_is) {
    static const struct {
        const char *name;
        struct str bytes;
        const char *error;
    } cases[] = {
        {"e.csv", STR_INIT(""), "invalid: e.csv: the file is empty"},
        {"e.xlsx", STR_INIT(" \r\n\n"), "invalid: e.xlsx: the file is empty"},
        {"e.txt", STR_INIT("\xEF\xBB\xBF"), "invalid: e.txt: the file is empty"},
        {"p.xlsx", STR_INIT("\x89PNG\r\n\x1A\n...."),
         "format: p.xlsx: not a table: it is a PNG picture; choose the exported table"},
        {"p.csv", STR_INIT("\xFF\xD8\xFF\xE0"),
         "format: p.csv: not a table: it is a JPEG picture; choose the exported table"},
        {"d.csv", STR_INIT("%PDF-1.7"),
         "format: d.csv: not a table: it is a PDF document; save it as .xlsx or .csv"},
        {"r.csv", STR_INIT("Rar!\x1A\7"),
         "format: r.csv: not a table: it is a RAR archive; unpack it first"},
        {"b.csv", STR_INIT("\1\2\3\4\5\6\7\1\2\3"),
         "format: b.csv: not a table: it is a binary file; choose the exported table"},
        {"z.csv", STR_INIT("\0\0\0\0\0\0\0\0"),
         "format: z.csv: not a table: it is a binary file; choose the exported table"},
        {"t.xlsx", STR_INIT("PK\3\4 and no more"),
         "format: t.xlsx: the file (a zip archive) is incomplete or damaged: download or export it again"},
        {"t.xls", STR_INIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and no more"),
         "format: t.xls: the workbook is incomplete or damaged: export it again or save it as .xlsx"},
        {"w.mht", STR_INIT("MIME-Version: 1.0\n"),
         "format: w.mht: not a table: it is a web archive (MHT); save it as .xlsx or .csv"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str out = test_table(test_tmp_file(cases[i].name, cases[i].bytes), "");
        assert_true(str_starts(out, STR("error ")));
        assert_str(str_slice(out, 6, out.len - 1), cases[i].error);
    }
}

TEST(table_says_what_documents_in_zips_are) {
    static const struct {
        const char *member, *error;
    } cases[] = {
        {"word/document.xml",
         "error format: d.zip: not a table: it is a Word document; save it as .xlsx or .csv\n"},
        {"xl/workbook.bin",
         "error format: d.zip: not a table: it is a binary workbook (.xlsb); save it as .xlsx or .csv\n"},
        {"content.xml",
         "error format: d.zip: not a table: it is an OpenDocument file; save it as .xlsx or .csv\n"},
        {"photo.jpg", "error format: d.zip: there is no table in the archive\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct test_member members[] = {{"x/", STR("")}, {cases[i].member, STR("x")}};
        assert_str(test_table(test_zip_file("d.zip", members, 2), ""), cases[i].error);
    }
}

TEST(table_reads_a_truncated_workbook_not_at_all) {
    struct test_member members[] = {{"[Content_Types].xml", STR("<Types/>")},
                                    {"a", STR("some text to make it longer")}};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    assert_true(file_read(test_zip_file("a.xlsx", members, 2), MIB, &sb, NULL));
    struct str out =
        test_table(test_tmp_file("cut.xlsx", str_slice(strbuf_str(&sb), 0, sb.len / 2)), "");
    assert_str(
        out,
        "error format: cut.xlsx: the file (a zip archive) is incomplete or damaged: download or export it again\n");
}

TEST(table_cannot_open_what_is_not_there) {
    struct str out = test_table("/nonexistent/a.csv", "");
    assert_true(str_starts(out, STR("error not_found: ")));
    out = test_table(test_tmp_dir(), "");
    assert_true(str_starts(out, STR("error ")));
}

TEST(table_of_a_header_or_a_row_alone) {
    check("h.csv", STR("评价,分\n"), "CSV UTF-8 ,", "1 评价|分\n");
    check("h.csv", STR("评价,分"), "CSV UTF-8 ,", "1 评价|分\n");
    check("h.csv", STR("评价\n好"), "CSV UTF-8", "1 评价\n2 好\n");
}

TEST(table_peeked_rows_come_again) {
    struct table_options options = {.sheet = STR("")};
    struct table_set *set;
    struct table *t;
    const struct row *rows;
    size_t n;
    struct arena arena = {0};
    struct row row;
    assert_true(table_set_open(test_tmp_file("t.csv", str_from(rows_csv)), &options, &set, NULL));
    assert_true(table_set_next(set, &t, NULL));
    assert_true(table_peek(t, 2, &rows, &n, NULL));
    assert_int_equal(n, 2);
    assert_str(rows[1].cells[0], "好");
    for (int i = 1; i <= 3; i++) {
        assert_true(table_next(t, &arena, &row, NULL) && !row.end);
        assert_int_equal(row.number, i);
    }
    assert_str(rows[1].cells[0], "好"); // until the table closes
    for (int i = 0; i < 2; i++)
        assert_true(table_next(t, &arena, &row, NULL) && row.end);
    assert_int_equal(table_counts(t)->rows, 3);
    assert_true(table_set_next(set, &t, NULL) && !t);
    arena_done(&arena);
    table_set_close(set);
}

TEST(table_comes_from_standard_input_too) {
    struct test_member book[] = {
        {"[Content_Types].xml", STR("<Types/>")},
        {"xl/workbook.xml", STR("<workbook><sheets><sheet name=\"S\"/></sheets></workbook>")},
        {"xl/worksheets/sheet1.xml",
         STR("<worksheet><sheetData><row><c><v>7</v></c></row></sheetData></worksheet>")},
    };
    const char *paths[] = {test_tmp_file("t.csv", str_from(rows_csv)),
                           test_zip_file("b.xlsx", book, 3)};
    const char *wants[] = {"[CSV UTF-8 ,]\n1 评价|分\n2 好|5\n3 差|1\n", "[XLSX “S”]\n1 #7\n"};
    for (size_t i = 0; i < 4; i++) {
        int saved = dup(STDIN_FILENO), ends[2];
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
        assert_true(file_read(paths[i / 2], MIB, &sb, NULL));
        if (i % 2 == 0) { // a pipe
            assert_int_equal(pipe(ends), 0);
            assert_int_equal(write(ends[1], sb.ptr, sb.len), sb.len);
            close(ends[1]);
        } else { // a file
            ends[0] = open(paths[i / 2], O_RDONLY);
        }
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        assert_str(test_table("-", ""), wants[i / 2]);
        dup2(saved, STDIN_FILENO);
        close(saved);
    }
}
