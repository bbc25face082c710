// SPDX-License-Identifier: Apache-2.0
// What the values of one column look like, over the sampled rows: the evidence by which a name is believed or not,
// and by which a column without a telling name is understood. Pure functions, any thread; some 0.3 µs a cell.
#ifndef COLLECT_PROFILE_H
#define COLLECT_PROFILE_H

#include "base/arena.h"
#include "collect/feedback.h"
#include "collect/names.h"
#include "collect/table.h"
#include "collect/timestamp.h"

struct column_profile {
    uint32_t rows;      // sampled
    uint32_t filled;    // with a value that is no filler
    uint32_t distinct;  // different values
    uint32_t numbers;   // plain numbers
    uint32_t integers;  // of these, whole
    uint32_t amounts;   // numbers with or without a unit: what a measure may be
    uint32_t durations; // of these, with a unit of time
    uint32_t links, personal, codes;
    uint32_t lost_ids; // 1.23E+17
    uint32_t joined;   // several answers in one cell: “朋友推荐┋广告”
    uint32_t masked;   // “****”, “##…”: hidden or encrypted
    uint32_t readable; // as a score of any form, “未评价” included
    uint32_t words, stars, fractions, percents;                      // of the readable
    bool extreme_words, middle_words, one_sided_words, yes_no_words; // 非常满意; 一般; 好评; 是
    uint32_t long_cells;                                             // 8 characters or more
    uint32_t with_han;
    uint32_t sentences; // with a space or a mark of punctuation inside: somebody wrote it
    uint32_t max_chars;
    double mean_chars;
    double *values; // of plain numbers, ascending; in the arena
    uint32_t n_values;
    double
        // > 0: the number beside the words rises with satisfaction; < 0: reversed; 0: unknown
        word_trend;
    bool serial; // whole numbers that count the rows
    struct time_profile time;
};

// Column `column` of rows[0 … n).
struct column_profile profile_column(const struct row *rows, size_t n, size_t column,
                                     struct arena *arena);
double profile_share(const struct column_profile *p,
                     uint32_t count); // of the filled cells, 0 if none

// The scale of a score column by its header, then by its values. One value in thirty (or one alone) may lie outside:
// it is out of range then, not a reason for a wider scale. False if the values are no scores.
// Fills low, high, reversed, is_words; leaves the rest.
bool profile_scale(const struct column_profile *p, struct str header, bool is_nps,
                   struct score_column *ret) MUST_USE;

#endif
