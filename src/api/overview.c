// SPDX-License-Identifier: Apache-2.0
// GET /api/v1/overview: what the first page of the console shows, in the words of explain/.
#include <math.h>

#include "analyse/taxonomy.h"
#include "api/feedback_json.h"
#include "api/figures.h"
#include "base/clock.h"
#include "explain/issues.h"
#include "explain/trend.h"

#define ISSUES_SHOWN   8
#define QUOTES_SHOWN   2
#define CHANNELS_SHOWN 20

struct page {
    struct figures *f;
    struct json_writer *w;
    struct overview now, before;
    struct overview_changes changes;
    struct dimension_figures dimensions[N_DIMENSIONS], dimensions_before[N_DIMENSIONS];
    struct issues issues;
    struct trend trend;
    struct result channels;
};

// ── measuring ──

static bool measure_channels(struct page *p, struct error *err) {
    struct query q = period_query(GRAIN_FEEDBACK, p->f->now);
    query_by(&q, p->f->layout.channel);
    query_measure(&q, layout_score(&p->f->layout));
    q.order = ORDER_COUNT_DESC;
    q.limit = CHANNELS_SHOWN;
    return facts_query(p->f->layout.facts, &q, 1, &p->channels, err);
}

// Those that are shown, and as many more as may be hidden before them.
static size_t issues_located(const struct figures *f) {
    size_t n = ISSUES_SHOWN;
    for (int d = 0; d < N_DIMENSIONS; d++)
        n += taxonomy_is_hidden(f->taxonomy, (enum dimension)d);
    return n;
}

static bool measure(struct page *p, struct error *err) {
    struct figures *f = p->f;
    struct comparison c = {
        .has = f->has_before, .kind = COMPARE_GIVEN, .now = f->now, .before = f->before};
    if (!overview_measure(&f->layout, f->now, &p->now, err) ||
        !dimensions_measure(&f->layout, f->now, p->dimensions, err) ||
        !issues_find(&f->layout, f->now, issues_located(f), f->arena, &p->issues, err) ||
        !trend_measure(&f->layout, f->now, f->arena, &p->trend, err) || !measure_channels(p, err))
        return false;
    return !f->has_before ||
           (overview_measure(&f->layout, f->before, &p->before, err) &&
            dimensions_measure(&f->layout, f->before, p->dimensions_before, err) &&
            overview_compare(&f->layout, &c, &p->changes, err));
}

// ── writing ──

static const char *verdict(const struct page *p, const struct change *c) {
    if (!p->f->has_before || !c->has)
        return "unknown";
    return !c->significant ? "same" : c->diff > 0 ? "up" : "down";
}

static void add_compared(struct page *p, const char *key, struct estimate now,
                         struct estimate before, const struct change *c, bool optional) {
    struct json_writer *w = p->w;
    json_key(w, key);
    if (optional && now.n == 0 && before.n == 0) {
        json_add_null(w);
        return;
    }
    figure_score(w, now);
    json_key(w, "previous");
    if (p->f->has_before) {
        figure_score(w, before);
        json_end_object(w);
    } else {
        json_add_null(w);
    }
    json_key(w, "verdict");
    json_add_cstr(w, verdict(p, c));
    json_end_object(w);
}

static void add_nps(struct page *p) {
    struct json_writer *w = p->w;
    const struct overview *o = &p->now;
    json_key(w, "nps");
    if (o->nps.n == 0) {
        json_add_null(w);
        return;
    }
    figure_score(w, o->nps);
    json_key(w, "promoters");
    json_add_int(w, o->nps_counts.promoters);
    json_key(w, "passives");
    json_add_int(w, o->nps_counts.passives);
    json_key(w, "detractors");
    json_add_int(w, o->nps_counts.detractors);
    json_key(w, "previous");
    if (p->f->has_before) {
        figure_score(w, p->before.nps);
        json_end_object(w);
    } else {
        json_add_null(w);
    }
    json_key(w, "verdict");
    json_add_cstr(w, verdict(p, &p->changes.nps));
    json_end_object(w);
}

