// SPDX-License-Identifier: Apache-2.0
#include "explain/issues.h"

#include <stdlib.h>

#include "base/vec.h"

#define WHERE_MIN_COMPLAINTS 5
#define SAME_COMPLAINTS      0.9 // of a place's complaints that lie in another place: told once

struct place {
    uint8_t dimension;
    struct issue_where where;
    struct change change;
    int64_t k_all, n_all; // complaints and texts of all rows that have a value in the column
};

struct places {
    VEC(struct place);
};

// ── how many, and what it does to the score ──

static bool measure_issues(const struct layout *l, struct period p, struct issues *ret,
                           struct error *err) {
    CLEANUP(result_done) struct result all = {0}, with = {0};
    struct query q = period_query(GRAIN_FEEDBACK, p);
    query_measure(&q, layout_score(l));
    query_classes(&q, l->sentiment);
    if (!facts_query(l->facts, &q, l->threads, &all, err))
        return false;
    q.grain = GRAIN_ASPECT;
    query_by(&q, FACTS_ASPECT);
    query_only(&q, FACTS_POLARITY, SENTIMENT_NEG);
    if (!facts_query(l->facts, &q, l->threads, &with, err))
        return false;
    const int64_t *sentiment = result_classes(&all, 0, 0);
    int64_t n_texts = sentiment[0] + sentiment[1] + sentiment[2], n_bad = sentiment[SENTIMENT_NEG];
    struct moments total = result_moments(&all, 0, 0);
    struct change *tested[N_DIMENSIONS];
    for (size_t g = 0; g < with.n_groups; g++) {
        if (result_key(&with, g, 0) >= N_DIMENSIONS || result_key(&with, g, 0) == DIM_OVERALL)
            continue;
        struct issue_found *i = &ret->items[ret->n];
        struct moments m = result_moments(&with, g, 0), rest = moments_minus(total, m);
        int64_t bad_with = result_classes(&with, g, 0)[SENTIMENT_NEG];
        *i = (struct issue_found){.dimension = (uint8_t)result_key(&with, g, 0),
                                  .n = with.n[g],
                                  .share = estimate_share(with.n[g], n_texts),
                                  .share_of_bad = n_bad ? (double)bad_with / (double)n_bad : NAN,
                                  .n_scored = m.n};
        if (m.n >= EXPLAIN_GROUP_MIN_N && rest.n >= EXPLAIN_GROUP_MIN_N &&
            layout_texts(l) >= EXPLAIN_TEST_MIN_N)
            i->score_effect = change_of_means(m, rest);
        tested[ret->n++] = &i->score_effect;
    }
    changes_adjust(tested, ret->n);
    return true;
}

// ── where it is worst ──

static bool count_texts(const struct layout *l, struct period p, int column, struct result *ret,
                        struct error *err) {
    struct query q = period_query(GRAIN_FEEDBACK, p);
    query_by(&q, column);
    query_classes(&q, l->sentiment);
    return facts_query(l->facts, &q, l->threads, ret, err);
}

static bool count_complaints(const struct layout *l, struct period p, int column,
                             struct result *ret, struct error *err) {
    struct query q = period_query(GRAIN_ASPECT, p);
    query_by(&q, FACTS_ASPECT);
    query_by(&q, column);
    query_only(&q, FACTS_POLARITY, SENTIMENT_NEG);
    return facts_query(l->facts, &q, l->threads, ret, err);
}

// Every place that is large enough counts as tested, whatever its complaints: had only those with many
// complaints been counted, chance alone would fill the list. Those with few cannot be a finding (p = 1).
static void judge_place(struct places *places, struct place *place, int64_t k_all, int64_t n_all) {
    struct issue_where *w = &place->where;
    int64_t k_rest = k_all - w->n, n_rest = n_all - w->n_texts;
    if (w->n_texts < EXPLAIN_GROUP_MIN_N || n_rest < EXPLAIN_GROUP_MIN_N)
        return;
    place->change = (struct change){.has = true, .p = 1};
    place->k_all = k_all;
    place->n_all = n_all;
    if (w->n >= WHERE_MIN_COMPLAINTS) {
        double rest = (double)k_rest / (double)n_rest;
        w->share = (double)w->n / (double)w->n_texts;
        w->base_share = (double)k_all / (double)n_all;
        w->lift = k_rest ? w->share / rest : INFINITY;
        w->excess = (double)w->n - rest * (double)w->n_texts;
        place->change = change_of_shares(w->n, w->n_texts, k_rest, n_rest);
    }
    vec_push(places, *place);
}

