// SPDX-License-Identifier: Apache-2.0
#include "explain/issues.h"

#include "explain/planted.h"
#include "tests/support/test.h"

static const struct issue_found *find(const struct issues *s, int dimension) {
    for (size_t i = 0; i < s->n; i++)
        if (s->items[i].dimension == dimension)
            return &s->items[i];
    return NULL;
}

TEST(issues_say_where_it_is_worst) {
    struct planted p;
    planted_slow_delivery(&p, 1, 4000);
    CLEANUP(arena_done) struct arena a = {0};
    struct issues s;
    assert_true(issues_find(&p.layout, PERIOD_ALL, SIZE_MAX, &a, &s, NULL));
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

// Rudeness in one city; its region has more complaints than any other, but only because of it.
TEST(issues_name_the_part_when_the_whole_has_it_from_there) {
    struct planted p;
    planted_init(&p, 9);
    for (int i = 0; i < 6000; i++) {
        struct planted_row row = planted_by_chance(&p, 21);
        if (row.city == 10 && random_chance(&p.random, 0.6))
            planted_complain(&row, DIM_SERVICE);
        planted_put(&p, &row);
    }
    layout_seal(&p.layout);
    CLEANUP(arena_done) struct arena a = {0};
    struct issues s;
    assert_true(issues_find(&p.layout, PERIOD_ALL, SIZE_MAX, &a, &s, NULL));
    const struct issue_found *rude = find(&s, DIM_SERVICE);
    assert_true(rude && rude->n_where == 1);
    assert_str(facts_value(p.layout.facts, rude->where[0].column, rude->where[0].value), "市10");
    planted_done(&p);
}

TEST(issues_are_only_counted_below_100_texts) {
    struct planted p;
    planted_slow_delivery(&p, 2, 99);
    CLEANUP(arena_done) struct arena a = {0};
    struct issues s;
    assert_true(issues_find(&p.layout, PERIOD_ALL, SIZE_MAX, &a, &s, NULL));
    assert_true(s.n > 0);
    assert_int_equal(s.n_tested, 0);
    for (size_t i = 0; i < s.n; i++)
        assert_false(s.items[i].n_where || s.items[i].score_effect.has);
    planted_done(&p);
}
