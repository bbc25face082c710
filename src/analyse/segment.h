// SPDX-License-Identifier: Apache-2.0
// What kind of customer wrote: derived from what he did before he wrote, so that it stays true when he does more
// later. Plain functions on counts. Codes are stable; facts carry the Chinese name as the value (segment_value_find
// finds the code of it, for other languages).
//
//     new or returning      new: seen for the first time within the last 30 days, and at most one order; else
//     returning
//     spend                 amounts of the last 365 days, by the workspace's tiers: terciles of its customers, or
//     fixed
//     frequency             orders of the last 365 days: none, one, 2–3, 4 and more
//     recency               days since the last order: ≤ 30, ≤ 90, ≤ 180, more; none
#ifndef ANALYSE_SEGMENT_H
#define ANALYSE_SEGMENT_H

#include "base/lang.h"
#include "base/str.h"

enum segment_axis {
    SEGMENT_TENURE,
    SEGMENT_SPEND,
    SEGMENT_FREQUENCY,
    SEGMENT_RECENCY,
    N_SEGMENT_AXES,
};

#define SEGMENT_MAX_VALUES 5

struct segment_label {
    const char *code;
    struct words name;
};
struct segment_axis_label {
    struct segment_label axis; // code: also the role of the column in facts
    struct segment_label values[SEGMENT_MAX_VALUES];
    int n;
};
extern const struct segment_axis_label segment_axes[N_SEGMENT_AXES];

struct segment_history {
    int64_t at_us;         // when he wrote
    int64_t first_us;      // first order or contact, TIME_NONE: this is the first
    int64_t last_order_us; // before it, TIME_NONE
    int64_t n_orders;      // before it
    int64_t n_year;        // within 365 days
    double spent_year;
};

struct spend_tiers {
    bool known;
    bool fixed;          // by a person
    double middle, high; // from here
};

// Index of the value on an axis, −1: cannot be said (tiers are not known yet).
int segment_of(enum segment_axis axis, const struct segment_history *h,
               const struct spend_tiers *tiers);
// Terciles of what customers spent; sorts. Not known below SEGMENT_MIN_CUSTOMERS.
#define SEGMENT_MIN_CUSTOMERS 30
struct spend_tiers segment_tiers(double *spent, size_t n);
// The value of a name in the facts (“新客”), −1.
int segment_value_find(enum segment_axis axis, struct str name);

#endif
