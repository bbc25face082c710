// SPDX-License-Identifier: Apache-2.0
#include "collect/customer_profile.h"

#include <stdio.h>

#include "tests/support/test.h"

#define AT(d) (1764000000 * US_PER_SECOND + (d)*US_PER_DAY)

TEST(customer_profile_newest_counts_and_earlier_ones_are_kept) {
    CLEANUP(arena_done) struct arena a = {0};
    struct customer_profile p, again;
    customer_profile_init(&p, &a);
    static const struct {
        const char *value;
        int day;
        bool news;
        const char *newest;
    } steps[] = {
        {"李雷", 1, true, "李雷"}, {"李雷", 1, false, "李雷"},   {"李蕾", 5, true, "李蕾"},
        {"李磊", 3, true, "李蕾"}, {"李雷", 2, true, "李蕾"},    {"  ", 9, false, "李蕾"},
        {"李雷", 9, true, "李雷"}, {" 李雷 ", 9, false, "李雷"},
    };
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        if (customer_profile_add(&p, STR("name"), str_from(steps[i].value), AT(steps[i].day)) !=
            steps[i].news)
            fail_msg("step %zu", i);
        assert_str(customer_profile_get(&p, STR("name")), steps[i].newest);
    }
    assert_int_equal(p.fields[0].n, 3);
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB), twice = strbuf_init(64 * KIB);
    CLEANUP(json_freep) struct json *j = NULL;
    customer_profile_format(&p, &sb);
    assert_true(json_parse(strbuf_str(&sb), &j, NULL));
    customer_profile_read(j, &a, &again);
    customer_profile_format(&again, &twice);
    assert_true(str_eq(strbuf_str(&sb), strbuf_str(&twice)));
}

TEST(customer_profile_keeps_no_more_than_it_may) {
    CLEANUP(arena_done) struct arena a = {0};
    struct customer_profile p, other;
    customer_profile_init(&p, &a);
    for (int i = 0; i < 50; i++) {
        char value[20];
        snprintf(value, sizeof value, "v%d", i);
        customer_profile_add(&p, STR("phone"), str_from(value), AT(i));
    }
    assert_int_equal(p.fields[0].n, CUSTOMER_MAX_VALUES);
    assert_str(customer_profile_get(&p, STR("phone")), "v49");
    assert_false(customer_profile_add(&p, STR("phone"), STR("old"), AT(1)));
    for (int i = 0; i < 200; i++) {
        char name[20];
        snprintf(name, sizeof name, "attr.%d", i);
        customer_profile_add(&p, str_from(name), STR("x"), AT(1));
    }
    assert_int_equal(p.n, CUSTOMER_MAX_FIELDS);
    customer_profile_init(&other, &a);
    customer_profile_add(&other, STR("phone"), STR("newer"), AT(90));
    customer_profile_join(&p, &other);
    assert_str(customer_profile_get(&p, STR("phone")), "newer");
}
