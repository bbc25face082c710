// SPDX-License-Identifier: Apache-2.0
#include "report/pick.h"

#include <math.h>

#include "tests/support/test.h"

TEST(estimate_is_known_only_with_a_number_that_rests_on_something) {
    static const struct {
        struct estimate e;
        bool known;
    } cases[] = {
        {{true, 4.2, 4.1, 4.3, 10}, true},  {{false, 4.2, 4.1, 4.3, 10}, false},
        {{true, NAN, 4.1, 4.3, 10}, false}, {{true, 4.2, 4.1, 4.3, 0}, false},
        {{true, 4.2, NAN, NAN, 1}, true},   {{true, INFINITY, 0, 0, 5}, false},
        {{true, 4.2, 4.1, 4.3, -3}, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(estimate_is_known(&cases[i].e), cases[i].known);
}

TEST(loved_dimensions_are_praised_three_times_as_often_as_blamed) {
    struct dimension_row rows[] = {
        {.dimension = DIM_LOGISTICS,
         .pos = 171,
         .neg = 96,
         .n = 267}, // praised a lot, blamed a lot
        {.dimension = DIM_TASTE, .pos = 90, .neg = 30, .n = 120},
        {.dimension = DIM_OVERALL, .pos = 500, .neg = 1, .n = 501},
        {.dimension = DIM_SERVICE, .pos = 20, .neg = 0, .n = 20}, // few
        {.dimension = DIM_PRICE, .pos = 40, .neg = 2, .n = 42},
        {.dimension = DIM_STOCK, .pos = 0, .neg = 0, .n = 50},
    };
    struct report r = {.mode = REPORT_FULL, .dimensions = rows, .n_dimensions = ARRAY_LEN(rows)};
    const struct dimension_row *best[4];
    assert_int_equal(loved_dimensions(&r, best, 4), 2);
    assert_ptr_equal(best[0], &rows[1]);
    assert_ptr_equal(best[1], &rows[4]);
    r.mode = REPORT_LIST;
    assert_int_equal(loved_dimensions(&r, best, 4), 3);
    assert_int_equal(loved_dimensions(&r, best, 1), 1);
}

TEST(issue_names_and_tails_fall_back) {
    struct arena a = {0};
    struct issue issue = {
        .name = STR("物流慢"), .dimension = DIM_LOGISTICS, .code = STR("logistics")};
    assert_str(issue_name_of(&issue, LANG_ZH), "物流慢");
    issue.name = STR("");
    assert_str(issue_name_of(&issue, LANG_EN), "delivery");
    issue.dimension = DIM_NONE;
    assert_str(issue_name_of(&issue, LANG_EN), "logistics");
    struct quote q = {.customer_tail = STR("4521")};
    assert_str(tail_of(&a, &q), "…4521");
    q.customer_tail = STR("…4521");
    assert_str(tail_of(&a, &q), "…4521");
    q.customer_tail = STR("");
    assert_str(tail_of(&a, &q), "");
    arena_done(&a);
}
