// SPDX-License-Identifier: Apache-2.0
#include "collect/header.h"

#include "base/strbuf.h"
#include "base/vec.h"
#include "tests/support/test.h"

// “a,b|c,d” → two rows; ~ is an empty cell. Rows are numbered from 1.
static struct row *rows_of(struct arena *arena, const char *text, size_t *ret_n) {
    struct {
        VEC(struct row);
    } rows = {0};
    struct str rest = str_from(text), line;
    while (str_cut(&rest, '|', &line)) {
        struct {
            VEC(struct str);
        } cells = {0};
        struct str cell;
        while (str_cut(&line, ',', &cell))
            vec_push(&cells, str_eq(cell, STR("~")) ? (struct str){"", 0} : cell);
        struct row r = {.number = rows.len + 1, .n = cells.len};
        r.cells = ARENA_ARRAY(arena, struct str, cells.len + 1);
        r.kinds = ARENA_ARRAY(arena, uint8_t, cells.len + 1);
        for (size_t i = 0; i < cells.len; i++) {
            r.cells[i] = cells.items[i];
            r.kinds[i] = cells.items[i].len ? CELL_TEXT : CELL_EMPTY;
        }
        vec_done(&cells);
        vec_push(&rows, r);
    }
    struct row *copy = ARENA_ARRAY(arena, struct row, rows.len + 1);
    memcpy(copy, rows.items, rows.len * sizeof *copy);
    *ret_n = rows.len;
    vec_done(&rows);
    return copy;
}

TEST(header_is_found_where_it_is) {
    static const struct {
        const char *rows;
        bool found;
        size_t data_from;
        const char *names; // joined by commas
    } cases[] = {
        {"评分,评价内容|5,很好的杯子|1,漏水了", true, 1, "评分,评价内容"},
        {"第一季度汇总|评分,评价内容|5,很好的杯子|1,漏水了", true, 2, "评分,评价内容"},
        {"第一季度汇总,~|制表：张三,~|评分,评价内容|5,很好|1,漏水了", true, 3, "评分,评价内容"},
        {"订单编号,评分,~,评价内容|~,描述,物流,~|101,5,4,好看|102,1,2,坏了", true, 2,
         "订单编号,评分/描述,评分/物流,评价内容"},
        {"订单编号,评分,评分,评价内容|订单编号,描述,物流,评价内容|101,5,4,好看|102,1,2,坏了", true,
         2, "订单编号,评分/描述,评分/物流,评价内容"},
        {"2026-01-01,5,很好的杯子|2026-01-02,1,漏水了|2026-01-03,3,还行", false, 0, "列1,列2,列3"},
        {"甲,乙|5,很好的杯子真不错|1,漏水了没有人管我|3,还行吧就是有点小", true, 1, "甲,乙"},
        {"评价,评价,~|好看,不错,1|坏了,漏水,2", true, 1, "评价,评价 (2),列3"},
        {"很好的杯子|漏水了|还行吧", false, 0, "列1"},
        {"评分,评价内容", true, 1, "评分,评价内容"},
    };
    char dir[512];
    struct exports *e;
    snprintf(dir, sizeof dir, "%s/templates", test_source_dir());
    assert_true(exports_load(dir, &e, NULL));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_done) struct arena arena = {0};
        CLEANUP(strbuf_done) struct strbuf names = strbuf_init(KIB);
        size_t n;
        struct row *rows = rows_of(&arena, cases[i].rows, &n);
        struct header h = header_find(e, rows, n, false, false, &arena);
        for (size_t k = 0; k < h.n; k++)
            strbuf_addf(&names, "%s%.*s", k ? "," : "", STR_ARG(h.names[k]));
        if (h.found != cases[i].found || h.data_from != cases[i].data_from ||
            !str_eq(strbuf_str(&names), str_from(cases[i].names)))
            fail_msg("%s: found %d, data from %zu, %s", cases[i].rows, h.found, h.data_from,
                     strbuf_cstr(&names));
    }
    exports_free(e);
}

TEST(header_of_nothing_is_none) {
    CLEANUP(arena_done) struct arena arena = {0};
    struct exports *e;
    char dir[512];
    snprintf(dir, sizeof dir, "%s/templates", test_source_dir());
    assert_true(exports_load(dir, &e, NULL));
    struct header h = header_find(e, NULL, 0, false, false, &arena);
    assert_false(h.found);
    assert_int_equal(h.n, 0);
    h = header_find(e, NULL, 0, false, true, &arena);
    assert_int_equal(h.n, 1);
    exports_free(e);
}
