// SPDX-License-Identifier: Apache-2.0
#include "stats/compare.h"

#include <stdlib.h>

#include "num/sort.h"
#include "num/special.h"
#include "stats/nps.h"

static double z95(void) {
    return normal_quantile(0.5 + STATS_CONFIDENCE / 2);
}

struct change change_of_means(struct moments a, struct moments b) {
    struct change c = {.has = a.n >= 2 && b.n >= 2};
    if (!c.has)
        return c;
    double va = moments_variance(a) / (double)a.n, vb = moments_variance(b) / (double)b.n;
    double se = sqrt(va + vb);
    c.diff = moments_mean(a) - moments_mean(b);
    c.low = c.high = c.diff;
    c.p = c.diff == 0 ? 1 : 0;
    if (se > 0) {
        double df =
            (va + vb) * (va + vb) / (va * va / (double)(a.n - 1) + vb * vb / (double)(b.n - 1));
        double half = student_quantile(0.5 + STATS_CONFIDENCE / 2, df) * se;
        c.low = c.diff - half;
        c.high = c.diff + half;
        c.p = student_two_sided(c.diff / se, df);
    }
    c.q = c.p;
    return c;
}

double proportions_p(int64_t ka, int64_t na, int64_t kb, int64_t nb, bool continuity) {
    if (na < 1 || nb < 1)
        return 1;
    double a = (double)na, b = (double)nb;
    double pooled = ((double)ka + (double)kb) / (a + b);
    double se = sqrt(pooled * (1 - pooled) * (1 / a + 1 / b));
    if (!(se > 0))
        return 1;
    double difference = fabs((double)ka / a - (double)kb / b);
    if (continuity)
        difference = fmax(difference - 0.5 * (1 / a + 1 / b), 0);
    return fmin(2 * normal_sf(difference / se), 1);
}

// Tables with the margins fixed, as multiples of the most probable one: with x = successes in group
// a, P(x + 1)/P(x) = (K − x)(na − x) / ((x + 1)(nb − K + x + 1)).
struct tables {
    double na, nb, successes;
};

static double step_up(const struct tables *t, double x) {
    return (t->successes - x) * (t->na - x) / ((x + 1) * (t->nb - t->successes + x + 1));
}

static double step_down(const struct tables *t, double x) {
    return 1 / step_up(t, x - 1);
}

// Probability of `x` relative to that of `mode`.
static double relative(const struct tables *t, double mode, double x) {
    double r = 1;
    for (double i = mode; i < x && r > 0; i++)
        r *= step_up(t, i);
    for (double i = mode; i > x && r > 0; i--)
        r *= step_down(t, i);
    return r;
}

double fisher_p(int64_t ka, int64_t na, int64_t kb, int64_t nb) {
    if (na < 1 || nb < 1)
        return 1;
    const struct tables t = {(double)na, (double)nb, (double)ka + (double)kb};
    double lowest = fmax(0, t.successes - t.nb), highest = fmin(t.successes, t.na);
    double mode = floor((t.na + 1) * (t.successes + 1) / (t.na + t.nb + 2));
    mode = fmin(fmax(mode, lowest), highest);
    double seen = relative(&t, mode, (double)ka) * (1 + 1e-7), all = 0, extreme = 0;
    double r = 1;
    for (double x = mode; x <= highest && r > 0; r *= step_up(&t, x), x++) {
        all += r;
        extreme += r <= seen ? r : 0;
    }
    r = 1;
    for (double x = mode; x > lowest && r > 0; x--) {
        r *= step_down(&t, x);
        all += r;
        extreme += r <= seen ? r : 0;
    }
    return fmin(extreme / all, 1);
}

// Cochran's rule asks for 5 expected where p is .05; corrected for many comparisons p of .0001 decides, and there the
// normal tail of a rare share is still off at 5.
#define MIN_EXPECTED 20

