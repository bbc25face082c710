// SPDX-License-Identifier: Apache-2.0
// Rankings that small groups cannot lead by luck: empirical-Bayes means. Each group's mean is
// pulled towards the common mean, the more the less it knows: shrunk = m + B·(mean − m), B = τ²/(τ²
// + s²/n).
//
// s² is the variance pooled within groups, τ² the variance between groups by DerSimonian & Laird
// (1986), m the mean weighted by 1/(τ² + s²/n). τ² = 0 (no more spread than chance gives) puts
// every group on m.
#ifndef STATS_SHRINK_H
#define STATS_SHRINK_H

#include "num/moments.h"

struct shrinkage {
    double mean;    // m
    double between; // τ²
    double within;  // s²
};

// Groups with n = 0 get NAN and count for nothing. ret_shrunk: n_groups values. Cost: linear.
struct shrinkage shrink_means(const struct moments *groups, size_t n_groups, double *ret_shrunk);

#endif
