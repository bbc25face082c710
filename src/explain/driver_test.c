// SPDX-License-Identifier: Apache-2.0
#include "explain/driver.h"

#include "explain/planted.h"
#include "tests/support/test.h"

static struct moments of(int64_t n, double mean) {
    return (struct moments){n, (double)n * mean, (double)n * mean * mean};
}

TEST(contributions_add_up_to_the_change) {
    static const struct {
        int64_t n0[4], n1[4];
        double s0[4], s1[4];
    } cases[] = {
        {{100, 100}, {100, 100}, {4, 5}, {3, 5}},             // one falls
        {{100, 100}, {150, 50}, {3, 5}, {3, 5}},              // only the mix
        {{10, 90, 0}, {0, 80, 30}, {2, 4.5, 0}, {0, 4.4, 3}}, // comes and goes
        {{7, 11, 13, 17}, {19, 2, 5, 3}, {1, 2, 3, 4}, {4, 3, 2, 1}},
        {{5}, {9}, {4}, {4}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct moments now[4], before[4];
        struct contribution parts[4];
        double sum = 0;
        for (int k = 0; k < 4; k++) {
            now[k] = of(cases[i].n1[k], cases[i].s1[k]);
            before[k] = of(cases[i].n0[k], cases[i].s0[k]);
        }
        double change = contributions(now, before, 4, parts);
        for (int k = 0; k < 4; k++)
            sum += parts[k].rate + parts[k].mix;
        assert_float_equal(sum, change, 1e-12);
    }
}

TEST(contributions_tell_rate_from_mix) {
    struct moments before[] = {of(100, 4), of(100, 5)};
    struct contribution parts[2];
    // 4 → 3 with half of the customers: −0.5, all of it its own
    contributions((struct moments[]){of(100, 3), of(100, 5)}, before, 2, parts);
    assert_float_equal(parts[0].rate, -0.5, 1e-12);
    assert_float_equal(parts[0].share, 1, 1e-12);
    assert_float_equal(parts[1].share, 0, 1e-12);
    // nobody changed, but more of the less satisfied: mean 4.5 → 4.25
    double change = contributions((struct moments[]){of(150, 4), of(50, 5)}, before, 2, parts);
    assert_float_equal(change, -0.25, 1e-12);
    assert_float_equal(parts[0].rate + parts[1].rate, 0, 1e-12);
    assert_true(parts[0].mix < 0 && parts[1].mix < 0);
}

// Two weeks; in the second the planted thing happens.
struct plan {
    int regions, dimension;
    double chance;
};

static void fill(struct planted *p, uint64_t seed, const struct plan *plan, struct comparison *c) {
    planted_init(p, seed);
    for (int i = 0; i < 4000; i++) {
        struct planted_row row = planted_by_chance(p, 14);
        if (row.day >= 7 && row.region < plan->regions && random_chance(&p->random, plan->chance))
            planted_complain(&row, plan->dimension);
        planted_put(p, &row);
    }
    layout_seal(&p->layout);
    assert_true(compare_choose(&p->layout, &(struct compare_request){0}, NULL, c, NULL));
    assert_int_equal(c->kind, COMPARE_WEEK);
}

TEST(driver_names_the_planted_places_and_issue) {
    struct planted p;
    struct comparison c;
    struct driver d;
    CLEANUP(arena_done) struct arena a = {0};
    fill(&p, 1, &(struct plan){2, DIM_LOGISTICS, 0.8}, &c);
    assert_true(driver_find(&p.layout, &c, &a, &d, NULL));
    assert_true(d.has && d.change < 0);
    assert_int_equal(d.column, p.layout.attrs[PLANTED_REGION]);
    assert_int_equal(d.n_values, 2);
    for (int i = 0; i < 2; i++) {
        struct str value = facts_value(p.layout.facts, d.column, d.values[i]);
        assert_true(str_eq(value, STR("省0")) || str_eq(value, STR("省1")));
    }
    assert_true(d.has_issue && d.issue == DIM_LOGISTICS);
    assert_true(d.issue_now > 0.6 && d.issue_before < 0.2);
    assert_true(d.share > 0.5 && d.place_share > 0.5);
    assert_int_equal(d.whole, d.share >= 1);
    planted_done(&p);
}

TEST(driver_names_an_issue_that_is_everywhere) {
    struct planted p;
    struct comparison c;
    struct driver d;
    CLEANUP(arena_done) struct arena a = {0};
    fill(&p, 2, &(struct plan){20, DIM_PACKAGING, 0.2}, &c);
    assert_true(driver_find(&p.layout, &c, &a, &d, NULL));
    assert_true(d.has && d.has_issue && d.issue == DIM_PACKAGING);
    assert_int_equal(d.column, -1);
    assert_int_equal(d.n_values, 0);
    assert_true(d.share > 0.5);
    planted_done(&p);
}

TEST(driver_is_silent_where_many_things_moved) {
    struct planted p;
    struct comparison c;
    struct driver d;
    CLEANUP(arena_done) struct arena a = {0};
    planted_init(&p, 3);
    for (int i = 0; i < 4000; i++) {
        struct planted_row row = planted_by_chance(&p, 14);
        if (row.day >= 7 && random_chance(&p.random, 0.2))
            planted_complain(&row, (int)random_below(&p.random, DIM_OVERALL));
        planted_put(&p, &row);
    }
    layout_seal(&p.layout);
    assert_true(compare_choose(&p.layout, &(struct compare_request){0}, NULL, &c, NULL));
    assert_true(driver_find(&p.layout, &c, &a, &d, NULL));
    assert_true(d.change < -0.2);
    assert_false(d.has);
    planted_done(&p);
}

TEST(driver_needs_a_change_and_enough_texts) {
    struct planted p;
    struct comparison c = {0};
    struct driver d;
    CLEANUP(arena_done) struct arena a = {0};
    planted_init(&p, 4);
    planted_fill(&p, 90, 14);
    assert_true(driver_find(&p.layout, &c, &a, &d, NULL));
    assert_false(d.has);
    assert_true(
        compare_choose(&p.layout, &(struct compare_request){.kind = COMPARE_WEEK}, NULL, &c, NULL));
    assert_true(c.has);
    assert_true(driver_find(&p.layout, &c, &a, &d, NULL));
    assert_false(d.has);
    planted_done(&p);
}
