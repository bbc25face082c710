// SPDX-License-Identifier: Apache-2.0
// A figure with its 95 % interval, made from sufficient statistics: means and shares. Everything
// constant time.
//
//     struct estimate e = estimate_mean(m);                     // m: struct moments of scores
//     struct estimate s = estimate_share(41, 100);              // 0.41, Wilson 0.319 … 0.508
#ifndef STATS_ESTIMATE_H
#define STATS_ESTIMATE_H

#include "num/moments.h"

#define STATS_CONFIDENCE 0.95

struct estimate { // a mean or share with its 95 % interval
    bool has;     // false: not known (too few), the other members are not to be read, but n is true
    double value, low, high;
    int64_t n;
};

// Mean with Student's t interval: mean ± t(0.975, n − 1)·s/√n. has: n ≥ 1; with n = 1 nothing is
// known of the spread and low = −INFINITY, high = INFINITY. Width 0 where all values are equal.
struct estimate estimate_mean(struct moments m);

// The same cut to a scale's ends, [1, 5] for satisfaction; n = 1 gives the whole scale.
struct estimate estimate_mean_within(struct moments m, double low, double high);

// k of n with Wilson's score interval (Wilson 1927; without continuity correction): right for small
// n and for shares near 0 and 1. has: n ≥ 1. k is clamped to [0, n].
struct estimate estimate_share(int64_t k, int64_t n);

#endif
