// SPDX-License-Identifier: Apache-2.0
#include "analyse/segment.h"

#include <stdlib.h>

#include "base/clock.h"

#define NEW_DAYS 30

enum {
    NEW,
    RETURNING
};
enum {
    SPEND_NONE,
    SPEND_LOW,
    SPEND_MIDDLE,
    SPEND_HIGH
};
enum {
    FREQUENCY_NONE,
    FREQUENCY_ONE,
    FREQUENCY_SOME,
    FREQUENCY_OFTEN
};
enum {
    RECENCY_NONE,
    RECENCY_30,
    RECENCY_90,
    RECENCY_180,
    RECENCY_LONG
};

const struct segment_axis_label segment_axes[N_SEGMENT_AXES] = {
    [SEGMENT_TENURE] =
        {{"segment", {"客群", "customer"}},
         {[NEW] = {"new", {"新客", "new"}}, [RETURNING] = {"returning", {"老客", "returning"}}},
         2},
    [SEGMENT_SPEND] = {{"spend_tier", {"消费层级", "spending"}},
                       {[SPEND_NONE] = {"none", {"无消费", "none"}},
                        [SPEND_LOW] = {"low", {"低消费", "low"}},
                        [SPEND_MIDDLE] = {"middle", {"中消费", "middle"}},
                        [SPEND_HIGH] = {"high", {"高消费", "high"}}},
                       4},
    [SEGMENT_FREQUENCY] = {{"frequency", {"购买频次", "order frequency"}},
                           {[FREQUENCY_NONE] = {"none", {"未下单", "no order"}},
                            [FREQUENCY_ONE] = {"one", {"一年 1 单", "1 order a year"}},
                            [FREQUENCY_SOME] = {"some", {"一年 2–3 单", "2–3 orders a year"}},
                            [FREQUENCY_OFTEN] = {"often",
                                                 {"一年 4 单以上", "4 orders a year or more"}}},
                           4},
    [SEGMENT_RECENCY] = {{"recency", {"最近下单", "last order"}},
                         {[RECENCY_NONE] = {"none", {"未下单", "no order"}},
                          [RECENCY_30] = {"30", {"30 天内", "within 30 days"}},
                          [RECENCY_90] = {"90", {"31–90 天", "31–90 days ago"}},
                          [RECENCY_180] = {"180", {"91–180 天", "91–180 days ago"}},
                          [RECENCY_LONG] = {"long", {"180 天以上", "more than 180 days ago"}}},
                         5},
};

static int spend_of(const struct segment_history *h, const struct spend_tiers *t) {
    if (h->n_year == 0)
        return SPEND_NONE;
    if (!t->known)
        return -1;
    return h->spent_year >= t->high     ? SPEND_HIGH
           : h->spent_year >= t->middle ? SPEND_MIDDLE
                                        : SPEND_LOW;
}

static int recency_of(const struct segment_history *h) {
    if (h->last_order_us == TIME_NONE)
        return RECENCY_NONE;
    int64_t days = (h->at_us - h->last_order_us) / US_PER_DAY;
    return days <= 30    ? RECENCY_30
           : days <= 90  ? RECENCY_90
           : days <= 180 ? RECENCY_180
                         : RECENCY_LONG;
}

int segment_of(enum segment_axis axis, const struct segment_history *h,
               const struct spend_tiers *tiers) {
    bool fresh = h->first_us == TIME_NONE || h->first_us > h->at_us - NEW_DAYS * US_PER_DAY;
    switch (axis) {
    case SEGMENT_TENURE:
        return fresh && h->n_orders <= 1 ? NEW : RETURNING;
    case SEGMENT_SPEND:
        return spend_of(h, tiers);
    case SEGMENT_FREQUENCY:
        return h->n_year >= 4 ? FREQUENCY_OFTEN : h->n_year >= 2 ? FREQUENCY_SOME : (int)h->n_year;
    case SEGMENT_RECENCY:
        return recency_of(h);
    case N_SEGMENT_AXES:
        break;
    }
    return -1;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct spend_tiers segment_tiers(double *spent, size_t n) {
    struct spend_tiers t = {.known = n >= SEGMENT_MIN_CUSTOMERS};
    if (!t.known)
        return t;
    qsort(spent, n, sizeof *spent, ascending);
    t.middle = spent[n / 3];
    t.high = spent[2 * n / 3];
    return t;
}

int segment_value_find(enum segment_axis axis, struct str name) {
    for (int i = 0; i < segment_axes[axis].n; i++)
        if (str_eq(name, str_from(segment_axes[axis].values[i].name.zh)))
            return i;
    return -1;
}
