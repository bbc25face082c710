// SPDX-License-Identifier: Apache-2.0
#include "work/behaviour.h"

#include <math.h>
#include <stdio.h>

#include "collect/change.h"
#include "tests/support/world.h"

#define DAY(d) (WORLD_NOW + (d)*US_PER_DAY)

struct reading {
    struct world *w;
    struct feedback_batch *batch;
    struct behaviour *ret;
};

static bool read_behaviour(struct sql *s, void *ctx, struct error *err) {
    struct reading *r = ctx;
    return behaviour_load(s, &r->w->store, WORLD_WORKSPACE, r->batch, &r->w->arena, r->ret, err);
}

static struct behaviour behaviour_of(struct world *w, int64_t id) {
    struct error err;
    struct feedback_batch b;
    struct behaviour ret;
    world_load(w, &id, 1, FEEDBACK_EVERYTHING, &b);
    struct reading r = {w, &b, &ret};
    if (!sql_read(w->store.db, read_behaviour, &r, &err))
        fail_msg("%s", err.en);
    feedback_batch_done(&b);
    return ret;
}

// "名=值" of each column, sorted as they come; numbers with one decimal.
static struct str shown(struct world *w, const struct behaviour *b) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(8 * KIB);
    for (size_t i = 0; i < b->n; i++) {
        strbuf_addf(&sb, "%s%.*s=", i ? " " : "", STR_ARG(b->columns[i].name));
        if (b->columns[i].is_measure)
            strbuf_addf(&sb, "%.1f", b->columns[i].number);
        else
            strbuf_add(&sb, b->columns[i].text);
    }
    return arena_str(&w->arena, strbuf_str(&sb));
}

static const struct record_attr amount[] = {
    {STR_INIT("amount"), STR_INIT("128.5"), RECORD_ATTR_NUMBER, {0}}};
static const struct record_attr at_store[] = {
    {STR_INIT("store"), STR_INIT("人民路店"), RECORD_ATTR_TEXT, {0}}};
static const struct record_attr waited[] = {
    {STR_INIT("waiting_minutes"), STR_INIT("42"), RECORD_ATTR_NUMBER, {0}}};
static const struct record_attr region[] = {
    {STR_INIT("省份"), STR_INIT("西藏"), RECORD_ATTR_TEXT, {0}}};

static struct event ordered(const char *number, const char *phone, int64_t at_us) {
    return (struct event){.type = STR(EVENT_ORDER),
                          .source = STR("shop"),
                          .external_id = str_from(number),
                          .order = str_from(number),
                          .at_us = at_us,
                          .customer = {.phone = str_from(phone)},
                          .measures = amount,
                          .n_measures = 1,
                          .attributes = region,
                          .n_attributes = 1};
}

TEST_STORES(behaviour_joins_by_order_and_by_customer) {
    struct world w;
    int64_t ids[4];
    world_open(&w, t, 1);
    struct event events[] = {
        ordered("A1", "13612340001", DAY(-10)),
        {.type = STR(EVENT_DELIVERY),
         .source = STR("shop"),
         .external_id = STR("A1"),
         .order = STR("A1"),
         .at_us = DAY(-10) + 90 * US_PER_HOUR},
        ordered("A2", "13612340001", DAY(-40)),
        {.type = STR(EVENT_VISIT),
         .source = STR("till"),
         .external_id = STR("V1"),
         .at_us = DAY(-2),
         .customer = {.phone = STR("+86 136 1234 0002")},
         .measures = waited,
         .n_measures = 1,
         .attributes = at_store,
         .n_attributes = 1},
        {.type = STR(EVENT_VISIT),
         .source = STR("till"),
         .external_id = STR("V0"),
         .at_us = DAY(-30),
         .customer = {.phone = STR("13612340002")}},
    };
    world_events(&w, events, ARRAY_LEN(events));
    const struct record_attr own[] = {
        {STR_INIT("配送天数"), STR_INIT("9"), RECORD_ATTR_NUMBER, STR_INIT("delivery_days")}};
    const struct record records[] = {
        {.source = STR("tmall"), .text = STR("太慢了"), .order = STR("A1"), .occurred_us = DAY(0)},
        {.source = STR("tmall"),
         .text = STR("太慢了"),
         .order = STR("A1"),
         .occurred_us = DAY(0),
         .attributes = own,
         .n_attributes = 1},
        {.source = STR("till"),
         .text = STR("排队太久"),
         .occurred_us = DAY(-1),
         .customer = {.phone = STR("13612340002")}},
        {.source = STR("tmall"),
         .text = STR("谁也不认识"),
         .order = STR("Z9"),
         .occurred_us = DAY(0)},
    };
    world_receive(&w, records, ARRAY_LEN(records), ids);
    world_place(&w, ids, ARRAY_LEN(records));
    static const char *const expected[] = {
        "客群=老客 购买频次=一年 2–3 单 最近下单=30 天内 订单金额=128.5 省份=西藏 配送天数=3.8 退货=否",
        "客群=老客 购买频次=一年 2–3 单 最近下单=30 天内 订单金额=128.5 省份=西藏 退货=否",
        "客群=新客 消费层级=无消费 购买频次=未下单 最近下单=未下单 等待时长=42.0 门店=人民路店",
        "",
    };
    // The visitor was seen 29 days before he wrote.
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        struct behaviour b = behaviour_of(&w, ids[i]);
        assert_str(shown(&w, &b), expected[i]);
    }
    world_close(&w);
}

