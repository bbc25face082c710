// SPDX-License-Identifier: Apache-2.0
// Who buys what, when, and how it went.
#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "work/demo_inner.h"

#define PER_CUSTOMER 3 // feedback, about: how many customers there are
#define HISTORY_DAYS 400

const struct demo_product demo_products[N_DEMO_PRODUCTS] = {
    {STR_INIT("不粘炒锅 32cm"), STR_INIT("厨具"), DEMO_PAN, 189},
    {STR_INIT("真空保温杯 500ml"), STR_INIT("杯壶"), DEMO_CUP, 99},
    {STR_INIT("带轮收纳箱 66L"), STR_INIT("收纳"), DEMO_BOX, 79},
    {STR_INIT("空气炸锅 5L"), STR_INIT("小家电"), DEMO_FRYER, 329},
    {STR_INIT("恒温电热水壶"), STR_INIT("小家电"), DEMO_KETTLE, 159},
    {STR_INIT("水洗棉四件套"), STR_INIT("家纺"), DEMO_BEDDING, 299},
    {STR_INIT("长绒棉毛巾 3 条装"), STR_INIT("家纺"), DEMO_TOWEL, 49},
    {STR_INIT("桂花香薰蜡烛"), STR_INIT("香氛"), DEMO_CANDLE, 69},
    {STR_INIT("每日坚果 30 包"), STR_INIT("食品"), DEMO_NUTS, 109},
    {STR_INIT("桂花藕粉 600g"), STR_INIT("食品"), DEMO_LOTUS, 39},
    {STR_INIT("桂花糕礼盒"), STR_INIT("食品"), DEMO_CAKE, 59},
    {STR_INIT("挂耳咖啡 20 包"), STR_INIT("食品"), DEMO_COFFEE, 79},
    {STR_INIT("手工牛肉酱 2 瓶"), STR_INIT("食品"), DEMO_SAUCE, 45},
    {STR_INIT("洋槐蜂蜜 500g"), STR_INIT("食品"), DEMO_HONEY, 55},
    {STR_INIT("有机燕麦片 1kg"), STR_INIT("食品"), DEMO_OATS, 36},
    {STR_INIT("明前龙井 125g"), STR_INIT("食品"), DEMO_TEA, 168},
};

enum {
    TIBET = 25,
    QINGHAI = 28
};
const char *const demo_provinces[] = {
    "北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江",
    "安徽", "福建", "江西", "山东", "河南",   "湖北", "湖南", "广东",   "广西", "海南", "重庆",
    "四川", "贵州", "云南", "西藏", "陕西",   "甘肃", "青海", "宁夏",   "新疆"};
// Of online customers; the two remote ones a little above their share, so that a month has enough of them.
static const double province_weights[] = {46, 18, 42, 20, 14, 30, 15, 19,  52, 82, 85,
                                          38, 34, 26, 66, 56, 44, 40, 108, 28, 7,  27,
                                          60, 16, 23, 9,  28, 12, 13, 5,   14};
const char *const demo_stores[] = {"杭州西溪店", "上海徐汇店", "成都高新店",
                                   "武汉光谷店", "西安曲江店", "广州天河店"};
static const uint8_t store_provinces[] = {10, 8, 22, 16, 26, 18};
enum {
    WUHAN = 3
};

static size_t pick(struct random *r, const double *weights, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    double at = random_unit(r) * sum;
    for (size_t i = 0; i + 1 < n; i++) {
        at -= weights[i];
        if (at < 0)
            return i;
    }
    return n - 1;
}

// ── customers ──

static struct str make_name(struct demo_company *c, struct str *ret_surname) {
    static const char *const surnames[] = {
        "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高",
        "林", "何", "郭", "马", "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧",
        "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕", "苏", "卢", "蒋", "蔡", "贾"};
    static const char *const given[] = {"伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋",
                                        "勇", "艳", "杰", "娟", "涛", "明", "超", "秀", "霞", "平",
                                        "刚", "桂", "文", "辉", "玲", "雪", "晨", "宇", "欣", "梦",
                                        "佳", "子", "涵", "思", "雨", "浩", "然", "博", "嘉", "怡",
                                        "婷", "瑞", "心", "语", "安", "宁", "舟", "若"};
    *ret_surname = str_from(surnames[random_below(&c->random, ARRAY_LEN(surnames))]);
    const char *first = given[random_below(&c->random, ARRAY_LEN(given))],
               *second = random_chance(&c->random, 0.65)
                             ? given[random_below(&c->random, ARRAY_LEN(given))]
                             : "";
    return arena_printf(&c->arena, "%.*s%s%s", STR_ARG(*ret_surname), first, second);
}

