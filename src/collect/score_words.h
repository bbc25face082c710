// SPDX-License-Identifier: Apache-2.0
// Words of judgement: 非常满意, not very good, 一般, 好评, 未评价. They are not listed one by one; degree (“非常”, “not
// very”) and stem (“满意”, “easy”) are, so that 非常满意, 非常容易 and 非常同意 are one rule. Any thread.
#ifndef COLLECT_SCORE_WORDS_H
#define COLLECT_SCORE_WORDS_H

#include "collect/score_cell.h"

// `folded` as cell_fold makes it. False: no such words. *ret: SCORE_FORM_WORDS, or SCORE_FORM_EMPTY for 未评价.
bool score_words_parse(struct str folded, struct score_cell *ret);

struct score_cell score_none(enum score_form form);
// Grade −2 … 2; ±3 two-sided good and bad, ±4 yes and no.
struct score_cell score_graded(int grade);

#endif
