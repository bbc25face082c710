// SPDX-License-Identifier: Apache-2.0
#include "explain/numbers.h"

#include "explain/planted.h"
#include "tests/support/test.h"

TEST(numbers_name_the_one_that_goes_with_dissatisfaction) {
    struct planted p;
    planted_slow_delivery(&p, 3, 3000);
    CLEANUP(arena_done) struct arena a = {0};
    struct numbers n;
    assert_true(numbers_compare(&p.layout, PERIOD_ALL, &a, &n, NULL));
    assert_int_equal(n.n, 2);
    assert_int_equal(n.items[0].column, p.layout.attrs[PLANTED_DELIVERY_DAYS]);
    assert_true(n.items[0].diff.significant && n.items[0].diff.diff > 0.5 &&
                n.items[0].above > 0.55);
    assert_false(n.items[1].diff.significant); // the amount
    assert_int_equal(n.items[0].bad.n + n.items[0].good.n, 3000);
    planted_done(&p);
}

// One huge amount among the negative ones moves the mean, not the ranks.
TEST(numbers_are_not_made_by_one_huge_value) {
    struct planted p;
    planted_init(&p, 4);
    for (int i = 0; i < 400; i++) {
        struct planted_row row = planted_by_chance(&p, 21);
        row.sentiment = i % 4 == 0 ? SENTIMENT_NEG : SENTIMENT_POS;
        row.amount = i % 50 == 0 ? 1e6 : 30 + i % 7;
        if (i % 4)
            row.amount = 30 + i % 7;
        planted_put(&p, &row);
    }
    layout_seal(&p.layout);
    CLEANUP(arena_done) struct arena a = {0};
    struct numbers n;
    assert_true(numbers_compare(&p.layout, PERIOD_ALL, &a, &n, NULL));
    for (size_t i = 0; i < n.n; i++)
        assert_false(n.items[i].diff.significant);
    planted_done(&p);
}

TEST(number_change_is_that_of_the_named_values) {
    struct planted p;
    planted_init(&p, 5);
    for (int i = 0; i < 2000; i++) {
        struct planted_row row = planted_by_chance(&p, 14);
        if (row.region == 3 && row.day >= 7)
            row.delivery_days += 3;
        planted_put(&p, &row);
    }
    layout_seal(&p.layout);
    struct comparison c;
    assert_true(compare_choose(&p.layout, &(struct compare_request){0}, NULL, &c, NULL));
    int region = p.layout.attrs[PLANTED_REGION], days = p.layout.attrs[PLANTED_DELIVERY_DAYS];
    uint32_t value = facts_code(p.layout.facts, region, STR("省3"));
    struct estimate now, before;
    struct change change;
    assert_true(
        number_change(&p.layout, &c, days, region, &value, 1, &now, &before, &change, NULL));
    assert_true(change.significant && fabs(change.diff - 3) < 1);
    assert_float_equal(now.value - before.value, change.diff, 1e-12);
    assert_true(number_change(&p.layout, &c, days, -1, NULL, 0, &now, &before, &change, NULL));
    assert_int_equal(now.n + before.n, 2000);
    planted_done(&p);
}
