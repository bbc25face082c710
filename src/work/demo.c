// SPDX-License-Identifier: Apache-2.0
#include "work/demo.h"

#include <stdlib.h>

#include "base/clock.h"
#include "work/demo_inner.h"

#define PAGE     1000
#define WINDOW_D 182 // days of feedback
#define BRUSHED  24

// ── events ──

static bool flush_events(const struct demo_sink *sink, struct arena *a, struct event *list,
                         size_t *n, struct error *err) {
    bool ok = *n == 0 || sink->events(sink->ctx, list, *n, err);
    *n = 0;
    arena_reset(a);
    return ok;
}

static bool give_events(struct demo_company *c, const struct demo_sink *sink, struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    struct event *list = ARENA_ARRAY(&c->arena, struct event, PAGE);
    size_t n = 0;
    for (size_t i = 0; i < c->orders.len; i++) {
        const struct demo_order *o = &c->orders.items[i];
        if (n + 3 > PAGE && !flush_events(sink, &a, list, &n, err))
            return false;
        list[n++] = demo_order_event(c, o, &a);
        struct event after = {.source = STR("仓库"), .external_id = o->number, .order = o->number};
        if (o->delivered_us && o->delivered_us < c->now_us) {
            after.type = STR(EVENT_DELIVERY);
            after.at_us = o->delivered_us;
            list[n++] = after;
        }
        if (o->returned && o->delivered_us + 3 * US_PER_DAY < c->now_us) {
            after.type = STR(EVENT_RETURN);
            after.at_us = o->delivered_us + 3 * US_PER_DAY;
            list[n++] = after;
        }
    }
    return flush_events(sink, &a, list, &n, err);
}

// ── feedback ──

enum way {
    WAY_REVIEW,  // of an order or a visit
    WAY_SERVICE, // a talk with customer service about it
};

struct occasion {
    size_t order;
    int64_t at_us;
    enum way way;
    double key; // who is chosen
};

struct choosing {
    VEC(struct occasion);
};

// Whoever is angry writes more often.
static double urge(const struct demo_order *o) {
    return o->rating <= 2 ? 2.4 : o->rating == 5 ? 1 : 0.8;
}

static void find_occasions(struct demo_company *c, struct choosing *list) {
    struct random *r = &c->random;
    for (size_t i = 0; i < c->orders.len; i++) {
        const struct demo_order *o = &c->orders.items[i];
        int64_t had = o->delivered_us ? o->delivered_us : o->at_us;
        double wait = o->delivered_us ? 0.2 + 4 * random_unit(r) * random_unit(r)
                                      : 0.02 + 0.4 * random_unit(r);
        int64_t at = had + (int64_t)(wait * (double)US_PER_DAY);
        int64_t first = c->now_us - WINDOW_D * US_PER_DAY;
        if (at >= first && at < c->now_us)
            vec_push(list, ((struct occasion){i, at, WAY_REVIEW, random_unit(r) / urge(o)}));
        bool calls = random_chance(r, o->rating <= 2 ? 0.4 : 0.05);
        at += (int64_t)((0.5 + 2 * random_unit(r)) * (double)US_PER_DAY);
        if (calls && o->delivered_us && at >= first && at < c->now_us)
            vec_push(list, ((struct occasion){i, at, WAY_SERVICE, random_unit(r) / urge(o)}));
    }
}

static int by_key(const void *a, const void *b) {
    const struct occasion *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static int by_time(const void *a, const void *b) {
    const struct occasion *x = a, *y = b;
    return x->at_us != y->at_us ? (x->at_us > y->at_us) - (x->at_us < y->at_us)
                                : (x->order > y->order) - (x->order < y->order);
}

static struct str expanded(struct arena *a,
                           void (*say)(const struct demo_occasion *, struct random *,
                                       struct strbuf *),
                           const struct demo_occasion *o, struct random *r) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(4 * KIB);
    say(o, r, &sb);
    return arena_str(a, strbuf_str(&sb));
}

static void set_scores(const struct demo_order *o, enum way way, struct demo_company *c,
                       struct arena *a, struct record *rec) {
    struct record_score *s = ARENA_ARRAY(a, struct record_score, 2);
    s[0] = (struct record_score){.metric = way == WAY_SERVICE ? METRIC_CSAT : METRIC_RATING,
                                 .value = arena_printf(a, "%d", o->rating),
                                 .low = 1,
                                 .high = 5};
    rec->scores = s;
    rec->n_scores = 1;
    if (way == WAY_REVIEW && o->channel == DEMO_MINI && random_chance(&c->random, 0.45)) {
        static const int low[] = {0, 0, 2, 5, 7, 9};
        s[1] = (struct record_score){
            .metric = METRIC_NPS,
            .value = arena_printf(a, "%d", low[o->rating] + (int)random_below(&c->random, 2)),
            .low = 0,
            .high = 10};
        rec->n_scores = 2;
    }
}

