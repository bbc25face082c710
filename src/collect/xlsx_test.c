// SPDX-License-Identifier: Apache-2.0
#include "base/strbuf.h"
#include "tests/support/tables.h"
#include "tests/support/test.h"

#define NS  "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

// A workbook of one sheet; the parts that are NULL are left out.
struct parts {
    const char *sheet; // what stands in <sheetData>
    const char *strings, *styles, *workbook_pr;
};

static const char *make(struct parts p) {
    static struct strbuf sb[4];
    for (int i = 0; i < 4; i++) {
        if (!sb[i].limit)
            sb[i] = strbuf_init(64 * MIB);
        strbuf_reset(&sb[i]);
    }
    strbuf_addf(&sb[0],
                "<workbook " NS "xmlns:r=\"" REL "\">%s<sheets><sheet name=\"评价\" sheetId=\"1\" "
                "r:id=\"rId1\"/></sheets></workbook>",
                p.workbook_pr ? p.workbook_pr : "");
    strbuf_addf(&sb[1],
                "<worksheet " NS
                "><dimension ref=\"A1:XFD1048576\"/><sheetData>%s</sheetData></worksheet>",
                p.sheet);
    strbuf_addf(&sb[2], "<sst " NS ">%s</sst>", p.strings ? p.strings : "");
    strbuf_addf(&sb[3], "<styleSheet " NS ">%s</styleSheet>", p.styles ? p.styles : "");
    struct test_member members[] = {
        {"[Content_Types].xml", STR("<Types/>")},
        {"_rels/.rels", STR("<Relationships><Relationship Id=\"a\" Type=\"" REL
                            "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>")},
        {"xl/_rels/workbook.xml.rels",
         STR("<Relationships><Relationship Id=\"rId1\" Type=\"" REL
             "/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"" REL
             "/sharedStrings\" Target=\"/xl/sharedStrings.xml\"/></Relationships>")},
        {"xl/workbook.xml", strbuf_str(&sb[0])},
        {"xl/worksheets/sheet1.xml", strbuf_str(&sb[1])},
        {"xl/sharedStrings.xml", strbuf_str(&sb[2])},
        {"xl/styles.xml", strbuf_str(&sb[3])},
    };
    return test_zip_file("t.xlsx", members, ARRAY_LEN(members));
}

static void check(struct parts p, const char *expected) {
    struct str out = test_table(make(p), "");
    size_t at = str_find_char(out, '\n');
    assert_str(str_slice(out, 0, at), "[XLSX “评价”]");
    assert_str(str_slice(out, at + 1, out.len), expected);
}

TEST(xlsx_reads_every_kind_of_cell) {
    check(
        (struct parts){
            .sheet =
                "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>"
                "<c r=\"C1\" t=\"inlineStr\"><is><r><t>内</t></r><r><t xml:space=\"preserve\"> 联</t></r>"
                "<rPh><t>x</t></rPh></is></c><c r=\"D1\" t=\"str\"><f>A1&amp;\"\"</f><v>公式</v></c></row>"
                "<row r=\"2\"><c r=\"A2\"><v>4.5999999999999996</v></c><c r=\"B2\" t=\"b\"><v>1</v></c>"
                "<c r=\"C2\" t=\"e\"><v>#N/A</v></c><c r=\"D2\" t=\"d\"><v>2026-03-01T15:04:05Z</v></c></row>"
                "<row r=\"3\"><c r=\"A3\"><f>1/0</f></c><c r=\"B3\" t=\"n\"><f>SUM(A2)</f><v>7</v></c></row>",
            .strings =
                "<si><t>评价_x000D_\n_x0041__x005F_</t></si><si><r><t>富</t></r><r><rPr><b/></rPr><t>文本</t></r>"
                "<rPh sb=\"0\" eb=\"1\"><t>フ</t></rPh></si>"},
        "1 评价\r⏎A_|富文本|内 联|公式\n2 #4.6|?TRUE|%#N/A|@2026-03-01 15:04:05\n3 |#7\n");
}

TEST(xlsx_finds_rows_and_cells_without_references) {
    check(
        (struct parts){
            .sheet =
                "<row><c><v>1</v></c><c><v>2</v></c></row><row/><row r=\"5\"><c r=\"C5\"><v>3</v></c>"
                "<c><v>4</v></c></row><row><c><v>5</v></c></row>"},
        "1 #1|#2\n5 ||#3|#4\n6 #5\n");
}

