// SPDX-License-Identifier: Apache-2.0
#include "report/build.h"

#include <math.h>

#include "analyse/score.h"
#include "explain/segments.h"
#include "report/build_inner.h"

#define INDEX_MIN_N 5 // mentions a dimension needs to be part of the satisfaction index

struct str build_column(const struct build *b, int column) {
    const struct layout *l = b->in->layout;
    if (column == l->channel)
        return build_say(b, (struct words){"渠道", "channel"});
    if (column == l->product)
        return build_say(b, (struct words){"商品", "product"});
    return facts_name(l->facts, column);
}

// ── ② one period as a whole ──

static void fill_index(const struct build *b, const struct dimension_figures *f,
                       struct satisfaction *s) {
    struct estimate scores[N_DIMENSIONS];
    double weights[N_DIMENSIONS];
    bool from_text[N_DIMENSIONS];
    for (int d = 0; d < N_DIMENSIONS; d++) {
        scores[d] = f[d].score;
        from_text[d] = f[d].from_text;
        weights[d] = taxonomy_weight(b->in->taxonomy, (enum dimension)d);
    }
    s->index = score_satisfaction_index(scores, from_text, weights, INDEX_MIN_N);
}

static bool measure_period(const struct build *b, struct period p, struct satisfaction *ret,
                           struct overview *ret_overview, struct dimension_figures *ret_figures,
                           struct error *err) {
    struct overview o;
    struct dimension_figures figures[N_DIMENSIONS];
    if (!overview_measure(b->in->layout, p, &o, err) ||
        !dimensions_measure(b->in->layout, p, figures, err))
        return false;
    *ret = (struct satisfaction){
        .score = o.score,
        .score_all = o.score_all,
        .nps = o.nps,
        .csat = o.csat,
        .ces = o.ces,
        .good_share = o.good_share,
        .bad_share = o.bad_share,
        .n_used = o.n - o.n_system_given,
        .n_default_praise = o.n_system_given,
        .n_unreplied_bad = o.n_unreplied_bad,
        .from_text = b->in->layout->from_text,
    };
    memcpy(ret->sentiment, o.sentiment, sizeof ret->sentiment);
    fill_index(b, figures, ret);
    if (ret_overview)
        *ret_overview = o;
    if (ret_figures)
        memcpy(ret_figures, figures, sizeof figures);
    return true;
}

static bool build_overall(struct build *b, struct error *err) {
    struct report *r = b->report;
    if (!measure_period(b, b->period, &r->all, &b->overview, b->figures, err))
        return false;
    r->now = r->all;
    r->has_compare = b->comparison.has;
    if (!b->comparison.has)
        return true;
    r->this_from = b->comparison.now.from;
    r->this_to = b->comparison.now.to;
    r->prev_from = b->comparison.before.from;
    r->prev_to = b->comparison.before.to;
    if (!measure_period(b, b->comparison.now, &r->now, NULL, NULL, err) ||
        !measure_period(b, b->comparison.before, &r->before, NULL, NULL, err) ||
        !overview_compare(b->in->layout, &b->comparison, &b->changes, err))
        return false;
    r->score_change = b->changes.score;
    r->nps_change = b->changes.nps;
    r->good_change = b->changes.good;
    r->bad_change = b->changes.bad;
    return true;
}

static bool build_channels(struct build *b, struct error *err) {
    const struct layout *l = b->in->layout;
    struct query q = query_init(GRAIN_FEEDBACK);
    query_by(&q, l->channel);
    query_measure(&q, l->score);
    query_classes(&q, l->sentiment);
    query_period(&q, b->period);
    q.flags_none = FACT_SYSTEM_GIVEN;
    q.order = ORDER_COUNT_DESC;
    CLEANUP(result_done) struct result r = {0};
    if (!facts_query(l->facts, &q, l->threads, &r, err))
        return false;
    struct channel_row *rows = ARENA_ARRAY(b->arena, struct channel_row, r.n_groups);
    for (size_t g = 0; g < r.n_groups; g++) {
        struct str name = facts_value(l->facts, l->channel, (uint32_t)result_key(&r, g, 0));
        struct moments m = result_moments(&r, g, 0);
        const int64_t *sentiment = result_classes(&r, g, 0);
        int64_t texts = sentiment[0] + sentiment[1] + sentiment[2];
        if (!name.len && r.n_groups == 1)
            return true; // no channel is known at all
        bool from_text = score_takes_text(m.n, texts);
        rows[b->report->n_channels++] = (struct channel_row){
            .name = name.len ? name : build_say(b, (struct words){"渠道不明", "channel unknown"}),
            .n = r.n[g],
            .score = from_text ? score_from_text(sentiment, &score_of_text)
                               : estimate_mean_within(m, SCORE_LOW, SCORE_HIGH),
            .from_text = from_text,
        };
    }
    b->report->channels = rows;
    return true;
}

