// SPDX-License-Identifier: Apache-2.0
#include "unify/scale.h"

#include "collect/score_cell.h"

static bool near(double a, double b) {
    return fabs(a - b) < 1e-9;
}

// x on the scale low–high, turned round if 1 is best, as 1–5.
static double linear(double x, double low, double high, bool reversed) {
    double share = (x - low) / (high - low);
    return 1 + 4 * (reversed ? 1 - share : share);
}

// Lowest score of a scale of which only the highest is known: points and stars begin with 1, percentages and
// hundred-point marks with 0, and so do ten points where the column is 0–10.
static double low_of(const struct score_column *c, double high) {
    if (near(c->high, high))
        return c->low;
    return high >= 20 ? 0 : 1;
}

// A number that brings its own scale: 4.5/5, three of five stars, 80%.
static enum scale_result own_scale(const struct score_column *c, double value, double low,
                                   double high, double *ret_satisfaction, double *ret_original) {
    if (!(value >= low && value <= high && high > low))
        return SCALE_OUT_OF_RANGE;
    // Stars drawn or percent are never turned round: more is better whatever the header says.
    *ret_satisfaction = linear(value, low, high, false);
    *ret_original = near(c->low, low) && near(c->high, high)
                        ? value
                        : c->low + (c->high - c->low) * (value - low) / (high - low);
    return SCALE_OK;
}

static enum scale_result column_scale(const struct score_column *c, double value,
                                      double *ret_satisfaction, double *ret_original) {
    if (!(value >= c->low && value <= c->high && c->high > c->low))
        return SCALE_OUT_OF_RANGE;
    *ret_satisfaction = linear(value, c->low, c->high, c->reversed);
    *ret_original = value;
    return SCALE_OK;
}

static enum scale_result by_words(const struct score_column *c, const struct score_cell *cell,
                                  double *ret_satisfaction, double *ret_original) {
    if (isfinite(cell->value) && !c->is_words)
        return column_scale(c, cell->value, ret_satisfaction, ret_original);
    // Where a column knows only 满意/一般/不满意 (or two of them), its words are the ends of the scale.
    bool coarse = c->is_words && c->high <= 3;
    int side = (cell->grade > 0) - (cell->grade < 0);
    double satisfaction = 3 + (coarse ? 2 * side : cell->grade);
    double share = (satisfaction - 1) / 4;
    *ret_satisfaction = satisfaction;
    *ret_original = c->low + (c->high - c->low) * (c->reversed && !c->is_words ? 1 - share : share);
    return SCALE_OK;
}

static enum scale_result unify(const struct score_column *c, const struct score_cell *cell,
                               double *ret_satisfaction, double *ret_original) {
    switch (cell->form) {
    case SCORE_FORM_UNREADABLE:
        return SCALE_UNREADABLE;
    case SCORE_FORM_EMPTY:
        return SCALE_EMPTY;
    case SCORE_FORM_NUMBER:
        return column_scale(c, cell->value, ret_satisfaction, ret_original);
    case SCORE_FORM_STARS: {
        bool fits = c->high >= 3 && c->high <= 10;
        double high = cell->of > 0 ? cell->of : (fits ? c->high : 5);
        return own_scale(c, cell->value, 1, high, ret_satisfaction, ret_original);
    }
    case SCORE_FORM_FRACTION:
        return own_scale(c, cell->value, low_of(c, cell->of), cell->of, ret_satisfaction,
                         ret_original);
    case SCORE_FORM_PERCENT:
        return own_scale(c, cell->value, 0, 100, ret_satisfaction, ret_original);
    case SCORE_FORM_WORDS:
        return by_words(c, cell, ret_satisfaction, ret_original);
    }
    return SCALE_UNREADABLE;
}

enum scale_result scale_unify(const struct score_column *column, struct str raw,
                              double *ret_satisfaction, double *ret_original) {
    struct score_cell cell = score_cell_parse(raw);
    double satisfaction = NAN, original = NAN;
    enum scale_result result = unify(column, &cell, &satisfaction, &original);
    bool counts = column->metric == METRIC_RATING || column->metric == METRIC_CSAT;
    *ret_satisfaction = result == SCALE_OK && counts ? satisfaction : NAN;
    *ret_original = result == SCALE_OK ? original : NAN;
    return result;
}
