// SPDX-License-Identifier: Apache-2.0
#include "report/rows.h"

#include <math.h>

#include "report/rows_cells.h"
#include "tests/support/test.h"

TEST(cells_know_numbers_from_formulas) {
    static const struct {
        const char *cell;
        bool number, long_id, dangerous;
    } cases[] = {
        {"-3.5", true, false, false},        {"1.2.3", false, false, false},
        {"1e", false, false, false},         {"--1", false, false, true},
        {"5%", true, false, false},          {"+", false, false, true},
        {"12345678901", true, false, false}, {"123456789012", true, true, false},
        {"0", true, false, false},           {"007", true, true, false},
        {"@", false, false, true},           {"1-2", false, false, false},
        {"", false, false, false},           {"1,000", true, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str s = str_from(cases[i].cell);
        assert_int_equal(cell_is_number(s), cases[i].number);
        assert_int_equal(cell_is_long_id(s), cases[i].long_id);
        assert_int_equal(cell_is_dangerous(s), cases[i].dangerous);
    }
}

TEST(rows_headers_are_marked_where_the_input_has_the_same) {
    struct arena a = {0};
    const struct str originals[] = {STR("Channel "), STR("row")};
    assert_str(rows_header_beside(ROWS_CHANNEL, LANG_EN, originals, 2, &a), "channel_huisheng");
    assert_str(rows_header_beside(ROWS_TIME, LANG_EN, originals, 2, &a), "time");
    for (int k = 0; k < N_ROWS_COLUMNS; k++) {
        assert_non_null(rows_header((enum rows_column)k, LANG_ZH));
        assert_non_null(rows_header((enum rows_column)k, LANG_EN));
    }
    arena_done(&a);
}

TEST(rows_cells_are_empty_where_nothing_is_known) {
    static const struct detail_row row = {.occurred_us = TIME_NONE,
                                          .satisfaction = NAN,
                                          .sentiment_score = NAN,
                                          .sentiment = N_SENTIMENTS,
                                          .urgency = 200};
    static const enum rows_column unknown[] = {ROWS_TIME,      ROWS_SCORE,      ROWS_SCORE_SOURCE,
                                               ROWS_SENTIMENT, ROWS_CONFIDENCE, ROWS_URGENCY,
                                               ROWS_REPLIED,   ROWS_TEXT};
    struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(unknown); i++)
        assert_str(rows_cell(&row, unknown[i], LANG_EN, NULL, &a), "");
    arena_done(&a);
}
