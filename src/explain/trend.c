// SPDX-License-Identifier: Apache-2.0
#include "explain/trend.h"

#include "base/clock.h"

#define MAX_DAYS_DAILY  31
#define MAX_DAYS_WEEKLY (26 * 7)
#define MAX_BUCKETS     600

int trend_bucket_days(enum time_bucket b) {
    switch (b) {
    case TIME_DAY:
        return 1;
    case TIME_WEEK:
        return 7;
    case TIME_MONTH:
        return 30;
    }
    return 1;
}

enum time_bucket trend_choose(int32_t first_day, int32_t last_day) {
    int64_t days = (int64_t)last_day - first_day + 1;
    return days <= MAX_DAYS_DAILY ? TIME_DAY : days <= MAX_DAYS_WEEKLY ? TIME_WEEK : TIME_MONTH;
}

static int32_t bucket_of(int32_t day, enum time_bucket b) {
    int year, month, dom;
    if (b == TIME_DAY)
        return day;
    if (b == TIME_WEEK)
        return day - civil_weekday(day);
    civil_from_days(day, &year, &month, &dom);
    return day - (dom - 1);
}

static int32_t next_bucket(int32_t start, enum time_bucket b) {
    int year, month, dom;
    if (b != TIME_MONTH)
        return start + trend_bucket_days(b);
    civil_from_days(start, &year, &month, &dom);
    return start + civil_days_in_month(year, month);
}

// Empty buckets from the first to the last day, the last MAX_BUCKETS of them.
static void lay_out(struct trend *t, int32_t first, int32_t last, struct arena *a) {
    size_t n = 0;
    for (int32_t at = bucket_of(first, t->bucket); at <= last; at = next_bucket(at, t->bucket))
        n++;
    size_t skip = n > MAX_BUCKETS ? n - MAX_BUCKETS : 0;
    t->n = n - skip;
    t->items = ARENA_ARRAY(a, struct trend_bucket, t->n);
    int32_t at = bucket_of(first, t->bucket);
    for (size_t i = 0; i < n; i++) {
        int32_t next = next_bucket(at, t->bucket);
        if (i >= skip)
            t->items[i - skip] = (struct trend_bucket){
                .from = at, .to = next, .partial = at < first || next > last + 1};
        at = next;
    }
}

// The bucket that starts on a day, or NULL.
static struct trend_bucket *find_bucket(const struct trend *t, int32_t start) {
    size_t low = 0, high = t->n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (t->items[mid].from < start)
            low = mid + 1;
        else
            high = mid;
    }
    return low < t->n && t->items[low].from == start ? &t->items[low] : NULL;
}

static bool fill_scores(const struct layout *l, struct period p, struct trend *t,
                        struct error *err) {
    CLEANUP(result_done) struct result r = {0};
    struct query q = period_query(GRAIN_FEEDBACK, p);
    query_by_day(&q, t->bucket);
    query_measure(&q, layout_score(l));
    query_classes(&q, l->sentiment);
    if (!facts_query(l->facts, &q, l->threads, &r, err))
        return false;
    for (size_t g = 0; g < r.n_groups; g++) {
        struct trend_bucket *b = find_bucket(t, result_key(&r, g, 0));
        if (!b) {
            t->n_without_day += r.n[g];
            continue;
        }
        b->n = r.n[g];
        for (int i = 0; i < N_SENTIMENTS; i++) {
            b->sentiment[i] = result_classes(&r, g, 0)[i];
            b->n_texts += b->sentiment[i];
        }
        b->score = l->from_text
                       ? score_from_text(b->sentiment, &score_of_text)
                       : estimate_mean_within(result_moments(&r, g, 0), SCORE_LOW, SCORE_HIGH);
    }
    return true;
}

static bool fill_issues(const struct layout *l, struct period p, struct trend *t,
                        struct error *err) {
    CLEANUP(result_done) struct result r = {0};
    struct query q = period_query(GRAIN_ASPECT, p);
    query_by_day(&q, t->bucket);
    query_by(&q, FACTS_ASPECT);
    query_only(&q, FACTS_POLARITY, SENTIMENT_NEG);
    if (!facts_query(l->facts, &q, l->threads, &r, err))
        return false;
    for (size_t g = 0; g < r.n_groups; g++) {
        struct trend_bucket *b = find_bucket(t, result_key(&r, g, 0));
        if (b && result_key(&r, g, 1) < N_DIMENSIONS)
            b->issue[result_key(&r, g, 1)] = r.n[g];
    }
    return true;
}

bool trend_measure(const struct layout *l, struct period p, struct arena *a, struct trend *ret,
                   struct error *err) {
    *ret = (struct trend){.n_without_day = facts_count(l->facts)};
    if (!l->has_days)
        return true;
    ret->n_without_day = 0;
    int32_t first = MAX(l->first_day, p.from);
    int32_t last = p.to == INT32_MAX ? l->last_day : MIN(l->last_day, p.to - 1);
    if (first > last)
        return true;
    ret->bucket = trend_choose(first, last);
    lay_out(ret, first, last, a);
    return fill_scores(l, p, ret, err) && fill_issues(l, p, ret, err);
}
