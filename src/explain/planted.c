// SPDX-License-Identifier: Apache-2.0
#include "explain/planted.h"

#include <stdio.h>

void planted_init(struct planted *p, uint64_t seed) {
    *p = (struct planted){.random = random_init(seed)};
    struct schema *s = &p->schema;
    s->scores[0] = (struct score_column){.name = STR("评分"), .low = 1, .high = 5};
    s->scores[1] = (struct score_column){.name = STR("NPS"), .metric = METRIC_NPS, .high = 10};
    s->n_scores = 2;
    s->attrs[PLANTED_REGION] = (struct attr_column){.name = STR("省份"), .role = STR("region")};
    s->attrs[PLANTED_CITY] = (struct attr_column){.name = STR("城市"), .role = STR("city")};
    s->attrs[PLANTED_COURIER] = (struct attr_column){.name = STR("快递"), .role = STR("courier")};
    s->attrs[PLANTED_DELIVERY_DAYS] =
        (struct attr_column){STR("配送天数"), STR("delivery_days"), ATTR_MEASURE, false};
    s->attrs[PLANTED_AMOUNT] =
        (struct attr_column){STR("金额"), STR("amount"), ATTR_MEASURE, false};
    s->n_attrs = N_PLANTED_ATTRS;
    layout_init(&p->layout, s, 1);
}

void planted_done(struct planted *p) {
    layout_done(&p->layout);
}

static int pick(struct random *r, const double *shares, int n) {
    double u = random_unit(r);
    int i = 0;
    while (i < n - 1 && u >= shares[i])
        u -= shares[i++];
    return i;
}

void planted_complain(struct planted_row *row, int dimension) {
    int i = 0;
    while (i < 2 && row->issues[i] != DIM_NONE && row->issues[i] != dimension)
        i++;
    row->issues[i] = dimension;
    row->sentiment = SENTIMENT_NEG;
    row->score = fmin(row->score, 2);
}

struct planted_row planted_by_chance(struct planted *p, int n_days) {
    static const double stars[] = {0.06, 0.04, 0.08, 0.2, 0.62};
    static const double negative[] = {0.92, 0.8, 0.3, 0.05, 0.01};
    struct random *r = &p->random;
    int star = pick(r, stars, 5);
    struct planted_row row = {
        .region = (int)random_below(r, 20),
        .courier = (int)random_below(r, 5),
        .product = (int)random_below(r, 30),
        .day = (int)random_below(r, (uint64_t)n_days),
        .score = star + 1,
        .issues = {DIM_NONE, DIM_NONE, DIM_NONE},
        .praise = DIM_NONE,
        .delivery_days = 1 + (double)random_below(r, 5),
        .amount = exp(3 + random_normal(r)),
        .nps = (double)random_below(r, 11),
    };
    row.city = row.region * 3 + (int)random_below(r, 3);
    row.sentiment = random_chance(r, negative[star]) ? SENTIMENT_NEG
                    : star >= 3                      ? SENTIMENT_POS
                                                     : SENTIMENT_NEU;
    if (row.sentiment == SENTIMENT_NEG) {
        row.issues[0] = (int)random_below(r, DIM_OVERALL);
        if (random_chance(r, 0.3) && row.issues[0] != DIM_PRICE)
            row.issues[1] = DIM_PRICE;
    } else if (random_chance(r, 0.7)) {
        row.praise = (int)random_below(r, DIM_OVERALL);
    }
    return row;
}

// "西藏3" style names; "" for −1.
static struct str name(char *buf, size_t cap, const char *what, int number) {
    if (number < 0)
        return STR("");
    snprintf(buf, cap, "%s%d", what, number);
    return str_from(buf);
}

static struct str number(char *buf, size_t cap, double x) {
    if (isnan(x))
        return STR("");
    snprintf(buf, cap, "%.6g", x);
    return str_from(buf);
}

void planted_put(struct planted *p, const struct planted_row *row) {
    char buf[N_PLANTED_ATTRS + 1][32];
    struct str attrs[N_PLANTED_ATTRS] = {
        [PLANTED_REGION] = name(buf[0], sizeof buf[0], "省", row->region),
        [PLANTED_CITY] = name(buf[1], sizeof buf[1], "市", row->city),
        [PLANTED_COURIER] = name(buf[2], sizeof buf[2], "快递", row->courier),
        [PLANTED_DELIVERY_DAYS] = number(buf[3], sizeof buf[3], row->delivery_days),
        [PLANTED_AMOUNT] = number(buf[4], sizeof buf[4], row->amount),
    };
    struct feedback feedback = {.attrs = attrs, .channel = STR("tmall")};
    feedback.product = name(buf[5], sizeof buf[5], "款", row->product);
    struct enrichment e = {.sentiment = (uint8_t)MAX(row->sentiment, 0)};
    for (int i = 0; i < 3 && row->issues[i] != DIM_NONE; i++)
        e.aspects[e.n_aspects++] =
            (struct aspect){.dimension = (uint8_t)row->issues[i], .polarity = SENTIMENT_NEG};
    if (row->praise != DIM_NONE)
        e.aspects[e.n_aspects++] =
            (struct aspect){.dimension = (uint8_t)row->praise, .polarity = SENTIMENT_POS};
    struct fact_row fact = {
        .feedback = &feedback,
        .enrichment = row->sentiment >= 0 ? &e : NULL,
        .satisfaction = {row->score, NAN},
        .original = {row->score, row->nps},
        .local_day = row->day == PLANTED_NO_DAY ? FACTS_NO_DAY : PLANTED_FIRST_DAY + row->day,
        .flags = row->flags,
    };
    layout_put(&p->layout, &fact);
}

void planted_fill(struct planted *p, int n, int n_days) {
    for (int i = 0; i < n; i++) {
        struct planted_row row = planted_by_chance(p, n_days);
        planted_put(p, &row);
    }
    layout_seal(&p->layout);
}

void planted_slow_delivery(struct planted *p, uint64_t seed, int n) {
    planted_init(p, seed);
    for (int i = 0; i < n; i++) {
        struct planted_row row = planted_by_chance(p, 21);
        if ((row.region == 3 || row.region == 7) && random_chance(&p->random, 0.35)) {
            planted_complain(&row, DIM_LOGISTICS);
            row.delivery_days += 5;
        }
        if (random_chance(&p->random, 0.03))
            planted_complain(&row, DIM_SERVICE);
        planted_put(p, &row);
    }
    layout_seal(&p->layout);
}
