// SPDX-License-Identifier: Apache-2.0
// The sealed columns, one row each, and what the statements of reseal_sql.c need of them.
#ifndef WORK_RESEAL_INNER_H
#define WORK_RESEAL_INNER_H

#include "base/vec.h"
#include "work/reseal.h"

struct reseal_key { // where a value stands: a number, or bytes where `bytes.len`
    int64_t number;
    struct str bytes;
};

struct reseal_value {
    struct reseal_key key;
    struct str old, fresh; // fresh "": it does not open
};
struct reseal_values {
    VEC(struct reseal_value);
};

extern const int n_reseal_columns;
bool reseal_by_bytes(int column); // its rows are found by bytes
// What the value is sealed for ("feedback:12"), appended.
void reseal_bound(int column, const struct reseal_key *key, struct strbuf *ret);

// How many data keys the workspace has: one means that it was never rotated.
bool reseal_sql_generations(struct sql *s, int64_t workspace, int64_t *ret,
                            struct error *err) MUST_USE;
// Values whose generation is not that of the mark.
bool reseal_sql_count_old(struct sql *s, int column, int64_t workspace, struct str mark,
                          int64_t *ret, struct error *err) MUST_USE;
// Some of them, from `from` on, by their keys.
bool reseal_sql_read_old(struct sql *s, int column, int64_t workspace, struct str mark,
                         const struct reseal_key *from, struct arena *a, struct reseal_values *ret,
                         struct error *err) MUST_USE;
// Unless it was changed meanwhile.
bool reseal_sql_replace(struct sql *s, int column, int64_t workspace, const struct reseal_value *v,
                        struct error *err) MUST_USE;

#endif