// Texts with each code of the column, rows without a value left out; returns their sum.
static int64_t texts_by_code(const struct result *r, int64_t *ret) {
    int64_t sum = 0;
    for (size_t g = 0; g < r->n_groups; g++) {
        const int64_t *s = result_classes(r, g, 0);
        if (result_key(r, g, 0) == FACTS_UNKNOWN_CODE)
            continue;
        ret[result_key(r, g, 0)] = s[0] + s[1] + s[2];
        sum += s[0] + s[1] + s[2];
    }
    return sum;
}

static bool find_places(const struct layout *l, struct period p, int column, struct places *places,
                        struct error *err) {
    CLEANUP(result_done) struct result texts = {0}, complaints = {0};
    if (!count_texts(l, p, column, &texts, err) ||
        !count_complaints(l, p, column, &complaints, err))
        return false;
    uint32_t n_values = facts_cardinality(l->facts, column);
    int64_t *n_texts = NEW_ARRAY(int64_t, n_values), k_all[N_DIMENSIONS] = {0};
    int64_t *k = NEW_ARRAY(int64_t, (size_t)n_values * N_DIMENSIONS);
    int64_t n_all = texts_by_code(&texts, n_texts);
    for (size_t g = 0; g < complaints.n_groups; g++) {
        int32_t dimension = result_key(&complaints, g, 0), value = result_key(&complaints, g, 1);
        if (value == FACTS_UNKNOWN_CODE || dimension >= N_DIMENSIONS || dimension == DIM_OVERALL)
            continue;
        k[(size_t)value * N_DIMENSIONS + (size_t)dimension] = complaints.n[g];
        k_all[dimension] += complaints.n[g];
    }
    for (uint32_t value = FACTS_UNKNOWN_CODE + 1; value < n_values; value++)
        for (int d = 0; d < N_DIMENSIONS; d++) {
            struct place place = {.dimension = (uint8_t)d,
                                  .where = {.column = column,
                                            .value = value,
                                            .n = k[(size_t)value * N_DIMENSIONS + (size_t)d],
                                            .n_texts = n_texts[value]}};
            if (k_all[d] >= WHERE_MIN_COMPLAINTS)
                judge_place(places, &place, k_all[d], n_all);
        }
    free(n_texts);
    free(k);
    return true;
}

static void adjust_places(struct places *places) {
    struct change **tested = NEW_ARRAY(struct change *, places->len);
    for (size_t i = 0; i < places->len; i++)
        tested[i] = &places->items[i].change;
    changes_adjust(tested, places->len);
    for (size_t i = 0; i < places->len; i++) {
        places->items[i].where.p = places->items[i].change.p;
        places->items[i].where.q = places->items[i].change.q;
    }
    free(tested);
}

static int by_excess(const void *a, const void *b) {
    const struct place *x = a, *y = b;
    if (x->dimension != y->dimension)
        return x->dimension - y->dimension;
    if (x->where.excess != y->where.excess)
        return x->where.excess > y->where.excess ? -1 : 1;
    if (x->where.column != y->where.column)
        return x->where.column - y->where.column;
    return x->where.value < y->where.value ? -1 : 1;
}

// ── the same complaints told twice ──

#define MAX_CANDIDATES 6 // of one issue, most excess complaints first

struct both { // complaints and texts that lie in two places at once
    int64_t n, n_texts;
};

static bool count_both(const struct layout *l, struct period p, uint8_t dimension,
                       const struct issue_where *a, const struct issue_where *b, struct both *ret,
                       struct error *err) {
    CLEANUP(result_done) struct result texts = {0}, complaints = {0};
    struct query q = period_query(GRAIN_FEEDBACK, p);
    query_only(&q, a->column, a->value);
    query_only(&q, b->column, b->value);
    query_classes(&q, l->sentiment);
    if (!facts_query(l->facts, &q, l->threads, &texts, err))
        return false;
    q.grain = GRAIN_ASPECT;
    query_only(&q, FACTS_ASPECT, dimension);
    query_only(&q, FACTS_POLARITY, SENTIMENT_NEG);
    if (!facts_query(l->facts, &q, l->threads, &complaints, err))
        return false;
    const int64_t *s = result_classes(&texts, 0, 0);
    *ret = (struct both){complaints.n[0], s[0] + s[1] + s[2]};
    return true;
}