struct log_reading {
    struct world *w;
    struct change_page page;
};

static bool read_log(struct sql *s, void *ctx, struct error *err) {
    struct log_reading *l = ctx;
    return change_read(s, WORLD_WORKSPACE, l->page.position, 10000, &l->w->arena, &l->page, err);
}

static bool is_told(struct log_reading *l, int64_t id) {
    struct error err;
    bool told = false;
    if (!sql_read(l->w->store.db, read_log, l, &err))
        fail_msg("%s", err.en);
    for (size_t i = 0; i < l->page.n; i++)
        told = told || l->page.ids[i] == id;
    return told;
}

TEST_STORES(behaviour_of_late_events_corrects_the_facts) {
    struct world w;
    int64_t id;
    world_open(&w, t, 1);
    const struct record r = {.source = STR("jd"),
                             .text = STR("还行"),
                             .order = STR("B1"),
                             .occurred_us = DAY(0),
                             .customer = {.phone = STR("13612340003")}};
    world_receive(&w, &r, 1, &id);
    world_place(&w, &id, 1);
    struct behaviour b = behaviour_of(&w, id);
    assert_str(shown(&w, &b), "客群=新客 消费层级=无消费 购买频次=未下单 最近下单=未下单");
    struct log_reading log = {.w = &w};
    is_told(&log, id);
    struct event e = ordered("B1", "13612340003", DAY(-3));
    world_events(&w, &e, 1);
    assert_true(is_told(&log, id));
    b = behaviour_of(&w, id);
    assert_str(shown(&w, &b),
               "客群=新客 购买频次=一年 1 单 最近下单=30 天内 订单金额=128.5 省份=西藏 退货=否");
    // Of another order, but of the customer, before he wrote: his segments change.
    e = ordered("B0", "13612340003", DAY(-200));
    world_events(&w, &e, 1);
    assert_true(is_told(&log, id));
    b = behaviour_of(&w, id);
    assert_true(str_starts(shown(&w, &b), STR("客群=老客 购买频次=一年 2–3 单")));
    // After he wrote, and not of the order: nothing changes.
    e = ordered("B2", "13612340003", DAY(1));
    world_events(&w, &e, 1);
    assert_false(is_told(&log, id));
    // The same again says nothing new; a correction does.
    e = ordered("B1", "13612340003", DAY(-4));
    world_events(&w, &e, 1);
    assert_true(is_told(&log, id));
    world_close(&w);
}

