// SPDX-License-Identifier: Apache-2.0
// Stored records through the stages that the one-shot report takes (unify → model → final validity), and the
// result as the JSON that is kept, shown, and made facts of. A plain function on a batch: no store, no memory of
// earlier batches.
//
//     struct record_analysis *ra = record_analysis_new(model);       // one a thread
//     record_analysis_run(ra, records, n, &arena, results);
//     analysis_format(&results[0], &records[0], &arena, model_name(model), &sb);
//     …
//     struct analysis_facts f;
//     analysis_facts_read(json, corrections…, &f);                    // what counts, corrections applied
#ifndef ANALYSE_RECORD_ANALYSIS_H
#define ANALYSE_RECORD_ANALYSIS_H

#include "analyse/enrich.h"
#include "analyse/final.h"
#include "collect/feedback_store.h"
#include "collect/record.h"

#define ANALYSIS_STAGE 1 // raised when rules change so that stored results are to be made again

struct record_result {
    struct unified unified;
    struct enrichment enrichment;
    enum quality quality;
    double score[FEEDBACK_MAX_SCORES]; // 1–5 by score of the record, NAN
};

struct taxonomy;
struct record_analysis;
struct record_analysis *record_analysis_new(const struct model *m);
void record_analysis_free(struct record_analysis *ra);
void record_analysis_run(struct record_analysis *ra, const struct record *records, size_t n,
                         struct arena *a, struct record_result *ret);

// The object `analysis` of the API. Evidence counts in code points of record_whole_text.
void analysis_format(const struct record_result *r, const struct record *record, struct arena *a,
                     struct str model, struct strbuf *ret);

struct analysis_aspect {
    uint8_t dimension, polarity; // enum dimension, enum sentiment
};

// What a stored analysis says, corrections over it.
struct analysis_facts {
    bool used; // its text counts (quality ok)
    enum quality quality;
    uint8_t sentiment, urgency;        // N_SENTIMENTS, N_URGENCIES when there is no usable text
    double satisfaction;               // rating of the whole 1–5, NAN
    double text_score;                 // 1–5 read from the text, NAN
    double nps, csat, ces;             // NAN
    double score[FEEDBACK_MAX_SCORES]; // 1–5 of each score of the record
    size_t n_scores;
    uint32_t flags; // enum unify_flag
    struct analysis_aspect aspects[N_DIMENSIONS];
    size_t n_aspects;
    struct str keywords[ENRICH_MAX_KEYWORDS]; // borrowed from the JSON
    size_t n_keywords;
};
void analysis_facts_read(const struct json *analysis, const struct correction *corrections,
                         size_t n_corrections, struct analysis_facts *ret);
// As the workspace counts: mentions of merged dimensions are those of their target (of two the worse counts), and
// dimensions that the feedback's label names (taxonomy_labelled) and its text does not are mentioned with the
// sentiment of the text.
void analysis_facts_place(struct analysis_facts *f, const struct taxonomy *t, struct str label);

#endif