static void make_customer(struct demo_company *c, struct demo_customer *ret, size_t i) {
    static const char *const prefixes[] = {"135", "136", "137", "138", "139", "150", "151",
                                           "158", "159", "177", "180", "186", "188"};
    static const char *const members[] = {"普通", "普通", "银卡", "金卡"};
    static const double channels[] = {0.42, 0.25, 0.18, 0.15};
    struct random *r = &c->random;
    struct str surname;
    ret->name = make_name(c, &surname);
    ret->masked = arena_printf(&c->arena, "%.*s**", STR_ARG(surname));
    // Spread over eight digits so that no number is there twice.
    ret->phone = arena_printf(&c->arena, "%s%08" PRIu64, prefixes[i % ARRAY_LEN(prefixes)],
                              ((uint64_t)i * 7654321 + 10203040) % 100000000);
    ret->openid = arena_printf(&c->arena, "oQh%016" PRIx64 "%05zu", random_u64(r), i);
    ret->member = str_from(members[random_below(r, ARRAY_LEN(members))]);
    ret->channel = (uint8_t)pick(r, channels, N_DEMO_CHANNELS);
    ret->store = (uint8_t)random_below(r, ARRAY_LEN(demo_stores));
    ret->has_store = ret->channel == DEMO_SHOP || random_chance(r, 0.12);
    ret->province = ret->has_store
                        ? store_provinces[ret->store]
                        : (uint8_t)pick(r, province_weights, ARRAY_LEN(province_weights));
    ret->patience = random_normal(r) * 0.35;
    ret->bound = random_chance(r, 0.5);
}

// ── orders ──

static int64_t ago(const struct demo_company *c, double days) {
    return c->now_us - (int64_t)(days * (double)US_PER_DAY);
}

static bool within(const struct demo_company *c, int64_t at, double from_days, double to_days) {
    return at >= ago(c, from_days) && at < ago(c, to_days);
}

// A time of the day when people are awake, in China.
static int64_t at_daytime(struct demo_company *c, int64_t us) {
    static const double hours[] = {2,  1,  0,  0,  0,  1,  3,  6,  9,  12, 13, 12,
                                   12, 11, 10, 10, 10, 10, 11, 13, 16, 17, 13, 7};
    int64_t day = (us + 8 * US_PER_HOUR) / US_PER_DAY;
    int64_t at = day * US_PER_DAY - 8 * US_PER_HOUR +
                 (int64_t)pick(&c->random, hours, 24) * US_PER_HOUR +
                 (int64_t)random_below(&c->random, (uint64_t)US_PER_HOUR / 1000000) * 1000000;
    return at < c->now_us ? at : at - US_PER_DAY;
}

static double delivery_days(struct demo_company *c, const struct demo_customer *who,
                            const struct demo_order *o) {
    static const uint8_t far[] = {4, 20, 24, 25, 27, 28, 29, 30};
    double days = 1.6 + 0.9 * random_unit(&c->random) + (random_chance(&c->random, 0.06) ? 2.5 : 0);
    for (size_t i = 0; i < ARRAY_LEN(far); i++)
        days += who->province == far[i] ? 1.7 : 0;
    if (o->event == DEMO_LATE)
        days += 5.5 + 4 * random_unit(&c->random);
    if (o->event == DEMO_PROMOTION)
        days += 0.8 + random_unit(&c->random);
    return days;
}

