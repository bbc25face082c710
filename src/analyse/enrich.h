// SPDX-License-Identifier: Apache-2.0
// The enrichment interface: a batch of texts in, what the model says of each out. Models of any size stand
// behind it; the rest of the house does not know which. A model is read-only after loading and may be used by
// many threads, each with its own run state.
//
//     struct model *m;
//     if (!model_open(STR("quick"), &m, err)) return false;
//     struct model_run *run = model_run_new(m);                  // one a thread
//     enrich_batch(m, run, texts, n, &arena, results);
//     model_run_free(run); model_close(m);
#ifndef ANALYSE_ENRICH_H
#define ANALYSE_ENRICH_H

#include "base/arena.h"
#include "base/error.h"
#include "nlp/labels.h"

#define ENRICH_MAX_ASPECTS  6
#define ENRICH_MAX_KEYWORDS 8

struct aspect {
    uint8_t dimension; // enum dimension
    uint8_t polarity;  // enum sentiment
    float score;       // confidence 0 … 1
    uint32_t start;    // evidence: code points of the original text, [start, end)
    uint32_t end;
};

struct enrichment {
    float sentiment_probs[N_SENTIMENTS]; // calibrated, sum 1
    uint8_t sentiment;                   // enum sentiment
    uint8_t urgency;                     // enum urgency
    // enum validity: the model's opinion; unify has its own flags
    uint8_t validity;
    float urgency_score;  // of the level given
    float validity_score; // of the label given
    uint8_t emotion;      // enum emotion; EMOTION_NONE also where the model has no opinion
    uint8_t n_aspects;    // by score, best first; 0 for noise
    uint8_t n_keywords;
    struct aspect aspects[ENRICH_MAX_ASPECTS];
    struct str keywords[ENRICH_MAX_KEYWORDS]; // arena memory; phrases with negation kept
};

struct model;
struct model_run; // scratch of one thread

// `name`: "quick", or a directory with a model. Models are looked for in `models/` beside the executable's
// folder and its parents, then /usr/share/huisheng/models. Loading is done once; ≤ 50 ms for quick.
bool model_open(struct str name, struct model **ret, struct error *err) MUST_USE;
void model_close(struct model *m);
struct str model_name(const struct model *m); // "quick-1": name and version, as reported
struct lexicon;
const struct lexicon *model_lexicon(const struct model *m); // the words it opened, to share

struct model_run *model_run_new(const struct model *m);
void model_run_free(struct model_run *r);

// Any text is accepted: empty, very long (only the first 2,000 characters are read), any script. Never fails.
void enrich_batch(const struct model *m, struct model_run *run, const struct str *texts, size_t n,
                  struct arena *arena, struct enrichment *ret);

#endif
