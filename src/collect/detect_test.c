// SPDX-License-Identifier: Apache-2.0
// Single judgements; whole tables are in source_test.c.
#include "collect/detect.h"

#include "tests/support/test.h"

// Cells apart by spaces, repeated until there are n.
static struct column_profile profile_of(struct arena *arena, const char *cells, size_t n) {
    struct row *rows = ARENA_ARRAY(arena, struct row, n);
    struct str *copy = ARENA_ARRAY(arena, struct str, n);
    for (size_t i = 0; i < n;) {
        struct str rest = str_from(cells), cell;
        while (i < n && str_cut(&rest, ' ', &cell)) {
            copy[i] = cell;
            rows[i] = (struct row){.cells = &copy[i], .n = 1};
            i++;
        }
    }
    return profile_column(rows, n, 0, arena);
}

TEST(detect_is_dimension_wants_few_values_that_recur) {
    static const struct {
        const char *cells;
        size_t n;
        bool named, is;
    } cases[] = {
        {"广东 浙江 四川", 60, false, true},
        {"一店 二店", 8, false, true},
        {"一店 二店 三店 四店", 4, false, false},
        {"一店 二店 三店 四店", 4, true, true},
        {"只有一个", 60, false, false},
        {"只有一个", 60, true, true},
        {"13812345678 13912345678", 60, false, false},
        {"https://a/b.jpg https://a/c.jpg", 60, false, false},
        {"1.23E+17 1.24E+17", 60, true, false},
        {"**** **", 60, true, false},
        {"朋友┋广告 广告", 60, false, false},
        {"很好用，会再来的。 等了很久，不会再来。", 60, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_done) struct arena arena = {0};
        struct column_profile p = profile_of(&arena, cases[i].cells, cases[i].n);
        if (detect_is_dimension(&p, cases[i].named) != cases[i].is)
            fail_msg("%s × %zu", cases[i].cells, cases[i].n);
    }
}

TEST(detect_fits_believes_values_more_than_names) {
    static const struct {
        enum column_kind kind;
        const char *cells;
        bool fits;
    } cases[] = {
        {COLUMN_TEXT, "杯子很好看，喜欢 漏水了，退货", true},
        {COLUMN_TEXT, "5 4 3 2 1", false},
        {COLUMN_TEXT, "好评 差评 中评", false},
        {COLUMN_TEXT, "https://a/b.jpg", false},
        {COLUMN_SCORE, "5 4 3 2 1", true},
        {COLUMN_SCORE, "很好看 不错的 喜欢它 漏水", false},
        {COLUMN_SCORE, "123456 223456 323456", false},
        {COLUMN_TIME, "2026-01-01 2026-01-02", true},
        {COLUMN_TIME, "3 2 1", false},
        {COLUMN_MEASURE, "3天 45分钟 2小时", true},
        {COLUMN_MEASURE, "快 慢 一般", false},
        {COLUMN_LABEL, "好评 差评", true},
        {COLUMN_ORDER, "2261000000001 2261000000002", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_done) struct arena arena = {0};
        struct column_profile p = profile_of(&arena, cases[i].cells, 60);
        if (detect_fits(cases[i].kind, &p) != cases[i].fits)
            fail_msg("kind %d, %s", cases[i].kind, cases[i].cells);
    }
}
