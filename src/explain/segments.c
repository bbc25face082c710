// SPDX-License-Identifier: Apache-2.0
#include "explain/segments.h"

#include <stdlib.h>

#include "analyse/score.h"
#include "base/vec.h"
#include "stats/shrink.h"

#define RESTATES_SHARE                                                                             \
    0.75 // of the variance of the score that a column may explain before it is the score itself
#define CONTAINED                                                                                  \
    0.9 // share of a value's feedbacks inside another value that makes it a part of that
#define MAX_ECHO_TESTS 60 // most different significant ones that are held against each other

// Scores in steps of a quarter, for the test on ranks.
#define N_STEPS (QUERY_MAX_CUTS + 1)
static const float steps[QUERY_MAX_CUTS] = {1.25f, 1.5f, 1.75f, 2, 2.25f, 2.5f, 2.75f, 3,
                                            3.25f, 3.5f, 3.75f, 4, 4.25f, 4.5f, 4.75f};

// What is known of one value of a column.
struct tally {
    int64_t n;
    struct moments score;
    int64_t scores[N_STEPS];
    int64_t n_texts, n_bad;
    int64_t sentiment[N_SENTIMENTS];
};

struct candidate {
    struct segment_found found;
    struct tally here, rest; // rest: of the rows that have a value in this column
};

struct candidates {
    VEC(struct candidate);
};

static struct tally tally_plus(struct tally a, struct tally b) {
    struct tally sum = {.n = a.n + b.n,
                        .score = moments_plus(a.score, b.score),
                        .n_texts = a.n_texts + b.n_texts,
                        .n_bad = a.n_bad + b.n_bad};
    for (int i = 0; i < N_SENTIMENTS; i++)
        sum.sentiment[i] = a.sentiment[i] + b.sentiment[i];
    for (int i = 0; i < N_STEPS; i++)
        sum.scores[i] = a.scores[i] + b.scores[i];
    return sum;
}

static struct tally tally_minus(struct tally a, struct tally b) {
    struct tally rest = {.n = a.n - b.n,
                         .score = moments_minus(a.score, b.score),
                         .n_texts = a.n_texts - b.n_texts,
                         .n_bad = a.n_bad - b.n_bad};
    for (int i = 0; i < N_SENTIMENTS; i++)
        rest.sentiment[i] = a.sentiment[i] - b.sentiment[i];
    for (int i = 0; i < N_STEPS; i++)
        rest.scores[i] = a.scores[i] - b.scores[i];
    return rest;
}

static struct tally tally_of(const struct result *r, size_t group) {
    struct tally t = {.n = r->n[group], .score = result_moments(r, group, 0)};
    for (int i = 0; i < N_SENTIMENTS; i++) {
        t.sentiment[i] = result_classes(r, group, 0)[i];
        t.n_texts += t.sentiment[i];
    }
    t.n_bad = t.sentiment[SENTIMENT_NEG];
    memcpy(t.scores, result_classes(r, group, 1), sizeof t.scores);
    return t;
}

static struct query tally_query(const struct layout *l, struct period p) {
    struct query q = period_query(GRAIN_FEEDBACK, p);
    query_measure(&q, layout_score(l));
    query_classes(&q, l->sentiment);
    query_cuts(&q, layout_score(l), steps, QUERY_MAX_CUTS);
    return q;
}

static bool is_group(int64_t n, int64_t rest) {
    return n >= EXPLAIN_GROUP_MIN_N && rest >= EXPLAIN_GROUP_MIN_N;
}

// Means (Welch) and ranks must agree: stats/compare.h says why.
static struct change score_change(struct tally a, struct tally b) {
    if (!is_group(a.score.n, b.score.n))
        return (struct change){0};
    struct change c = change_of_means(a.score, b.score);
    double above, ranks = mann_whitney_counts_p(a.scores, b.scores, N_STEPS, &above);
    c.p = c.q = c.diff * (above - 0.5) > 0 ? fmax(c.p, ranks) : 1;
    return c;
}

static struct change bad_change(struct tally a, struct tally b) {
    return is_group(a.n_texts, b.n_texts) ? change_of_shares(a.n_bad, a.n_texts, b.n_bad, b.n_texts)
                                          : (struct change){0};
}

// Share of the score's variance that the column explains, corrected for the number of its values (ε²).
static double explained(const struct moments *groups, size_t n_groups) {
    struct moments all = {0};
    double within = 0, k = 0;
    for (size_t i = 0; i < n_groups; i++) {
        all = moments_plus(all, groups[i]);
        within += moments_deviance(groups[i]);
        k += groups[i].n > 0;
    }
    double n = (double)all.n, total = moments_deviance(all);
    return total > 0 && n > k ? 1 - (within / (n - k)) / (total / (n - 1)) : 0;
}

static void skip_column(struct segments *s, int column, enum segment_skip why) {
    s->skipped[s->n_skipped].column = column;
    s->skipped[s->n_skipped++].why = why;
}

