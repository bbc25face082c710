// SPDX-License-Identifier: Apache-2.0
#include "stats/shrink.h"

// Variance pooled within the groups; NAN if no group has two values.
static double pooled_variance(const struct moments *groups, size_t n_groups) {
    double deviance = 0, df = 0;
    for (size_t i = 0; i < n_groups; i++) {
        deviance += moments_deviance(groups[i]);
        df += groups[i].n > 1 ? (double)(groups[i].n - 1) : 0;
    }
    return df > 0 ? deviance / df : NAN;
}

// Mean of the group means weighted by 1/(between + within/n).
static double weighted_mean(const struct moments *groups, size_t n_groups, double between,
                            double within) {
    double sum = 0, weights = 0;
    for (size_t i = 0; i < n_groups; i++) {
        if (groups[i].n < 1)
            continue;
        double w = 1 / (between + within / (double)groups[i].n);
        sum += w * moments_mean(groups[i]);
        weights += w;
    }
    return sum / weights;
}

static double between_variance(const struct moments *groups, size_t n_groups, double within) {
    double mean = weighted_mean(groups, n_groups, 0, within), w1 = 0, w2 = 0, q = 0, k = 0;
    for (size_t i = 0; i < n_groups; i++) {
        if (groups[i].n < 1)
            continue;
        double w = (double)groups[i].n / within, d = moments_mean(groups[i]) - mean;
        w1 += w;
        w2 += w * w;
        q += w * d * d;
        k++;
    }
    double scale = w1 - w2 / w1;
    return scale > 0 ? fmax(0, (q - (k - 1)) / scale) : 0;
}

struct shrinkage shrink_means(const struct moments *groups, size_t n_groups, double *ret_shrunk) {
    struct moments all = {0};
    for (size_t i = 0; i < n_groups; i++)
        all = moments_plus(all, groups[i]);
    struct shrinkage s = {.mean = moments_mean(all), .within = pooled_variance(groups, n_groups)};
    if (s.within > 0) {
        s.between = between_variance(groups, n_groups, s.within);
        s.mean = weighted_mean(groups, n_groups, s.between, s.within);
    }
    for (size_t i = 0; i < n_groups; i++) {
        double keep = 0; // nothing known of the spread: only the common mean
        if (s.within == 0)
            keep = 1;
        else if (s.within > 0 && groups[i].n > 0)
            keep = s.between / (s.between + s.within / (double)groups[i].n);
        ret_shrunk[i] = groups[i].n > 0 ? s.mean + keep * (moments_mean(groups[i]) - s.mean) : NAN;
    }
    return s;
}
