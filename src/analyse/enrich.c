// SPDX-License-Identifier: Apache-2.0
#include "analyse/enrich.h"

#include <limits.h>

#include "base/mem.h"
#include "base/strbuf.h"
#include "nlp/model_files.h"
#include "nlp/network.h"
#include "nlp/phrase.h"
#include "nlp/quick.h"
#include "sys/file.h"

struct model { // `quick`, or `network`, which may have a second one beside it
    struct quick *quick;
    struct network *network;
    struct network *second; // reads again what the first is not sure of
    float sure;             // certainty from which the first one's answer stands
    char pair_name[64];     // of both together
    struct lexicon *lexicon;
};

#define GROUP 64 // texts that a network is given at once

struct model_run {
    struct quick_run *quick;
    struct network_run *network, *second;
    struct text_answer answers[GROUP];
    struct str doubtful[GROUP]; // texts that are read again
    size_t places[GROUP];       // and where they stand
    struct text_answer again[GROUP];
    struct phraser *phraser;
};

#define CONFIG "/config.json"

// A plain name is looked for among what is shipped, then as a folder here; with a slash it is a folder.
static bool find_model(struct str name, struct strbuf *ret, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf rel = strbuf_init(PATH_MAX);
    if (name.len == 0 || name.len >= PATH_MAX / 2 || str_find_char(name, '\0') != STR_NONE)
        return error_set(err, ERROR_INVALID, "模型名无效", "the name of the model is not valid");
    bool is_path = str_find_char(name, '/') != STR_NONE || str_eq(name, STR("."));
    strbuf_addf(&rel, "models/%.*s" CONFIG, STR_ARG(name));
    if (!is_path && file_find_shipped(strbuf_cstr(&rel), ret)) {
        strbuf_truncate(ret, ret->len - strlen(CONFIG));
        return true;
    }
    strbuf_reset(&rel);
    strbuf_addf(&rel, "%.*s" CONFIG, STR_ARG(name));
    // A folder that was named but has no configuration is opened all the same: the error then names the file.
    if (!is_path && !file_exists(strbuf_cstr(&rel)))
        return error_set(
            err, ERROR_NOT_FOUND,
            "找不到模型 %.*s：请安装到程序旁的 models/ 或 /usr/share/huisheng/models/，或给出目录",
            "model %.*s not found: install it in models/ beside the program or in "
            "/usr/share/huisheng/models/, or name a directory",
            STR_ARG(name));
    strbuf_reset(ret);
    strbuf_add(ret, name);
    return true;
}

// Two networks: {"kind":"pair","name":…,"version":…,"first":"fast","second":"accurate","sure":0.9}. They are folders
// beside this one.
static bool open_pair(const char *dir, const struct json *config, struct model *m,
                      struct error *err) {
    struct str names[] = {json_str(json_get(config, "first")),
                          json_str(json_get(config, "second"))};
    struct network **networks[] = {&m->network, &m->second};
    double sure = json_num(json_get(config, "sure"), -1);
    m->sure = (float)sure;
    if (!names[0].len || !names[1].len || !(sure >= 0 && sure <= 1))
        return model_misfit(dir, "config.json", "first, second, sure", err);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        CLEANUP(strbuf_done) struct strbuf beside = strbuf_init(PATH_MAX);
        strbuf_addf(&beside, "%s/../%.*s", dir, STR_ARG(names[i]));
        if (!network_open(strbuf_cstr(&beside), NETWORK_INT8, networks[i], err))
            return false;
    }
    return model_read_name(dir, config, m->pair_name, sizeof m->pair_name, err);
}

// The configuration says what kind of model it is; the linear one says nothing.
static bool open_reader(const char *dir, struct model *m, struct error *err) {
    CLEANUP(json_freep) struct json *config = NULL;
    if (!model_load_json(dir, "config.json", &config, err))
        return false;
    struct str kind = json_str(json_get(config, "kind"));
    if (str_eq(kind, STR("pair")))
        return open_pair(dir, config, m, err);
    return str_eq(kind, STR("network")) ? network_open(dir, NETWORK_INT8, &m->network, err)
                                        : quick_open(dir, &m->quick, err);
}

bool model_open(struct str name, struct model **ret, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf dir = strbuf_init(PATH_MAX);
    if (!find_model(name, &dir, err))
        return false;
    struct model *m = mem_zero(1, sizeof *m);
    if (!open_reader(strbuf_cstr(&dir), m, err) || !lexicon_open(NULL, &m->lexicon, err)) {
        model_close(m);
        return false;
    }
    *ret = m;
    return true;
}

