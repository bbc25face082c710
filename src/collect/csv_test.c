// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"
#include "base/strbuf.h"
#include "collect/csv_dialect.h"
#include "sys/file.h"
#include "tests/support/tables.h"
#include "tests/support/test.h"

struct case_of {
    const char *in, *out; // of a file named .csv; the line with the kind left out
};

static struct str without_kind(struct str s) {
    size_t at = str_find_char(s, '\n');
    return at == STR_NONE || *s.ptr != '[' ? s : str_slice(s, at + 1, s.len);
}

static void check(const struct case_of *cases, size_t n) {
    for (size_t i = 0; i < n; i++)
        assert_str(without_kind(test_table(test_tmp_file("t.csv", str_from(cases[i].in)), "")),
                   cases[i].out);
}

TEST(csv_reads_what_the_standard_says) {
    static const struct case_of cases[] = {
        {"a,b\n1,2\n", "1 a|b\n2 1|2\n"},
        {"a,b\r\n1,2\r\n", "1 a|b\n2 1|2\n"},
        {"a,b\n1,2", "1 a|b\n2 1|2\n"},
        {"a,b\n\"x,y\",\"say \"\"hi\"\"\"\n", "1 a|b\n2 x,y|say \"hi\"\n"},
        {"a,b\n\"x\ny\",2\n3,4\n", "1 a|b\n2 x⏎y|2\n3:4 3|4\n"},
        {"a,b\n\"x\r\ny\",2\r\n3,4\r\n", "1 a|b\n2 x\r⏎y|2\n3:4 3|4\n"},
        {"a,b,c\n1,,\"\"\n", "1 a|b|c\n2 1||\n"},
        {"a,b,c\n,,3\n", "1 a|b|c\n2 ||3\n"},
        {"\xEF\xBB\xBF评价,评分\n好,5\n", "1 评价|评分\n2 好|5\n"},
    };
    check(cases, ARRAY_LEN(cases));
}

TEST(csv_reads_what_people_write) {
    static const struct case_of cases[] = {
        // a quote that is none
        {"a,b\n5\" screen,ok\n", "1 a|b\n2 5\" screen|ok\n"},
        {"a,b\nhe said \"no\",ok\n", "1 a|b\n2 he said \"no\"|ok\n"},
        {"a,b\n\"he said \"no\" to me\",ok\n", "1 a|b\n2 he said \"no\" to me|ok\n"},
        {"a,b\n\"line\nhe said \"no\" to me\",ok\n", "1 a|b\n2 line⏎he said \"no\" to me|ok\n"},
        // spaces around quotes
        {"a,b\n1, \"x, y\"\n2,\"z\" \n", "1 a|b\n2 1|x, y\n3 2|z\n"},
        // Excel keeps zeros this way
        {"a,b\n=\"0012\",\"=\"\"0034\"\"\"\n", "1 a|b\n2 0012|0034\n"},
        {"a,b\n=A1+1,x\n", "1 a|b\n2 =A1+1|x\n"},
        {"sep=;\na;b\n1,5;2\n", "1:2 a|b\n2:3 1,5|2\n"},
        // trailing delimiters, blank lines, lines of nothing but delimiters
        {"a,b,\n1,2,\n\n,,\n3,4,\n", "1 a|b|\n2 1|2|\n5 3|4|\n"},
        // line ends of all kinds in one file
        {"a,b\n1,2\r\n3,4\r5,6\n", "1 a|b\n2 1|2\n3 3|4\n4 5|6\n"},
        {"a,b\r1,2\r3,4\r", "1 a|b\n2 1|2\n3 3|4\n"},
        {"a,b\r\r\n1,2\r\r\n", "1 a|b\n2 1|2\n"},
        {"a,b\nx\ry,2\n3,4\n", "1 a|b\n2 x\ry|2\n3 3|4\n"},
        {"a,b\n1,2\n\x1A", "1 a|b\n2 1|2\n"},
        // ragged
        {"a,b,c\n1\n1,2,3,4\n1,2,3\n", "1 a|b|c\n2 1\n3 1|2|3|4\n4 1|2|3\n"},
        // duplicate and empty names are the affair of whoever maps columns
        {"评价,,评价\n好,x,坏\n", "1 评价||评价\n2 好|x|坏\n"},
        {"a,b\n'x, y','z'\n'u, v','w'\n", "1 a|b\n2 x, y|z\n3 u, v|w\n"},
        {"a,b\n\"x \\\"y\\\" z\",1\n\"C:\\\\\",2\n", "1 a|b\n2 x \"y\" z|1\n3 C:\\|2\n"},
    };
    check(cases, ARRAY_LEN(cases));
}

