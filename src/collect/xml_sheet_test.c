// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tables.h"
#include "tests/support/test.h"

static struct str xls(const char *content, const char *sheet) {
    return test_table(test_tmp_file("t.xls", str_from(content)), sheet);
}

#define BOOK(sheets)                                                                               \
    "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook "                  \
    "xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" "                                      \
    "xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">" sheets "</Workbook>"

TEST(xml_spreadsheets_become_rows) {
    static const char book[] = BOOK(
        "<Worksheet ss:Name=\"空\"><Table/></Worksheet><Worksheet ss:Name=\"评价\"><Table>"
        "<Row><Cell><Data ss:Type=\"String\">内容</Data></Cell><Cell ss:Index=\"3\"><Data ss:Type=\"String\">分</Data>"
        "</Cell></Row><Row ss:Index=\"4\"><Cell ss:MergeAcross=\"1\"><ss:Data ss:Type=\"String\">好<B>极</B>了</ss:Data>"
        "<Comment><ss:Data>no</ss:Data></Comment></Cell><Cell><Data ss:Type=\"Number\">4.50</Data></Cell>"
        "<Cell><Data ss:Type=\"DateTime\">2026-03-01T00:00:00.000</Data></Cell><Cell><Data ss:Type=\"Boolean\">1</Data>"
        "</Cell><Cell><Data ss:Type=\"Error\">#N/A</Data></Cell></Row></Table></Worksheet>"
        "<Worksheet ss:Name=\"后\"><Table><Row><Cell><Data ss:Type=\"String\">x</Data></Cell></Row></Table></Worksheet>");
    static const char rows[] = "[XML “评价”]\n1 内容||分\n4 好极了||#4.5|@2026-03-01|?TRUE|%#N/A\n";
    assert_str(xls(book, ""), rows);
    assert_str(xls(book, "评价"), rows);
    assert_str(xls(book, "3"), "[XML “后”]\n1 x\n");
    assert_str(xls(book, "4"),
               "error not_found: t.xls: there is no sheet “4”; there are: 空、评价、后\n");
}
