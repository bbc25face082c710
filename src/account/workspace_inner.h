// SPDX-License-Identifier: Apache-2.0
// Rows of workspaces as the store has them.
#ifndef ACCOUNT_WORKSPACE_INNER_H
#define ACCOUNT_WORKSPACE_INNER_H

#include "account/accounts_inner.h"
#include "account/workspace.h"
#include "base/vec.h"

struct workspace_rows {
    VEC(struct workspace);
};

bool workspace_sql_put(struct sql *s, const struct workspace *w, struct error *err) MUST_USE;
bool workspace_sql_list(struct sql *s, int64_t user, struct arena *arena,
                        struct workspace_rows *ret, struct error *err) MUST_USE;

#endif
