// SPDX-License-Identifier: Apache-2.0
#include "explain/overview.h"

static const float nps_cuts[] = {NPS_CUT_PASSIVE, NPS_CUT_PROMOTER};
static const float top_two_cut[] = {CSAT_CUT_TOP_TWO};
// Bad is 1 or 2 stars, good 4 or 5; a rating between two stars (3.5) is neither until it reaches the next.
static const float star_cuts[] = {2.0001f, 4};

static void read_scores(const struct layout *l, const struct result *r, struct overview *o) {
    const int64_t *stars = result_classes(r, 0, 1);
    o->moments = result_moments(r, 0, 0);
    for (int i = 0; i < N_SENTIMENTS; i++) {
        o->sentiment[i] = result_classes(r, 0, 0)[i];
        o->n_texts += o->sentiment[i];
    }
    if (l->from_text) {
        o->score = score_from_text(o->sentiment, &score_of_text);
        o->n_rated = o->n_texts;
        o->n_bad = o->sentiment[SENTIMENT_NEG];
        o->n_good = o->sentiment[SENTIMENT_POS];
    } else {
        o->score = estimate_mean_within(o->moments, SCORE_LOW, SCORE_HIGH);
        o->n_rated = o->moments.n;
        o->n_bad = stars[0];
        o->n_good = stars[2];
    }
    o->good_share = estimate_share(o->n_good, o->n_rated);
    o->bad_share = estimate_share(o->n_bad, o->n_rated);
}

// Ratings, texts and the other metrics of what customers gave.
static bool measure_given(const struct layout *l, struct period p, struct overview *o,
                          struct error *err) {
    CLEANUP(result_done) struct result r = {0};
    struct query q = period_query(GRAIN_FEEDBACK, p);
    query_measure(&q, layout_score(l));
    query_classes(&q, l->sentiment);
    query_cuts(&q, l->score, star_cuts, ARRAY_LEN(star_cuts));
    query_cuts(&q, l->nps, nps_cuts, ARRAY_LEN(nps_cuts));
    query_cuts(&q, l->csat, top_two_cut, ARRAY_LEN(top_two_cut));
    query_measure(&q, l->ces);
    if (!facts_query(l->facts, &q, l->threads, &r, err))
        return false;
    int next = 2; // class counts after sentiment and stars
    o->n = r.n[0];
    read_scores(l, &r, o);
    if (l->nps >= 0) {
        const int64_t *n = result_classes(&r, 0, next++);
        o->nps_counts = (struct nps_counts){n[0], n[1], n[2]};
        o->nps = score_nps(o->nps_counts);
    }
    if (l->csat >= 0) {
        const int64_t *n = result_classes(&r, 0, next++);
        o->n_top_two = n[1];
        o->n_csat = n[0] + n[1];
        o->csat = score_csat(o->n_top_two, o->n_csat);
    }
    if (l->ces >= 0) {
        o->ces_moments = result_moments(&r, 0, 1);
        o->ces = score_ces(o->ces_moments);
    }
    return true;
}

// System-given ratings beside the others.
static bool measure_all(const struct layout *l, struct period p, struct overview *o,
                        struct error *err) {
    CLEANUP(result_done) struct result r = {0};
    struct query q = period_query(GRAIN_FEEDBACK, p);
    query_measure(&q, l->score);
    q.flags_none = FACT_NOT_COUNTED;
    if (!facts_query(l->facts, &q, l->threads, &r, err))
        return false;
    o->n_system_given = r.n[0] - o->n;
    o->n = r.n[0];
    o->score_all = l->from_text
                       ? o->score
                       : estimate_mean_within(result_moments(&r, 0, 0), SCORE_LOW, SCORE_HIGH);
    return true;
}

static bool measure_replies(const struct layout *l, struct period p, struct overview *o,
                            struct error *err) {
    CLEANUP(result_done) struct result r = {0};
    struct query q = period_query(GRAIN_FEEDBACK, p);
    query_classes(&q, l->sentiment);
    query_cuts(&q, l->score, star_cuts, ARRAY_LEN(star_cuts));
    q.flags_all = FACT_REPLIED;
    if (!facts_query(l->facts, &q, l->threads, &r, err))
        return false;
    int64_t replied_bad =
        l->from_text ? result_classes(&r, 0, 0)[SENTIMENT_NEG] : result_classes(&r, 0, 1)[0];
    o->n_replied = r.n[0];
    o->n_unreplied_bad = o->n_bad - replied_bad;
    return true;
}

bool overview_measure(const struct layout *l, struct period p, struct overview *ret,
                      struct error *err) {
    *ret = (struct overview){0};
    return measure_given(l, p, ret, err) && measure_all(l, p, ret, err) &&
           measure_replies(l, p, ret, err);
}

static bool measure_own(const struct layout *l, struct period p, struct dimension_figures *ret,
                        struct error *err) {
    if (l->n_own == 0)
        return true;
    CLEANUP(result_done) struct result r = {0};
    struct query q = period_query(GRAIN_FEEDBACK, p);
    for (int i = 0; i < l->n_own; i++)
        query_measure(&q, l->own[i].column);
    if (!facts_query(l->facts, &q, l->threads, &r, err))
        return false;
    for (int i = 0; i < l->n_own; i++) {
        struct moments *own = &ret[l->own[i].dimension].own;
        *own = moments_plus(*own, result_moments(&r, 0, i));
    }
    return true;
}

