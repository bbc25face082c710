// SPDX-License-Identifier: Apache-2.0
#include "collect/orders.h"

#include "tests/support/test.h"

// Reads a table of orders; false with the error's code in *ret_code.
static bool read_orders(struct orders *o, const char *csv, enum error_code *ret_code) {
    CLEANUP(arena_done) struct arena arena = {0};
    char dir[512];
    struct error err = {0};
    struct exports *e;
    struct table_set *set;
    struct table *t;
    const struct row *rows;
    size_t n;
    snprintf(dir, sizeof dir, "%s/templates", test_source_dir());
    assert_true(exports_load(dir, &e, NULL));
    assert_true(table_set_open(test_tmp_file("orders.csv", str_from(csv)),
                               &(struct table_options){.in_memory = false}, &set, NULL));
    assert_true(table_set_next(set, &t, NULL));
    assert_true(table_peek(t, 100, &rows, &n, NULL));
    struct table_plan plan;
    struct detect_options d = {.exports = e, .orders = true, .name = STR("orders.csv")};
    assert_true(detect_table(&d, rows, n, &arena, &plan, NULL));
    bool ok = orders_read(o, t, &plan, exports_names(e), &err);
    *ret_code = err.code;
    table_set_close(set);
    exports_free(e);
    return ok;
}

TEST(orders_keep_what_a_review_does_not_say) {
    static const char csv[] =
        "主订单编号,子订单编号,选购商品,订单应付金额,订单提交时间,发货时间,订单完成时间,售后状态,省,快递公司\n"
        "2261000000001,2261000000011,杯子,59.00,2026-01-01 10:00,2026-01-02 10:00,2026-01-05 22:00,-,广东省,顺丰\n"
        "2261000000001,2261000000012,杯盖,9.00,2026-01-01 10:00,2026-01-02 10:00,2026-01-05 22:00,退款成功,广东省,顺丰\n"
        "2261000000002,,杯子,59.00,2026-01-09,2026-01-08,2026-01-01,,****,##ab\n"
        "2.26E+12,,杯子,59.00,2026-01-01,,,,,\n";
    static const struct {
        const char *number;
        const char *values[N_ORDER_VALUES]; // region, days, courier, refund, amount, product
    } cases[] = {
        {"2261000000001", {"广东", "3.5", "顺丰", "是", "59.00", "杯子"}},
        {"2261000000012", {"广东", "3.5", "顺丰", "是", "59.00", "杯子"}},
        {"2261000000002",
         {"", "", "", "否", "59.00", "杯子"}}, // received before it was sent: no days
    };
    struct orders *o = orders_new();
    enum error_code code;
    assert_true(read_orders(o, csv, &code));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct order *found = orders_find(o, str_from(cases[i].number));
        assert_non_null(found);
        for (int v = 0; v < N_ORDER_VALUES; v++)
            assert_str(orders_value(o, found, (enum order_value)v), cases[i].values[v]);
    }
    assert_null(orders_find(o, STR("2261000000099")));
    assert_int_equal(orders_count(o), 2);
    assert_int_equal(orders_lost(o), 1);
    orders_free(o);
}

TEST(orders_need_a_number_to_join_by) {
    struct orders *o = orders_new();
    enum error_code code;
    assert_false(read_orders(o, "商品名称,省份\n杯子,广东\n杯盖,四川\n", &code));
    assert_int_equal(code, ERROR_FORMAT);
    orders_free(o);
    orders_free(NULL);
}
