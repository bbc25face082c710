// SPDX-License-Identifier: Apache-2.0
#include "stats/estimate.h"

#include "num/special.h"

struct estimate estimate_mean(struct moments m) {
    struct estimate e = {.has = m.n >= 1, .n = m.n};
    if (!e.has)
        return e;
    double half = INFINITY;
    if (m.n > 1)
        half = student_quantile(0.5 + STATS_CONFIDENCE / 2, (double)(m.n - 1)) *
               sqrt(moments_variance(m) / (double)m.n);
    e.value = moments_mean(m);
    e.low = e.value - half;
    e.high = e.value + half;
    return e;
}

struct estimate estimate_mean_within(struct moments m, double low, double high) {
    struct estimate e = estimate_mean(m);
    if (e.has) {
        e.low = fmax(e.low, low);
        e.high = fmin(e.high, high);
    }
    return e;
}

struct estimate estimate_share(int64_t k, int64_t n) {
    struct estimate e = {.has = n >= 1, .n = MAX(n, 0)};
    if (!e.has)
        return e;
    k = MIN(MAX(k, 0), n);
    double z = normal_quantile(0.5 + STATS_CONFIDENCE / 2), z2 = z * z, size = (double)n;
    double p = (double)k / size;
    double centre = (p + z2 / (2 * size)) / (1 + z2 / size);
    double half = z / (1 + z2 / size) * sqrt(p * (1 - p) / size + z2 / (4 * size * size));
    e.value = p;
    e.low = k == 0 ? 0 : centre - half; // exact where rounding would leave 1e-17
    e.high = k == n ? 1 : centre + half;
    return e;
}
