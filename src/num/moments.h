// SPDX-License-Identifier: Apache-2.0
// The sufficient statistics of a column of numbers: how many, their sum, the sum of their squares.
// They merge by addition, so a table of them answers every question about means and variances
// without the rows.
//
//     struct moments m = {0};
//     moments_add(&m, 4.5);
//     double mean = moments_mean(m);                            // NAN if m.n is 0
#ifndef NUM_MOMENTS_H
#define NUM_MOMENTS_H

#include <math.h>

#include "base/def.h"

struct moments {
    int64_t n;
    double sum;
    double sum_sq;
};

static inline void moments_add(struct moments *m, double x) {
    m->n++;
    m->sum += x;
    m->sum_sq += x * x;
}

static inline struct moments moments_plus(struct moments a, struct moments b) {
    return (struct moments){a.n + b.n, a.sum + b.sum, a.sum_sq + b.sum_sq};
}

// What is left of `a` without its part `b`.
static inline struct moments moments_minus(struct moments a, struct moments b) {
    return (struct moments){a.n - b.n, a.sum - b.sum, a.sum_sq - b.sum_sq};
}

static inline double moments_mean(struct moments m) {
    return m.n > 0 ? m.sum / (double)m.n : NAN;
}

// Sum of squared deviations from the mean, never below 0. What rounding alone can leave of a column
// of equal numbers (relative 1e-12 of the sum of squares) counts as 0.
static inline double moments_deviance(struct moments m) {
    if (m.n <= 1)
        return 0;
    double d = m.sum_sq - m.sum * m.sum / (double)m.n;
    return d > 1e-12 * m.sum_sq ? d : 0;
}

// Sample variance (n − 1). NAN if n < 2.
static inline double moments_variance(struct moments m) {
    return m.n > 1 ? moments_deviance(m) / (double)(m.n - 1) : NAN;
}

#endif
