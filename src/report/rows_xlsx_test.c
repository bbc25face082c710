// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <unzip.h>

#include "report/rows.h"
#include "tests/support/report_fixture.h"
#include "tests/support/test.h"

// One file of the package; “” if it is not there.
static struct str part(const char *path, const char *name, struct strbuf *ret) {
    unzFile zip = unzOpen(path);
    assert_non_null(zip);
    strbuf_reset(ret);
    if (unzLocateFile(zip, name, 1) == UNZ_OK && unzOpenCurrentFile(zip) == UNZ_OK) {
        char buf[8192];
        int n;
        while ((n = unzReadCurrentFile(zip, buf, sizeof buf)) > 0)
            strbuf_add(ret, str_make(buf, (size_t)n));
        unzCloseCurrentFile(zip);
    }
    unzClose(zip);
    return strbuf_str(ret);
}

static const char *write_book(enum report_fixture which, enum lang lang,
                              const struct detail_row *rows, size_t n_rows,
                              const struct str *headers, size_t n) {
    static char path[300];
    CLEANUP(arena_done) struct arena a = {0};
    struct output *out;
    struct rows_xlsx *x;
    struct error err = {0};
    const struct report *r = report_fixture(which, lang, &a);
    snprintf(path, sizeof path, "%s/book.xlsx", test_tmp_dir());
    assert_true(output_open(path, &out, &err));
    assert_true(rows_xlsx_open(out, lang, r->zone, headers, n, &x, &err));
    for (size_t i = 0; i < n_rows; i++)
        rows_xlsx_add(x, &rows[i]);
    if (!rows_xlsx_close(x, r, &err))
        fail_msg("%s", err.en);
    assert_true(output_commit(out, &err));
    return path;
}

static bool has_cell(struct str xml, const char *ref, const char *content) {
    char start[40];
    snprintf(start, sizeof start, "<c r=\"%s\"", ref);
    size_t at = str_find(xml, str_from(start));
    if (at == STR_NONE)
        return false;
    struct str cell = str_slice(xml, at, xml.len);
    return str_has(str_slice(cell, 0, str_find(cell, STR("</c>"))), str_from(content));
}

TEST(rows_xlsx_keeps_ids_as_text_numbers_as_numbers_times_as_dates) {
    const struct str headers[] = {STR("订单编号"), STR("金额"), STR("评价")};
    const struct str cells[] = {STR("220011223344556677"), STR("88.50"),
                                STR("=HYPERLINK(\"http://x\")")};
    const struct detail_row row = {.file = STR("a.xlsx"),
                                   .row = 17,
                                   .cells = cells,
                                   .n_cells = 3,
                                   .occurred_us = 1794463500 * US_PER_SECOND,
                                   .order = STR("220011223344556677"),
                                   .text = STR("<b>&\x01好"),
                                   .satisfaction = 1.5,
                                   .sentiment = SENTIMENT_NEG,
                                   .sentiment_score = NAN,
                                   .urgency = URGENCY_URGENT,
                                   .validity = STR("ok")};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(16 * MIB);
    const char *path = write_book(FIXTURE_WEEK, LANG_ZH, &row, 1, headers, 3);
    struct str xml = part(path, "xl/worksheets/sheet4.xml", &sb);
    assert_true(has_cell(xml, "A1", "<t>订单编号</t>"));
    assert_true(has_cell(xml, "A2", "t=\"inlineStr\""));
    assert_true(has_cell(xml, "A2", "<t>220011223344556677</t>"));
    assert_true(has_cell(xml, "B2", "<v>88.5</v>"));
    assert_true(has_cell(xml, "C2", "<t>=HYPERLINK("));
    assert_false(str_has(xml, STR("<f>")));
    assert_false(str_has(xml, STR("<hyperlink")));
    assert_true(has_cell(xml, "E2", "<v>17</v>"));
    assert_true(has_cell(xml, "F2", "<v>46338.586")); // 2026-11-12 14:05
    assert_true(has_cell(xml, "J2", "<t>&lt;b&gt;&amp;好</t>"));
    assert_true(has_cell(xml, "M2", "<t>负面</t>"));
    assert_true(has_cell(xml, "R2", "<t>紧急</t>"));
    assert_true(str_has(xml, STR("<autoFilter ref=\"A1:V2\"/>")));
    assert_true(str_has(xml, STR("state=\"frozen\"")));
}

