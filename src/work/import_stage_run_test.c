// SPDX-License-Identifier: Apache-2.0
// What people export, handed over as bytes: every format gives the same feedback, and none of it is copied to a disk
// on the way.
#include "work/import_stage_run.h"

#include <iconv.h>
#include <stdlib.h>

#include "sys/file.h"
#include "tests/support/imports.h"
#include "tests/support/tables.h"

#define NS  "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static const char csv[] = "评价ID,评价内容,评分,评价时间\n"
                          "R100001,物流太慢了等了八天,2,2026-10-01 12:00:00\n"
                          "R100002,质量很好包装严实,5,2026-10-02 12:00:00\n"
                          "R100003,客服态度差不理人,1,2026-10-03 12:00:00\n";

static struct str recoded(const char *to, struct str s, struct arena *a) {
    char *in = (char *)(uintptr_t)s.ptr, *buf = arena_alloc(a, 4 * s.len), *out = buf;
    size_t n_in = s.len, n_out = 4 * s.len;
    iconv_t cd = iconv_open(to, "UTF-8");
    assert_true(cd != (iconv_t)-1);
    assert_true(iconv(cd, &in, &n_in, &out, &n_out) != (size_t)-1);
    iconv_close(cd);
    return str_make(buf, (size_t)(out - buf));
}

static struct str bytes_of(const char *path, struct arena *a) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(16 * MIB);
    struct error err;
    test_ok(file_read(path, 16 * MIB, &sb, &err), &err);
    return arena_str(a, strbuf_str(&sb));
}

// The same table as a workbook.
static struct str workbook(struct arena *a) {
    CLEANUP(strbuf_done) struct strbuf sheet = strbuf_init(MIB);
    struct str rest = str_from(csv), line, cell;
    strbuf_adds(&sheet, "<worksheet " NS "><sheetData>");
    while (str_cut(&rest, '\n', &line) && line.len) {
        strbuf_adds(&sheet, "<row>");
        while (str_cut(&line, ',', &cell))
            strbuf_addf(&sheet, "<c t=\"inlineStr\"><is><t>%.*s</t></is></c>", STR_ARG(cell));
        strbuf_adds(&sheet, "</row>");
    }
    strbuf_adds(&sheet, "</sheetData></worksheet>");
    struct test_member members[] = {
        {"[Content_Types].xml", STR("<Types/>")},
        {"_rels/.rels", STR("<Relationships><Relationship Id=\"a\" Type=\"" REL
                            "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>")},
        {"xl/_rels/workbook.xml.rels",
         STR("<Relationships><Relationship Id=\"rId1\" Type=\"" REL
             "/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>")},
        {"xl/workbook.xml",
         STR("<workbook " NS "xmlns:r=\"" REL "\"><sheets><sheet name=\"评价\" sheetId=\"1\" "
             "r:id=\"rId1\"/></sheets></workbook>")},
        {"xl/worksheets/sheet1.xml", strbuf_str(&sheet)},
    };
    return bytes_of(test_zip_file("w.xlsx", members, ARRAY_LEN(members)), a);
}

TEST_HOUSE(import_takes_every_format_and_copies_none_to_a_disk) {
    struct house w;
    struct arena *a = &h->arena;
    test_owner(h);
    test_work_start(h, &w);
    const struct test_member packed[] = {{"评价/一.csv", recoded("GB18030", str_from(csv), a)},
                                         {"二.xlsx", workbook(a)}};
    struct strbuf gz = test_gzip(str_from(csv));
    const struct {
        const char *name;
        struct str bytes;
        int64_t created, unchanged, duplicate;
    } files[] = {
        {"plain.csv", str_from(csv), 3, 0, 0},
        {"excel.csv", recoded("GB18030", str_from(csv), a), 0, 3, 0},
        {"unicode.txt", recoded("UTF-16", str_from(csv), a), 0, 3, 0},
        {"book.xlsx", workbook(a), 0, 3, 0},
        {"wrong name.xls", workbook(a), 0, 3, 0},
        {"packed.csv.gz", strbuf_str(&gz), 0, 3, 0},
        // Two files with the same reviews: the second says nothing new.
        {"both.zip", bytes_of(test_zip_file("b.zip", packed, ARRAY_LEN(packed)), a), 0, 3, 3},
    };
    // A temporary file would have to be made here.
    assert_int_equal(setenv("TMPDIR", "/nonexistent", 1), 0);
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        struct import im = test_import_file(&w, h, files[i].name, files[i].bytes);
        if (im.counts.created != files[i].created || im.counts.unchanged != files[i].unchanged ||
            im.counts.duplicate != files[i].duplicate || im.counts.updated)
            fail_msg("%s: created %d updated %d unchanged %d duplicate %d", files[i].name,
                     (int)im.counts.created, (int)im.counts.updated, (int)im.counts.unchanged,
                     (int)im.counts.duplicate);
    }
    unsetenv("TMPDIR");
    strbuf_done(&gz);
    assert_int_equal(test_count(&w, "SELECT count(*) FROM feedback"), 3);
    test_work_stop(&w);
}