static bool is_small(int64_t ka, int64_t na, int64_t kb, int64_t nb) {
    double n = (double)na + (double)nb, yes = (double)ka + (double)kb, no = n - yes;
    return fmin((double)na, (double)nb) * fmin(yes, no) / n < MIN_EXPECTED;
}

struct change change_of_shares(int64_t ka, int64_t na, int64_t kb, int64_t nb) {
    struct change c = {.has = na >= 1 && nb >= 1};
    if (!c.has)
        return c;
    ka = MIN(MAX(ka, 0), na);
    kb = MIN(MAX(kb, 0), nb);
    struct estimate a = estimate_share(ka, na), b = estimate_share(kb, nb);
    c.diff = a.value - b.value;
    c.low = c.diff - hypot(a.value - a.low, b.high - b.value);
    c.high = c.diff + hypot(a.high - a.value, b.value - b.low);
    c.p =
        is_small(ka, na, kb, nb) ? fisher_p(ka, na, kb, nb) : proportions_p(ka, na, kb, nb, false);
    c.q = c.p;
    return c;
}

struct change change_of_nps(struct nps_counts a, struct nps_counts b) {
    struct estimate ea = score_nps(a), eb = score_nps(b);
    struct change c = {.has = ea.has && eb.has};
    if (!c.has)
        return c;
    struct nps_adjusted x = nps_adjust(a), y = nps_adjust(b);
    double se = sqrt(x.variance + y.variance), adjusted = x.net - y.net;
    c.diff = ea.value - eb.value;
    c.low = fmin(adjusted - z95() * se, c.diff);
    c.high = fmax(adjusted + z95() * se, c.diff);
    c.p = c.q = fmin(2 * normal_sf(fabs(adjusted) / se), 1);
    return c;
}

// Number of items equal to `value` from `*at` on; moves past them.
static double run_of(const float *items, size_t n, size_t *at, float value) {
    size_t start = *at;
    while (*at < n && items[*at] == value)
        (*at)++;
    return (double)(*at - start);
}

// What U is made of: wins of a over b (ties half), Σ(t³ − t) over ties of t values.
struct ranks {
    double na, nb, wins, ties;
};

static void ranks_add(struct ranks *r, double below_b, double equal_a, double equal_b) {
    double t = equal_a + equal_b;
    r->na += equal_a;
    r->nb += equal_b;
    r->wins += equal_a * (below_b + equal_b / 2);
    r->ties += t * t * t - t;
}

static double ranks_p(const struct ranks *r, double *ret_shift) {
    double n = r->na + r->nb, pairs = r->na * r->nb;
    if (ret_shift)
        *ret_shift = pairs > 0 ? r->wins / pairs : NAN;
    if (r->na < 8 || r->nb < 8)
        return NAN;
    double variance = pairs / 12 * (n + 1 - r->ties / (n * (n - 1)));
    if (!(variance > 1e-9 * pairs))
        return 1; // all values equal
    double distance = fmax(fabs(r->wins - pairs / 2) - 0.5, 0);
    return fmin(2 * normal_sf(distance / sqrt(variance)), 1);
}

double mann_whitney_p(float *a, size_t na, float *b, size_t nb, double *ret_shift) {
    struct ranks r = {0};
    sort_floats(a, na);
    sort_floats(b, nb);
    for (size_t i = 0, j = 0; i < na || j < nb;) {
        float value = j == nb || (i < na && a[i] <= b[j]) ? a[i] : b[j];
        double below = (double)j, equal_a = run_of(a, na, &i, value);
        ranks_add(&r, below, equal_a, run_of(b, nb, &j, value));
    }
    return ranks_p(&r, ret_shift);
}

double mann_whitney_counts_p(const int64_t *a, const int64_t *b, size_t n_classes,
                             double *ret_shift) {
    struct ranks r = {0};
    for (size_t i = 0; i < n_classes; i++)
        ranks_add(&r, r.nb, (double)a[i], (double)b[i]);
    return ranks_p(&r, ret_shift);
}
