// SPDX-License-Identifier: Apache-2.0
#include "olap/facts.h"

#include "base/arena.h"
#include "tests/support/test.h"

static void facts_freep(struct facts **f) {
    facts_free(*f);
}

static struct str numbered(char *buf, size_t cap, uint32_t i) {
    snprintf(buf, cap, "v%u", i);
    return str_from(buf);
}

TEST(facts_give_back_what_was_put) {
    CLEANUP(facts_freep) struct facts *f = facts_new();
    int region = facts_add_dimension(f, STR("省份"), STR("region"));
    int score = facts_add_measure(f, STR("评分"), STR("score"));
    int sentiment = facts_add_class(f, STR("sentiment"), 3);
    assert_int_equal(facts_begin(f), 0);
    facts_put(f, region, STR("西藏"));
    facts_put_measure(f, score, 4.5);
    facts_put_class(f, sentiment, 2);
    facts_put_day(f, 20000);
    facts_put_flags(f, 5);
    assert_int_equal(facts_begin(f), 1);
    facts_put_class(f, sentiment, 3);
    facts_put_measure(f, score, INFINITY);
    facts_put(f, -1, STR("nowhere"));
    int late = facts_add_dimension(f, STR("late"), STR(""));
    facts_begin(f);
    facts_put(f, late, STR("x"));
    facts_put_day(f, 19990);
    facts_seal(f);

    assert_int_equal(facts_count(f), 3);
    assert_str(facts_value(f, region, facts_code_at(f, region, 0)), "西藏");
    assert_str(facts_value(f, region, facts_code_at(f, region, 1)), "");
    assert_str(facts_value(f, late, facts_code_at(f, late, 0)), "");
    assert_str(facts_value(f, late, facts_code_at(f, late, 2)), "x");
    assert_float_equal(facts_measure_at(f, score, 0), 4.5, 0);
    assert_true(isnan(facts_measure_at(f, score, 1)));
    assert_int_equal(facts_code_at(f, sentiment, 0), 2);
    assert_int_equal(facts_code_at(f, sentiment, 1), FACTS_NO_CLASS);
    assert_int_equal(facts_day_at(f, 0), 20000);
    assert_int_equal(facts_day_at(f, 1), FACTS_NO_DAY);
    assert_int_equal(facts_flags_at(f, 0), 5);
    assert_int_equal(facts_flags_at(f, 1), 0);
    int32_t first, last;
    assert_true(facts_days(f, &first, &last));
    assert_int_equal(first, 19990);
    assert_int_equal(last, 20000);
    assert_int_equal(facts_find_role(f, STR("region")), region);
    assert_int_equal(facts_find_role(f, STR("agent")), -1);
    assert_str(facts_name(f, region), "省份");
    assert_int_equal(facts_code(f, region, STR("西藏")), 1);
    assert_int_equal(facts_code(f, region, STR("青海")), UINT32_MAX);
}

TEST(facts_widen_codes_past_255) {
    CLEANUP(facts_freep) struct facts *f = facts_new();
    int product = facts_add_dimension(f, STR("商品"), STR("product"));
    char buf[16];
    for (uint32_t i = 0; i < 2000; i++) {
        facts_begin(f);
        facts_put(f, product, numbered(buf, sizeof buf, i % 600));
    }
    facts_seal(f);
    assert_int_equal(facts_state(f, product), COLUMN_OPEN);
    assert_int_equal(facts_cardinality(f, product), 601);
    for (uint32_t i = 0; i < 2000; i++)
        assert_str(facts_value(f, product, facts_code_at(f, product, i)),
                   (numbered(buf, sizeof buf, i % 600), buf));
}

