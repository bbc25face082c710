// SPDX-License-Identifier: Apache-2.0
// Between demo_company.c (who buys what), demo.c (what is said of it).
#ifndef WORK_DEMO_INNER_H
#define WORK_DEMO_INNER_H

#include "base/arena.h"
#include "base/vec.h"
#include "num/random.h"
#include "work/demo.h"
#include "work/demo_text.h"

struct demo_product {
    struct str name, category;
    enum demo_kind kind;
    int price; // yuan
};
#define N_DEMO_PRODUCTS 16
extern const struct demo_product demo_products[N_DEMO_PRODUCTS];

enum demo_channel {
    DEMO_TMALL,
    DEMO_JD,
    DEMO_MINI,
    DEMO_SHOP, // a visit to a store; reviewed on Meituan
    N_DEMO_CHANNELS,
};

struct demo_customer {
    struct str phone, name, masked, openid, member;
    uint8_t province, channel, store;
    double patience; // how kindly he judges
    bool has_store;  // lives where there is a store
    bool bound;      // his number is known in the mini-program
};

struct demo_order {
    uint32_t customer;
    uint8_t product, channel;
    int64_t at_us, delivered_us; // delivered: 0 for a visit
    struct str number, courier, shift, batch;
    int quantity, amount;
    double waiting_minutes; // of a visit
    bool returned;
    enum demo_event event;
    int rating; // what he thinks of it, 1–5
};

struct demo_company {
    struct arena arena;
    struct random random;
    int64_t now_us;
    struct demo_customer *customers;
    size_t n_customers;
    struct {
        VEC(struct demo_order);
    } orders; // by time
};

extern const char *const demo_provinces[];
extern const char *const demo_stores[];

void demo_company_make(struct demo_company *c, const struct demo_options *o);
void demo_company_done(struct demo_company *c);
struct event demo_order_event(struct demo_company *c, const struct demo_order *o, struct arena *a);

#endif