// ── dimensions, trend ──

static int by_mentions(const void *a, const void *b) {
    const struct dimension_row *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return x->dimension - y->dimension;
}

static void build_dimensions(struct build *b) {
    struct report *r = b->report;
    r->dimensions = ARENA_ARRAY(b->arena, struct dimension_row, N_DIMENSIONS);
    for (int d = 0; d < N_DIMENSIONS; d++) {
        const struct dimension_figures *f = &b->figures[d];
        if (d == DIM_OVERALL || (f->n == 0 && !f->score.has))
            continue;
        r->dimensions[r->n_dimensions++] = (struct dimension_row){
            .dimension = (uint8_t)d,
            .code = str_from(dimension_labels[d].code),
            .name = taxonomy_dimension_name(b->in->taxonomy, (enum dimension)d, b->in->lang),
            .score = f->score,
            .pos = f->polarity[SENTIMENT_POS],
            .neu = f->polarity[SENTIMENT_NEU],
            .neg = f->polarity[SENTIMENT_NEG],
            .n = f->n ? f->n : f->own.n,
            .weight = taxonomy_weight(b->in->taxonomy, (enum dimension)d),
            .trend = b->comparison.has ? b->changes.dimension[d] : (struct change){0},
        };
    }
    qsort(r->dimensions, r->n_dimensions, sizeof *r->dimensions, by_mentions);
}

static bool build_trend(struct build *b, struct error *err) {
    struct report *r = b->report;
    if (!trend_measure(b->in->layout, b->period, b->arena, &b->trend, err))
        return false;
    r->bucket_days = trend_bucket_days(b->trend.bucket);
    r->n_buckets = b->trend.n;
    r->trend = ARENA_ARRAY(b->arena, struct bucket, b->trend.n);
    for (size_t i = 0; i < b->trend.n; i++) {
        const struct trend_bucket *t = &b->trend.items[i];
        r->trend[i] = (struct bucket){.from_days = t->from,
                                      .to_days = t->to,
                                      .n = t->n,
                                      .score = t->score,
                                      .partial = t->partial};
        memcpy(r->trend[i].sentiment, t->sentiment, sizeof r->trend[i].sentiment);
    }
    return true;
}

// ── who differs ──

static bool build_segments(struct build *b, struct error *err) {
    struct report *r = b->report;
    const struct facts *f = b->in->layout->facts;
    struct segments found;
    if (r->mode != REPORT_FULL)
        return true;
    if (!segments_find(b->in->layout, b->period, b->arena, &found, err))
        return false;
    r->n_segments_tested = found.n_tested;
    r->segments = ARENA_ARRAY(b->arena, struct segment, MIN(found.n, (size_t)BUILD_MAX_SEGMENTS));
    int columns[BUILD_MAX_SEGMENTS];
    uint32_t values[BUILD_MAX_SEGMENTS];
    for (size_t i = 0; i < found.n && r->n_segments < BUILD_MAX_SEGMENTS; i++) {
        const struct segment_found *s = &found.items[i];
        struct str value = facts_value(f, s->column, s->value);
        if (s->echo_of >= 0 || !value.len || !s->score.has)
            continue;
        columns[r->n_segments] = s->column;
        values[r->n_segments] = s->value;
        r->segments[r->n_segments++] = (struct segment){
            .column = build_column(b, s->column),
            .role = facts_role(f, s->column),
            .value = value,
            .n = s->score.n,
            .score = s->score,
            .diff = s->diff.has ? s->diff.diff : NAN,
            .low = s->diff.has ? s->diff.low : NAN,
            .high = s->diff.has ? s->diff.high : NAN,
            .p = s->diff.has ? s->diff.p : NAN,
            .q = s->diff.has ? s->diff.q : NAN,
            .shrunk = s->shrunk,
            .significant = s->diff.significant,
            .small = s->small,
        };
    }
    build_segment_quotes(b, columns, values);
    return true;
}

