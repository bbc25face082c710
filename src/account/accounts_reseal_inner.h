// SPDX-License-Identifier: Apache-2.0
// The sealed columns of this folder's tables.
#ifndef ACCOUNT_ACCOUNTS_RESEAL_INNER_H
#define ACCOUNT_ACCOUNTS_RESEAL_INNER_H

#include "account/accounts_inner.h"
#include "account/session.h"
#include "base/vec.h"

#define N_RESEAL_COLUMNS 5

struct sealed_row {
    int64_t id;
    struct str old, fresh;
};
struct sealed_rows {
    VEC(struct sealed_row);
};

const char *reseal_sql_what(int column); // what its values are bound to: "email"
// Values whose generation is not that of the mark; none for a column that does not belong to the workspace.
bool reseal_sql_read(struct sql *s, int column, int64_t workspace, struct str mark, int limit,
                     struct arena *arena, struct sealed_rows *ret, struct error *err) MUST_USE;
// Unless it was changed meanwhile.
bool reseal_sql_write(struct sql *s, int column, int64_t workspace, const struct sealed_row *row,
                      struct error *err) MUST_USE;

#endif
