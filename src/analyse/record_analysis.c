// SPDX-License-Identifier: Apache-2.0
#include "analyse/record_analysis.h"

#include <math.h>

#include "analyse/score.h"
#include "analyse/taxonomy.h"
#include "base/mem.h"
#include "base/utf8.h"

struct record_analysis {
    const struct model *model;
    struct model_run *run;
};

struct record_analysis *record_analysis_new(const struct model *m) {
    struct record_analysis *ra = NEW(struct record_analysis);
    ra->model = m;
    ra->run = model_run_new(m);
    return ra;
}

void record_analysis_free(struct record_analysis *ra) {
    if (!ra)
        return;
    model_run_free(ra->run);
    free(ra);
}

// ── running ──

static bool same_column(const struct score_column *c, const struct record_score *s) {
    return c->metric == s->metric && c->low == s->low && c->high == s->high &&
           c->reversed == s->reversed && str_eq(c->dimension, s->dimension);
}

// Column of the schema for a score, added when there is none; −1 when the schema is full.
static int column_for(struct schema *schema, const struct record_score *s) {
    for (int i = 0; i < schema->n_scores; i++)
        if (same_column(&schema->scores[i], s))
            return i;
    if (schema->n_scores == FEEDBACK_MAX_SCORES)
        return -1;
    double number;
    schema->scores[schema->n_scores] =
        (struct score_column){.metric = s->metric,
                              .low = s->low,
                              .high = s->high,
                              .reversed = s->reversed,
                              .is_words = !str_to_double(s->value, &number),
                              .dimension = s->dimension};
    return schema->n_scores++;
}

// False when its scores do not fit into what is left of the schema.
static bool take(struct schema *schema, const struct record *r, struct feedback *f) {
    int n_before = schema->n_scores;
    *f = (struct feedback){.text = r->text,
                           .follow_up = r->follow_up,
                           .reply = r->reply,
                           .label = r->label,
                           .occurred_us = r->occurred_us};
    for (size_t i = 0; i < r->n_scores; i++) {
        int column = column_for(schema, &r->scores[i]);
        if (column < 0) {
            schema->n_scores = n_before;
            return false;
        }
        f->scores[f->n_scores++] = (struct raw_score){(uint8_t)column, r->scores[i].value};
    }
    return true;
}

// Records whose scores share one schema.
static void run_part(struct record_analysis *ra, const struct schema *schema,
                     const struct feedback *feedback, size_t n, struct arena *a,
                     struct record_result *ret) {
    struct unified *unified = ARENA_ARRAY(a, struct unified, n);
    struct enrichment *enriched = ARENA_ARRAY(a, struct enrichment, n);
    struct str *texts = ARENA_ARRAY(a, struct str, n);
    unify_batch(model_lexicon(ra->model), schema, feedback, n, a, unified);
    for (size_t i = 0; i < n; i++)
        texts[i] = unified[i].flags & UNIFY_UNUSED_TEXT ? STR("") : unified[i].text;
    enrich_batch(ra->model, ra->run, texts, n, a, enriched);
    for (size_t i = 0; i < n; i++) {
        ret[i].unified = unified[i];
        ret[i].enrichment = enriched[i];
        ret[i].quality = final_quality(&unified[i], &enriched[i]);
        for (size_t s = 0; s < FEEDBACK_MAX_SCORES; s++)
            ret[i].score[s] =
                s < feedback[i].n_scores ? unified[i].score[feedback[i].scores[s].column] : NAN;
    }
}

void record_analysis_run(struct record_analysis *ra, const struct record *records, size_t n,
                         struct arena *a, struct record_result *ret) {
    struct feedback *feedback = ARENA_ARRAY(a, struct feedback, n);
    for (size_t from = 0; from < n;) {
        struct schema schema = {0};
        size_t to = from;
        while (to < n && take(&schema, &records[to], &feedback[to]))
            to++;
        run_part(ra, &schema, feedback + from, to - from, a, ret + from);
        from = to;
    }
}

// ── writing ──

static void add_probability(struct json_writer *w, const char *key, double p) {
    json_key(w, key);
    json_add_num(w, p, 4);
}

// Where the evidence stands in the whole text: what was analysed has lost its frame (“追评：”).
static void add_evidence(struct json_writer *w, const struct aspect *a, struct str analysed,
                         struct str whole) {
    size_t from = utf8_offset(analysed, a->start), to = utf8_offset(analysed, a->end);
    struct str text = str_slice(analysed, from, to);
    size_t base = str_find(whole, analysed);
    size_t at = base != STR_NONE ? base + from : str_find(whole, text);
    if (text.len == 0 || at == STR_NONE)
        return;
    size_t start = utf8_count(str_slice(whole, 0, at));
    json_key(w, "evidence");
    json_begin_object(w);
    json_key(w, "start");
    json_add_int(w, (int64_t)start);
    json_key(w, "end");
    json_add_int(w, (int64_t)(start + utf8_count(text)));
    json_key(w, "text");
    json_add_str(w, text);
    json_end_object(w);
}

