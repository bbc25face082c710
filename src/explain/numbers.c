// SPDX-License-Identifier: Apache-2.0
#include "explain/numbers.h"

#include <stdlib.h>

static struct moments moments_of(const float *values, size_t n) {
    struct moments m = {0};
    for (size_t i = 0; i < n; i++)
        moments_add(&m, (double)values[i]);
    return m;
}

// Values of a column among the negative and among the other texts.
static bool values_of(const struct layout *l, struct period p, int column, bool bad, float **ret,
                      size_t *ret_n, struct error *err) {
    static const uint32_t others[] = {SENTIMENT_NEU, SENTIMENT_POS};
    struct query q = period_query(GRAIN_FEEDBACK, p);
    if (bad)
        query_only(&q, l->sentiment, SENTIMENT_NEG);
    else
        query_in(&q, l->sentiment, others, ARRAY_LEN(others));
    return facts_values(l->facts, &q, column, ret, ret_n, err);
}

static bool compare_number(const struct layout *l, struct period p, int column,
                           struct number_found *ret, struct error *err) {
    float *bad = NULL, *good = NULL;
    size_t n_bad = 0, n_good = 0;
    *ret = (struct number_found){.column = column, .above = NAN};
    bool ok = values_of(l, p, column, true, &bad, &n_bad, err) &&
              values_of(l, p, column, false, &good, &n_good, err);
    if (ok) {
        struct moments b = moments_of(bad, n_bad), g = moments_of(good, n_good);
        double ranks = mann_whitney_p(bad, n_bad, good, n_good, &ret->above);
        ret->bad = estimate_mean(b);
        ret->good = estimate_mean(g);
        if (n_bad >= EXPLAIN_GROUP_MIN_N && n_good >= EXPLAIN_GROUP_MIN_N &&
            layout_texts(l) >= EXPLAIN_TEST_MIN_N) {
            ret->diff = change_of_means(b, g);
            ret->diff.p = fmax(ret->diff.p, ranks);
            if (ret->diff.diff * (ret->above - 0.5) <= 0)
                ret->diff.p = 1; // means and ranks disagree: nothing can be said
            ret->diff.q = ret->diff.p;
        }
    }
    free(bad);
    free(good);
    return ok;
}

static int by_strength(const void *a, const void *b) {
    const struct number_found *x = a, *y = b;
    if (x->diff.significant != y->diff.significant)
        return x->diff.significant ? -1 : 1;
    double dx = isnan(x->above) ? -1 : fabs(x->above - 0.5);
    double dy = isnan(y->above) ? -1 : fabs(y->above - 0.5);
    if (dx != dy)
        return dx > dy ? -1 : 1;
    return x->column - y->column;
}

bool numbers_compare(const struct layout *l, struct period p, struct arena *a, struct numbers *ret,
                     struct error *err) {
    int columns[FACTS_MAX_COLUMNS];
    int n = layout_measures(l, columns);
    *ret = (struct numbers){.items = ARENA_ARRAY(a, struct number_found, (size_t)n)};
    struct change *tested[FACTS_MAX_COLUMNS];
    for (int i = 0; i < n; i++) {
        if (!compare_number(l, p, columns[i], &ret->items[i], err))
            return false;
        tested[i] = &ret->items[i].diff;
    }
    ret->n = (size_t)n;
    changes_adjust(tested, ret->n);
    if (n)
        qsort(ret->items, ret->n, sizeof *ret->items, by_strength);
    return true;
}

static bool number_moments(const struct layout *l, struct period p, int number, int column,
                           const uint32_t *values, size_t n_values, struct moments *ret,
                           struct error *err) {
    CLEANUP(result_done) struct result r = {0};
    struct query q = period_query(GRAIN_FEEDBACK, p);
    query_measure(&q, number);
    query_in(&q, column, values, n_values);
    if (!facts_query(l->facts, &q, l->threads, &r, err))
        return false;
    *ret = result_moments(&r, 0, 0);
    return true;
}

bool number_change(const struct layout *l, const struct comparison *c, int number, int column,
                   const uint32_t *values, size_t n_values, struct estimate *ret_now,
                   struct estimate *ret_before, struct change *ret, struct error *err) {
    struct moments now, before;
    *ret = (struct change){0};
    *ret_now = *ret_before = (struct estimate){0};
    if (!c->has)
        return true;
    if (!number_moments(l, c->now, number, column, values, n_values, &now, err) ||
        !number_moments(l, c->before, number, column, values, n_values, &before, err))
        return false;
    *ret_now = estimate_mean(now);
    *ret_before = estimate_mean(before);
    if (now.n >= EXPLAIN_GROUP_MIN_N && before.n >= EXPLAIN_GROUP_MIN_N) {
        *ret = change_of_means(now, before);
        ret->significant = ret->p < STATS_FDR;
    }
    return true;
}
