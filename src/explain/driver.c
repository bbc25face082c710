// SPDX-License-Identifier: Apache-2.0
#include "explain/driver.h"

#include <stdlib.h>

#include "base/vec.h"

#define LARGE_PART (1.0 / 3) // of the change: less is no main driver
#define CONCENTRATION                                                                              \
    2.0 // share of the change ÷ share of the feedbacks: less is everybody, not a place
#define GROUP_MIN_N 15 // a side: Welch's test over all values decides, not the size alone

double contributions(const struct moments *now, const struct moments *before, size_t n,
                     struct contribution *ret) {
    struct moments all_now = {0}, all_before = {0};
    for (size_t i = 0; i < n; i++) {
        all_now = moments_plus(all_now, now[i]);
        all_before = moments_plus(all_before, before[i]);
    }
    double change = moments_mean(all_now) - moments_mean(all_before);
    double middle = (moments_mean(all_now) + moments_mean(all_before)) / 2;
    for (size_t i = 0; i < n; i++) {
        struct contribution *c = &ret[i];
        c->n_now = now[i].n;
        c->n_before = before[i].n;
        c->score_now = moments_mean(now[i]);
        c->score_before = moments_mean(before[i]);
        double s1 = isnan(c->score_now) ? c->score_before : c->score_now;
        double s0 = isnan(c->score_before) ? c->score_now : c->score_before;
        double w1 = all_now.n ? (double)now[i].n / (double)all_now.n : 0;
        double w0 = all_before.n ? (double)before[i].n / (double)all_before.n : 0;
        bool somewhere = now[i].n || before[i].n;
        c->rate = somewhere ? (w0 + w1) / 2 * (s1 - s0) : 0;
        c->mix = somewhere ? (w1 - w0) * ((s0 + s1) / 2 - middle) : 0;
        c->share = change != 0 ? (c->rate + c->mix) / change : NAN;
    }
    return change;
}

static int by_share(const void *a, const void *b) {
    const struct contribution *x = a, *y = b;
    if (x->share != y->share && !isnan(x->share) && !isnan(y->share))
        return x->share > y->share ? -1 : 1;
    return x->value < y->value ? -1 : 1;
}

// Moments of the score by code of the column; `ret` has room for every code.
static bool scores_by_value(const struct layout *l, struct period p, int column,
                            struct moments *ret, struct error *err) {
    CLEANUP(result_done) struct result r = {0};
    struct query q = period_query(GRAIN_FEEDBACK, p);
    query_by(&q, column);
    query_measure(&q, layout_score(l));
    if (!facts_query(l->facts, &q, l->threads, &r, err))
        return false;
    for (size_t g = 0; g < r.n_groups; g++)
        ret[result_key(&r, g, 0)] = result_moments(&r, g, 0);
    return true;
}

static bool is_judged(const struct contribution *c) {
    return c->n_now >= GROUP_MIN_N && c->n_before >= GROUP_MIN_N;
}

bool decompose(const struct layout *l, const struct comparison *c, int column, struct arena *a,
               struct decomposition *ret, struct error *err) {
    size_t n = facts_cardinality(l->facts, column), kept = 0;
    struct moments *now = NEW_ARRAY(struct moments, n), *before = NEW_ARRAY(struct moments, n);
    bool ok = scores_by_value(l, c->now, column, now, err) &&
              scores_by_value(l, c->before, column, before, err);
    *ret = (struct decomposition){.column = column};
    if (ok) {
        ret->items = ARENA_ARRAY(a, struct contribution, n);
        ret->change = contributions(now, before, n, ret->items);
        for (size_t i = 0; i < n; i++) {
            struct contribution item = ret->items[i];
            item.value = (uint32_t)i;
            if (is_judged(&item))
                item.change = change_of_means(now[i], before[i]);
            if (item.n_now || item.n_before)
                ret->items[kept++] = item;
        }
        ret->n = kept;
        if (kept)
            qsort(ret->items, kept, sizeof *ret->items, by_share);
    }
    free(now);
    free(before);
    return ok;
}

// ── the main driver ──

struct place {
    int column;
    uint32_t values[DRIVER_MAX_VALUES];
    int n_values;
    double share, size; // of the change, of the feedbacks
};

