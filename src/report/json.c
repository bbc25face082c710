// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <math.h>

#include "report/pick.h"
#include "report/render.h"

// Raised only when a key changes its meaning or goes away; new keys do not raise it.
#define SCHEMA_VERSION 1

#define DECIMALS      6
#define TEST_DECIMALS 12

static void add_key_str(struct json_writer *w, const char *key, struct str s) {
    json_key(w, key);
    json_add_str(w, s);
}

// “” stands for not known in the report; as data that is null.
static void add_key_name(struct json_writer *w, const char *key, struct str s) {
    json_key(w, key);
    if (s.len)
        json_add_str(w, s);
    else
        json_add_null(w);
}

static void add_key_int(struct json_writer *w, const char *key, int64_t v) {
    json_key(w, key);
    json_add_int(w, v);
}

static void add_key_num(struct json_writer *w, const char *key, double v) {
    json_key(w, key);
    json_add_num(w, v, DECIMALS);
}

static void add_key_bool(struct json_writer *w, const char *key, bool v) {
    json_key(w, key);
    json_add_bool(w, v);
}

static void add_key_day(struct json_writer *w, const char *key, int64_t days) {
    char buf[32];
    json_key(w, key);
    if (days < -719162 || days > 2932896)
        json_add_null(w);
    else
        json_add_cstr(w, clock_format_date(days, buf, sizeof buf));
}

static void add_key_time(struct json_writer *w, const char *key, int64_t us) {
    char buf[32];
    json_key(w, key);
    if (us / US_PER_DAY < -719161 || us / US_PER_DAY > 2932895)
        json_add_null(w);
    else
        json_add_cstr(w, clock_format_iso(us, buf, sizeof buf));
}

// `name`, low, high, n as members of the open object.
static void add_estimate(struct json_writer *w, const char *name, const struct estimate *e) {
    bool known = estimate_is_known(e);
    add_key_num(w, name, known ? e->value : NAN);
    add_key_num(w, "low", known ? e->low : NAN);
    add_key_num(w, "high", known ? e->high : NAN);
    add_key_int(w, "n", e->has ? e->n : 0);
}

static void add_key_estimate(struct json_writer *w, const char *key, const struct estimate *e) {
    json_key(w, key);
    if (!e->has) {
        json_add_null(w);
        return;
    }
    json_begin_object(w);
    add_estimate(w, "value", e);
    json_end_object(w);
}

static void add_test(struct json_writer *w, double p, double q, bool significant) {
    json_key(w, "p");
    json_add_num(w, p, TEST_DECIMALS);
    json_key(w, "q");
    json_add_num(w, q, TEST_DECIMALS);
    add_key_bool(w, "significant", significant);
}

static void add_key_change(struct json_writer *w, const char *key, const struct change *c) {
    json_key(w, key);
    if (!c->has) {
        json_add_null(w);
        return;
    }
    json_begin_object(w);
    add_key_num(w, "diff", c->diff);
    add_key_num(w, "low", c->low);
    add_key_num(w, "high", c->high);
    add_test(w, c->p, c->q, c->significant);
    json_end_object(w);
}

static void add_quote_members(struct json_writer *w, const struct report *r,
                              const struct quote *q) {
    add_key_name(w, "file", q->file < r->n_files ? r->files[q->file].name : (struct str){0});
    add_key_int(w, "row", (int64_t)MIN(q->row, (uint64_t)INT64_MAX));
    add_key_str(w, "text", q->text);
    add_key_int(w, "start", q->start);
    add_key_int(w, "end", q->end);
    add_key_name(w, "channel", q->channel);
    add_key_name(w, "customer_tail", q->customer_tail);
    if (q->date_only && q->occurred_us != TIME_NONE) {
        int64_t days =
            r->zone ? zone_local_days(r->zone, q->occurred_us) : q->occurred_us / US_PER_DAY;
        add_key_day(w, "occurred_at", days);
    } else {
        add_key_time(w, "occurred_at", q->occurred_us);
    }
    add_key_bool(w, "replied", q->replied);
    add_key_num(w, "score", q->score);
}

