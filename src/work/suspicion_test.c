// SPDX-License-Identifier: Apache-2.0
#include "work/suspicion.h"

#include <stdio.h>

#include "base/json.h"
#include "tests/support/world.h"
#include "work/behaviour.h"

#define DAY(d) (WORLD_NOW + (d)*US_PER_DAY)

struct noting {
    struct world *w;
    const struct suspicion_input *in;
    size_t n;
    struct customer_ids changed;
};

static bool note(struct sql *s, void *ctx, struct error *err) {
    struct noting *x = ctx;
    x->changed.len = 0;
    return suspicion_note(s, &x->w->store, WORLD_WORKSPACE, x->in, x->n, &x->changed, err);
}

static void noted(struct world *w, const struct suspicion_input *in, size_t n) {
    struct error err;
    struct noting x = {.w = w, .in = in, .n = n};
    if (!sql_write(w->store.db, note, &x, &err))
        fail_msg("%s", err.en);
    vec_done(&x.changed);
}

struct loading {
    struct world *w;
    int64_t id;
    struct suspicion found[N_SUSPICION_RULES];
    size_t n;
};

static bool load(struct sql *s, void *ctx, struct error *err) {
    struct loading *l = ctx;
    return suspicion_load(s, l->id, &l->w->arena, l->found, &l->n, err);
}

static struct loading of(struct world *w, int64_t id) {
    struct error err;
    struct loading l = {.w = w, .id = id};
    if (!sql_read(w->store.db, load, &l, &err))
        fail_msg("%s", err.en);
    return l;
}

static void receive_plain(struct world *w, size_t n, int64_t *ids) {
    struct record *r = ARENA_ARRAY(&w->arena, struct record, n);
    for (size_t i = 0; i < n; i++)
        r[i] = (struct record){.source = STR("jd"), .text = STR("好"), .occurred_us = WORLD_NOW};
    world_receive(w, r, n, ids);
}

TEST_STORES(suspicion_of_copied_long_texts) {
    static const struct {
        const char *text;
        int64_t customer;
        bool copy;
    } cases[] = {
        {"锅体厚实受热均匀，煎牛排不粘底，清洗也方便，手柄不烫手", 1, false},
        {"锅体厚实受热均匀，煎牛排不粘底，清洗也方便，手柄不烫手！！", 2, true},
        {"锅体厚实受热均匀，煎牛排不粘底，清洗也方便，手柄不烫手。", 1, false}, // his own again
        {"锅体厚实受热均匀，煎牛排不粘底，清洗也方便，手柄不烫手～", 0, true},
        {"坚果很新鲜，小包装带去办公室正好，孩子也喜欢吃，会回购", 3, false},
        {"很好", 4, false},
        {"很好", 5, false},
    };
    struct world w;
    struct suspicion_input in[ARRAY_LEN(cases)];
    struct neardup_sketch sketches[ARRAY_LEN(cases)];
    int64_t ids[ARRAY_LEN(cases)];
    world_open(&w, t, 1);
    struct record records[ARRAY_LEN(cases)];
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        records[i] =
            (struct record){.source = STR("jd"), .text = STR("好"), .occurred_us = WORLD_NOW};
        if (cases[i].customer)
            records[i].customer.phone =
                arena_printf(&w.arena, "1361234000%d", (int)cases[i].customer);
    }
    world_receive(&w, records, ARRAY_LEN(cases), ids);
    world_place(&w, ids, ARRAY_LEN(cases));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        neardup_sketch(str_from(cases[i].text), &sketches[i]);
        in[i] = (struct suspicion_input){.id = ids[i],
                                         .at_us = DAY((int64_t)i),
                                         .version = 1,
                                         .customer = world_customer(&w, ids[i]),
                                         .sketch = &sketches[i]};
    }
    for (int round = 0; round < 2; round++) // again is the same
        noted(&w, in, ARRAY_LEN(cases));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct loading l = of(&w, ids[i]);
        if ((l.n == 1) != cases[i].copy)
            fail_msg("case %zu", i);
        if (l.n) {
            assert_int_equal(l.found[0].rule, SUSPICION_COPY);
            assert_int_equal(l.found[0].other, ids[0]);
            assert_true(
                str_starts(suspicion_because(&l.found[0], LANG_ZH, &w.arena), STR("与反馈 ")));
        }
    }
    world_close(&w);
}