TEST(xlsx_shows_dates_by_their_styles) {
    static const char styles[] =
        "<numFmts><numFmt numFmtId=\"176\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/></numFmts>"
        "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
        "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"176\"/><xf numFmtId=\"22\"/></cellXfs>";
    static const char sheet[] =
        "<row><c s=\"0\"><v>46082</v></c><c s=\"1\"><v>46082</v></c><c s=\"2\"><v>46082</v></c>"
        "<c s=\"3\"><v>46082.5</v></c><c s=\"1\"><v>-3</v></c><c s=\"9\"><v>1</v></c></row>";
    check((struct parts){.sheet = sheet, .styles = styles},
          "1 #46082|@2026-03-01|@2026-03-01|@2026-03-01 12:00:00|#-3|#1\n");
    check((struct parts){.sheet = sheet,
                         .styles = styles,
                         .workbook_pr = "<workbookPr date1904=\"1\"/>"},
          "1 #46082|@2030-03-02|@2030-03-02|@2030-03-02 12:00:00|#-3|#1\n");
}

TEST(xlsx_bad_rows_stop_nothing) {
    struct strbuf sb = strbuf_init(64 * MIB);
    strbuf_adds(&sb, "<row><c><v>1</v></c></row><row><c t=\"inlineStr\"><is><t>");
    for (size_t i = 0; i < 50 * MIB / 10; i++)
        strbuf_adds(&sb, "aaaaaaaaaa");
    strbuf_adds(
        &sb,
        "</t></is></c></row><row><c r=\"XFE3\"><v>1</v></c></row><row><c t=\"s\"><v>99</v></c></row>"
        "<row><c><v>2</v></c></row>");
    check((struct parts){.sheet = strbuf_cstr(&sb)},
          "1 #1\n2! 1 a cell is larger than 1 MB\n3! 16385 more than 16384 columns\n"
          "4! 1 its text is missing from the workbook\n5 #2\n");
    strbuf_done(&sb);
}

TEST(xlsx_takes_control_characters_for_spaces) {
    check((struct parts){.sheet = "<row><c t=\"str\"><v>a\x0B"
                                  "b</v></c></row>"},
          "1 a b\n");
}

TEST(xlsx_gives_the_rows_before_the_damage) {
    struct str out =
        test_table(make((struct parts){.sheet = "<row><c><v>1</v></c></row><row><c></row>"}), "");
    assert_true(str_has(out, STR("\n1 #1\nerror format: ")));
    assert_true(str_has(out, STR("damaged")));
}

TEST(xlsx_refuses_declarations_that_could_be_bombs) {
    struct test_member members[] = {
        {"[Content_Types].xml", STR("<Types/>")},
        {"_rels/.rels", STR("<!DOCTYPE x [<!ENTITY a \"aaaa\">]><Relationships/>")},
        {"xl/workbook.xml", STR("<workbook/>")},
    };
    struct str out = test_table(test_zip_file("t.xlsx", members, ARRAY_LEN(members)), "");
    assert_true(str_has(out, STR("error format: ")) && str_has(out, STR("DOCTYPE")));
}

// Strict OOXML, every element with a prefix, part names in another case, relations with “..”.
TEST(xlsx_reads_strict_and_prefixed_files) {
    struct test_member members[] = {
        {"[Content_Types].xml", STR("<Types/>")},
        {"_rels/.rels",
         STR("<p:Relationships xmlns:p=\"x\"><p:Relationship Id=\"a\" Type=\"http://purl.oclc.org/ooxml/"
             "officeDocument/relationships/officeDocument\" Target=\"/XL/Workbook.xml\"/>"
             "</p:Relationships>")},
        {"XL/_rels/Workbook.xml.rels",
         STR("<Relationships><Relationship Id=\"q\" Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/"
             "worksheet\" Target=\"../xl/sheets/One.xml\"/></Relationships>")},
        {"XL/Workbook.xml",
         STR("<x:workbook xmlns:x=\"http://purl.oclc.org/ooxml/spreadsheetml/main\" xmlns:rr=\"r\"><x:sheets>"
             "<x:sheet name=\"S\" sheetId=\"7\" rr:id=\"q\"/></x:sheets></x:workbook>")},
        {"XL/sheets/one.xml",
         STR("<x:worksheet xmlns:x=\"n\"><x:sheetData><x:row r=\"2\"><x:c r=\"B2\"><x:v>1</x:v></x:c></x:row>"
             "</x:sheetData></x:worksheet>")},
    };
    assert_str(test_table(test_zip_file("t.xlsx", members, ARRAY_LEN(members)), ""),
               "[XLSX “S”]\n2 |#1\n");
}

