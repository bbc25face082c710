// SPDX-License-Identifier: Apache-2.0
#include "report/pick.h"

#include <math.h>

bool estimate_is_known(const struct estimate *e) {
    return e->has && isfinite(e->value) && e->n > 0;
}

size_t loved_dimensions(const struct report *r, const struct dimension_row **ret, size_t most) {
    size_t n = 0;
    for (size_t i = 0; i < r->n_dimensions && n < most; i++) {
        const struct dimension_row *d = &r->dimensions[i];
        bool is_loved = d->pos > 0 && (double)d->pos >= 3 * (double)d->neg &&
                        (r->mode != REPORT_FULL || d->n >= REPORT_GROUP_MIN_N);
        if (d->dimension != DIM_OVERALL && is_loved)
            ret[n++] = d;
    }
    return n;
}

struct str tail_of(struct arena *a, const struct quote *q) {
    struct str tail = q->customer_tail;
    return !tail.len || str_starts(tail, STR("…")) ? tail : arena_printf(a, "…%.*s", STR_ARG(tail));
}

struct str issue_name_of(const struct issue *issue, enum lang lang) {
    if (issue->name.len)
        return issue->name;
    if (issue->dimension < N_DIMENSIONS)
        return str_from(words_in(dimension_labels[issue->dimension].name, lang));
    return issue->code;
}