// The fewest values, largest contributions first, that make up the large part.
static bool find_place(const struct decomposition *d, struct place *ret) {
    double n_now = 0, n_before = 0;
    *ret = (struct place){.column = d->column};
    for (size_t i = 0; i < d->n; i++) {
        n_now += (double)d->items[i].n_now;
        n_before += (double)d->items[i].n_before;
    }
    for (size_t i = 0; i < d->n && ret->n_values < DRIVER_MAX_VALUES; i++) {
        const struct contribution *c = &d->items[i];
        if (!c->change.significant || c->change.diff * d->change <= 0 ||
            c->value == FACTS_UNKNOWN_CODE)
            continue;
        ret->values[ret->n_values++] = c->value;
        ret->share += c->share;
        ret->size += ((double)c->n_now / n_now + (double)c->n_before / n_before) / 2;
        if (ret->share >= LARGE_PART)
            break;
    }
    // A further value that moved as clearly belongs to the story if it adds a tenth of the change.
    for (size_t i = 0; i < d->n && ret->n_values && ret->n_values < DRIVER_MAX_VALUES; i++) {
        const struct contribution *c = &d->items[i];
        bool named = false;
        for (int k = 0; k < ret->n_values; k++)
            named = named || ret->values[k] == c->value;
        if (named || !c->change.significant || c->value == FACTS_UNKNOWN_CODE || !(c->share >= 0.1))
            continue;
        ret->values[ret->n_values++] = c->value;
        ret->share += c->share;
        ret->size += ((double)c->n_now / n_now + (double)c->n_before / n_before) / 2;
    }
    return ret->share >= LARGE_PART && ret->share >= CONCENTRATION * ret->size;
}

static bool best_place(const struct layout *l, const struct comparison *c, struct arena *a,
                       struct place *ret, bool *ret_found, struct error *err) {
    int columns[FACTS_MAX_COLUMNS];
    int n = layout_dimensions(l, columns);
    struct decomposition *all = ARENA_ARRAY(a, struct decomposition, (size_t)n);
    struct {
        VEC(struct change *);
    } tested = {0};
    bool ok = true;
    for (int i = 0; ok && i < n; i++) {
        ok = decompose(l, c, columns[i], a, &all[i], err);
        for (size_t k = 0; k < all[i].n; k++)
            vec_push(&tested, &all[i].items[k].change);
    }
    changes_adjust(tested.items, tested.len);
    vec_done(&tested);
    *ret_found = false;
    for (int i = 0; ok && i < n; i++) {
        struct place p;
        // The place that says most with least: share of the change against share of the feedbacks.
        if (find_place(&all[i], &p) && (!*ret_found || p.share - p.size > ret->share - ret->size)) {
            *ret = p;
            *ret_found = true;
        }
    }
    return ok;
}

// Score moments and number of the feedbacks that complain of each issue, in the place (or anywhere).
struct complaints {
    struct moments score[N_DIMENSIONS];
    int64_t n[N_DIMENSIONS];
    struct moments total; // of all scored feedbacks, everywhere
    int64_t n_texts;      // in the place
};

static bool count_complaints(const struct layout *l, struct period p, const struct place *place,
                             struct complaints *ret, struct error *err) {
    CLEANUP(result_done) struct result with = {0}, total = {0}, texts = {0};
    struct query q = period_query(GRAIN_FEEDBACK, p);
    *ret = (struct complaints){0};
    query_measure(&q, layout_score(l));
    if (!facts_query(l->facts, &q, l->threads, &total, err))
        return false;
    ret->total = result_moments(&total, 0, 0);
    query_in(&q, place->column, place->values, (size_t)place->n_values);
    query_classes(&q, l->sentiment);
    if (!facts_query(l->facts, &q, l->threads, &texts, err))
        return false;
    for (int i = 0; i < N_SENTIMENTS; i++)
        ret->n_texts += result_classes(&texts, 0, 0)[i];
    q.grain = GRAIN_ASPECT;
    query_by(&q, FACTS_ASPECT);
    query_only(&q, FACTS_POLARITY, SENTIMENT_NEG);
    if (!facts_query(l->facts, &q, l->threads, &with, err))
        return false;
    for (size_t g = 0; g < with.n_groups; g++) {
        if (result_key(&with, g, 0) >= N_DIMENSIONS)
            continue;
        ret->n[result_key(&with, g, 0)] = with.n[g];
        ret->score[result_key(&with, g, 0)] = result_moments(&with, g, 0);
    }
    return true;
}