static void add_sentiment_counts(struct json_writer *w, const struct overview *o) {
    int64_t known = 0;
    for (int s = N_SENTIMENTS - 1; s >= 0; s--) {
        json_key(w, sentiment_labels[s].code);
        json_add_int(w, o->sentiment[s]);
        known += o->sentiment[s];
    }
    json_key(w, "unknown");
    json_add_int(w, o->n - known);
}

static void add_sentiment(struct page *p) {
    struct json_writer *w = p->w;
    json_key(w, "sentiment");
    json_begin_object(w);
    add_sentiment_counts(w, &p->now);
    json_key(w, "previous");
    if (p->f->has_before) {
        json_begin_object(w);
        add_sentiment_counts(w, &p->before);
        json_end_object(w);
    } else {
        json_add_null(w);
    }
    json_end_object(w);
}

#define INDEX_MIN_N 5 // as in the report: dimensions with fewer mentions are left out

// The satisfaction index of the industry, with the weights of the workspace: 0–100.
static void add_index(struct page *p) {
    struct estimate scores[N_DIMENSIONS];
    bool from_text[N_DIMENSIONS];
    double weights[N_DIMENSIONS];
    for (int d = 0; d < N_DIMENSIONS; d++) {
        scores[d] = p->dimensions[d].score;
        from_text[d] = p->dimensions[d].from_text;
        weights[d] = taxonomy_weight(p->f->taxonomy, (enum dimension)d);
    }
    json_key(p->w, "index");
    figure_score(p->w, score_satisfaction_index(scores, from_text, weights, INDEX_MIN_N));
    json_end_object(p->w);
}

// Urgent ones, and those of them that nobody has answered.
static bool add_urgent(struct page *p, struct error *err) {
    struct figures *f = p->f;
    struct query q = period_query(GRAIN_FEEDBACK, f->now), answered;
    query_only(&q, f->layout.urgency, URGENCY_URGENT);
    answered = q;
    answered.flags_all = FACT_REPLIED;
    CLEANUP(result_done) struct result all = {0}, some = {0};
    if (!facts_query(f->layout.facts, &q, 1, &all, err) ||
        !facts_query(f->layout.facts, &answered, 1, &some, err))
        return false;
    json_key(p->w, "urgent");
    json_begin_object(p->w);
    json_key(p->w, "n");
    json_add_int(p->w, all.n[0]);
    json_key(p->w, "unanswered");
    json_add_int(p->w, all.n[0] - some.n[0]);
    figure_filter(f, p->w, (struct figure_link[]){{"urgency", STR("2")}, {NULL, STR("")}});
    json_end_object(p->w);
    return true;
}

static void add_dimension(struct page *p, int d) {
    struct json_writer *w = p->w;
    const struct dimension_figures *now = &p->dimensions[d];
    json_begin_object(w);
    json_key(w, "code");
    json_add_cstr(w, dimension_labels[d].code);
    json_key(w, "name");
    json_add_str(w, taxonomy_dimension_name(p->f->taxonomy, (enum dimension)d, p->f->lang));
    json_key(w, "n");
    json_add_int(w, now->n);
    for (int s = 0; s < N_SENTIMENTS; s++) {
        json_key(w, sentiment_labels[s].code);
        json_add_int(w, now->polarity[s]);
    }
    json_key(w, "score");
    json_add_num(w, now->score.has ? now->score.value : NAN, 4);
    json_key(w, "interval");
    if (now->score.has) {
        json_begin_array(w);
        json_add_num(w, now->score.low, 4);
        json_add_num(w, now->score.high, 4);
        json_end_array(w);
    } else {
        json_add_null(w);
    }
    json_key(w, "previous");
    if (p->f->has_before) {
        figure_score(w, p->dimensions_before[d].score);
        json_end_object(w);
    } else {
        json_add_null(w);
    }
    json_key(w, "verdict");
    json_add_cstr(w, verdict(p, &p->changes.dimension[d]));
    figure_filter(
        p->f, w,
        (struct figure_link[]){{"dimension", str_from(dimension_labels[d].code)}, {NULL, STR("")}});
    json_end_object(w);
}

