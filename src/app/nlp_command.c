// SPDX-License-Identifier: Apache-2.0
#include "app/nlp_command.h"

#include "analyse/enrich.h"
#include "base/mem.h"
#include "base/utf8.h"

struct analysing {
    const struct model *model;
    struct model_run **runs; // of each worker
    struct arena *arenas;    // what the answers of a worker's batch point to
};

static void read_texts(void *ctx, int worker, const struct str *texts, size_t n, void *marks) {
    const struct analysing *a = ctx;
    arena_reset(&a->arenas[worker]);
    enrich_batch(a->model, a->runs[worker], texts, n, &a->arenas[worker], marks);
}

// ── one answer ──

static void add_probability(struct json_writer *w, const char *key, double p) {
    json_key(w, key);
    json_add_num(w, p, 4);
}

// Leaves the object open.
static void begin_label(struct json_writer *w, const char *key, const char *label, double score) {
    json_key(w, key);
    json_begin_object(w);
    json_key(w, "label");
    json_add_cstr(w, label);
    add_probability(w, "score", score);
}

static void add_sentiment(struct json_writer *w, const struct enrichment *e) {
    begin_label(w, "sentiment", sentiment_labels[e->sentiment].code,
                e->sentiment_probs[e->sentiment]);
    json_key(w, "probs");
    json_begin_object(w);
    for (int s = N_SENTIMENTS - 1; s >= 0; s--)
        add_probability(w, sentiment_labels[s].code, e->sentiment_probs[s]);
    json_end_object(w);
    json_end_object(w);
}

static void add_dimensions(struct json_writer *w, struct str text, const struct enrichment *e) {
    json_key(w, "dimensions");
    json_begin_array(w);
    for (int i = 0; i < e->n_aspects; i++) {
        const struct aspect *a = &e->aspects[i];
        json_begin_object(w);
        json_key(w, "code");
        json_add_cstr(w, dimension_labels[a->dimension].code);
        json_key(w, "polarity");
        json_add_cstr(w, sentiment_labels[a->polarity].code);
        add_probability(w, "score", a->score);
        json_key(w, "evidence");
        json_begin_object(w);
        json_key(w, "start");
        json_add_int(w, a->start);
        json_key(w, "end");
        json_add_int(w, a->end);
        json_key(w, "text");
        json_add_str(w, str_slice(text, utf8_offset(text, a->start), utf8_offset(text, a->end)));
        json_end_object(w);
        json_end_object(w);
    }
    json_end_array(w);
}

static void write_answer(void *ctx, void *mark, UNUSED const struct json *id, struct str text,
                         struct json_writer *w) {
    const struct analysing *a = ctx;
    const struct enrichment *e = mark;
    add_sentiment(w, e);
    add_dimensions(w, text, e);
    json_key(w, "urgency");
    json_begin_object(w);
    json_key(w, "level");
    json_add_int(w, e->urgency);
    add_probability(w, "score", e->urgency_score);
    json_end_object(w);
    begin_label(w, "validity", validity_labels[e->validity].code, e->validity_score);
    json_end_object(w);
    json_key(w, "emotions");
    json_begin_array(w);
    if (e->emotion != EMOTION_NONE)
        json_add_cstr(w, emotion_labels[e->emotion].code);
    json_end_array(w);
    json_key(w, "keywords");
    json_begin_array(w);
    for (int i = 0; i < e->n_keywords; i++)
        json_add_str(w, e->keywords[i]);
    json_end_array(w);
    json_key(w, "model");
    json_add_str(w, model_name(a->model));
}

static const struct nlp_verb verb = {
    .doing = {"分析", "analysing"},
    .mark_bytes = sizeof(struct enrichment),
    .read = read_texts,
    .write = write_answer,
};

bool nlp_analyse(FILE *in, FILE *out, const struct model *model, struct nlp_filter_options options,
                 struct error *err) {
    size_t n = (size_t)options.threads;
    struct analysing a = {.model = model,
                          .runs = mem_zero(n, sizeof(struct model_run *)),
                          .arenas = mem_zero(n, sizeof(struct arena))};
    for (size_t i = 0; i < n; i++)
        a.runs[i] = model_run_new(model);
    options.ctx = &a;
    bool ok = nlp_filter(in, out, &verb, &options, err);
    for (size_t i = 0; i < n; i++) {
        model_run_free(a.runs[i]);
        arena_done(&a.arenas[i]);
    }
    free(a.runs);
    free(a.arenas);
    return ok;
}