static void add_dimensions(struct json_writer *w, const struct record_result *r, struct str whole) {
    const struct enrichment *e = &r->enrichment;
    json_key(w, "dimensions");
    json_begin_array(w);
    for (int i = 0; r->quality == QUALITY_USED && i < e->n_aspects; i++) {
        json_begin_object(w);
        json_key(w, "code");
        json_add_cstr(w, dimension_labels[e->aspects[i].dimension].code);
        json_key(w, "polarity");
        json_add_cstr(w, sentiment_labels[e->aspects[i].polarity].code);
        add_probability(w, "score", e->aspects[i].score);
        add_evidence(w, &e->aspects[i], r->unified.text, whole);
        json_end_object(w);
    }
    json_end_array(w);
}

static void add_text_findings(struct json_writer *w, const struct record_result *r) {
    const struct enrichment *e = &r->enrichment;
    json_key(w, "sentiment");
    json_add_cstr(w, sentiment_labels[e->sentiment].code);
    json_key(w, "sentiment_probs");
    json_begin_object(w);
    for (int s = N_SENTIMENTS - 1; s >= 0; s--)
        add_probability(w, sentiment_labels[s].code, e->sentiment_probs[s]);
    json_end_object(w);
    json_key(w, "urgency");
    json_add_int(w, e->urgency);
    add_probability(w, "urgency_score", e->urgency_score);
}

static void add_scores(struct json_writer *w, const struct record_result *r,
                       const struct record *record) {
    const struct unified *u = &r->unified;
    const struct {
        const char *key;
        double value;
    } metrics[] = {{"nps", u->nps}, {"csat", u->csat}, {"ces", u->ces}};
    bool counts = quality_kinds[r->quality].score_counts;
    bool rated = counts && !isnan(u->satisfaction), read = r->quality == QUALITY_USED;
    double text_score = read ? score_read(r->enrichment.sentiment_probs) : NAN;
    json_key(w, "satisfaction");
    json_add_num(w, rated ? u->satisfaction : text_score, 3);
    json_key(w, "satisfaction_from");
    json_add_cstr(w, rated ? "rating" : read ? "text" : NULL);
    json_key(w, "rating");
    json_add_num(w, u->satisfaction, 3);
    json_key(w, "text_score");
    json_add_num(w, text_score, 3);
    for (size_t i = 0; i < ARRAY_LEN(metrics); i++)
        if (!isnan(metrics[i].value)) {
            json_key(w, metrics[i].key);
            json_add_num(w, metrics[i].value, 3);
        }
    json_key(w, "unified");
    json_begin_array(w);
    for (size_t i = 0; i < record->n_scores; i++)
        json_add_num(w, r->score[i], 3);
    json_end_array(w);
}

void analysis_format(const struct record_result *r, const struct record *record, struct arena *a,
                     struct str model, struct strbuf *ret) {
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    if (r->quality == QUALITY_USED)
        add_text_findings(&w, r);
    json_key(&w, "validity");
    json_add_cstr(&w, quality_kinds[r->quality].code);
    add_scores(&w, r, record);
    add_dimensions(&w, r, record_whole_text(record, a));
    json_key(&w, "keywords");
    json_begin_array(&w);
    for (int i = 0; r->quality == QUALITY_USED && i < r->enrichment.n_keywords; i++)
        json_add_str(&w, r->enrichment.keywords[i]);
    json_end_array(&w);
    json_key(&w, "flags");
    json_add_int(&w, r->unified.flags);
    json_key(&w, "model");
    json_add_str(&w, model);
    json_end_object(&w);
}

// ── reading back ──

static enum quality quality_find(struct str code) {
    for (int q = 0; q < N_QUALITIES; q++)
        if (str_eq(code, str_from(quality_kinds[q].code)))
            return (enum quality)q;
    return QUALITY_USED;
}

static uint8_t label_or(const struct label *labels, int n, const struct json *j) {
    int found = label_find(labels, n, json_str(j));
    return (uint8_t)(found < 0 ? n : found);
}