static struct segment_found judge(const struct layout *l, struct tally here, struct tally rest,
                                  bool tests) {
    struct segment_found s = {.n = here.score.n,
                              .n_texts = here.n_texts,
                              .n_bad = here.n_bad,
                              .small = MAX(here.score.n, here.n_texts) < EXPLAIN_GROUP_MIN_N,
                              .echo_of = -1};
    s.score = l->from_text ? score_from_text(here.sentiment, &score_of_text)
                           : estimate_mean_within(here.score, SCORE_LOW, SCORE_HIGH);
    if (tests) {
        s.diff = score_change(here, rest);
        s.bad = bad_change(here, rest);
    }
    return s;
}

static bool add_column(const struct layout *l, struct period p, int column,
                       struct candidates *found, struct segments *ret, struct error *err) {
    CLEANUP(result_done) struct result r = {0};
    struct query q = tally_query(l, p);
    query_by(&q, column);
    if (!facts_query(l->facts, &q, l->threads, &r, err))
        return false;
    // The first group may be the rows without a value: no segment, and no part of the rest.
    size_t first = r.n_groups && result_key(&r, 0, 0) == FACTS_UNKNOWN_CODE;
    size_t n = r.n_groups - first;
    struct moments *groups = NEW_ARRAY(struct moments, n);
    double *shrunk = NEW_ARRAY(double, n);
    struct tally all = {0};
    for (size_t i = 0; i < n; i++) {
        struct tally t = tally_of(&r, first + i);
        all = tally_plus(all, t);
        groups[i] = t.score;
    }
    bool tests = layout_texts(l) >= EXPLAIN_TEST_MIN_N;
    if (n < 2) {
        skip_column(ret, column, SEGMENT_ONE_VALUE);
    } else if (tests && explained(groups, n) >= RESTATES_SHARE) {
        skip_column(ret, column, SEGMENT_RESTATES);
    } else {
        shrink_means(groups, n, shrunk);
        for (size_t i = 0; i < n; i++) {
            struct candidate c = {.here = tally_of(&r, first + i)};
            c.rest = tally_minus(all, c.here);
            c.found = judge(l, c.here, c.rest, tests);
            c.found.column = column;
            c.found.value = (uint32_t)result_key(&r, first + i, 0);
            c.found.shrunk = shrunk[i];
            vec_push(found, c);
        }
    }
    free(groups);
    free(shrunk);
    return true;
}

static void adjust(struct candidates *found, struct segments *ret) {
    struct change **score = NEW_ARRAY(struct change *, found->len);
    struct change **bad = NEW_ARRAY(struct change *, found->len);
    for (size_t i = 0; i < found->len; i++) {
        score[i] = &found->items[i].found.diff;
        bad[i] = &found->items[i].found.bad;
    }
    changes_adjust(score, found->len);
    changes_adjust(bad, found->len);
    for (size_t i = 0; i < found->len; i++) {
        struct segment_found *s = &found->items[i].found;
        s->significant = s->diff.significant || s->bad.significant;
        ret->n_tested += s->diff.has || s->bad.has;
    }
    free(score);
    free(bad);
}

static double strength(const struct segment_found *s) {
    return s->diff.has ? fabs(s->diff.diff) : 0;
}

static int by_strength(const void *a, const void *b) {
    const struct segment_found *x = &((const struct candidate *)a)->found;
    const struct segment_found *y = &((const struct candidate *)b)->found;
    int rank_x = x->significant ? 0
                 : x->small     ? 2
                                : 1,
        rank_y = y->significant ? 0
                 : y->small     ? 2
                                : 1;
    if (rank_x != rank_y)
        return rank_x - rank_y;
    if (strength(x) != strength(y))
        return strength(x) > strength(y) ? -1 : 1;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    if (x->column != y->column)
        return x->column - y->column;
    return x->value < y->value ? -1 : 1;
}

// ── the same thing told twice ──

// Two significant values of different columns: which one is only an echo of the other? 0 none, 1 the first,
// 2 the second. A part (city) inside a whole (province): if it does not differ from the rest of the whole, it
// adds nothing; if the whole without it does not differ from the others, the whole has it from its part.
static int find_echo(const struct candidate *a, const struct candidate *b, struct tally both) {
    bool a_in_b = (double)both.n >= CONTAINED * (double)a->here.n;
    bool b_in_a = (double)both.n >= CONTAINED * (double)b->here.n;
    if (a_in_b && b_in_a)
        return 2;
    if (!a_in_b && !b_in_a)
        return 0;
    const struct candidate *part = a_in_b ? a : b, *whole = a_in_b ? b : a;
    struct tally remainder = tally_minus(whole->here, both);
    struct change inner = score_change(part->here, remainder);
    struct change outer = score_change(remainder, whole->rest);
    if (!inner.has)
        inner = bad_change(part->here, remainder);
    if (!outer.has)
        outer = bad_change(remainder, whole->rest);
    if (inner.has && inner.p >= STATS_FDR)
        return a_in_b ? 1 : 2;
    if (!outer.has || outer.p >= STATS_FDR)
        return a_in_b ? 2 : 1;
    return 0;
}