static void build_measures(struct build *b) {
    struct report *r = b->report;
    const struct numbers *found = &b->numbers;
    if (r->mode != REPORT_FULL)
        return;
    r->measures = ARENA_ARRAY(b->arena, struct measure_row, found->n);
    for (size_t i = 0; i < found->n; i++) {
        const struct number_found *n = &found->items[i];
        if (!n->bad.has || !n->good.has)
            continue;
        r->measures[r->n_measures++] = (struct measure_row){
            .name = build_column(b, n->column),
            .mean_bad = n->bad.value,
            .mean_good = n->good.value,
            .n_bad = n->bad.n,
            .n_good = n->good.n,
            .p = n->diff.has ? n->diff.p : NAN,
            .q = n->diff.has ? n->diff.q : NAN,
            .significant = n->diff.significant,
        };
    }
}

// ── the whole ──

static void find_replies(struct build *b) {
    size_t n_files, n;
    source_files(b->in->source, &n_files);
    const struct source_column *columns = source_columns(b->in->source, &n);
    b->knows_replies = ARENA_ARRAY(b->arena, bool, n_files);
    for (size_t i = 0; i < n; i++)
        if (columns[i].used &&
            (str_eq(columns[i].role, STR("reply")) || str_eq(columns[i].role, STR("reply_status"))))
            b->knows_replies[columns[i].file] = true;
}

static void build_frame(struct build *b) {
    const struct build_input *in = b->in;
    struct report *r = b->report;
    r->lang = in->lang;
    r->industry = taxonomy_code(in->taxonomy);
    r->industry_name = taxonomy_name(in->taxonomy, in->lang);
    r->model = in->model;
    r->version = str_from(HUISHENG_VERSION);
    r->timezone = zone_name(in->zone);
    r->generated_us = in->generated_us;
    r->zone = in->zone;
    r->has_date_only = in->counts->n_date_only > 0;
    r->has_time = in->layout->has_days;
    if (r->has_time) {
        r->from_days = MAX(in->layout->first_day, b->period.from);
        r->to_days = MIN((int64_t)in->layout->last_day + 1, (int64_t)b->period.to);
    }
    find_replies(b);
    int64_t texts = layout_texts(in->layout);
    r->mode = in->counts->used == 0       ? REPORT_EMPTY
              : texts < REPORT_TEST_MIN_N ? REPORT_LIST
                                          : REPORT_FULL;
}

// “since March” ends where the data ends.
static struct period within_data(const struct build_input *in, struct period asked) {
    const struct layout *l = in->layout;
    if (!l->has_days)
        return asked;
    struct period p = {MAX(asked.from, l->first_day), MIN(asked.to, l->last_day + 1)};
    return p.from < p.to ? p : asked;
}

bool report_build(const struct build_input *in, struct arena *arena, struct report *ret,
                  struct error *err) {
    *ret = (struct report){.order_join_rate = NAN, .oldest_wait_hours = NAN};
    struct build b = {.in = in, .arena = arena, .report = ret};
    b.period = in->asked ? within_data(in, *in->asked) : PERIOD_ALL;
    build_frame(&b);
    if (!compare_choose(in->layout, &in->compare, in->asked ? &b.period : NULL, &b.comparison,
                        err) ||
        !build_overall(&b, err) || !build_channels(&b, err) || !build_trend(&b, err))
        return false;
    build_understood(&b);
    build_todos(&b);
    build_dimensions(&b);
    build_praise(&b);
    if (!numbers_compare(in->layout, b.period, arena, &b.numbers, err) || !build_issues(&b, err) ||
        !build_segments(&b, err))
        return false;
    build_measures(&b);
    build_keywords(&b);
    build_quality(&b);
    build_cautions(&b, err);
    build_headline(&b, err);
    return true;
}
