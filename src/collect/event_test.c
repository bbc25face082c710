// SPDX-License-Identifier: Apache-2.0
#include "collect/event.h"

#include <math.h>

#include "tests/support/world.h"

static bool parse(const char *text, struct arena *a, struct event *ret,
                  struct record_problems *problems, struct json **tree) {
    struct zone *zone;
    struct error err;
    assert_true(zone_open(STR("Asia/Shanghai"), &zone, &err));
    assert_true(json_parse(str_from(text), tree, &err));
    bool ok = event_parse(*tree, zone, a, ret, problems, &err);
    zone_free(zone);
    return ok;
}

TEST(event_parse_names_every_wrong_member) {
    static const struct {
        const char *text;
        const char *wrong[3]; // NULL ends
    } cases[] = {
        {"{\"type\":\"order\",\"at\":\"2026-11-01T08:00:00Z\",\"order\":123,\"measures\":{\"amount\":12.5},\"customer\":{\"phone\":\"1\"}}",
         {NULL}},
        {"{\"type\":\"store_visit-2\",\"at\":\"2026-11-01 08:00\"}", {NULL}},
        {"{\"type\":\"order\"}", {"at"}},
        {"{\"at\":\"2026-11-01T08:00:00Z\"}", {"type"}},
        {"{\"type\":\"Order\",\"at\":\"2026-11-01T08:00:00Z\"}", {"type"}},
        {"{\"type\":\"order\",\"at\":\"gestern\"}", {"at"}},
        {"{\"type\":\"order\",\"at\":\"2026-11-01T08:00:00Z\",\"measures\":{\"amount\":\"viel\"}}",
         {"measures.amount"}},
        {"{\"type\":\"order\",\"at\":\"2026-11-01T08:00:00Z\",\"price\":1,\"customer\":{\"telefon\":\"1\"}}",
         {"price", "customer.telefon"}},
        {"[]", {""}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(arena_done) struct arena a = {0};
        CLEANUP(json_freep) struct json *tree = NULL;
        struct record_problems problems = {0};
        struct event e;
        bool ok = parse(cases[i].text, &a, &e, &problems, &tree);
        size_t n = 0;
        while (n < 3 && cases[i].wrong[n])
            n++;
        if (ok != (n == 0))
            fail_msg("case %zu: %s", i, problems.n ? problems.items[0].name : "");
        for (size_t k = 0; k < n && cases[i].wrong[k][0]; k++)
            if (k >= problems.n || strcmp(problems.items[k].name, cases[i].wrong[k]) != 0)
                fail_msg("case %zu: %s", i, problems.n > k ? problems.items[k].name : "nothing");
    }
}

TEST(event_format_is_what_stored_events_are_read_from) {
    CLEANUP(arena_done) struct arena a = {0};
    CLEANUP(json_freep) struct json *tree = NULL;
    CLEANUP(json_freep) struct json *again = NULL;
    CLEANUP(strbuf_done) struct strbuf one = strbuf_init(64 * KIB), two = strbuf_init(64 * KIB);
    struct record_problems problems = {0};
    struct event e, stored;
    assert_true(parse(
        "{\"type\":\"delivery\",\"source\":\"wms\",\"external_id\":\"D1\",\"order\":\"O1\",\"at\":\"2026-11-01T08:00:00Z\","
        "\"customer\":{\"phone\":\"13612340001\",\"attributes\":{\"会员等级\":\"金\"}},\"measures\":{\"delivery_days\":3.5},"
        "\"attributes\":{\"快递\":\"顺路\",\"急\":true}}",
        &a, &e, &problems, &tree));
    event_format(&e, &one);
    assert_true(json_parse(strbuf_str(&one), &again, NULL));
    assert_true(event_parse_stored(again, &a, &stored, NULL));
    event_format(&stored, &two);
    assert_true(str_eq(strbuf_str(&one), strbuf_str(&two)));
    assert_true(event_measure(&stored, STR("delivery_days")) == 3.5);
    assert_true(isnan(event_measure(&stored, STR("amount"))));
}

TEST(event_from_row_takes_what_an_order_table_says) {
    CLEANUP(arena_done) struct arena a = {0};
    struct zone *zone;
    struct error err;
    struct event e;
    assert_true(zone_open(STR("Asia/Shanghai"), &zone, &err));
    const struct event_cell cells[] = {
        {STR_INIT("订单编号"), STR_INIT("order"), STR_INIT("T100")},
        {STR_INIT("下单时间"), STR_INIT("order_time"), STR_INIT("2026-11-01 16:00:00")},
        {STR_INIT("手机"), STR_INIT("phone"), STR_INIT("13612340001")},
        {STR_INIT("实付"), STR_INIT("amount"), STR_INIT("99.90")},
        {STR_INIT("省份"), STR_INIT("region"), STR_INIT("青海")},
        {STR_INIT("备注"), {0}, {0}},
    };
    assert_true(event_from_row(cells, ARRAY_LEN(cells), STR(EVENT_ORDER), STR("tmall"), zone, &a,
                               &e, &err));
    assert_str(e.order, "T100");
    assert_str(e.external_id, "T100");
    assert_str(e.customer.phone, "13612340001");
    assert_true(event_measure(&e, STR("amount")) == 99.9);
    assert_int_equal(e.n_attributes, 1);
    assert_str(e.attributes[0].role, "region");
    char time[40];
    assert_string_equal(clock_format_iso(e.at_us, time, sizeof time), "2026-11-01T08:00:00Z");
    assert_false(event_from_row(cells, 1, STR(EVENT_ORDER), STR("tmall"), zone, &a, &e, &err));
    assert_false(event_from_row(cells + 1, 1, STR(EVENT_ORDER), STR("tmall"), zone, &a, &e, &err));
    zone_free(zone);
}

static enum intake_outcome write_one(struct world *w, const struct event *e) {
    struct event_item item;
    struct error err;
    if (!event_prepare(&w->store, WORLD_WORKSPACE, e, &w->arena, &item, &err) ||
        !event_write(&w->store, WORLD_WORKSPACE, &item, 1, LANE_LIVE, &err))
        fail_msg("%s", err.en);
    return item.outcome;
}

struct reading {
    struct world *w;
    struct event_filter filter;
    struct event_batch batch;
    size_t n;
};

static bool read_all(struct sql *s, void *ctx, struct error *err) {
    struct reading *r = ctx;
    int64_t ids[20], at_us[20];
    return event_list(s, WORLD_WORKSPACE, &r->filter, (struct event_position){INT64_MAX, INT64_MAX},
                      20, ids, at_us, &r->n, err) &&
           event_load(s, &r->w->store, WORLD_WORKSPACE, ids, r->n, &r->batch, err);
}

TEST_STORES(event_again_updates_and_adds_nothing) {
    struct world w;
    struct error err;
    world_open(&w, t, 1);
    const struct record_attr
        ten[] = {{STR_INIT("amount"), STR_INIT("10"), RECORD_ATTR_NUMBER, {0}}},
        twelve[] = {{STR_INIT("amount"), STR_INIT("12"), RECORD_ATTR_NUMBER, {0}}};
    struct event e = {.type = STR("order"),
                      .source = STR("shop"),
                      .external_id = STR("X"),
                      .order = STR("X"),
                      .at_us = WORLD_NOW,
                      .measures = ten,
                      .n_measures = 1};
    assert_int_equal(write_one(&w, &e), INTAKE_CREATED);
    assert_int_equal(write_one(&w, &e), INTAKE_UNCHANGED);
    e.measures = twelve;
    assert_int_equal(write_one(&w, &e), INTAKE_UPDATED);
    assert_int_equal(write_one(&w, &e), INTAKE_UNCHANGED);
    e.type = STR("return");
    assert_int_equal(write_one(&w, &e), INTAKE_CREATED);
    e.source = STR("jd");
    assert_int_equal(write_one(&w, &e), INTAKE_CREATED);
    e.external_id = STR("");
    assert_int_equal(write_one(&w, &e), INTAKE_CREATED);
    assert_int_equal(write_one(&w, &e), INTAKE_CREATED); // nothing says that it is the same
    struct reading r = {.w = &w};
    assert_true(sql_read(w.store.db, read_all, &r, &err));
    assert_int_equal(r.n, 5);
    r.filter.type = STR("order");
    assert_true(sql_read(w.store.db, read_all, &r, &err));
    assert_int_equal(r.n, 1);
    assert_true(event_measure(&r.batch.items[0].event, STR("amount")) == 12);
    assert_int_equal(r.batch.items[0].version, 2);
    r.filter = (struct event_filter){.from_us = WORLD_NOW + 1};
    assert_true(sql_read(w.store.db, read_all, &r, &err));
    assert_int_equal(r.n, 0);
    event_batch_done(&r.batch);
    world_close(&w);
}
