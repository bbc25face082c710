// SPDX-License-Identifier: Apache-2.0
#include "analyse/score.h"

const struct score_calibration score_of_text = {{1.9, 3.1, 4.6}, 0.25};
const struct score_calibration score_of_aspect = {{2.2, 3.2, 4.4}, 0.35};

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
                                         const double weights[N_DIMENSIONS], int64_t min_n) {
    struct index_part parts[N_DIMENSIONS];
    size_t n = 0;
    double total = 0;
    for (int i = 0; i < N_DIMENSIONS; i++) {
        if (i == DIM_OVERALL || !scores[i].has || scores[i].n < min_n)
            continue;
        parts[n++] = (struct index_part){scores[i], weights[i]};
        total += fmax(weights[i], 0);
    }
    for (size_t i = 0; total == 0 && i < n; i++)
        parts[i].weight = 1;
    return score_index(parts, n);
}
