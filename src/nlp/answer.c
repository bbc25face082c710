// SPDX-License-Identifier: Apache-2.0
#include "nlp/answer.h"

void answer_add_aspect(struct text_answer *a, struct answer_aspect new_one) {
    int at = a->n_aspects;
    while (at > 0 && a->aspects[at - 1].score < new_one.score)
        at--;
    if (at == ANSWER_MAX_ASPECTS)
        return;
    int last = MIN(a->n_aspects, ANSWER_MAX_ASPECTS - 1);
    memmove(&a->aspects[at + 1], &a->aspects[at], (size_t)(last - at) * sizeof new_one);
    a->aspects[at] = new_one;
    a->n_aspects = (uint8_t)(last + 1);
}
