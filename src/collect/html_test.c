// SPDX-License-Identifier: Apache-2.0
#include "base/strbuf.h"
#include "tests/support/tables.h"
#include "tests/support/test.h"

static struct str xls(const char *content, const char *sheet) {
    return test_table(test_tmp_file("t.xls", str_from(content)), sheet);
}

TEST(html_tables_become_rows) {
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"<table><tr><th>评价<th>分</tr><tr><td> 很\n 好 </td><td>5</table>",
         "1 评价|分\n2 很 好|5\n"},
        {"<html><table><tr><td>a<br>b<br/><p>c</p></td><td>&lt;&amp;&nbsp;&#x597D;</td></tr></table></html>",
         "1 a⏎b⏎c|<&\xC2\xA0好\n"},
        {"<table><tr><td colspan=2>x</td><td>y</td></tr><tr><td rowspan=2>店</td><td>1</td></tr>"
         "<tr><td>2</td></tr><tr><td>z</td></tr></table>",
         "1 x||y\n2 店|1\n3 店|2\n4 z\n"},
        {"<table><tr><td>small</td></tr></table><table><tr><td>a</td><td>b</td></tr></table>",
         "1 a|b\n"},
        {"<table><tr><td>a<table><tr><td>in</td></tr></table></td><td>b</td></tr></table>",
         "1 a|b\n"},
        {"<div><style>td{x}</style><script>var t='<td>';</script><table><tbody><tr><td>a</td></tr></tbody></table></div>",
         "1 a\n"},
        {"<table><tr><td x:num=\"1234567890123456789\">1.23E+18</td><td x:num=\"5\">5 分</td></tr></table>",
         "1 1234567890123456789|5 分\n"},
        {"<table><tr></tr><tr><td></td></tr><tr><td>a</td></tr></table>", "3 a\n"},
        {"<table><td>a<td>b", "1 a|b\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str out = xls(cases[i].in, "");
        assert_true(str_starts(out, STR("[HTML UTF-8]\n")));
        out = str_slice(out, strlen("[HTML UTF-8]\n"), out.len);
        assert_str(out, cases[i].out);
    }
}

TEST(html_is_read_in_its_encoding_whatever_it_says) {
    assert_str(
        xls("<html><meta charset=\"utf-8\"><table><tr><td>\xBA\xDC\xBA\xC3</td></tr></table></html>",
            ""),
        "[HTML GB18030]\n1 很好\n");
    assert_str(xls("<html><meta charset=\"gbk\"><table><tr><td>很好</td></tr></table></html>", ""),
               "[HTML UTF-8]\n1 很好\n");
}

TEST(html_table_is_chosen_by_number) {
    static const char page[] =
        "<table><tr><td>small</td></tr></table><table><tr><td>a</td><td>b</td></tr></table>";
    assert_str(xls(page, "1"), "[HTML UTF-8]\n1 small\n");
    assert_str(xls(page, "3"), "error not_found: t.xls: there is no table 3, there are 2\n");
    assert_str(xls("<html><p>no</p></html>", ""),
               "error format: t.xls: there is no table in the page: save it as .xlsx or .csv\n");
}

TEST(html_spans_cannot_fill_the_memory) {
    struct strbuf sb = strbuf_init(MIB);
    strbuf_adds(&sb, "<table><tr>");
    for (int i = 0; i < 10000; i++)
        strbuf_adds(&sb, "<td rowspan=65534>x");
    for (int i = 0; i < 10000; i++)
        strbuf_adds(&sb, "<tr><td>y");
    struct str out = xls(strbuf_cstr(&sb), "");
    assert_true(str_starts(out, STR("error limit: ")));
    strbuf_done(&sb);
}