static enum demo_event event_of(struct demo_company *c, const struct demo_customer *who,
                                const struct demo_order *o) {
    bool far = who->province == TIBET || who->province == QINGHAI;
    if (o->channel == DEMO_SHOP)
        return who->store == WUHAN && str_eq(o->shift, STR("晚班")) && within(c, o->at_us, 40, 12)
                   ? DEMO_RUDE
                   : DEMO_ORDINARY;
    if (far && within(c, o->at_us, 55, 25))
        return DEMO_LATE;
    if (demo_products[o->product].kind == DEMO_NUTS && within(c, o->at_us, 100, 80))
        return DEMO_RANCID;
    return within(c, o->at_us, 75, 68) ? DEMO_PROMOTION : DEMO_ORDINARY;
}

static int rate(struct demo_company *c, const struct demo_customer *who,
                const struct demo_order *o) {
    static const double trouble[] = {[DEMO_LATE] = 0.82,
                                     [DEMO_RANCID] = 0.72,
                                     [DEMO_RUDE] = 0.8,
                                     [DEMO_PROMOTION] = 0.06,
                                     [DEMO_ORDINARY] = 0};
    double x = 4.62 + who->patience + random_normal(&c->random) * 0.62;
    if (random_chance(&c->random, trouble[o->event]))
        x -= 2.6 + random_unit(&c->random);
    else if (random_chance(&c->random, 0.085))
        x -= 2.2 + random_unit(&c->random); // something always goes wrong
    if (o->channel == DEMO_SHOP)
        x -= MAX(0.0, o->waiting_minutes - 15) * 0.03;
    return (int)MAX(1.0, MIN(5.0, round(x)));
}

static void add_order(struct demo_company *c, uint32_t customer, int64_t at_us, bool promotion) {
    static const double store_hours[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 5, 6,
                                         5, 6, 7, 7, 7, 8, 8, 9, 9, 6, 0, 0};
    struct random *r = &c->random;
    const struct demo_customer *who = &c->customers[customer];
    struct demo_order o = {.customer = customer,
                           .product = (uint8_t)random_below(r, N_DEMO_PRODUCTS),
                           .channel = who->channel,
                           .quantity = random_chance(r, 0.2) ? 2 : 1};
    if (who->has_store && who->channel != DEMO_SHOP && random_chance(r, 0.35) && !promotion)
        o.channel = DEMO_SHOP;
    o.at_us = at_daytime(c, at_us);
    if (o.channel == DEMO_SHOP) {
        int64_t day = (at_us + 8 * US_PER_HOUR) / US_PER_DAY;
        size_t hour = pick(r, store_hours, 24);
        o.at_us = day * US_PER_DAY + ((int64_t)hour - 8) * US_PER_HOUR +
                  (int64_t)random_below(r, 3600) * 1000000;
        o.shift = hour < 15 ? STR("早班") : STR("晚班");
        o.waiting_minutes = round(3 + 9 * random_unit(r) + (hour >= 18 ? 8 * random_unit(r) : 0) +
                                  (random_chance(r, 0.05) ? 25 : 0));
        if (o.at_us >= c->now_us)
            return;
    }
    o.event = event_of(c, who, &o);
    o.batch = o.event == DEMO_RANCID ? STR("N0817")
                                     : arena_printf(&c->arena, "%c%04d", 'A' + o.product,
                                                    (int)((o.at_us / US_PER_DAY / 20) % 10000));
    if (o.event == DEMO_RANCID && random_chance(r, 0.3))
        o.event = DEMO_ORDINARY, o.batch = STR("N0816"); // the batch before was still being sold
    static const char *const couriers[] = {"顺路速运", "顺路速运", "通达快递", "邮联"};
    if (o.channel != DEMO_SHOP) {
        o.courier = str_from(couriers[random_below(r, ARRAY_LEN(couriers))]);
        o.delivered_us = o.at_us + (int64_t)(delivery_days(c, who, &o) * (double)US_PER_DAY);
    }
    int price = demo_products[o.product].price * o.quantity;
    o.amount = o.event == DEMO_PROMOTION ? price * 8 / 10 : price;
    o.rating = rate(c, who, &o);
    o.returned = o.channel != DEMO_SHOP && random_chance(r, o.rating <= 2 ? 0.22 : 0.01);
    vec_push(&c->orders, o);
}

static int by_time(const void *a, const void *b) {
    const struct demo_order *x = a, *y = b;
    return x->at_us != y->at_us ? (x->at_us > y->at_us) - (x->at_us < y->at_us)
                                : (x->customer > y->customer) - (x->customer < y->customer);
}