// Share of the change that comes from the feedbacks with the issue, held against all others.
static double issue_share(const struct complaints *now, const struct complaints *before, int d) {
    struct moments n[2] = {now->score[d], moments_minus(now->total, now->score[d])};
    struct moments b[2] = {before->score[d], moments_minus(before->total, before->score[d])};
    struct contribution parts[2];
    contributions(n, b, 2, parts);
    return parts[0].share;
}

// The issue whose share of texts moved significantly the way that explains the change, and explains most.
// `least`: the share it must explain.
static bool best_issue(const struct complaints *now, const struct complaints *before, double change,
                       double least, int *ret, double *ret_share) {
    struct change changes[N_DIMENSIONS] = {0}, *tested[N_DIMENSIONS];
    *ret = -1;
    *ret_share = 0;
    for (int d = 0; d < N_DIMENSIONS; d++) {
        if (d != DIM_OVERALL && now->n_texts >= EXPLAIN_GROUP_MIN_N &&
            before->n_texts >= EXPLAIN_GROUP_MIN_N && now->n[d] + before->n[d] > 0)
            changes[d] = change_of_shares(now->n[d], now->n_texts, before->n[d], before->n_texts);
        tested[d] = &changes[d];
    }
    changes_adjust(tested, N_DIMENSIONS);
    for (int d = 0; d < N_DIMENSIONS; d++) {
        if (!changes[d].significant || changes[d].diff * change >= 0)
            continue;
        double share = issue_share(now, before, d);
        if (share >= least && share > *ret_share) {
            *ret = d;
            *ret_share = share;
        }
    }
    return *ret >= 0;
}

static bool score_changed(const struct layout *l, const struct comparison *c, double *ret,
                          bool *ret_significant, struct error *err) {
    CLEANUP(result_done) struct result now = {0}, before = {0};
    struct query q = period_query(GRAIN_FEEDBACK, c->now),
                 b = period_query(GRAIN_FEEDBACK, c->before);
    query_measure(&q, layout_score(l));
    query_measure(&b, layout_score(l));
    if (!facts_query(l->facts, &q, l->threads, &now, err) ||
        !facts_query(l->facts, &b, l->threads, &before, err))
        return false;
    struct moments m = result_moments(&now, 0, 0), k = result_moments(&before, 0, 0);
    struct change change = change_of_means(m, k);
    *ret = change.diff;
    *ret_significant = change.has && m.n >= EXPLAIN_GROUP_MIN_N && k.n >= EXPLAIN_GROUP_MIN_N &&
                       change.p < STATS_FDR;
    return true;
}

static bool add_issue(const struct layout *l, const struct comparison *c, const struct place *place,
                      struct driver *ret, struct error *err) {
    struct complaints now, before;
    int issue;
    double share;
    if (!count_complaints(l, c->now, place, &now, err) ||
        !count_complaints(l, c->before, place, &before, err))
        return false;
    // In a place the issue must be most of what the place does.
    double least = place->column >= 0 ? place->share / 2 : LARGE_PART;
    if (!best_issue(&now, &before, ret->change, least, &issue, &share))
        return true;
    ret->has = ret->has_issue = true;
    ret->issue = (uint8_t)issue;
    ret->issue_now = (double)now.n[issue] / (double)now.n_texts;
    ret->issue_before = (double)before.n[issue] / (double)before.n_texts;
    ret->share = share;
    return true;
}

bool driver_find(const struct layout *l, const struct comparison *c, struct arena *a,
                 struct driver *ret, struct error *err) {
    struct place place = {.column = -1};
    bool significant, has_place;
    *ret = (struct driver){.column = -1};
    if (!c->has || layout_texts(l) < EXPLAIN_TEST_MIN_N)
        return true;
    if (!score_changed(l, c, &ret->change, &significant, err))
        return false;
    if (!significant)
        return true;
    if (!best_place(l, c, a, &place, &has_place, err))
        return false;
    if (has_place) {
        ret->has = true;
        ret->column = place.column;
        ret->n_values = place.n_values;
        memcpy(ret->values, place.values, sizeof ret->values);
        ret->place_share = ret->share = place.share;
    } else {
        place = (struct place){.column = -1};
    }
    if (!add_issue(l, c, &place, ret, err))
        return false;
    ret->whole = ret->share >= 1;
    return true;
}
