// SPDX-License-Identifier: Apache-2.0
// Between pipeline.c (threads) and pipeline_sql.c (rows).
#ifndef WORK_PIPELINE_INNER_H
#define WORK_PIPELINE_INNER_H

#include "work/pipeline.h"

// What a worker may take: stages[i] is taken when mask bit i is set.
struct claim {
    const struct stage *stages;
    size_t n_stages;
    uint64_t mask;
    bool hold_bulk;    // only live rows
    struct task *task; // n_rows 0: nothing is due
    int64_t next_us;   // when something will be due; INT64_MAX: nothing waits
};
bool pipeline_claim(struct sql *s, struct claim *c, struct error *err) MUST_USE;
// Pause, or park when it was tried often enough.
bool pipeline_fail(struct sql *s, const struct task *t, struct str problem,
                   struct error *err) MUST_USE;
bool pipeline_free_leases(struct sql *s, struct error *err) MUST_USE;

#endif
