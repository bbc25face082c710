// SPDX-License-Identifier: Apache-2.0
#include "analyse/score.h"

// Measured by train/score/calibrate.py with the model quick-1 on 6,264 restaurant reviews with stars (Dianping;
// nine in ten were among the model's training texts for sentiment, where those held out are read no worse, and
// three in a hundred for aspects):
//
//     stars   texts read as neg / neu / pos      single aspects read as neg / neu / pos
//       1       85: .918  .012  .071                28: .929  .000  .071
//       2       59: .695  .085  .220                25: .640  .160  .200
//       3      391: .212  .217  .570               153: .327  .078  .595
//       4      681: .054  .050  .896               278: .104  .032  .863
//       5    5,048: .006  .006  .988             1,765: .017  .003  .980
//
// neu is the middle of the scale; neg and pos have the least squared error over 20,000 simulated mixes of stars, from
// shops in trouble to shops that only hear praise; error is the 95 % quantile of the absolute error of the mean (mean
// error .12 and .11). A text read as negative counts as 1 although many were given 2 or 3 stars: that makes up
// for the dissatisfied whose texts read kindly. Shops below 3 are read up to .2 too high, shops above 4.8 up to
// .2 too low.
const struct score_calibration score_of_text = {
    .score = {[SENTIMENT_NEG] = 1.00, [SENTIMENT_NEU] = 3.00, [SENTIMENT_POS] = 4.74},
    .error = 0.28,
};
const struct score_calibration score_of_aspect = {
    .score = {[SENTIMENT_NEG] = 1.00, [SENTIMENT_NEU] = 3.00, [SENTIMENT_POS] = 4.82},
    .error = 0.28,
};

double score_read(const float sentiment_probs[N_SENTIMENTS]) {
    double score = 0, total = 0;
    for (int i = 0; i < N_SENTIMENTS; i++) {
        score += (double)sentiment_probs[i] * score_of_text.score[i];
        total += (double)sentiment_probs[i];
    }
    return total > 0 ? score / total : NAN;
}

struct estimate score_from_text(const int64_t counts[N_SENTIMENTS],
                                const struct score_calibration *table) {
    struct moments m = {0};
    for (int i = 0; i < N_SENTIMENTS; i++) {
        double x = table->score[i], n = (double)counts[i];
        m = moments_plus(m, (struct moments){counts[i], n * x, n * x * x});
    }
    struct estimate e = estimate_mean_within(m, SCORE_LOW, SCORE_HIGH);
    if (!e.has)
        return e;
    e.low = fmax(e.low - table->error, SCORE_LOW);
    e.high = fmin(e.high + table->error, SCORE_HIGH);
    return e;
}

bool score_takes_text(int64_t n_rated, int64_t n_texts) {
    return n_rated < 1 || (n_rated < 30 && n_rated * 10 < n_texts);
}

struct estimate score_dimension(struct moments own, const int64_t polarity[N_SENTIMENTS],
                                bool *ret_from_text) {
    int64_t mentions = 0;
    for (int i = 0; i < N_SENTIMENTS; i++)
        mentions += polarity[i];
    *ret_from_text = score_takes_text(own.n, mentions);
    return *ret_from_text ? score_from_text(polarity, &score_of_aspect)
                          : estimate_mean_within(own, SCORE_LOW, SCORE_HIGH);
}

struct estimate score_satisfaction_index(const struct estimate scores[N_DIMENSIONS],
                                         const bool from_text[N_DIMENSIONS],
                                         const double weights[N_DIMENSIONS], int64_t min_n) {
    struct index_part parts[N_DIMENSIONS];
    size_t n = 0;
    double total = 0;
    for (int i = 0; i < N_DIMENSIONS; i++) {
        if (i == DIM_OVERALL || !scores[i].has || scores[i].n < min_n)
            continue;
        parts[n++] = (struct index_part){scores[i], weights[i],
                                         from_text[i] ? score_of_aspect.error : INFINITY};
        total += fmax(weights[i], 0);
    }
    for (size_t i = 0; total == 0 && i < n; i++)
        parts[i].weight = 1;
    return score_index(parts, n);
}
