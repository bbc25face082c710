// SPDX-License-Identifier: Apache-2.0
#include "explain/layout.h"

#include "tests/support/test.h"

TEST(layout_reads_numbers_as_people_write_them) {
    static const struct {
        const char *text;
        double value; // NAN: not a number
    } cases[] = {
        {"3", 3},         {"3天", 3},
        {" 2.5 kg", 2.5}, {"1,234.5", 1234.5},
        {"¥12", 12},      {"￥1,200.00", 1200},
        {"$3", 3},        {"85%", 85},
        {"-4", -4},       {"+4", 4},
        {"", NAN},        {"-", NAN},
        {"天", NAN},      {"3天2小时", NAN},
        {"1-2", NAN},     {"12:30", NAN},
        {"无", NAN},      {"1.2.3", NAN},
    };
    struct schema schema = {.n_attrs = 1};
    schema.attrs[0] = (struct attr_column){STR("天数"), STR("delivery_days"), ATTR_MEASURE, false};
    struct layout l;
    layout_init(&l, &schema, 1);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct str attr = str_from(cases[i].text);
        struct feedback f = {.attrs = &attr};
        struct fact_row row = {.feedback = &f, .local_day = FACTS_NO_DAY};
        layout_put(&l, &row);
        double read = facts_measure_at(l.facts, l.attrs[0], (uint32_t)i);
        if (isnan(read) != isnan(cases[i].value) || fabs(read - cases[i].value) > 1e-3)
            fail_msg("“%s” was read as %g", cases[i].text, read);
    }
    layout_done(&l);
}

TEST(layout_routes_scores_by_what_they_measure) {
    struct schema schema = {.n_scores = 4};
    schema.scores[0] = (struct score_column){.name = STR("NPS"), .metric = METRIC_NPS};
    schema.scores[1] = (struct score_column){.name = STR("口味"), .dimension = STR("taste")};
    schema.scores[2] = (struct score_column){.name = STR("总评")};
    schema.scores[3] = (struct score_column){.name = STR("CES"), .metric = METRIC_CES};
    struct layout l;
    struct feedback f = {0};
    struct fact_row row = {.feedback = &f,
                           .satisfaction = {NAN, 2, 4, NAN},
                           .original = {9, 2, 4, 6},
                           .local_day = FACTS_NO_DAY};
    layout_init(&l, &schema, 1);
    layout_put(&l, &row);
    row.satisfaction[2] = NAN; // the whole was not rated: the parts do not stand in for it
    layout_put(&l, &row);
    layout_seal(&l);
    assert_false(l.score_of_parts);
    assert_float_equal(facts_measure_at(l.facts, l.score, 0), 4, 0);
    assert_true(isnan(facts_measure_at(l.facts, l.score, 1)));
    assert_float_equal(facts_measure_at(l.facts, l.nps, 0), 9, 0);
    assert_float_equal(facts_measure_at(l.facts, l.ces, 0), 6, 0);
    assert_int_equal(l.csat, -1);
    assert_int_equal(l.n_own, 1);
    assert_int_equal(l.own[0].dimension, DIM_TASTE);
    assert_float_equal(facts_measure_at(l.facts, l.own[0].column, 1), 2, 0);
    assert_int_equal(l.n_rated, 1);
    layout_done(&l);
}

TEST(layout_offers_columns_worth_comparing) {
    struct schema schema = {.n_attrs = 3};
    schema.attrs[0] = (struct attr_column){.name = STR("渠道"), .role = STR("channel")};
    schema.attrs[1] = (struct attr_column){.name = STR("门店"), .role = STR("store")};
    schema.attrs[2] = (struct attr_column){STR("金额"), STR("amount"), ATTR_MEASURE, false};
    struct layout l;
    layout_init(&l, &schema, 1);
    for (int i = 0; i < 4; i++) {
        struct str attrs[] = {i % 2 ? STR("天猫") : STR("京东"), STR("一店"), STR("3")};
        struct feedback f = {.attrs = attrs, .channel = attrs[0], .product = attrs[0]};
        struct fact_row row = {.feedback = &f, .local_day = FACTS_NO_DAY};
        layout_put(&l, &row);
    }
    layout_seal(&l);
    int columns[FACTS_MAX_COLUMNS];
    assert_int_equal(layout_dimensions(&l, columns),
                     2); // the channel once; the store has one value
    assert_int_equal(columns[0], l.product);
    assert_int_equal(columns[1], l.attrs[0]);
    assert_int_equal(layout_measures(&l, columns), 1);
    assert_int_equal(columns[0], l.attrs[2]);
    layout_done(&l);
}