TEST_STORES(suspicion_of_bursts_is_held_against_what_is_usual) {
    struct world w;
    int64_t ids[300];
    struct suspicion_input in[300];
    size_t n = 0;
    world_open(&w, t, 1);
    receive_plain(&w, 300, ids);
#define PUT(thing, value, when, count)                                                             \
    for (int k = 0; k < (count); k++, n++)                                                         \
        in[n] = (struct suspicion_input) {                                                         \
            .id = ids[n], .at_us = (when) + k * US_PER_SECOND, .version = 1, .thing = STR(value)   \
        }
    for (int d = 0; d < 20; d++)
        PUT(product, "坚果", DAY(d), 3); // usual: three an hour
    size_t brushed = n;
    PUT(product, "坚果", DAY(25), 12);
    size_t promoted = n;
    PUT(product, "锅", DAY(20), 12); // nothing is known of it: it may be new
    size_t device = n;
    PUT(device, "d-1", DAY(3), 6);
    size_t few = n;
    PUT(device, "d-2", DAY(3), 4);
    noted(&w, in, n);
    struct loading l = of(&w, ids[brushed + 11]);
    assert_int_equal(l.n, 1);
    assert_int_equal(l.found[0].rule, SUSPICION_BURST);
    assert_int_equal(l.found[0].number, 12);
    assert_int_equal(l.found[0].usual, 3);
    assert_str(suspicion_because(&l.found[0], LANG_ZH, &w.arena),
               "同一商品 1 小时内 12 条，前后四周其他时候最多 3 条");
    assert_int_equal(of(&w, ids[brushed]).n, 1);
    assert_int_equal(of(&w, ids[0]).n, 0);
    assert_int_equal(of(&w, ids[promoted]).n, 0);
    assert_int_equal(of(&w, ids[device]).n, 1);
    assert_int_equal(of(&w, ids[few]).n, 0);
    world_close(&w);
}

static struct behaviour judged(const struct stored_feedback *f, const struct event_batch *e) {
    struct behaviour b = {0};
    b.n_reasons = suspicion_early(f, e, &b.reasons[0]);
    return b;
}

TEST(suspicion_of_impossible_times_knows_a_complaint_that_nothing_came) {
    static const struct {
        const char *type;
        int64_t after_hours; // of the event after the feedback
        const char *analysis;
        bool date_only, early;
    } cases[] = {
        {EVENT_ORDER, 30, "{}", false, true},
        {EVENT_ORDER, 20, "{}", false, false},
        {EVENT_ORDER, 30, "{}", true, false},
        {EVENT_ORDER, -30, "{}", false, false},
        {EVENT_DELIVERY, 30, "{\"satisfaction\":5}", false, true},
        {EVENT_DELIVERY, 30, "{\"satisfaction\":1}", false, false},
        {EVENT_DELIVERY, 30, "{}", false, false},
        {EVENT_VISIT, 30, "{\"satisfaction\":5}", false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(json_freep) struct json *j = NULL;
        assert_true(json_parse(str_from(cases[i].analysis), &j, NULL));
        struct stored_feedback f = {
            .occurred_us = WORLD_NOW, .analysis = j, .record = {.date_only = cases[i].date_only}};
        struct stored_event e = {.at_us = WORLD_NOW + cases[i].after_hours * US_PER_HOUR,
                                 .event = {.type = str_from(cases[i].type)}};
        struct behaviour b = judged(&f, &(struct event_batch){.items = &e, .n = 1});
        if ((b.n_reasons == 1) != cases[i].early)
            fail_msg("case %zu", i);
    }
}

TEST(suspicion_is_taken_back_by_a_correction) {
    static const struct {
        const char *field, *value;
        bool back;
    } cases[] = {{"suspect", "false", true},
                 {"suspect", "true", false},
                 {"validity", "\"ok\"", true},
                 {"validity", "\"ad\"", false},
                 {"urgency", "0", false}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(json_freep) struct json *j = NULL;
        char text[60];
        snprintf(text, sizeof text, "[%s]", cases[i].value);
        assert_true(json_parse(str_from(text), &j, NULL));
        struct correction c = {.field = str_from(cases[i].field), .value = json_at(j, 0)};
        struct stored_feedback f = {.corrections = &c, .n_corrections = 1};
        assert_int_equal(suspicion_taken_back(&f), cases[i].back);
    }
}
