// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "report/rows.h"
#include "tests/support/test.h"

static struct str write_csv(enum lang lang, const struct str *headers, size_t n,
                            const struct detail_row *rows, size_t n_rows, struct strbuf *ret) {
    char path[300];
    struct output *out;
    struct zone *zone;
    struct error err = {0};
    snprintf(path, sizeof path, "%s/rows.csv", test_tmp_dir());
    assert_true(zone_open(STR("+08:00"), &zone, &err));
    assert_true(output_open(path, &out, &err));
    struct rows_csv *c = rows_csv_new(out, lang, zone, headers, n);
    for (size_t i = 0; i < n_rows; i++)
        rows_csv_add(c, &rows[i]);
    rows_csv_free(c);
    assert_true(output_commit(out, &err));
    assert_true(file_read(path, MIB, ret, &err));
    zone_free(zone);
    return strbuf_str(ret);
}

static const struct detail_row empty = {.occurred_us = TIME_NONE,
                                        .satisfaction = NAN,
                                        .sentiment_score = NAN,
                                        .sentiment = N_SENTIMENTS,
                                        .row = 1};

TEST(rows_csv_guards_formulas_and_keeps_numbers_and_ids) {
    static const struct {
        struct str cell;
        const char *out;
    } cases[] = {
        {STR_INIT("=1+1"), "'=1+1"},
        {STR_INIT("+cmd|' /C calc'!A0"), "'+cmd|' /C calc'!A0"},
        {STR_INIT("-2+3"), "'-2+3"},
        {STR_INIT("@SUM(A1)"), "'@SUM(A1)"},
        {STR_INIT("＝1＋1"), "'＝1＋1"},
        {STR_INIT("\t=1"), "'\t=1"},
        {STR_INIT("\r=1"), "\"'\r=1\""},
        {STR_INIT("\n=1"), "\"'\n=1\""},
        {STR_INIT("=HYPERLINK(\"x\",\"y\")"), "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""},
        {STR_INIT("-3.5"), "-3.5"},
        {STR_INIT("+12%"), "+12%"},
        {STR_INIT("-1,234.50"), "\"-1,234.50\""},
        {STR_INIT("-1e5"), "-1e5"},
        {STR_INIT("-"), "'-"},
        {STR_INIT("123456789012345678"), "\t123456789012345678"},
        {STR_INIT("+8613800138000"), "\t+8613800138000"},
        {STR_INIT("00731"), "\t00731"},
        {STR_INIT("\t123456789012345678"), "\t123456789012345678"},
        {STR_INIT("0"), "0"},
        {STR_INIT("0.5"), "0.5"},
        {STR_INIT("13800138000"), "13800138000"},
        {STR_INIT("a,b"), "\"a,b\""},
        {STR_INIT("say \"hi\""), "\"say \"\"hi\"\"\""},
        {STR_INIT(" x"), "\" x\""},
        {STR_INIT("a\0b"), "ab"},
        {STR_INIT("好评"), "好评"},
        {STR_INIT(""), ""},
    };
    const struct str header = STR("c");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
        struct detail_row row = empty;
        row.cells = &cases[i].cell;
        row.n_cells = 1;
        struct str csv = write_csv(LANG_EN, &header, 1, &row, 1, &sb);
        size_t at = str_find(csv, STR("keywords\r\n"));
        csv = str_slice(csv, at + 10, csv.len);
        csv = str_slice(csv, 0, strlen(cases[i].out) + 1);
        char expected[200];
        snprintf(expected, sizeof expected, "%s,", cases[i].out);
        assert_str(csv, expected);
    }
}

TEST(rows_csv_has_a_mark_for_excel_headers_and_one_line_a_row) {
    const struct str headers[] = {STR("评价内容"), STR("渠道"), STR("")};
    const struct str cells[] = {STR("很慢"), STR("天猫")};
    struct detail_row row = {.file = STR("a.xlsx"),
                             .row = 17,
                             .cells = cells,
                             .n_cells = 2,
                             .occurred_us = 1794463500 * US_PER_SECOND,
                             .channel = STR("tmall"),
                             .order = STR("220011223344556677"),
                             .text = STR("很慢"),
                             .satisfaction = 1.5,
                             .sentiment = SENTIMENT_NEG,
                             .sentiment_score = 0.973,
                             .dimensions = STR("logistics:neg"),
                             .issues = STR("物流慢"),
                             .urgency = URGENCY_REPLY,
                             .validity = STR("ok"),
                             .keywords = STR("很慢；八天"),
                             .department = STR("仓储部")};
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    assert_str(
        write_csv(LANG_ZH, headers, 3, &row, 1, &sb),
        "\xEF\xBB\xBF评价内容,渠道,,文件,行号,时间,渠道（回声）,订单号,商品,原文（打码）,满意度1–5,满意度来源,情感,情感把握,方面,"
        "问题,建议部门,紧急程度,已回复,有效性,标记,关键词\r\n"
        "很慢,天猫,,a.xlsx,17,2026-11-12 14:05:00,tmall,\t220011223344556677,,很慢,1.5,评分,neg,0.97,logistics:neg,物流慢,"
        "仓储部,1,,ok,,很慢；八天\r\n");
}

TEST(rows_csv_drops_cells_without_a_header_and_knows_days_alone) {
    const struct str header = STR("a");
    const struct str cells[] = {STR("1"), STR("2"), STR("3")};
    struct detail_row row = empty;
    row.cells = cells;
    row.n_cells = 3;
    row.occurred_us = 1794463500 * US_PER_SECOND;
    row.date_only = true;
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MIB);
    struct str csv = write_csv(LANG_EN, &header, 1, &row, 1, &sb);
    assert_true(str_has(csv, STR("\r\n1,,1,2026-11-12,,")));
}
