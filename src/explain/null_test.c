// SPDX-License-Identifier: Apache-2.0
// Data in which nothing is the cause of anything must give no findings: 200 sets by chance, fixed seeds. When
// nothing is true, the false discovery rate is the share of sets with any finding, and each family of tests promises
// 5 %. 200 sets with 5 % give 10 ± 3: more than 19 has a chance of 1 in 400. (Changes are three families: 15 %.)
#include "explain/driver.h"
#include "explain/issues.h"
#include "explain/numbers.h"
#include "explain/overview.h"
#include "explain/planted.h"
#include "explain/segments.h"
#include "tests/support/test.h"

#define N_SETS  200
#define ALLOWED 19

struct findings { // sets with at least one
    int score, bad, where, effect, numbers, changes, driver;
};

static void look(struct planted *p, struct findings *f) {
    CLEANUP(arena_done) struct arena a = {0};
    const struct layout *l = &p->layout;
    struct segments segments;
    struct issues issues;
    struct numbers numbers;
    struct overview_changes changes;
    struct comparison c;
    struct driver driver;
    assert_true(segments_find(l, PERIOD_ALL, &a, &segments, NULL));
    assert_true(issues_find(l, PERIOD_ALL, SIZE_MAX, &a, &issues, NULL));
    assert_true(numbers_compare(l, PERIOD_ALL, &a, &numbers, NULL));
    assert_true(compare_choose(l, &(struct compare_request){0}, NULL, &c, NULL));
    assert_true(c.has && c.kind == COMPARE_WEEK);
    assert_true(overview_compare(l, &c, &changes, NULL));
    assert_true(driver_find(l, &c, &a, &driver, NULL));
    bool score = false, bad = false, where = false, any_number = false, change = false;
    for (size_t i = 0; i < segments.n; i++) {
        score = score || segments.items[i].diff.significant;
        bad = bad || segments.items[i].bad.significant;
    }
    for (size_t i = 0; i < issues.n; i++)
        where = where || issues.items[i].n_where > 0;
    for (size_t i = 0; i < numbers.n; i++)
        any_number = any_number || numbers.items[i].diff.significant;
    const struct change *all = (const struct change *)&changes;
    for (size_t i = 0; i < offsetof(struct overview_changes, n_tested) / sizeof *all; i++)
        change = change || all[i].significant;
    f->score += score;
    f->bad += bad;
    f->where += where;
    f->numbers += any_number;
    f->changes += change;
    f->driver += driver.has;
}

TEST(explain_finds_nothing_where_nothing_is) {
    struct findings f = {0};
    for (uint64_t seed = 0; seed < N_SETS; seed++) {
        struct planted p;
        planted_init(&p, 1000 + seed);
        planted_fill(&p, 1200, 21);
        look(&p, &f);
        planted_done(&p);
    }
    print_message(
        "sets with findings of %d: segments by score %d, by negative share %d, places of issues %d, "
        "numbers %d, changes %d, drivers %d\n",
        N_SETS, f.score, f.bad, f.where, f.numbers, f.changes, f.driver);
    assert_in_range(f.score, 0, ALLOWED);
    assert_in_range(f.bad, 0, ALLOWED);
    assert_in_range(f.where, 0, ALLOWED);
    assert_in_range(f.numbers, 0, ALLOWED);
    assert_in_range(f.changes, 0, ALLOWED);
    assert_in_range(f.driver, 0, ALLOWED);
}
