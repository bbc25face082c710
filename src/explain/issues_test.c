// SPDX-License-Identifier: Apache-2.0
#include "explain/issues.h"

#include "explain/numbers.h"
#include "explain/planted.h"
#include "tests/support/test.h"

static const struct issue_found *find(const struct issues *s, int dimension) {
    for (size_t i = 0; i < s->n; i++)
        if (s->items[i].dimension == dimension)
            return &s->items[i];
    return NULL;
}

// Slow delivery in 省3 and 省7, with long delivery days; rudeness everywhere.
static void fill(struct planted *p, uint64_t seed, int n) {
    planted_init(p, seed);
    for (int i = 0; i < n; i++) {
        struct planted_row row = planted_by_chance(p, 21);
        if ((row.region == 3 || row.region == 7) && random_chance(&p->random, 0.35)) {
            planted_complain(&row, DIM_LOGISTICS);
            row.delivery_days += 5;
        }
        if (random_chance(&p->random, 0.03))
            planted_complain(&row, DIM_SERVICE);
        planted_put(p, &row);
    }
    layout_seal(&p->layout);
}

TEST(issues_say_where_it_is_worst) {
    struct planted p;
    fill(&p, 1, 4000);
    CLEANUP(arena_done) struct arena a = {0};
    struct issues s;
    assert_true(issues_find(&p.layout, PERIOD_ALL, &a, &s, NULL));
    const struct issue_found *slow = find(&s, DIM_LOGISTICS), *rude = find(&s, DIM_SERVICE);
    const struct facts *f = p.layout.facts;
    assert_true(slow && rude);
    assert_int_equal(slow->n_where, 2); // and not their cities once more
    for (int i = 0; i < 2; i++) {
        const struct issue_where *w = &slow->where[i];
        struct str value = facts_value(f, w->column, w->value);
        assert_int_equal(w->column, p.layout.attrs[PLANTED_REGION]);
        assert_true(str_eq(value, STR("省3")) || str_eq(value, STR("省7")));
        assert_true(w->lift > 5 && w->q < 0.001 && w->share > w->base_share);
        assert_true(w->excess > 0.8 * (double)w->n);
    }
    assert_int_equal(rude->n_where, 0);
    assert_true(slow->score_effect.significant && slow->score_effect.diff < -1.5);
    assert_true(slow->share_of_bad > 0.1 && slow->share_of_bad < 0.5);
    assert_int_equal(slow->share.n, 4000);
    for (size_t i = 1; i < s.n; i++)
        assert_true(s.items[i - 1].n >= s.items[i].n);
    assert_null(find(&s, DIM_OVERALL));
    planted_done(&p);
}

TEST(issues_are_only_counted_below_100_texts) {
    struct planted p;
    fill(&p, 2, 99);
    CLEANUP(arena_done) struct arena a = {0};
    struct issues s;
    assert_true(issues_find(&p.layout, PERIOD_ALL, &a, &s, NULL));
    assert_true(s.n > 0);
    assert_int_equal(s.n_tested, 0);
    for (size_t i = 0; i < s.n; i++)
        assert_false(s.items[i].n_where || s.items[i].score_effect.has);
    planted_done(&p);
}

TEST(numbers_name_the_one_that_goes_with_dissatisfaction) {
    struct planted p;
    fill(&p, 3, 3000);
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