static void add_dimensions(struct page *p) {
    bool done[N_DIMENSIONS] = {false};
    json_key(p->w, "dimensions");
    json_begin_array(p->w);
    for (;;) { // most mentioned first
        int best = -1;
        for (int d = 0; d < N_DIMENSIONS; d++)
            if (!done[d] && p->dimensions[d].n > 0 &&
                !taxonomy_is_hidden(p->f->taxonomy, (enum dimension)d) &&
                (best < 0 || p->dimensions[d].n > p->dimensions[best].n))
                best = d;
        if (best < 0)
            break;
        done[best] = true;
        add_dimension(p, best);
    }
    json_end_array(p->w);
}

// ── issues and their quotes ──

struct quoting {
    struct page *page;
    int64_t ids[4 * QUOTES_SHOWN];
    size_t n;
    struct feedback_batch batch;
};

static bool read_quotes(struct sql *s, void *ctx, struct error *err) {
    struct quoting *q = ctx;
    const struct figures *f = q->page->f;
    return feedback_load(s, &f->api->house->store, f->principal->workspace, q->ids, q->n,
                         FEEDBACK_EVERYTHING, &q->batch, err);
}

static bool is_about(const struct page *p, struct str code, enum dimension dimension) {
    int d = label_find(dimension_labels, N_DIMENSIONS, code);
    return d >= 0 && taxonomy_target(p->f->taxonomy, (enum dimension)d) == dimension;
}

static bool add_quote(struct page *p, const struct stored_feedback *s, enum dimension dimension) {
    const struct json *list = json_get(s->analysis, "dimensions");
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *d = json_at(list, i), *evidence = json_get(d, "evidence");
        if (!is_about(p, json_str(json_get(d, "code")), dimension) ||
            !str_eq(json_str(json_get(d, "polarity")), STR("neg")))
            continue;
        json_begin_object(p->w);
        api_add_id(p->w, "id", s->id);
        json_key(p->w, "text");
        json_add_str(p->w, feedback_mask(record_whole_text(&s->record, p->f->arena),
                                         p->f->principal, p->f->arena));
        json_key(p->w, "start");
        json_add_int(p->w, json_int(json_get(evidence, "start"), 0));
        json_key(p->w, "end");
        json_add_int(p->w, json_int(json_get(evidence, "end"), 0));
        json_end_object(p->w);
        return true;
    }
    return false;
}

static void add_quotes(struct page *p, enum dimension dimension) {
    struct quoting q = {.page = p};
    int64_t at_us[ARRAY_LEN(q.ids)];
    struct query query = period_query(GRAIN_ASPECT, p->f->now);
    query_only(&query, FACTS_ASPECT, dimension);
    query_only(&query, FACTS_POLARITY, SENTIMENT_NEG);
    struct fact_page newest = {INT64_MAX, INT64_MAX, ARRAY_LEN(q.ids)};
    json_key(p->w, "quotes");
    json_begin_array(p->w);
    if (fact_view_list(p->f->view, &query, &newest, q.ids, at_us, &q.n, NULL) &&
        sql_read(p->f->api->house->store.db, read_quotes, &q, NULL)) {
        size_t shown = 0;
        for (size_t i = 0; i < q.n && shown < QUOTES_SHOWN; i++)
            shown += q.batch.items[i].found && add_quote(p, &q.batch.items[i], dimension);
    }
    json_end_array(p->w);
    feedback_batch_done(&q.batch);
}

