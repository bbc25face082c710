// SPDX-License-Identifier: Apache-2.0
#include "stats/scores.h"

#include "num/special.h"
#include "stats/nps.h"

struct nps_adjusted nps_adjust(struct nps_counts c) {
    double n = (double)(c.detractors + c.passives + c.promoters) + 3;
    double promoters = ((double)c.promoters + 0.75) / n;
    double detractors = ((double)c.detractors + 0.75) / n;
    double net = promoters - detractors;
    return (struct nps_adjusted){
        .net = 100 * net,
        .variance = 1e4 * (promoters + detractors - net * net) / n,
    };
}

struct estimate score_nps(struct nps_counts c) {
    int64_t n = c.detractors + c.passives + c.promoters;
    struct estimate e = {.has = n >= 1, .n = n};
    if (!e.has)
        return e;
    struct nps_adjusted a = nps_adjust(c);
    double half = normal_quantile(0.5 + STATS_CONFIDENCE / 2) * sqrt(a.variance);
    e.value = 100 * (double)(c.promoters - c.detractors) / (double)n;
    e.low = fmax(fmin(a.net - half, e.value), -100);
    e.high = fmin(fmax(a.net + half, e.value), 100);
    return e;
}

struct estimate score_csat(int64_t top_two, int64_t n) {
    return estimate_share(top_two, n);
}

struct estimate score_ces(struct moments m) {
    return estimate_mean_within(m, 1, 7);
}

static double to_index(double score) {
    return 25 * (fmin(fmax(score, 1), 5) - 1);
}

struct estimate score_index(const struct index_part *parts, size_t n_parts) {
    struct estimate e = {0};
    double weight = 0;
    for (size_t i = 0; i < n_parts; i++) {
        const struct index_part *p = &parts[i];
        if (!p->score.has || !(p->weight > 0))
            continue;
        weight += p->weight;
        e.value += p->weight * to_index(p->score.value);
        e.low += p->weight * to_index(p->score.low);
        e.high += p->weight * to_index(p->score.high);
        e.n += p->score.n;
    }
    if (weight == 0)
        return (struct estimate){0};
    e.has = true;
    e.value /= weight;
    e.low /= weight;
    e.high /= weight;
    return e;
}

struct estimate score_index_equal(const struct estimate *scores, size_t n_parts) {
    struct estimate sum = {0};
    double n_used = 0;
    for (size_t i = 0; i < n_parts; i++) {
        if (!scores[i].has)
            continue;
        struct estimate one = score_index(&(struct index_part){scores[i], 1}, 1);
        sum.value += one.value;
        sum.low += one.low;
        sum.high += one.high;
        sum.n += one.n;
        n_used++;
    }
    if (n_used == 0)
        return (struct estimate){0};
    return (struct estimate){true, sum.value / n_used, sum.low / n_used, sum.high / n_used, sum.n};
}