TEST(csv_loses_no_row_after_an_open_quote) {
    static const struct case_of cases[] = {
        {"a,b\n\"x,1\ny,2\nz,3\n", "1 a|b\n2~1 \"x|1\n3 y|2\n4 z|3\n"},
        {"a,b\n\"x,1\n\"y\",2\nz,3\n", "1 a|b\n2~1 \"x|1\n3 y|2\n4 z|3\n"},
        {"a,b\n1,\"x\n2,\"y\"\n3,\"z\"\n", "1 a|b\n2~2 1|\"x\n3 2|y\n4 3|z\n"},
        {"a,b\n\"x,\"1\ny,2\n", "1 a|b\n2~1 \"x|\"1\n3 y|2\n"},
        // a cell of several lines that the end of the file cuts is one cell
        {"a,b\n1,2\n3,\"x\ny z\nand more", "1 a|b\n2 1|2\n3~2 3|x⏎y z⏎and more\n"},
    };
    check(cases, ARRAY_LEN(cases));
}

TEST(csv_finds_the_delimiter) {
    static const struct {
        const char *in, *kind, *name;
    } cases[] = {
        {"a,b\n1,2\n", "[CSV UTF-8 ,]", "t.csv"},
        {"a;b\n1,5;2\n3,5;4\n", "[CSV UTF-8 ;]", "t.csv"},
        {"a\tb\n1,5\t2\n", "[TSV UTF-8]", "t.txt"},
        {"a|b|c\n1|2|3\n", "[CSV UTF-8 |]", "t"},
        {"3月评价\n\na,b,c\n1,2,3\n4,5,6\n", "[CSV UTF-8 ,]", "t.csv"},
        {"a,b\n", "[CSV UTF-8 ,]", "t.csv"},
        {"评价\n很好\n\"不错, 真的\"\n", "[CSV UTF-8]", "t.csv"},
        {"\"评价\"\n\"很好, 真的\"\n", "[CSV UTF-8]", "t"},
        {"很好\n不错\n", "[TXT UTF-8]", "t"},
        {"Good, really good\nBad, very bad\nNice, thanks\n", "[TXT UTF-8]", "t.txt"},
        {"Good\nBad, very bad, never again\nNice; thanks\n", "[TXT UTF-8]", "t.txt"},
        {"id,text,sku\n1,好 | 坏,红|大\n2,x,蓝|小\n", "[CSV UTF-8 ,]", "t.csv"},
        {"id,text\n1,\"a;b;c\"\n2,\"d;e;f\"\n", "[CSV UTF-8 ,]", "t"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str out = test_table(test_tmp_file(cases[i].name, str_from(cases[i].in)), "");
        assert_str(str_slice(out, 0, str_find_char(out, '\n')), cases[i].kind);
    }
}

TEST(csv_reads_plain_text_a_review_a_line) {
    assert_str(
        test_table(test_tmp_file("t.txt", STR("很好，下次还来\n\n\"太差\n不错 \"\n行\n")), ""),
        "[TXT UTF-8]\n1 很好，下次还来\n3 \"太差\n4 不错 \"\n5 行\n");
}

TEST(csv_bad_rows_stop_nothing) {
    struct strbuf sb = strbuf_init(128 * MIB);
    // A cell of 50 MB, quoted and not, with line breaks and delimiters inside the quotes.
    static const char *const open[] = {"1,\"", "1,"}, *const close[] = {"\"\n3,ok\n", "\n3,ok\n"};
    for (int quoted = 0; quoted < 2; quoted++) {
        strbuf_reset(&sb);
        strbuf_adds(&sb, "a,b\n0,fine\n");
        strbuf_adds(&sb, open[quoted]);
        for (int i = 0; i < 50 * 1024; i++) {
            for (int j = 0; j < 1000 / 8; j++)
                strbuf_adds(&sb, "abcdefgh");
            strbuf_adds(&sb, quoted == 0 && i % 8 == 0 ? ",x,,\"\"y\n" : "12345678901234567890");
        }
        strbuf_adds(&sb, close[quoted]);
        struct str out = test_table(test_tmp_file("t.csv", strbuf_str(&sb)), "");
        char expected[256];
        snprintf(expected, sizeof expected,
                 "[CSV UTF-8 ,]\n1 a|b\n2 0|fine\n3! 2 a cell is larger than 1 MB\n4%s 3|ok\n",
                 quoted == 0 ? ":6404" : "");
        assert_str(out, expected);
    }
    strbuf_reset(&sb);
    strbuf_adds(&sb, "a,b\n1,2\n");
    for (int i = 0; i < 16384; i++)
        strbuf_addc(&sb, ',');
    strbuf_adds(&sb, "x\n3,4\n");
    assert_str(test_table(test_tmp_file("t.csv", strbuf_str(&sb)), ""),
               "[CSV UTF-8 ,]\n1 a|b\n2 1|2\n3! 16385 more than 16384 columns\n4 3|4\n");
    strbuf_done(&sb);
}

TEST(csv_takes_sixteen_thousand_columns) {
    struct strbuf sb = strbuf_init(MIB);
    for (int i = 0; i < 16000; i++)
        strbuf_addf(&sb, "%sc%d", i ? "," : "", i);
    strbuf_addc(&sb, '\n');
    for (int i = 0; i < 16000; i++)
        strbuf_addf(&sb, "%s%d", i ? "," : "", i);
    struct table_options options = {.sheet = STR("")};
    struct table_set *set;
    struct table *t;
    const struct row *rows;
    size_t n;
    assert_true(table_set_open(test_tmp_file("wide.csv", strbuf_str(&sb)), &options, &set, NULL));
    assert_true(table_set_next(set, &t, NULL));
    assert_true(table_peek(t, 10, &rows, &n, NULL));
    assert_int_equal(n, 2);
    assert_int_equal(rows[1].n, 16000);
    assert_str(rows[1].cells[15999], "15999");
    table_set_close(set);
    strbuf_done(&sb);
}

TEST(csv_mends_broken_text) {
    static const struct {
        struct str in;
        const char *out;
    } cases[] = {
        {STR_INIT("评价,分\n好\xFF的,5\n"), "1 评价|分\n2~1 好�的|5\n"},
        {STR_INIT("评价,分\n好\xE5\xA5,5\n不错,4\n"), "1 评价|分\n2~1 好�|5\n3 不错|4\n"},
        {STR_INIT("评价,分\n很好\xED\xA0\x80,5\n"), "1 评价|分\n2~1 很好�|5\n"},
        {STR_INIT("评价,分\n很好\xED\xA0\xBD\xED\xB8\x80,5\n"), "1 评价|分\n2 很好😀|5\n"},
        {STR_INIT("评价,分\n很\0好\0,5\n"), "1 评价|分\n2 很好|5\n"},
        // a line in GBK between lines in UTF-8, and one cell of it
        {STR_INIT("评价,分\n很好,5\n\xBA\xDC\xB2\xEE\xBE\xA2,1\n不错,4\n"),
         "1 评价|分\n2 很好|5\n3 很差劲|1\n4 不错|4\n"},
        {STR_INIT("评价,店\n很好,\xB5\xEA\xC6\xCC\xD2\xBB\n"), "1 评价|店\n2 很好|店铺一\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_str(without_kind(test_table(test_tmp_file("t.csv", cases[i].in), "")), cases[i].out);
}

// The public csv-spectrum set: each file against its JSON.
static void check_spectrum(const char *folder, const char *name) {
    char path[512];
    struct json *want = NULL;
    struct error err = {0};
    snprintf(path, sizeof path, "%s/json/%s.json", folder, name);
    if (!json_load(path, MIB, &want, &err))
        fail_msg("%s", err.en);
    snprintf(path, sizeof path, "%s/csvs/%s.csv", folder, name);
    struct table_options options = {.sheet = STR("")};
    struct table_set *set;
    struct table *t;
    const struct row *rows = NULL;
    size_t n = 0;
    if (!table_set_open(path, &options, &set, &err) || !table_set_next(set, &t, &err) ||
        !table_peek(t, 100, &rows, &n, &err))
        fail_msg("%s", err.en);
    assert_int_equal(n, json_len(want) + 1);
    for (size_t i = 1; i < n; i++) {
        const struct json *record = json_at(want, i - 1);
        assert_int_equal(rows[i].n, rows[0].n);
        for (size_t c = 0; c < rows[i].n; c++) {
            char *key = str_dup(rows[0].cells[c]),
                 *value = str_dup(json_str(json_get(record, key)));
            assert_int_equal(json_kind(json_get(record, key)), JSON_KIND_STRING);
            assert_str(rows[i].cells[c], value);
            free(key);
            free(value);
        }
    }
    table_set_close(set);
    json_free(want);
}

TEST(csv_passes_csv_spectrum) {
    static const char *const names[] = {
        "comma_in_quotes",
        "empty",
        "empty_crlf",
        "escaped_quotes",
        "json",
        "newlines",
        "newlines_crlf",
        "quotes_and_newlines",
        "simple",
        "simple_crlf",
        "utf8",
    };
    char folder[400], path[500];
    if (!test_data_dir())
        skip_loudly("HUISHENG_DATA_SETS is not set");
    snprintf(folder, sizeof folder, "%s/conformance/csv-spectrum", test_data_dir());
    if (!file_exists(folder))
        skip_loudly("csv-spectrum is not there");
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        check_spectrum(folder, names[i]);
    // The JSON of this one has another telephone number than its CSV.
    snprintf(path, sizeof path, "%s/csvs/location_coordinates.csv", folder);
    assert_str(test_table(path, ""),
               "[CSV UTF-8 ,]\n"
               "1 Contact Phone Number|Location Coordinates|Cities|Counties\n"
               "2 2095257564|37�36'37.8\"N 121�2'17.9\"W|Modesto|Stanislaus\n");
}