static void add_issue(struct page *p, const struct issue_found *i) {
    struct json_writer *w = p->w;
    const struct facts *facts = p->f->layout.facts;
    const struct change *c = &p->changes.issue[i->dimension];
    const char *code = dimension_labels[i->dimension].code;
    json_begin_object(w);
    json_key(w, "code");
    json_add_cstr(w, code);
    json_key(w, "name");
    json_add_str(w, taxonomy_issue_name(p->f->taxonomy, i->dimension, p->f->lang));
    json_key(w, "n");
    json_add_int(w, i->n);
    json_key(w, "share"); // of the negative texts
    json_add_num(w, i->share_of_bad, 4);
    json_key(w, "share_of_texts");
    json_add_num(w, i->share.has ? i->share.value : NAN, 4);
    json_key(w, "change"); // of the share of all texts
    json_add_num(w, p->f->has_before && c->has ? c->diff : NAN, 4);
    json_key(w, "verdict");
    json_add_cstr(w, verdict(p, c));
    json_key(w, "department");
    json_add_str(w, taxonomy_department(p->f->taxonomy, i->dimension, p->f->lang));
    json_key(w, "where");
    if (i->n_where > 0) {
        json_begin_object(w);
        json_key(w, "dimension");
        json_add_str(w, facts_name(facts, i->where[0].column));
        json_key(w, "value");
        json_add_str(w, facts_value(facts, i->where[0].column, i->where[0].value));
        json_key(w, "n");
        json_add_int(w, i->where[0].n);
        json_end_object(w);
    } else {
        json_add_null(w);
    }
    add_quotes(p, i->dimension);
    figure_filter(p->f, w,
                  (struct figure_link[]){
                      {"dimension", str_from(code)}, {"polarity", STR("neg")}, {NULL, STR("")}});
    json_end_object(w);
}