static void add_quotes(struct json_writer *w, const char *key, const struct report *r,
                       const struct quote *quotes, size_t n) {
    json_key(w, key);
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(w);
        add_quote_members(w, r, &quotes[i]);
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_sentiment(struct json_writer *w, const int64_t *counts) {
    json_key(w, "sentiment");
    json_begin_object(w);
    add_key_int(w, "pos", counts[SENTIMENT_POS]);
    add_key_int(w, "neu", counts[SENTIMENT_NEU]);
    add_key_int(w, "neg", counts[SENTIMENT_NEG]);
    json_end_object(w);
}

static void add_head(struct json_writer *w, const struct report *r) {
    static const char *const modes[] = {
        [REPORT_EMPTY] = "empty", [REPORT_LIST] = "list", [REPORT_FULL] = "full"};
    add_key_int(w, "schema", SCHEMA_VERSION);
    add_key_str(w, "version", r->version);
    add_key_name(w, "model", r->model);
    add_key_time(w, "generated_at", r->generated_us);
    json_key(w, "lang");
    json_add_cstr(w, r->lang == LANG_ZH ? "zh" : "en");
    json_key(w, "mode");
    json_add_cstr(w, modes[r->mode]);
    add_key_str(w, "title", r->title);
    add_key_str(w, "headline", r->headline);
    json_key(w, "industry");
    json_begin_object(w);
    add_key_name(w, "code", r->industry);
    add_key_name(w, "name", r->industry_name);
    json_end_object(w);
    add_key_name(w, "timezone", r->timezone);
    json_key(w, "rows");
    json_begin_object(w);
    add_key_int(w, "read", (int64_t)r->read);
    add_key_int(w, "used", (int64_t)r->used);
    add_key_int(w, "rejected", (int64_t)r->rejected);
    json_end_object(w);
}

static void add_files(struct json_writer *w, const struct report *r) {
    json_key(w, "files");
    json_begin_array(w);
    for (size_t i = 0; i < r->n_files; i++) {
        json_begin_object(w);
        add_key_str(w, "name", r->files[i].name);
        add_key_str(w, "kind", r->files[i].kind);
        add_key_name(w, "channel", r->files[i].channel);
        add_key_int(w, "read", (int64_t)r->files[i].read);
        add_key_int(w, "used", (int64_t)r->files[i].used);
        add_key_int(w, "rejected", (int64_t)r->files[i].rejected);
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_columns(struct json_writer *w, const struct report *r) {
    json_key(w, "columns");
    json_begin_object(w);
    add_key_name(w, "text", r->text_column);
    add_key_name(w, "score", r->score_column);
    json_key(w, "scale");
    if (r->score_column.len) {
        json_begin_object(w);
        add_key_num(w, "low", r->score_low);
        add_key_num(w, "high", r->score_high);
        json_end_object(w);
    } else {
        json_add_null(w);
    }
    add_key_name(w, "time", r->time_column);
    json_key(w, "dimensions");
    json_begin_array(w);
    for (size_t i = 0; i < r->n_attrs; i++)
        json_add_str(w, r->attr_names[i]);
    json_end_array(w);
    json_end_object(w);
    json_key(w, "understood");
    json_begin_array(w);
    for (size_t i = 0; i < r->n_columns; i++) {
        json_begin_object(w);
        add_key_str(w, "file", r->columns[i].file);
        add_key_str(w, "column", r->columns[i].column);
        add_key_str(w, "meaning", r->columns[i].meaning);
        json_end_object(w);
    }
    json_end_array(w);
    add_key_num(w, "order_join_rate", r->order_join_rate);
}

// Days: both ends included.
static void add_key_period(struct json_writer *w, const char *key, bool has, int64_t from,
                           int64_t to) {
    json_key(w, key);
    if (!has || to <= from) {
        json_add_null(w);
        return;
    }
    json_begin_object(w);
    add_key_day(w, "from", from);
    add_key_day(w, "to", to - 1);
    json_end_object(w);
}

static void add_periods(struct json_writer *w, const struct report *r) {
    add_key_period(w, "covered", r->has_time, r->from_days, r->to_days);
    add_key_period(w, "period_now", r->has_compare, r->this_from, r->this_to);
    add_key_period(w, "period_before", r->has_compare, r->prev_from, r->prev_to);
    add_key_bool(w, "date_only", r->has_date_only);
}

static void add_satisfaction_members(struct json_writer *w, const struct satisfaction *s) {
    add_estimate(w, "score", &s->score);
    add_key_estimate(w, "score_all", &s->score_all);
    add_key_estimate(w, "nps", &s->nps);
    add_key_estimate(w, "csat", &s->csat);
    add_key_estimate(w, "ces", &s->ces);
    add_key_estimate(w, "index", &s->index);
    add_key_estimate(w, "good_share", &s->good_share);
    add_key_estimate(w, "bad_share", &s->bad_share);
    add_key_int(w, "used", s->n_used);
    add_key_int(w, "default_praise", s->n_default_praise);
    add_key_int(w, "bad_unreplied", s->n_unreplied_bad);
    add_key_bool(w, "from_text", s->from_text);
}

static void add_key_satisfaction(struct json_writer *w, const char *key, bool has,
                                 const struct satisfaction *s) {
    json_key(w, key);
    if (!has) {
        json_add_null(w);
        return;
    }
    json_begin_object(w);
    add_satisfaction_members(w, s);
    add_sentiment(w, s->sentiment);
    json_end_object(w);
}

static void add_overall(struct json_writer *w, const struct report *r) {
    json_key(w, "satisfaction");
    json_begin_object(w);
    add_satisfaction_members(w, &r->all);
    json_end_object(w);
    add_sentiment(w, r->all.sentiment);
    add_key_satisfaction(w, "now", r->has_compare, &r->now);
    add_key_satisfaction(w, "before", r->has_compare, &r->before);
    json_key(w, "changes");
    json_begin_object(w);
    add_key_change(w, "score", &r->score_change);
    add_key_change(w, "nps", &r->nps_change);
    add_key_change(w, "good_share", &r->good_change);
    add_key_change(w, "bad_share", &r->bad_change);
    json_end_object(w);
    json_key(w, "channels");
    json_begin_array(w);
    for (size_t i = 0; i < r->n_channels; i++) {
        json_begin_object(w);
        add_key_str(w, "name", r->channels[i].name);
        add_key_int(w, "count", r->channels[i].n);
        add_estimate(w, "score", &r->channels[i].score);
        add_key_bool(w, "from_text", r->channels[i].from_text);
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_todo(struct json_writer *w, const struct report *r, const struct todo *t) {
    json_begin_object(w);
    add_quote_members(w, r, &t->quote);
    add_key_int(w, "urgency", t->urgency);
    json_key(w, "dimension");
    json_add_cstr(w, t->dimension < N_DIMENSIONS ? dimension_labels[t->dimension].code : NULL);
    add_key_name(w, "issue", t->issue);
    add_key_name(w, "department", t->department);
    add_key_name(w, "reason", t->reason);
    add_key_num(w, "waiting_hours", t->waiting_hours);
    json_end_object(w);
}

static void add_todos(struct json_writer *w, const struct report *r) {
    json_key(w, "todo");
    json_begin_object(w);
    add_key_int(w, "urgent", r->n_urgent);
    add_key_int(w, "needs_reply", r->n_needs_reply);
    add_key_int(w, "bad_unreplied", r->n_bad_unreplied);
    add_key_num(w, "oldest_wait_hours", r->oldest_wait_hours);
    json_end_object(w);
    for (int urgent = 1; urgent >= 0; urgent--) {
        json_key(w, urgent ? "urgent" : "unanswered");
        json_begin_array(w);
        for (size_t i = 0; i < r->n_todos; i++)
            if ((r->todos[i].urgency == URGENCY_URGENT) == (urgent == 1))
                add_todo(w, r, &r->todos[i]);
        json_end_array(w);
    }
}

static void add_dimensions(struct json_writer *w, const struct report *r) {
    json_key(w, "dimensions");
    json_begin_array(w);
    for (size_t i = 0; i < r->n_dimensions; i++) {
        const struct dimension_row *d = &r->dimensions[i];
        json_begin_object(w);
        add_key_str(w, "code", d->code);
        add_key_str(w, "name", d->name);
        add_key_num(w, "score", estimate_is_known(&d->score) ? d->score.value : NAN);
        add_key_num(w, "low", estimate_is_known(&d->score) ? d->score.low : NAN);
        add_key_num(w, "high", estimate_is_known(&d->score) ? d->score.high : NAN);
        add_key_int(w, "n", d->n);
        add_key_int(w, "pos", d->pos);
        add_key_int(w, "neu", d->neu);
        add_key_int(w, "neg", d->neg);
        add_key_num(w, "weight", d->weight);
        add_key_change(w, "change", &d->trend);
        add_quotes(w, "quotes", r, d->quotes, d->n_quotes);
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_where(struct json_writer *w, const struct issue *issue) {
    json_key(w, "where");
    json_begin_array(w);
    for (size_t i = 0; i < issue->n_where; i++) {
        json_begin_object(w);
        add_key_str(w, "column", issue->where[i].column);
        add_key_str(w, "value", issue->where[i].value);
        add_key_int(w, "n", issue->where[i].n);
        add_key_num(w, "share", issue->where[i].share);
        add_key_num(w, "base_share", issue->where[i].base_share);
        add_key_num(w, "lift", issue->where[i].lift);
        json_key(w, "q");
        json_add_num(w, issue->where[i].q, TEST_DECIMALS);
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_issue(struct json_writer *w, const struct report *r, const struct issue *issue) {
    bool known = estimate_is_known(&issue->share);
    json_begin_object(w);
    add_key_str(w, "code", issue->code);
    add_key_str(w, "name", issue_name_of(issue, r->lang));
    add_key_int(w, "n", issue->n);
    add_key_num(w, "share", known ? issue->share.value : NAN);
    add_key_num(w, "share_low", known ? issue->share.low : NAN);
    add_key_num(w, "share_high", known ? issue->share.high : NAN);
    add_key_num(w, "share_of_negative", issue->share_of_bad);
    add_key_change(w, "change", &issue->trend);
    add_key_estimate(w, "score_effect", &issue->score_effect);
    add_quotes(w, "quotes", r, issue->quotes, issue->n_quotes);
    add_where(w, issue);
    add_key_name(w, "measure", issue->measure);
    add_key_name(w, "department", issue->department);
    json_key(w, "phrases");
    json_begin_array(w);
    for (size_t i = 0; i < issue->n_phrases; i++)
        json_add_str(w, issue->phrases[i]);
    json_end_array(w);
    json_key(w, "sparkline");
    json_begin_array(w);
    for (size_t i = 0; issue->sparkline && i < r->n_buckets; i++)
        json_add_num(w, issue->sparkline[i], DECIMALS);
    json_end_array(w);
    json_end_object(w);
}

static void add_issues(struct json_writer *w, const struct report *r) {
    json_key(w, "issues");
    json_begin_array(w);
    for (size_t i = 0; i < r->n_issues; i++)
        add_issue(w, r, &r->issues[i]);
    json_end_array(w);
}

static void add_segments(struct json_writer *w, const struct report *r) {
    json_key(w, "segments");
    json_begin_array(w);
    for (size_t i = 0; i < r->n_segments; i++) {
        const struct segment *s = &r->segments[i];
        bool known = estimate_is_known(&s->score);
        json_begin_object(w);
        add_key_str(w, "column", s->column);
        add_key_name(w, "role", s->role);
        add_key_str(w, "value", s->value);
        add_key_int(w, "n", s->n);
        add_key_num(w, "score", known ? s->score.value : NAN);
        add_key_num(w, "score_low", known ? s->score.low : NAN);
        add_key_num(w, "score_high", known ? s->score.high : NAN);
        add_key_num(w, "diff", s->diff);
        add_key_num(w, "diff_low", s->low);
        add_key_num(w, "diff_high", s->high);
        add_test(w, s->p, s->q, s->significant);
        add_key_num(w, "shrunk", s->shrunk);
        add_key_bool(w, "small", s->small);
        add_quotes(w, "quotes", r, s->quotes, s->n_quotes);
        json_end_object(w);
    }
    json_end_array(w);
    add_key_int(w, "segments_tested", r->n_segments_tested);
    json_key(w, "measures");
    json_begin_array(w);
    for (size_t i = 0; i < r->n_measures; i++) {
        const struct measure_row *m = &r->measures[i];
        json_begin_object(w);
        add_key_str(w, "name", m->name);
        add_key_num(w, "mean_negative", m->mean_bad);
        add_key_num(w, "mean_other", m->mean_good);
        add_key_int(w, "n_negative", m->n_bad);
        add_key_int(w, "n_other", m->n_good);
        add_test(w, m->p, m->q, m->significant);
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_trend(struct json_writer *w, const struct report *r) {
    add_key_int(w, "bucket_days", r->n_buckets ? r->bucket_days : 0);
    json_key(w, "trend");
    json_begin_array(w);
    for (size_t i = 0; i < r->n_buckets; i++) {
        const struct bucket *b = &r->trend[i];
        bool known = estimate_is_known(&b->score);
        json_begin_object(w);
        add_key_day(w, "from", b->from_days);
        add_key_day(w, "to", b->to_days > INT64_MIN ? b->to_days - 1 : b->to_days);
        add_key_int(w, "n", b->n);
        add_key_num(w, "score", known ? b->score.value : NAN);
        add_key_num(w, "low", known ? b->score.low : NAN);
        add_key_num(w, "high", known ? b->score.high : NAN);
        add_key_int(w, "scored", known ? b->score.n : 0);
        add_sentiment(w, b->sentiment);
        add_key_bool(w, "partial", b->partial);
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_keywords(struct json_writer *w, const struct report *r) {
    json_key(w, "keywords");
    json_begin_array(w);
    for (size_t i = 0; i < r->n_keywords; i++) {
        const struct keyword *k = &r->keywords[i];
        json_begin_object(w);
        add_key_str(w, "text", k->text);
        add_key_int(w, "n", k->n);
        json_key(w, "polarity");
        json_add_cstr(w, k->polarity < N_SENTIMENTS ? sentiment_labels[k->polarity].code : NULL);
        add_key_num(w, "change", k->change);
        add_quotes(w, "quotes", r, k->quotes, k->n_quotes);
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_quality(struct json_writer *w, const struct report *r) {
    CLEANUP(arena_done) struct arena a = {0};
    json_key(w, "quality");
    json_begin_object(w);
    for (size_t i = 0; i < r->n_quality; i++) {
        const struct quality_row *q = &r->quality[i];
        bool is_again = false; // a key may stand only once
        for (size_t k = 0; k < i && !is_again; k++)
            is_again = str_eq(r->quality[k].code, q->code);
        if (is_again)
            continue;
        json_key(w, arena_str(&a, q->code).ptr);
        json_begin_object(w);
        add_key_str(w, "name", q->name);
        add_key_int(w, "n", q->n);
        add_key_str(w, "treatment", q->treatment);
        json_key(w, "examples");
        json_begin_array(w);
        for (size_t k = 0; k < q->n_examples; k++) {
            const struct quote *e = &q->examples[k];
            json_begin_object(w);
            add_key_name(w, "file",
                         e->file < r->n_files ? r->files[e->file].name : (struct str){0});
            add_key_int(w, "row", (int64_t)MIN(e->row, (uint64_t)INT64_MAX));
            add_key_str(w, "text", e->text);
            json_end_object(w);
        }
        json_end_array(w);
        json_end_object(w);
    }
    json_end_object(w);
    json_key(w, "cautions");
    json_begin_array(w);
    for (size_t i = 0; i < r->n_cautions; i++)
        json_add_str(w, r->cautions[i].text);
    json_end_array(w);
}

void report_json(const struct report *r, struct strbuf *ret) {
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    add_head(&w, r);
    add_files(&w, r);
    add_columns(&w, r);
    add_periods(&w, r);
    add_overall(&w, r);
    add_todos(&w, r);
    add_issues(&w, r);
    add_dimensions(&w, r);
    add_trend(&w, r);
    add_segments(&w, r);
    add_keywords(&w, r);
    add_quality(&w, r);
    json_end_object(&w);
    strbuf_addc(ret, '\n');
}