void model_close(struct model *m) {
    if (!m)
        return;
    quick_close(m->quick);
    network_close(m->network);
    network_close(m->second);
    lexicon_close(m->lexicon);
    free(m);
}

struct str model_name(const struct model *m) {
    if (m->second)
        return str_from(m->pair_name);
    return m->network ? network_name(m->network) : quick_name(m->quick);
}

const struct lexicon *model_lexicon(const struct model *m) {
    return m->lexicon;
}

struct model_run *model_run_new(const struct model *m) {
    struct model_run *r = mem_zero(1, sizeof *r);
    if (m->network)
        r->network = network_run_new(m->network);
    else
        r->quick = quick_run_new();
    if (m->second)
        r->second = network_run_new(m->second);
    r->phraser = phraser_new(m->lexicon);
    return r;
}

void model_run_free(struct model_run *r) {
    if (!r)
        return;
    quick_run_free(r->quick);
    network_run_free(r->network);
    network_run_free(r->second);
    phraser_free(r->phraser);
    free(r);
}

static uint8_t most_probable(const float p[N_SENTIMENTS]) {
    int best = SENTIMENT_NEU;
    for (int s = 0; s < N_SENTIMENTS; s++)
        if (p[s] > p[best])
            best = s;
    return (uint8_t)best;
}

static uint8_t emotion_of(const struct text_answer *a) {
    for (int e = 1; e < N_EMOTIONS; e++)
        if (a->validity_label == VALIDITY_OK && a->emotion[e] >= 0.5f)
            return (uint8_t)e;
    return EMOTION_NONE;
}

static void take(const struct text_answer *a, struct enrichment *ret) {
    *ret = (struct enrichment){
        .sentiment = most_probable(a->sentiment),
        .urgency = a->urgency_level,
        .validity = a->validity_label,
        .urgency_score = a->urgency[a->urgency_level],
        .validity_score = a->validity[a->validity_label],
        .emotion = emotion_of(a),
        .n_aspects = a->n_aspects,
    };
    memcpy(ret->sentiment_probs, a->sentiment, sizeof a->sentiment);
    for (int i = 0; i < a->n_aspects; i++)
        ret->aspects[i] =
            (struct aspect){a->aspects[i].dimension, a->aspects[i].polarity, a->aspects[i].score,
                            a->aspects[i].start, a->aspects[i].end};
}

static void add_keywords(struct model_run *run, struct str text, struct arena *arena,
                         struct enrichment *ret) {
    if (ret->validity == VALIDITY_OK)
        ret->n_keywords =
            (uint8_t)phrase_extract(run->phraser, text, arena, ret->keywords, ENRICH_MAX_KEYWORDS);
}

static void read_again(const struct model *m, struct model_run *run, const struct str *texts,
                       size_t n) {
    size_t n_doubtful = 0;
    for (size_t i = 0; i < n; i++)
        if (run->answers[i].certainty < m->sure) {
            run->doubtful[n_doubtful] = texts[i];
            run->places[n_doubtful++] = i;
        }
    network_read(m->second, run->second, run->doubtful, n_doubtful, run->again);
    for (size_t k = 0; k < n_doubtful; k++)
        run->answers[run->places[k]] = run->again[k];
}

static void read_network(const struct model *m, struct model_run *run, const struct str *texts,
                         size_t n, struct enrichment *ret) {
    for (size_t done = 0; done < n; done += GROUP) {
        size_t some = MIN(n - done, (size_t)GROUP);
        network_read(m->network, run->network, texts + done, some, run->answers);
        if (m->second)
            read_again(m, run, texts + done, some);
        for (size_t i = 0; i < some; i++)
            take(&run->answers[i], &ret[done + i]);
    }
}

static void read_quick(const struct model *m, struct model_run *run, const struct str *texts,
                       size_t n, struct enrichment *ret) {
    for (size_t i = 0; i < n; i++) {
        struct text_answer a;
        quick_read(m->quick, run->quick, texts[i], &a);
        take(&a, &ret[i]);
    }
}

void enrich_batch(const struct model *m, struct model_run *run, const struct str *texts, size_t n,
                  struct arena *arena, struct enrichment *ret) {
    if (m->network)
        read_network(m, run, texts, n, ret);
    else
        read_quick(m, run, texts, n, ret);
    for (size_t i = 0; i < n; i++)
        add_keywords(run, texts[i], arena, &ret[i]);
}