static void add_channels(struct page *p) {
    struct json_writer *w = p->w;
    const struct result *r = &p->channels;
    json_key(w, "channels");
    json_begin_array(w);
    for (size_t g = 0; g < r->n_groups; g++) {
        struct str value =
            facts_value(p->f->layout.facts, p->f->layout.channel, (uint32_t)result_key(r, g, 0));
        struct estimate e = estimate_mean_within(result_moments(r, g, 0), 1, 5);
        json_begin_object(w);
        json_key(w, "value");
        json_add_str(w, value);
        json_key(w, "n");
        json_add_int(w, r->n[g]);
        json_key(w, "score");
        json_add_num(w, e.has ? e.value : NAN, 4);
        json_key(w, "interval");
        if (e.has) {
            json_begin_array(w);
            json_add_num(w, e.low, 4);
            json_add_num(w, e.high, 4);
            json_end_array(w);
        } else {
            json_add_null(w);
        }
        if (value.len)
            figure_filter(p->f, w, (struct figure_link[]){{"channel", value}, {NULL, STR("")}});
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_trend(struct page *p) {
    static const char *const buckets[] = {
        [TIME_DAY] = "day", [TIME_WEEK] = "week", [TIME_MONTH] = "month"};
    struct json_writer *w = p->w;
    const char *bucket = buckets[p->trend.bucket];
    json_key(w, "trend");
    json_begin_array(w);
    for (size_t i = 0; i < p->trend.n; i++) {
        const struct trend_bucket *t = &p->trend.items[i];
        char date[16];
        json_begin_object(w);
        json_key(w, bucket);
        json_add_cstr(w, clock_format_date(t->from, date, sizeof date));
        json_key(w, "n");
        json_add_int(w, t->n);
        json_key(w, "score");
        json_add_num(w, t->score.has ? t->score.value : NAN, 4);
        json_key(w, "interval");
        if (t->score.has) {
            json_begin_array(w);
            json_add_num(w, t->score.low, 4);
            json_add_num(w, t->score.high, 4);
            json_end_array(w);
        } else {
            json_add_null(w);
        }
        json_key(w, "neg_share");
        json_add_num(w, t->n_texts ? (double)t->sentiment[SENTIMENT_NEG] / (double)t->n_texts : NAN,
                     4);
        json_key(w, "partial");
        json_add_bool(w, t->partial);
        json_end_object(w);
    }
    json_end_array(w);
    json_key(w, "trend_bucket");
    json_add_cstr(w, bucket);
}

static void add_head(struct page *p) {
    struct figures *f = p->f;
    struct json_writer *w = p->w;
    figure_days(w, "period", f->now);
    if (f->has_before) {
        figure_days(w, "previous", f->before);
    } else {
        json_key(w, "previous");
        json_add_null(w);
    }
    struct civil midnight = {0};
    civil_from_days(f->as_of + 1, &midnight.year, &midnight.month, &midnight.day);
    api_add_time(w, "as_of", MIN(clock_now_us(), zone_to_us(f->zone, &midnight) - US_PER_SECOND));
    json_key(w, "thin"); // too little for tests
    json_add_bool(w, p->now.n_texts < EXPLAIN_TEST_MIN_N);
    json_key(w, "volume");
    json_begin_object(w);
    json_key(w, "n");
    json_add_int(w, p->now.n);
    json_key(w, "previous");
    if (f->has_before)
        json_add_int(w, p->before.n);
    else
        json_add_null(w);
    figure_filter(f, w, NULL);
    json_end_object(w);
    json_key(w, "from_text");
    json_add_bool(w, f->has_data && f->layout.from_text);
}

static bool write_page(struct page *p, struct error *err) {
    struct json_writer *w = p->w;
    json_begin_object(w);
    add_head(p);
    add_compared(p, "satisfaction", p->now.score, p->before.score, &p->changes.score, false);
    add_index(p);
    add_nps(p);
    add_compared(p, "csat", p->now.csat, p->before.csat, &p->changes.csat, true);
    add_compared(p, "ces", p->now.ces, p->before.ces, &(struct change){0}, true);
    add_sentiment(p);
    if (p->f->has_data) {
        if (!add_urgent(p, err))
            return false;
    } else {
        json_key(w, "urgent");
        json_begin_object(w);
        json_key(w, "n");
        json_add_int(w, 0);
        json_key(w, "unanswered");
        json_add_int(w, 0);
        json_end_object(w);
    }
    add_dimensions(p);
    json_key(w, "issues");
    json_begin_array(w);
    for (size_t i = 0, shown = 0; i < p->issues.n && shown < ISSUES_SHOWN; i++)
        if (!taxonomy_is_hidden(p->f->taxonomy, p->issues.items[i].dimension)) {
            add_issue(p, &p->issues.items[i]);
            shown++;
        }
    json_end_array(w);
    add_channels(p);
    add_trend(p);
    json_end_object(w);
    return true;
}

static enum request_outcome get_overview(struct request *r, void *ctx) {
    struct figures f;
    struct error e;
    if (!figures_open(r, ctx, &f))
        return REQUEST_DONE;
    struct strbuf sb = strbuf_init(8 * MIB);
    struct json_writer w = json_writer_init(&sb);
    struct page *p = ARENA_NEW(f.arena, struct page);
    p->f = &f;
    p->w = &w;
    bool ok = (!f.has_data || measure(p, &e)) && write_page(p, &e);
    result_done(&p->channels);
    figures_close(&f);
    if (ok)
        return api_ok(r, 200, &sb);
    strbuf_done(&sb);
    return api_fail(r, &e);
}

static const struct api_param query[] = {API_FILTER_PARAM, API_FIGURE_PARAMS, {.name = NULL}};

static const struct api_route routes[] = {
    {.method = "GET",
     .path = "/api/v1/overview",
     .handler = get_overview,
     .permission = PERMISSION_FEEDBACK_READ,
     .tag = "figures",
     .summary =
         {"总览：数量、满意度、情感、维度、问题、趋势，与上一期相比",
          "overview: volume, satisfaction, sentiment, dimensions, issues, trend, against the period before"},
     .query = query,
     .reply = "Overview"},
};
const struct api_table overview_routes = API_TABLE(routes);