TEST(facts_close_columns_that_tell_rows_apart) {
    static const struct {
        uint32_t rows, values, step; // every step-th row has a value
        enum column_state state;
    } cases[] = {
        {100, 50, 1, COLUMN_OPEN},
        {100, 51, 1, COLUMN_TOO_MANY},
        {30, 20, 1, COLUMN_OPEN}, // few values are spared
        {30, 21, 1, COLUMN_TOO_MANY},
        {100, 25, 2, COLUMN_OPEN},
        {100, 26, 2, COLUMN_TOO_MANY},
        {25000, 10000, 1, COLUMN_OPEN},
        {25000, 10001, 1, COLUMN_TOO_MANY}, // while appending
        {0, 1, 1, COLUMN_OPEN},
    };
    char buf[16];
    for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
        CLEANUP(facts_freep) struct facts *f = facts_new();
        int column = facts_add_dimension(f, STR("订单"), STR(""));
        for (uint32_t i = 0; i < cases[c].rows; i++) {
            facts_begin(f);
            if (i % cases[c].step == 0)
                facts_put(f, column,
                          numbered(buf, sizeof buf, i / cases[c].step % cases[c].values));
        }
        facts_seal(f);
        if (cases[c].state != facts_state(f, column))
            fail_msg("case %zu: state %d", c, (int)facts_state(f, column));
    }
}

TEST(facts_close_column_forgets_its_values) {
    CLEANUP(facts_freep) struct facts *f = facts_new();
    int name = facts_add_dimension(f, STR("姓名"), STR(""));
    facts_begin(f);
    facts_put(f, name, STR("张三"));
    facts_close_column(f, name);
    facts_put(f, name, STR("李四"));
    facts_seal(f);
    assert_int_equal(facts_state(f, name), COLUMN_CLOSED);
    assert_int_equal(facts_code(f, name, STR("张三")), UINT32_MAX);
    assert_str(facts_value(f, name, 1), "");
    assert_int_equal(facts_code_at(f, name, 0), FACTS_UNKNOWN_CODE);
}

TEST(facts_take_an_aspect_once_a_row) {
    CLEANUP(facts_freep) struct facts *f = facts_new();
    facts_put_aspect(f, 1, 1); // no row yet
    facts_begin(f);
    facts_put_aspect(f, 7, 0);
    facts_put_aspect(f, 7, 2);
    facts_put_aspect(f, 8, 2);
    facts_put_phrase(f, 3);
    facts_put_phrase(f, 3);
    facts_begin(f);
    facts_put_aspect(f, 7, 1);
    facts_put_phrase(f, 3);
    facts_seal(f);
    assert_int_equal(facts_count_aspects(f), 3);
    assert_int_equal(facts_count_phrases(f), 2);
    assert_int_equal(facts_cardinality(f, FACTS_ASPECT), 9);
    assert_int_equal(facts_cardinality(f, FACTS_PHRASE), 4);
}

TEST(facts_of_a_million_rows_fit_the_budget) {
    CLEANUP(facts_freep) struct facts *f = facts_new();
    int dims[12], measures[4], classes[2];
    char buf[16];
    for (int i = 0; i < 12; i++)
        dims[i] = facts_add_dimension(f, STR("d"), STR(""));
    for (int i = 0; i < 4; i++)
        measures[i] = facts_add_measure(f, STR("m"), STR(""));
    for (int i = 0; i < 2; i++)
        classes[i] = facts_add_class(f, STR("c"), 3);
    const uint32_t n = 100000; // a tenth; memory is linear
    for (uint32_t i = 0; i < n; i++) {
        facts_begin(f);
        for (uint32_t k = 0; k < 12; k++)
            facts_put(f, dims[k], numbered(buf, sizeof buf, i * (k + 1) % (30 + 90 * k)));
        for (int k = 0; k < 4; k++)
            facts_put_measure(f, measures[k], i);
        for (int k = 0; k < 2; k++)
            facts_put_class(f, classes[k], (int)(i % 3));
        facts_put_day(f, i / 100);
        facts_put_aspect(f, (int)(i % 25), 0);
        if (i % 2)
            facts_put_aspect(f, (int)((i + 1) % 25), 2);
    }
    assert_true(facts_bytes(f) <= 15 * MIB);
    facts_seal(f);
    assert_true(facts_bytes(f) <= 7 * MIB);
}