static void read_dimensions(const struct json *list, struct analysis_facts *ret) {
    bool seen[N_DIMENSIONS] = {false};
    ret->n_aspects = 0;
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *d = json_at(list, i);
        int code = label_find(dimension_labels, N_DIMENSIONS, json_str(json_get(d, "code")));
        uint8_t polarity = label_or(sentiment_labels, N_SENTIMENTS, json_get(d, "polarity"));
        if (code < 0 || polarity == N_SENTIMENTS || seen[code])
            continue;
        seen[code] = true;
        ret->aspects[ret->n_aspects++] = (struct analysis_aspect){(uint8_t)code, polarity};
    }
}

// A text that is not used says nothing, whatever was read in it.
static void silence(struct analysis_facts *f) {
    f->used = f->quality == QUALITY_USED;
    if (f->used)
        return;
    f->sentiment = N_SENTIMENTS;
    f->urgency = N_URGENCIES;
    f->text_score = NAN;
    f->n_aspects = f->n_keywords = 0;
}

static void apply(const struct correction *c, struct analysis_facts *f) {
    if (str_eq(c->field, STR("sentiment"))) {
        f->sentiment = label_or(sentiment_labels, N_SENTIMENTS, c->value);
        if (f->sentiment < N_SENTIMENTS) {
            float probs[N_SENTIMENTS] = {0};
            probs[f->sentiment] = 1;
            f->text_score = score_read(probs);
        }
    } else if (str_eq(c->field, STR("urgency"))) {
        int64_t level = json_int(c->value, 0);
        f->urgency = (uint8_t)(level >= 0 && level < N_URGENCIES ? level : 0);
    } else if (str_eq(c->field, STR("dimensions"))) {
        read_dimensions(c->value, f);
    } else if (str_eq(c->field, STR("validity"))) {
        f->quality = quality_find(json_str(c->value));
    }
}

void analysis_facts_read(const struct json *analysis, const struct correction *corrections,
                         size_t n_corrections, struct analysis_facts *ret) {
    struct analysis_facts f = {
        .quality = quality_find(json_str(json_get(analysis, "validity"))),
        .sentiment = label_or(sentiment_labels, N_SENTIMENTS, json_get(analysis, "sentiment")),
        .urgency = (uint8_t)json_int(json_get(analysis, "urgency"), N_URGENCIES),
        .satisfaction = json_num(json_get(analysis, "rating"), NAN),
        .text_score = json_num(json_get(analysis, "text_score"), NAN),
        .nps = json_num(json_get(analysis, "nps"), NAN),
        .csat = json_num(json_get(analysis, "csat"), NAN),
        .ces = json_num(json_get(analysis, "ces"), NAN),
        .flags = (uint32_t)json_int(json_get(analysis, "flags"), 0),
    };
    const struct json *unified = json_get(analysis, "unified"),
                      *words = json_get(analysis, "keywords");
    f.n_scores = MIN(json_len(unified), (size_t)FEEDBACK_MAX_SCORES);
    for (size_t i = 0; i < f.n_scores; i++)
        f.score[i] = json_num(json_at(unified, i), NAN);
    f.n_keywords = MIN(json_len(words), (size_t)ENRICH_MAX_KEYWORDS);
    for (size_t i = 0; i < f.n_keywords; i++)
        f.keywords[i] = json_str(json_at(words, i));
    read_dimensions(json_get(analysis, "dimensions"), &f);
    for (size_t i = 0; i < n_corrections; i++)
        apply(&corrections[i], &f);
    silence(&f);
    *ret = f;
}

void analysis_facts_place(struct analysis_facts *f, const struct taxonomy *t, struct str label) {
    uint8_t polarity[N_DIMENSIONS];
    if (!t || !f->used)
        return;
    for (int d = 0; d < N_DIMENSIONS; d++)
        polarity[d] = N_SENTIMENTS;
    for (size_t i = 0; i < f->n_aspects; i++) {
        enum dimension d = taxonomy_target(t, (enum dimension)f->aspects[i].dimension);
        polarity[d] = MIN(polarity[d], f->aspects[i].polarity);
    }
    uint64_t labelled = label.len && f->sentiment < N_SENTIMENTS ? taxonomy_labelled(t, label) : 0;
    for (int i = 0; i < N_DIMENSIONS; i++) {
        enum dimension d = taxonomy_target(t, (enum dimension)i);
        if (labelled >> i & 1 && polarity[d] == N_SENTIMENTS)
            polarity[d] = f->sentiment;
    }
    f->n_aspects = 0;
    for (int d = 0; d < N_DIMENSIONS; d++)
        if (polarity[d] < N_SENTIMENTS)
            f->aspects[f->n_aspects++] = (struct analysis_aspect){(uint8_t)d, polarity[d]};
}