bool dimensions_measure(const struct layout *l, struct period p,
                        struct dimension_figures ret[N_DIMENSIONS], struct error *err) {
    CLEANUP(result_done) struct result r = {0};
    struct query q = period_query(GRAIN_ASPECT, p);
    memset(ret, 0, N_DIMENSIONS * sizeof *ret);
    query_by(&q, FACTS_ASPECT);
    query_by(&q, FACTS_POLARITY);
    if (!facts_query(l->facts, &q, l->threads, &r, err) || !measure_own(l, p, ret, err))
        return false;
    for (size_t g = 0; g < r.n_groups; g++) {
        int32_t dimension = result_key(&r, g, 0), polarity = result_key(&r, g, 1);
        if (dimension >= N_DIMENSIONS || polarity >= N_SENTIMENTS)
            continue;
        ret[dimension].polarity[polarity] = r.n[g];
        ret[dimension].n += r.n[g];
    }
    for (int i = 0; i < N_DIMENSIONS; i++)
        ret[i].score = score_dimension(ret[i].own, ret[i].polarity, &ret[i].from_text);
    return true;
}

// ── two periods ──

static struct change if_enough(struct change c, int64_t n_now, int64_t n_before) {
    if (n_now < EXPLAIN_GROUP_MIN_N || n_before < EXPLAIN_GROUP_MIN_N)
        return (struct change){0};
    return c;
}

// Moments of what the polarities are worth: the table's error is the same on both sides and cancels.
static struct moments polarity_moments(const int64_t polarity[N_SENTIMENTS]) {
    struct moments m = {0};
    for (int i = 0; i < N_SENTIMENTS; i++) {
        double x = score_of_aspect.score[i], n = (double)polarity[i];
        m = moments_plus(m, (struct moments){polarity[i], n * x, n * x * x});
    }
    return m;
}

static struct change dimension_change(const struct dimension_figures *now,
                                      const struct dimension_figures *before) {
    if (now->from_text != before->from_text)
        return (struct change){0}; // ratings and texts are not held against each other
    struct moments a = now->from_text ? polarity_moments(now->polarity) : now->own;
    struct moments b = before->from_text ? polarity_moments(before->polarity) : before->own;
    return if_enough(change_of_means(a, b), a.n, b.n);
}

static void compare_all(const struct overview *now, const struct overview *before,
                        struct overview_changes *ret) {
    int64_t nps_now = now->nps.n, nps_before = before->nps.n;
    ret->score = if_enough(change_of_means(now->moments, before->moments), now->moments.n,
                           before->moments.n);
    ret->nps = if_enough(change_of_nps(now->nps_counts, before->nps_counts), nps_now, nps_before);
    ret->csat =
        if_enough(change_of_shares(now->n_top_two, now->n_csat, before->n_top_two, before->n_csat),
                  now->n_csat, before->n_csat);
    ret->good =
        if_enough(change_of_shares(now->n_good, now->n_rated, before->n_good, before->n_rated),
                  now->n_rated, before->n_rated);
    ret->bad = if_enough(change_of_shares(now->n_bad, now->n_rated, before->n_bad, before->n_rated),
                         now->n_rated, before->n_rated);
    for (int i = 0; i < N_SENTIMENTS; i++)
        ret->sentiment[i] = if_enough(change_of_shares(now->sentiment[i], now->n_texts,
                                                       before->sentiment[i], before->n_texts),
                                      now->n_texts, before->n_texts);
}

// Returns how many were tested.
static int64_t adjust(struct change *const *changes, size_t n) {
    int64_t tested = 0;
    changes_adjust(changes, n);
    for (size_t i = 0; i < n; i++)
        tested += changes[i]->has;
    return tested;
}

bool overview_compare(const struct layout *l, const struct comparison *c,
                      struct overview_changes *ret, struct error *err) {
    struct overview now, before;
    struct dimension_figures dims_now[N_DIMENSIONS], dims_before[N_DIMENSIONS];
    *ret = (struct overview_changes){0};
    if (!c->has || layout_texts(l) < EXPLAIN_TEST_MIN_N)
        return true;
    if (!overview_measure(l, c->now, &now, err) || !overview_measure(l, c->before, &before, err) ||
        !dimensions_measure(l, c->now, dims_now, err) ||
        !dimensions_measure(l, c->before, dims_before, err))
        return false;
    compare_all(&now, &before, ret);
    struct change *totals[] = {&ret->score,        &ret->nps,         &ret->csat,
                               &ret->good,         &ret->bad,         &ret->sentiment[0],
                               &ret->sentiment[1], &ret->sentiment[2]};
    struct change *issues[N_DIMENSIONS], *scores[N_DIMENSIONS];
    for (int i = 0; i < N_DIMENSIONS; i++) {
        int64_t bad_now = dims_now[i].polarity[SENTIMENT_NEG];
        int64_t bad_before = dims_before[i].polarity[SENTIMENT_NEG];
        if (bad_now + bad_before > 0)
            ret->issue[i] =
                if_enough(change_of_shares(bad_now, now.n_texts, bad_before, before.n_texts),
                          now.n_texts, before.n_texts);
        ret->dimension[i] = dimension_change(&dims_now[i], &dims_before[i]);
        issues[i] = &ret->issue[i];
        scores[i] = &ret->dimension[i];
    }
    ret->n_tested = adjust(totals, ARRAY_LEN(totals)) + adjust(issues, N_DIMENSIONS) +
                    adjust(scores, N_DIMENSIONS);
    return true;
}
