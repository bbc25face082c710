// SPDX-License-Identifier: Apache-2.0
#include "analyse/segment.h"

#include "base/clock.h"
#include "tests/support/test.h"

#define NOW    (1764000000 * US_PER_SECOND)
#define AGO(d) (NOW - (d)*US_PER_DAY)

TEST(segment_of_reads_the_history_before_the_feedback) {
    static const struct {
        const char *what;
        struct segment_history h;
        const char *tenure, *spend, *frequency, *recency;
    } cases[] = {
        {"nothing is known but this feedback",
         {NOW, TIME_NONE, TIME_NONE, 0, 0, 0},
         "new",
         "none",
         "none",
         "none"},
        {"first order last week", {NOW, AGO(7), AGO(7), 1, 1, 50}, "new", "low", "one", "30"},
        {"a second order within the month",
         {NOW, AGO(20), AGO(2), 2, 2, 120},
         "returning",
         "middle",
         "some",
         "30"},
        {"one order long ago",
         {NOW, AGO(300), AGO(300), 1, 1, 500},
         "returning",
         "high",
         "one",
         "long"},
        {"no order in the year",
         {NOW, AGO(500), AGO(400), 3, 0, 0},
         "returning",
         "none",
         "none",
         "long"},
        {"wrote before, never ordered",
         {NOW, AGO(90), TIME_NONE, 0, 0, 0},
         "returning",
         "none",
         "none",
         "none"},
        {"orders often", {NOW, AGO(300), AGO(60), 9, 9, 900}, "returning", "high", "often", "90"},
        {"30 days are within", {NOW, AGO(30) + 1, AGO(30), 1, 1, 99.99}, "new", "low", "one", "30"},
        {"91 days", {NOW, AGO(120), AGO(91), 3, 3, 100}, "returning", "middle", "some", "180"},
    };
    const struct spend_tiers tiers = {.known = true, .middle = 100, .high = 200};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *expected[] = {cases[i].tenure, cases[i].spend, cases[i].frequency,
                                  cases[i].recency};
        for (int axis = 0; axis < N_SEGMENT_AXES; axis++) {
            int v = segment_of((enum segment_axis)axis, &cases[i].h, &tiers);
            if (v < 0 || strcmp(segment_axes[axis].values[v].code, expected[axis]) != 0)
                fail_msg("%s: %s is %d, not %s", cases[i].what, segment_axes[axis].axis.code, v,
                         expected[axis]);
        }
    }
    const struct spend_tiers unknown = {0};
    assert_int_equal(segment_of(SEGMENT_SPEND, &cases[1].h, &unknown), -1);
    assert_int_equal(segment_of(SEGMENT_SPEND, &cases[0].h, &unknown), 0);
}

TEST(segment_names_find_their_codes) {
    for (int axis = 0; axis < N_SEGMENT_AXES; axis++)
        for (int i = 0; i < segment_axes[axis].n; i++)
            assert_int_equal(segment_value_find((enum segment_axis)axis,
                                                str_from(segment_axes[axis].values[i].name.zh)),
                             i);
    assert_int_equal(segment_value_find(SEGMENT_TENURE, STR("新")), -1);
}

TEST(segment_tiers_are_terciles) {
    double spent[90];
    for (int i = 0; i < 90; i++)
        spent[i] = (i * 37) % 90;
    struct spend_tiers t = segment_tiers(spent, 90);
    assert_true(t.known);
    assert_true(t.middle == 30 && t.high == 60);
    assert_false(segment_tiers(spent, SEGMENT_MIN_CUSTOMERS - 1).known);
}
