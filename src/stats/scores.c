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

// Half widths of the parts put together: what they share added, the rest in squares.
struct half_width {
    double shared, squares;
};

static void widen(struct half_width *h, double weight, double half, double shared) {
    double own = half - fmin(half, shared);
    h->shared += weight * fmin(half, shared);
    h->squares += weight * own * weight * own;
}

static void add_part(struct estimate *sum, struct half_width *low, struct half_width *high,
                     double *weight, const struct index_part *p) {
    double value = to_index(p->score.value);
    *weight += p->weight;
    sum->value += p->weight * value;
    sum->n += p->score.n;
    widen(low, p->weight, value - to_index(p->score.low), 25 * p->shared);
    widen(high, p->weight, to_index(p->score.high) - value, 25 * p->shared);
}

static struct estimate finish(struct estimate sum, struct half_width low, struct half_width high,
                              double weight) {
    if (weight == 0)
        return (struct estimate){0};
    sum.has = true;
    sum.value /= weight;
    sum.low = fmax(sum.value - (low.shared + sqrt(low.squares)) / weight, 0);
    sum.high = fmin(sum.value + (high.shared + sqrt(high.squares)) / weight, 100);
    return sum;
}

struct estimate score_index(const struct index_part *parts, size_t n_parts) {
    struct estimate sum = {0};
    struct half_width low = {0}, high = {0};
    double weight = 0;
    for (size_t i = 0; i < n_parts; i++)
        if (parts[i].score.has && parts[i].weight > 0)
            add_part(&sum, &low, &high, &weight, &parts[i]);
    return finish(sum, low, high, weight);
}

struct estimate score_index_equal(const struct estimate *scores, size_t n_parts) {
    struct estimate sum = {0};
    struct half_width low = {0}, high = {0};
    double weight = 0;
    for (size_t i = 0; i < n_parts; i++)
        if (scores[i].has)
            add_part(&sum, &low, &high, &weight, &(struct index_part){scores[i], 1, INFINITY});
    return finish(sum, low, high, weight);
}
