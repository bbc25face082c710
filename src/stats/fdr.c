// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#include "base/mem.h"
#include "stats/compare.h"

struct ranked {
    double p;
    size_t index;
};

static int by_p(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;
    if (x->p != y->p)
        return x->p < y->p ? -1 : 1;
    return x->index < y->index ? -1 : 1;
}

void fdr_adjust(const double *p, size_t n, double *ret_q) {
    struct ranked *tests = mem_alloc(n * sizeof *tests);
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(p[i]))
            tests[m++] = (struct ranked){p[i], i};
        ret_q[i] = NAN;
    }
    if (m)
        qsort(tests, m, sizeof *tests, by_p);
    double least = 1;
    for (size_t rank = m; rank > 0; rank--) {
        least = fmin(least, tests[rank - 1].p * (double)m / (double)rank);
        ret_q[tests[rank - 1].index] = least;
    }
    free(tests);
}

void changes_adjust(struct change *const *changes, size_t n) {
    double *q = mem_alloc(n * sizeof *q);
    for (size_t i = 0; i < n; i++)
        q[i] = changes[i]->has ? changes[i]->p : NAN;
    fdr_adjust(q, n, q);
    for (size_t i = 0; i < n; i++) {
        if (!changes[i]->has)
            continue;
        changes[i]->q = q[i];
        changes[i]->significant = q[i] < STATS_FDR;
    }
    free(q);
}
