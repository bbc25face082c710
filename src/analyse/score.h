// SPDX-License-Identifier: Apache-2.0
// From what customers gave and wrote to satisfaction 1–5. A rating is the truth about satisfaction;
// the text fills the gap where there is none; the two are never averaged: a figure is made of
// ratings or of text, and says of which.
//
// From text: each polarity stands for the mean rating that customers gave who wrote so, from the
// table below. The interval of a text score holds the chance of sampling and, added to it, the
// error of the table, so it does not shrink to nothing with n.
//
//     struct estimate e = score_dimension(own_column_moments, polarity_counts, &from_text);
//     struct estimate index = score_satisfaction_index(scores, weights);
#ifndef ANALYSE_SCORE_H
#define ANALYSE_SCORE_H

#include "analyse/enrich.h"
#include "stats/scores.h"

#define SCORE_LOW  1.0
#define SCORE_HIGH 5.0

// What a polarity is worth on the 1–5 scale.
struct score_calibration {
    double score[N_SENTIMENTS]; // mean rating of texts with this polarity
    double
        error; // 95 % bound on the error of a mean made with the table, on data of another source
};
// Whole texts (sentiment) and single aspects (polarity of a dimension). How they were measured stands
// in score.c.
extern const struct score_calibration score_of_text, score_of_aspect;

// Satisfaction read from one text: Σ P(class)·score[class]. To show beside a row; figures of groups are
// made of class counts through score_from_text.
double score_read(const float sentiment_probs[N_SENTIMENTS]);

// Mean score of `counts` texts or aspects, interval cut to [1, 5]: sampling error and table error
// added. has: n ≥ 1.
struct estimate score_from_text(const int64_t counts[N_SENTIMENTS],
                                const struct score_calibration *table);

// Whether a figure is made of text: there is no rating, or there are fewer than 30 and fewer than a
// tenth of the texts, so that the few ratings say less than the texts do.
bool score_takes_text(int64_t n_rated, int64_t n_texts);

// Score of a dimension: its own score column where it has one (by the rule above), else the
// polarities of its aspects.
struct estimate score_dimension(struct moments own, const int64_t polarity[N_SENTIMENTS],
                                bool *ret_from_text);

// Index 0–100 of the industry: dimension scores weighted by the template's weights (0 for
// dimensions that the industry does not weigh). Dimensions below `min_n` answers are left out and
// the other weights scaled up; without any weight the weights are equal. `overall` (DIM_OVERALL) is
// never a part.
// `from_text`: which scores were read from aspects (their table's error is the same in all of them).
struct estimate score_satisfaction_index(const struct estimate scores[N_DIMENSIONS],
                                         const bool from_text[N_DIMENSIONS],
                                         const double weights[N_DIMENSIONS], int64_t min_n);

#endif