// A place whose complaints nearly all lie in another one is a part of it (a shop of a platform). The part is
// dropped if the rest of the whole is as bad; the whole is dropped if without the part it is like everywhere.
// 0: both stay, 1: drop the first, 2: the second.
static int find_echo(const struct place *a, const struct place *b, struct both both) {
    bool a_in_b = (double)both.n >= SAME_COMPLAINTS * (double)a->where.n;
    bool b_in_a = (double)both.n >= SAME_COMPLAINTS * (double)b->where.n;
    if (a_in_b && b_in_a)
        return a->where.n_texts <= b->where.n_texts
                   ? 2
                   : 1; // the same complaints: the smaller place says more
    if (!a_in_b && !b_in_a)
        return 0;
    const struct place *part = a_in_b ? a : b, *whole = a_in_b ? b : a;
    int drop_part = a_in_b ? 1 : 2;
    int64_t k = whole->where.n - both.n, n = whole->where.n_texts - both.n_texts;
    if (n < EXPLAIN_GROUP_MIN_N)
        return 3 - drop_part;
    struct change inner = change_of_shares(part->where.n, part->where.n_texts, k, n);
    struct change outer =
        change_of_shares(k, n, whole->k_all - whole->where.n, whole->n_all - whole->where.n_texts);
    if (inner.p >= STATS_FDR || inner.diff <= 0)
        return drop_part;
    return outer.p >= STATS_FDR || outer.diff <= 0 ? 3 - drop_part : 0;
}

static bool choose_places(const struct layout *l, struct period p, const struct places *places,
                          struct issue_found *issue, struct error *err) {
    const struct place *found[MAX_CANDIDATES];
    bool dropped[MAX_CANDIDATES] = {false};
    size_t n = 0;
    for (size_t i = 0; i < places->len && n < MAX_CANDIDATES; i++) {
        const struct place *place = &places->items[i];
        if (place->dimension == issue->dimension && place->change.significant &&
            place->change.diff > 0)
            found[n++] = place;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            struct both both;
            if (dropped[i] || dropped[j] || found[i]->where.column == found[j]->where.column)
                continue;
            if (!count_both(l, p, issue->dimension, &found[i]->where, &found[j]->where, &both, err))
                return false;
            int echo = find_echo(found[i], found[j], both);
            dropped[i] = echo == 1;
            dropped[j] = echo == 2;
        }
    for (size_t i = 0; i < n && issue->n_where < ISSUE_MAX_WHERE; i++)
        if (!dropped[i])
            issue->where[issue->n_where++] = found[i]->where;
    return true;
}

static bool find_where(const struct layout *l, struct period p, struct issues *ret,
                       struct error *err) {
    int columns[FACTS_MAX_COLUMNS];
    int n = layout_dimensions(l, columns);
    struct places places = {0};
    bool ok = true;
    for (int i = 0; ok && i < n; i++)
        ok = find_places(l, p, columns[i], &places, err);
    adjust_places(&places);
    ret->n_tested = (int64_t)places.len;
    if (places.len)
        qsort(places.items, places.len, sizeof *places.items, by_excess);
    for (size_t i = 0; ok && i < ret->n; i++)
        ok = choose_places(l, p, &places, &ret->items[i], err);
    vec_done(&places);
    return ok;
}

static int by_n(const void *a, const void *b) {
    const struct issue_found *x = a, *y = b;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return x->dimension - y->dimension;
}

bool issues_find(const struct layout *l, struct period p, struct arena *a, struct issues *ret,
                 struct error *err) {
    *ret = (struct issues){.items = ARENA_ARRAY(a, struct issue_found, N_DIMENSIONS)};
    if (!measure_issues(l, p, ret, err))
        return false;
    if (ret->n)
        qsort(ret->items, ret->n, sizeof *ret->items, by_n);
    return layout_texts(l) < EXPLAIN_TEST_MIN_N || find_where(l, p, ret, err);
}