// Three sheets and a chart, the one with most text hidden; no shared strings, no styles, relations in odd order.
static const char *three_sheets(void) {
    static struct strbuf hidden;
    if (!hidden.limit)
        hidden = strbuf_init(MIB);
    strbuf_reset(&hidden);
    strbuf_adds(&hidden, "<worksheet><sheetData>");
    for (int i = 0; i < 50; i++)
        strbuf_adds(&hidden,
                    "<row><c t=\"str\"><v>a rather long text in a hidden sheet</v></c></row>");
    strbuf_adds(&hidden, "</sheetData></worksheet>");
    struct test_member members[] = {
        {"[Content_Types].xml", STR("<Types/>")},
        {"xl/_rels/workbook.xml.rels",
         STR("<Relationships><Relationship Id=\"r4\" Type=\"" REL
             "/chartsheet\" Target=\"chartsheets/sheet1.xml\"/>"
             "<Relationship Id=\"r3\" Type=\"" REL "/worksheet\" Target=\"worksheets/c.xml\"/>"
             "<Relationship Id=\"r1\" Type=\"" REL "/worksheet\" Target=\"worksheets/a.xml\"/>"
             "<Relationship Id=\"r2\" Type=\"" REL
             "/worksheet\" Target=\"worksheets/b.xml\"/></Relationships>")},
        {"xl/workbook.xml",
         STR("<workbook xmlns:r=\"" REL
             "\"><sheets><sheet name=\"说明\" sheetId=\"1\" r:id=\"r1\"/>"
             "<sheet name=\"图\" sheetId=\"5\" r:id=\"r4\"/>"
             "<sheet name=\"secret\" sheetId=\"2\" state=\"veryHidden\" r:id=\"r2\"/>"
             "<sheet name=\" 评价 \" sheetId=\"9\" r:id=\"r3\"/></sheets></workbook>")},
        {"xl/chartsheets/sheet1.xml", STR("<chartsheet/>")},
        {"xl/worksheets/a.xml",
         STR("<worksheet><sheetData><row><c t=\"str\"><v>导出</v></c></row></sheetData></worksheet>")},
        {"xl/worksheets/b.xml", strbuf_str(&hidden)},
        {"xl/worksheets/c.xml",
         STR("<worksheet><sheetData><row><c t=\"str\"><v>内容</v></c></row><row r=\"3\"><c t=\"str\">"
             "<v>物流很快，包装也好</v></c></row></sheetData></worksheet>")},
    };
    return test_zip_file("three.xlsx", members, ARRAY_LEN(members));
}

TEST(xlsx_chooses_the_visible_sheet_with_most_text) {
    static const struct {
        const char *sheet, *out;
    } cases[] = {
        {"", "[XLSX “ 评价 ”]\n1 内容\n3 物流很快，包装也好\n"},
        {"评价", "[XLSX “ 评价 ”]\n1 内容\n3 物流很快，包装也好\n"},
        {"说明", "[XLSX “说明”]\n1 导出\n"},
        {"1", "[XLSX “说明”]\n1 导出\n"},
        {"4",
         "error not_found: three.xlsx: there is no sheet “4”; there are: 说明、secret、 评价 \n"},
        {"评",
         "error not_found: three.xlsx: there is no sheet “评”; there are: 说明、secret、 评价 \n"},
    };
    const char *path = three_sheets();
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_str(test_table(path, cases[i].sheet), cases[i].out);
}

TEST(xlsx_names_the_sheets_it_did_not_read) {
    struct table_options options = {.sheet = STR("")};
    struct table_set *set;
    struct table *t;
    assert_true(table_set_open(three_sheets(), &options, &set, NULL));
    assert_true(table_set_next(set, &t, NULL));
    assert_str(table_other_sheets(t), "说明、secret");
    assert_float_equal(table_progress(t), 1, 1); // of so small a file anything from 0 to 1
    table_set_close(set);
}
