// SPDX-License-Identifier: Apache-2.0
// Shared by the parts of report/build; nobody else includes this.
#ifndef REPORT_BUILD_INNER_H
#define REPORT_BUILD_INNER_H

#include "explain/driver.h"
#include "explain/numbers.h"
#include "explain/overview.h"
#include "explain/trend.h"
#include "report/build.h"

#define BUILD_MAX_TODOS    200
#define BUILD_MAX_SEGMENTS 200
#define BUILD_MAX_KEYWORDS 60
#define BUILD_ISSUE_QUOTES 3
#define BUILD_LIST_QUOTES  REPORT_TEST_MIN_N // REPORT_LIST shows every negative one

struct build {
    const struct build_input *in;
    struct arena *arena;
    struct report *report;
    struct period period;         // what the report covers
    struct comparison comparison; // of it, if there is one
    struct overview overview;
    struct overview_changes changes;
    struct trend trend;
    struct numbers numbers;                         // that go with dissatisfaction
    struct dimension_figures figures[N_DIMENSIONS]; // of `period`
    bool *knows_replies;                            // by file: its columns say what was answered
};

// build_quotes.c
bool build_covers(const struct build *b,
                  const struct text *t); // inside the period, with a usable text
bool build_is_bad(const struct text *t); // rated 1–2, or negative where there is no rating
struct quote build_quote(const struct build *b, const struct text *t,
                         const struct text_aspect *proof);
void build_todos(struct build *b);
bool build_issues(struct build *b, struct error *err);
void build_praise(struct build *b); // quotes of the dimensions
void build_segment_quotes(struct build *b, const int *columns, const uint32_t *values);

// build_words.c
void build_headline(struct build *b, struct error *err);
void build_cautions(struct build *b, struct error *err);
void build_quality(struct build *b);
void build_understood(struct build *b); // files and columns

// build_keywords.c
void build_keywords(struct build *b);
// Up to `max` phrases that go with complaints of a dimension, most telling first.
size_t build_issue_phrases(const struct build *b, enum dimension d, struct str *ret, size_t max);

// A column's name for people; the house's own columns have one in each language.
struct str build_column(const struct build *b, int column);

static inline struct str build_say(const struct build *b, struct words w) {
    return str_from(words_in(w, b->in->lang));
}

#endif
