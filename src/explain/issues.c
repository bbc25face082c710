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

#define MAX_CANDIDATES QUERY_MAX_BY // of one issue, most excess complaints first

// Complaints of one issue that lie in two of its places at once.
struct overlap {
    int64_t n[MAX_CANDIDATES][MAX_CANDIDATES];
};

// Groups by the columns of the places. A column that would make more combinations than a question can have is left
// out: then its places are taken to have nothing in common with others.
static void query_by_places(struct query *q, const struct facts *f, const struct place **found,
                            size_t n, int *ret_by) {
    uint64_t combinations = 1;
    for (size_t i = 0; i < n; i++) {
        int column = found[i]->where.column;
        ret_by[i] = -1;
        for (int k = 0; k < q->n_by; k++)
            if (q->by[k] == column)
                ret_by[i] = k;
        if (ret_by[i] >= 0 ||
            __builtin_mul_overflow(combinations, facts_cardinality(f, column), &combinations))
            continue;
        ret_by[i] = q->n_by;
        query_by(q, column);
    }
}

static bool count_overlaps(const struct layout *l, struct period p, const struct place **found,
                           size_t n, struct overlap *ret, struct error *err) {
    CLEANUP(result_done) struct result r = {0};
    struct query q = period_query(GRAIN_ASPECT, p);
    int by[MAX_CANDIDATES];
    *ret = (struct overlap){0};
    if (n < 2)
        return true;
    query_by_places(&q, l->facts, found, n, by);
    query_only(&q, FACTS_ASPECT, found[0]->dimension);
    query_only(&q, FACTS_POLARITY, SENTIMENT_NEG);
    if (!facts_query(l->facts, &q, l->threads, &r, err))
        return false;
    for (size_t g = 0; g < r.n_groups; g++) {
        bool in[MAX_CANDIDATES];
        for (size_t i = 0; i < n; i++)
            in[i] = by[i] >= 0 && result_key(&r, g, by[i]) == (int32_t)found[i]->where.value;
        for (size_t i = 0; i < n; i++)
            for (size_t j = i + 1; j < n; j++)
                if (in[i] && in[j])
                    ret->n[i][j] += r.n[g];
    }
    return true;
}

static bool count_texts_of_both(const struct layout *l, struct period p,
                                const struct issue_where *a, const struct issue_where *b,
                                int64_t *ret, struct error *err) {
    CLEANUP(result_done) struct result texts = {0};
    struct query q = period_query(GRAIN_FEEDBACK, p);
    query_only(&q, a->column, a->value);
    query_only(&q, b->column, b->value);
    query_classes(&q, l->sentiment);
    if (!facts_query(l->facts, &q, l->threads, &texts, err))
        return false;
    const int64_t *s = result_classes(&texts, 0, 0);
    *ret = s[0] + s[1] + s[2];
    return true;
}

// A place whose complaints nearly all lie in another one is a part of it (a shop of a platform). The part is
// dropped if the rest of the whole is as bad; the whole is dropped if without the part it is like everywhere.
enum echo {
    ECHO_NONE, // both stay
    ECHO_FIRST,
    ECHO_SECOND, // is dropped
};

static bool find_echo(const struct layout *l, struct period p, const struct place *a,
                      const struct place *b, int64_t n_both, enum echo *ret, struct error *err) {
    bool a_in_b = (double)n_both >= SAME_COMPLAINTS * (double)a->where.n;
    bool b_in_a = (double)n_both >= SAME_COMPLAINTS * (double)b->where.n;
    int64_t n_texts;
    *ret = ECHO_NONE;
    if (!a_in_b && !b_in_a)
        return true;
    if (a_in_b && b_in_a) { // the same complaints: the smaller place says more
        *ret = a->where.n_texts <= b->where.n_texts ? ECHO_SECOND : ECHO_FIRST;
        return true;
    }
    if (!count_texts_of_both(l, p, &a->where, &b->where, &n_texts, err))
        return false;
    const struct place *part = a_in_b ? a : b, *whole = a_in_b ? b : a;
    enum echo drop_part = a_in_b ? ECHO_FIRST : ECHO_SECOND;
    enum echo drop_whole = a_in_b ? ECHO_SECOND : ECHO_FIRST;
    int64_t k = whole->where.n - n_both, n = whole->where.n_texts - n_texts;
    if (n < EXPLAIN_GROUP_MIN_N) {
        *ret = drop_whole;
        return true;
    }
    struct change inner = change_of_shares(part->where.n, part->where.n_texts, k, n);
    struct change outer =
        change_of_shares(k, n, whole->k_all - whole->where.n, whole->n_all - whole->where.n_texts);
    if (inner.p >= STATS_FDR || inner.diff <= 0)
        *ret = drop_part;
    else if (outer.p >= STATS_FDR || outer.diff <= 0)
        *ret = drop_whole;
    return true;
}

static bool drop_echoes(const struct layout *l, struct period p, const struct place **found,
                        size_t n, bool *ret_dropped, struct error *err) {
    struct overlap overlap;
    if (!count_overlaps(l, p, found, n, &overlap, err))
        return false;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            enum echo echo;
            if (ret_dropped[i] || ret_dropped[j] ||
                found[i]->where.column == found[j]->where.column)
                continue;
            if (!find_echo(l, p, found[i], found[j], overlap.n[i][j], &echo, err))
                return false;
            ret_dropped[i] = echo == ECHO_FIRST;
            ret_dropped[j] = echo == ECHO_SECOND;
        }
    return true;
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
    if (!drop_echoes(l, p, found, n, dropped, err))
        return false;
    for (size_t i = 0; i < n && issue->n_where < ISSUE_MAX_WHERE; i++)
        if (!dropped[i])
            issue->where[issue->n_where++] = found[i]->where;
    return true;
}

static bool find_where(const struct layout *l, struct period p, size_t n_located,
                       struct issues *ret, struct error *err) {
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
    for (size_t i = 0; ok && i < MIN(ret->n, n_located); i++)
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

bool issues_find(const struct layout *l, struct period p, size_t n_located, struct arena *a,
                 struct issues *ret, struct error *err) {
    *ret = (struct issues){.items = ARENA_ARRAY(a, struct issue_found, N_DIMENSIONS)};
    if (!measure_issues(l, p, ret, err))
        return false;
    if (ret->n)
        qsort(ret->items, ret->n, sizeof *ret->items, by_n);
    return layout_texts(l) < EXPLAIN_TEST_MIN_N || find_where(l, p, n_located, ret, err);
}