static void make_orders(struct demo_company *c) {
    struct random *r = &c->random;
    for (uint32_t i = 0; i < c->n_customers; i++) {
        // Customers come over the year; some come back soon, some hardly.
        double day = HISTORY_DAYS * random_unit(r),
               pause = 25 + 110 * random_unit(r) * random_unit(r);
        while (day > 0) {
            add_order(c, i, ago(c, day), false);
            day -= MAX(1.0, -pause * log(1 - random_unit(r)));
        }
    }
    size_t n_week = 0;
    for (size_t i = 0; i < c->orders.len; i++)
        n_week += within(c, c->orders.items[i].at_us, 75, 68);
    for (size_t i = 0; i < 2 * n_week; i++)
        add_order(c, (uint32_t)random_below(r, c->n_customers),
                  ago(c, 68.01 + 6.9 * random_unit(r)), true);
    qsort(c->orders.items, c->orders.len, sizeof *c->orders.items, by_time);
    for (size_t i = 0; i < c->orders.len; i++)
        c->orders.items[i].number =
            arena_printf(&c->arena, "%s%08zu", c->orders.items[i].channel == DEMO_SHOP ? "S" : "D",
                         20480000 + i * 3);
}

void demo_company_make(struct demo_company *c, const struct demo_options *o) {
    size_t n = o->n_feedback ? o->n_feedback : DEMO_FEEDBACK;
    *c = (struct demo_company){.random = random_init(o->seed),
                               .now_us = o->now_us,
                               .n_customers = MAX(n / PER_CUSTOMER, (size_t)50)};
    c->customers = ARENA_ARRAY(&c->arena, struct demo_customer, c->n_customers);
    for (size_t i = 0; i < c->n_customers; i++)
        make_customer(c, &c->customers[i], i);
    make_orders(c);
}

void demo_company_done(struct demo_company *c) {
    vec_done(&c->orders);
    arena_done(&c->arena);
}

// ── as events ──

static void put(struct record_attr *list, size_t *n, struct str name, struct str value,
                bool number) {
    if (value.len)
        list[(*n)++] =
            (struct record_attr){name, value, number ? RECORD_ATTR_NUMBER : RECORD_ATTR_TEXT, name};
}

struct event demo_order_event(struct demo_company *c, const struct demo_order *o, struct arena *a) {
    const struct demo_customer *who = &c->customers[o->customer];
    const struct demo_product *p = &demo_products[o->product];
    struct record_attr *measures = ARENA_ARRAY(a, struct record_attr, 4),
                       *attributes = ARENA_ARRAY(a, struct record_attr, 8);
    bool shop = o->channel == DEMO_SHOP;
    struct event e = {.type = shop ? STR(EVENT_VISIT) : STR(EVENT_ORDER),
                      .source = shop ? STR("门店收银") : STR("订单中心"),
                      .external_id = o->number,
                      .order = o->number,
                      .at_us = o->at_us,
                      .customer = {.phone = o->channel == DEMO_MINI ? STR("") : who->phone,
                                   .name = who->name,
                                   .openid = o->channel == DEMO_MINI ? who->openid : STR("")},
                      .measures = measures,
                      .attributes = attributes};
    put(measures, &e.n_measures, STR("amount"), arena_printf(a, "%d", o->amount), true);
    if (shop)
        put(measures, &e.n_measures, STR("waiting_minutes"),
            arena_printf(a, "%.0f", o->waiting_minutes), true);
    put(attributes, &e.n_attributes, STR("region"), str_from(demo_provinces[who->province]), false);
    put(attributes, &e.n_attributes, STR("品类"), p->category, false);
    put(attributes, &e.n_attributes, STR("batch"), o->batch, false);
    put(attributes, &e.n_attributes, STR("courier"), o->courier, false);
    put(attributes, &e.n_attributes, STR("shift"), o->shift, false);
    put(attributes, &e.n_attributes, STR("store"),
        shop ? str_from(demo_stores[who->store]) : STR(""), false);
    put(attributes, &e.n_attributes, STR("member_level"), who->member, false);
    return e;
}