TEST(rows_xlsx_has_the_sheets_of_the_report) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(16 * MIB);
    const struct str header = STR("text");
    const char *path = write_book(FIXTURE_WEEK, LANG_ZH, NULL, 0, &header, 1);
    struct str book = part(path, "xl/workbook.xml", &sb);
    static const char *const names[] = {"name=\"总览\"", "name=\"问题\"", "name=\"待回复\"",
                                        "name=\"明细\""};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        assert_true(str_has(book, str_from(names[i])));
    struct str issues = part(path, "xl/worksheets/sheet2.xml", &sb);
    assert_true(has_cell(issues, "A2", "<t>物流慢</t>"));
    assert_true(has_cell(issues, "B2", "<v>132</v>"));
    assert_true(has_cell(issues, "C2", "<v>0.0534</v>"));
    struct str todos = part(path, "xl/worksheets/sheet3.xml", &sb);
    assert_true(has_cell(todos, "A2", "<t>紧急</t>"));
    assert_true(has_cell(todos, "L2", "<v>1863</v>"));
}

TEST(rows_xlsx_of_every_fixture_is_written) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * MIB);
    const struct str header = STR("text");
    for (int which = 0; which < N_REPORT_FIXTURES; which++)
        for (int lang = LANG_ZH; lang <= LANG_EN; lang++) {
            const char *path =
                write_book((enum report_fixture)which, (enum lang)lang, NULL, 0, &header, 1);
            struct str xml = part(path, "xl/worksheets/sheet1.xml", &sb);
            assert_true(str_ends(xml, STR("</worksheet>")));
            assert_false(str_has(xml, STR("<v>nan")) || str_has(xml, STR("<v>-nan")) ||
                         str_has(xml, STR("<v>inf")) || str_has(xml, STR("<v>-inf")));
        }
}

TEST(rows_xlsx_cuts_a_cell_that_is_too_long_and_keeps_the_row) {
    const size_t len = 50 * KIB;
    char *text = malloc(len);
    assert_non_null(text);
    memset(text, 'x', len);
    const struct str header = STR("t"), cell = str_make(text, len);
    struct detail_row row = {.cells = &cell,
                             .n_cells = 1,
                             .row = 5,
                             .occurred_us = TIME_NONE,
                             .satisfaction = NAN,
                             .sentiment_score = NAN,
                             .sentiment = N_SENTIMENTS};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(16 * MIB);
    const char *path = write_book(FIXTURE_EMPTY, LANG_EN, &row, 1, &header, 1);
    struct str xml = part(path, "xl/worksheets/sheet4.xml", &sb);
    assert_true(has_cell(xml, "C2", "<v>5</v>"));
    size_t at = str_find(xml, STR("xxx")), end = at;
    while (end < xml.len && xml.ptr[end] == 'x')
        end++;
    assert_int_equal(end - at, 32767);
    free(text);
}

TEST(rows_xlsx_goes_on_in_a_second_sheet) {
    static const struct str header = STR_INIT("t"), cell = STR_INIT("1");
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(16 * MIB);
    struct output *out;
    struct rows_xlsx *x;
    struct error err = {0};
    char path[300];
    snprintf(path, sizeof path, "%s/two.xlsx", test_tmp_dir());
    assert_true(output_open(path, &out, &err));
    assert_true(rows_xlsx_open(out, LANG_ZH, NULL, &header, 1, &x, &err));
    struct detail_row row = {.cells = &cell,
                             .n_cells = 1,
                             .occurred_us = TIME_NONE,
                             .satisfaction = NAN,
                             .sentiment_score = NAN,
                             .sentiment = N_SENTIMENTS};
    for (row.row = 1; row.row <= 1048576 + 3; row.row++)
        rows_xlsx_add(x, &row);
    assert_true(rows_xlsx_close(x, report_fixture(FIXTURE_EMPTY, LANG_ZH, &a), &err));
    assert_true(output_commit(out, &err));
    assert_true(str_has(part(path, "xl/workbook.xml", &sb), STR("name=\"明细2\"")));
    struct str xml = part(path, "xl/worksheets/sheet5.xml", &sb);
    assert_true(has_cell(xml, "A1", "<t>t</t>"));
    assert_true(has_cell(xml, "C5", "<v>1048579</v>"));
    assert_false(has_cell(xml, "C6", ""));
}

TEST(rows_xlsx_refuses_standard_output_and_can_be_dropped) {
    const struct str header = STR("t");
    struct output *out;
    struct rows_xlsx *x = NULL;
    struct error err = {0};
    assert_true(output_open("-", &out, &err));
    assert_false(rows_xlsx_open(out, LANG_ZH, NULL, &header, 1, &x, &err));
    assert_int_equal(err.code, ERROR_UNSUPPORTED);
    output_discard(out);
    char path[300];
    snprintf(path, sizeof path, "%s/dropped.xlsx", test_tmp_dir());
    assert_true(output_open(path, &out, &err));
    assert_true(rows_xlsx_open(out, LANG_ZH, NULL, &header, 1, &x, &err));
    rows_xlsx_discard(x);
    rows_xlsx_discard(NULL);
    output_discard(out);
    assert_false(file_exists(path));
}