TEST_STORES(behaviour_segments_nearly_all_whose_customer_is_known) {
    struct world w;
    struct error err;
    int64_t ids[500];
    static const char *const phones[] = {"136", "137", "138", "139"};
    struct record records[500];
    world_open(&w, t, 3);
    struct event *orders = ARENA_ARRAY(&w.arena, struct event, 900);
    for (size_t i = 0; i < 900; i++) {
        char phone[20], number[20];
        snprintf(phone, sizeof phone, "%s1234%04d", phones[i % 4],
                 (int)random_below(&w.random, 100));
        snprintf(number, sizeof number, "N%zu", i);
        orders[i] = ordered(arena_str(&w.arena, str_from(number)).ptr,
                            arena_str(&w.arena, str_from(phone)).ptr,
                            DAY(-(int64_t)random_below(&w.random, 300)));
        struct record_attr *m = ARENA_NEW(&w.arena, struct record_attr);
        *m = (struct record_attr){
            STR("amount"),
            arena_printf(&w.arena, "%d", 10 + (int)random_below(&w.random, 500)),
            RECORD_ATTR_NUMBER,
            {0}};
        orders[i].measures = m;
    }
    world_events(&w, orders, 900);
    for (size_t i = 0; i < 500; i++) {
        char phone[20];
        snprintf(phone, sizeof phone, "%s1234%04d", phones[i % 4],
                 (int)random_below(&w.random, 120));
        records[i] = (struct record){.source = STR("crm"),
                                     .text = STR("不错"),
                                     .occurred_us = DAY(-(int64_t)random_below(&w.random, 180))};
        if (i % 5)
            records[i].customer.phone = arena_str(&w.arena, str_from(phone));
    }
    world_receive(&w, records, 500, ids);
    world_place(&w, ids, 500);
    struct feedback_batch b;
    struct behaviour ret[500];
    world_load(&w, ids, 500, FEEDBACK_EVERYTHING, &b);
    struct reading r = {&w, &b, ret};
    assert_true(sql_read(w.store.db, read_behaviour, &r, &err));
    int known = 0, n[N_SEGMENT_AXES] = {0}, values[N_SEGMENT_AXES] = {0};
    for (size_t i = 0; i < 500; i++) {
        known += b.items[i].customer != 0;
        for (int axis = 0; axis < N_SEGMENT_AXES; axis++) {
            n[axis] += b.items[i].customer != 0 && ret[i].segments[axis] >= 0;
            values[axis] |= ret[i].segments[axis] >= 0 ? 1 << ret[i].segments[axis] : 0;
        }
    }
    assert_int_equal(known, 400);
    for (int axis = 0; axis < N_SEGMENT_AXES; axis++) {
        double share = 100.0 * n[axis] / known;
        print_message("feedback of known customers with “%s”: %.1f %%\n",
                      segment_axes[axis].axis.name.zh, share);
        assert_true(share >= 98);
        assert_true(values[axis] & (values[axis] - 1)); // more than one value
    }
    feedback_batch_done(&b);
    world_close(&w);
}

static bool fix(struct sql *s, void *ctx, struct error *err) {
    const double *d = ctx;
    return behaviour_fix_tiers(s, WORLD_WORKSPACE, d[0], d[1], err);
}

static bool read_tiers(struct sql *s, void *ctx, struct error *err) {
    return behaviour_tiers(s, WORLD_WORKSPACE, ctx, err);
}

TEST_STORES(behaviour_tiers_can_be_fixed) {
    struct world w;
    struct error err;
    struct spend_tiers tiers;
    world_open(&w, t, 1);
    double good[] = {100, 300}, bad[] = {300, 100}, none[] = {0, 0};
    assert_false(sql_write(w.store.db, fix, bad, &err));
    assert_int_equal(err.code, ERROR_INVALID);
    assert_true(sql_write(w.store.db, fix, good, &err));
    assert_true(sql_read(w.store.db, read_tiers, &tiers, &err));
    assert_true(tiers.known && tiers.middle == 100 && tiers.high == 300);
    struct event e = ordered("C1", "13612340003", DAY(-4));
    world_events(&w, &e, 1); // does not take them anew
    assert_true(sql_read(w.store.db, read_tiers, &tiers, &err));
    assert_true(tiers.high == 300);
    assert_true(sql_write(w.store.db, fix, none, &err));
    assert_true(sql_read(w.store.db, read_tiers, &tiers, &err));
    assert_false(tiers.known);
    world_close(&w);
}
