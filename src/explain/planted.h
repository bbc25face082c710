// SPDX-License-Identifier: Apache-2.0
// For the tests of this folder: feedback made by chance, with or without effects planted in it.
#ifndef EXPLAIN_PLANTED_H
#define EXPLAIN_PLANTED_H

#include "explain/layout.h"
#include "num/random.h"

#define PLANTED_FIRST_DAY 20402 // 2025-11-10, a Monday
#define PLANTED_NO_DAY    INT32_MIN

enum { // schema.attrs
    PLANTED_REGION,
    PLANTED_CITY, // three of each region
    PLANTED_COURIER,
    PLANTED_DELIVERY_DAYS,
    PLANTED_AMOUNT,
    N_PLANTED_ATTRS,
};

struct planted_row {
    int region, city, courier, product; // −1: unknown
    int day;                            // since PLANTED_FIRST_DAY, or PLANTED_NO_DAY
    double score;                       // 1–5, NAN: none
    int sentiment;                      // enum sentiment, −1: no text
    int issues[3];                      // dimensions complained of, DIM_NONE ends
    int praise;                         // dimension praised, or DIM_NONE
    double delivery_days, amount;       // NAN: unknown
    double nps;                         // 0–10 or NAN
    uint32_t flags;
};

struct planted {
    struct schema schema;
    struct layout layout;
    struct random random;
};

void planted_init(struct planted *p, uint64_t seed);
void planted_done(struct planted *p);
// A row in which nothing depends on anything but sentiment and complaints on the score.
struct planted_row planted_by_chance(struct planted *p, int n_days);
void planted_complain(struct planted_row *row,
                      int dimension); // adds an issue; negative text, 1 or 2 stars
void planted_put(struct planted *p, const struct planted_row *row);
// So many rows by chance, sealed.
void planted_fill(struct planted *p, int n, int n_days);
// So many rows, sealed: slow delivery in 省3 and 省7, with long delivery days; rudeness everywhere.
void planted_slow_delivery(struct planted *p, uint64_t seed, int n);

#endif