static bool may_echo(const struct segment_found *a, const struct segment_found *b) {
    bool same_way = a->diff.has && b->diff.has ? a->diff.diff * b->diff.diff > 0
                                               : a->bad.diff * b->bad.diff > 0;
    return same_way && a->echo_of < 0 && b->echo_of < 0;
}

// The significant candidates among the first MAX_ECHO_TESTS, and their columns once each.
struct echo_input {
    size_t n;
    int columns[MAX_ECHO_TESTS];
    int n_columns;
};

static size_t values_in(const struct candidates *found, const struct echo_input *in, int column,
                        uint32_t ret[MAX_ECHO_TESTS]) {
    size_t n = 0;
    for (size_t i = 0; i < in->n; i++)
        if (found->items[i].found.column == column)
            ret[n++] = found->items[i].found.value;
    return n;
}

static struct tally cell(const struct result *r, uint32_t first, uint32_t second) {
    for (size_t g = 0; g < r->n_groups; g++)
        if ((uint32_t)result_key(r, g, 0) == first && (uint32_t)result_key(r, g, 1) == second)
            return tally_of(r, g);
    return (struct tally){0};
}

static bool mark_columns(const struct layout *l, struct period p, struct candidates *found,
                         const struct echo_input *in, int first, int second, struct error *err) {
    uint32_t in_first[MAX_ECHO_TESTS], in_second[MAX_ECHO_TESTS];
    CLEANUP(result_done) struct result r = {0};
    struct query q = tally_query(l, p);
    query_by(&q, first);
    query_by(&q, second);
    query_in(&q, first, in_first, values_in(found, in, first, in_first));
    query_in(&q, second, in_second, values_in(found, in, second, in_second));
    if (!facts_query(l->facts, &q, l->threads, &r, err))
        return false;
    for (size_t i = 0; i < in->n; i++)
        for (size_t j = 0; j < in->n; j++) {
            struct segment_found *a = &found->items[i].found, *b = &found->items[j].found;
            if (a->column != first || b->column != second || !may_echo(a, b))
                continue;
            int echo = find_echo(&found->items[i], &found->items[j], cell(&r, a->value, b->value));
            if (echo == 1)
                a->echo_of = (int)j;
            if (echo == 2)
                b->echo_of = (int)i;
        }
    return true;
}

// Where a column has two values, each is the other's rest: the worse one is shown.
static void mark_mirrored(struct candidates *found, size_t n) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            struct candidate *a = &found->items[i], *b = &found->items[j];
            if (i != j && a->found.column == b->found.column && a->rest.n == b->here.n &&
                a->here.n == b->rest.n && a->found.echo_of < 0 && b->found.echo_of < 0 &&
                moments_mean(a->here.score) <= moments_mean(b->here.score))
                b->found.echo_of = (int)i;
        }
}

static bool mark_echoes(const struct layout *l, struct period p, struct candidates *found,
                        struct error *err) {
    struct echo_input in = {0};
    while (in.n < MIN(found->len, (size_t)MAX_ECHO_TESTS) && found->items[in.n].found.significant)
        in.n++;
    for (size_t i = 0; i < in.n; i++) {
        bool seen = false;
        for (int k = 0; k < in.n_columns; k++)
            seen = seen || in.columns[k] == found->items[i].found.column;
        if (!seen)
            in.columns[in.n_columns++] = found->items[i].found.column;
    }
    for (int i = 0; i < in.n_columns; i++)
        for (int j = i + 1; j < in.n_columns; j++)
            if (!mark_columns(l, p, found, &in, in.columns[i], in.columns[j], err))
                return false;
    mark_mirrored(found, in.n);
    // An echo of an echo names the one that is shown.
    for (size_t i = 0; i < in.n; i++) {
        int *echo = &found->items[i].found.echo_of;
        while (*echo >= 0 && found->items[*echo].found.echo_of >= 0)
            *echo = found->items[*echo].found.echo_of;
    }
    return true;
}

bool segments_find(const struct layout *l, struct period p, struct arena *a, struct segments *ret,
                   struct error *err) {
    int columns[FACTS_MAX_COLUMNS];
    int n = layout_dimensions(l, columns);
    struct candidates found = {0};
    bool ok = true;
    *ret = (struct segments){0};
    for (int i = 0; i < l->n_attrs; i++)
        if (layout_is_outcome(l, l->attrs[i]) &&
            facts_kind(l->facts, l->attrs[i]) == COLUMN_DIMENSION)
            skip_column(ret, l->attrs[i], SEGMENT_OUTCOME);
    for (int i = 0; ok && i < n; i++)
        ok = add_column(l, p, columns[i], &found, ret, err);
    adjust(&found, ret);
    if (found.len)
        qsort(found.items, found.len, sizeof *found.items, by_strength);
    ok = ok && mark_echoes(l, p, &found, err);
    ret->n = found.len;
    ret->items = ARENA_ARRAY(a, struct segment_found, found.len);
    for (size_t i = 0; i < found.len; i++)
        ret->items[i] = found.items[i].found;
    vec_done(&found);
    return ok;
}