// What each channel tells of who wrote: platforms hide the name, the mini-program knows the openid, who calls
// leaves his number.
static void set_customer(const struct demo_customer *who, const struct demo_order *o, enum way way,
                         struct record *rec) {
    if (way == WAY_SERVICE) {
        rec->customer = (struct record_customer){.phone = who->phone, .name = who->name};
    } else if (o->channel == DEMO_MINI) {
        rec->customer.openid = who->openid;
        if (who->bound)
            rec->customer.phone = who->phone;
        rec->order = STR("");
    } else {
        rec->customer.name = who->masked;
    }
}

static struct record make_record(struct demo_company *c, const struct occasion *x, size_t number,
                                 struct arena *a) {
    static const char *const sources[] = {"天猫旗舰店", "京东自营店", "小程序商城", "美团门店"};
    static const char *const channels[] = {"tmall", "jd", "miniprogram", "meituan"};
    const struct demo_order *o = &c->orders.items[x->order];
    const struct demo_customer *who = &c->customers[o->customer];
    struct random *r = &c->random;
    struct demo_occasion said = {.kind = demo_products[o->product].kind,
                                 .event = o->event,
                                 .online = o->channel != DEMO_SHOP,
                                 .service = x->way == WAY_SERVICE,
                                 .app = o->channel == DEMO_MINI,
                                 .rating = o->rating};
    struct record rec = {
        .source = x->way == WAY_SERVICE ? STR("客服中心") : str_from(sources[o->channel]),
        .channel = x->way == WAY_SERVICE ? STR("service") : str_from(channels[o->channel]),
        .external_id = arena_printf(a, "QH%07zu", number),
        .product = demo_products[o->product].name,
        .order = o->number,
        .occurred_us = x->at_us,
        .text = expanded(a, demo_text, &said, r)};
    if (x->way == WAY_REVIEW && random_chance(r, 0.05) && x->at_us + 12 * US_PER_DAY < c->now_us)
        rec.follow_up = expanded(a, demo_follow_up, &said, r);
    if (x->way == WAY_REVIEW && random_chance(r, o->rating <= 2 ? 0.6 : 0.2)) {
        rec.reply = expanded(a, demo_reply, &said, r);
        rec.replied = true;
    }
    set_scores(o, x->way, c, a, &rec);
    set_customer(who, o, x->way, &rec);
    return rec;
}

// Reviews that were bought: one text, hardly changed, within an hour.
static struct record brushed(struct demo_company *c, size_t i, struct arena *a) {
    static const char *const ends[] = {"！", "。", "～", "!!", "，赞"};
    struct record_score *s = ARENA_NEW(a, struct record_score);
    *s = (struct record_score){.metric = METRIC_RATING, .value = STR("5"), .low = 1, .high = 5};
    int64_t day = (c->now_us + 8 * US_PER_HOUR) / US_PER_DAY - 33;
    return (struct record){
        .source = STR("天猫旗舰店"),
        .channel = STR("tmall"),
        .external_id = arena_printf(a, "QB%07zu", i),
        .product = demo_products[7].name,
        .text =
            arena_printf(a, "香味高级持久，包装精美大气，送礼自用都非常合适，强烈推荐大家入手%s",
                         ends[i % ARRAY_LEN(ends)]),
        .occurred_us = day * US_PER_DAY + 6 * US_PER_HOUR + (int64_t)i * 2 * US_PER_MINUTE,
        .customer = {.name = STR("t**b")},
        .scores = s,
        .n_scores = 1};
}

static bool give_feedback(struct demo_company *c, const struct choosing *list, size_t n,
                          const struct demo_sink *sink, struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    struct record *page = ARENA_ARRAY(&c->arena, struct record, PAGE);
    for (size_t at = 0; at < n; at += PAGE) {
        size_t m = MIN(n - at, (size_t)PAGE);
        for (size_t i = 0; i < m; i++)
            page[i] = make_record(c, &list->items[at + i], at + i, &a);
        if (!sink->feedback(sink->ctx, page, m, err))
            return false;
        arena_reset(&a);
    }
    for (size_t i = 0; i < BRUSHED; i++)
        page[i] = brushed(c, i, &a);
    return sink->feedback(sink->ctx, page, BRUSHED, err);
}

bool demo_generate(const struct demo_options *o, const struct demo_sink *sink, struct error *err) {
    struct demo_company c;
    struct choosing list = {0};
    size_t wanted = (o->n_feedback ? o->n_feedback : DEMO_FEEDBACK) - BRUSHED;
    demo_company_make(&c, o);
    bool ok = give_events(&c, sink, err);
    find_occasions(&c, &list);
    qsort(list.items, list.len, sizeof *list.items, by_key);
    size_t n = MIN(wanted, list.len);
    qsort(list.items, n, sizeof *list.items, by_time);
    ok = ok && give_feedback(&c, &list, n, sink, err);
    vec_done(&list);
    demo_company_done(&c);
    return ok;
}
