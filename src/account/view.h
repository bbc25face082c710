// SPDX-License-Identifier: Apache-2.0
// Saved views: what somebody looks at often, under a name; his own, or shared with everybody of the workspace.
#ifndef ACCOUNT_VIEW_H
#define ACCOUNT_VIEW_H

#include "account/accounts.h"

#define VIEW_MAX       200  // a workspace
#define VIEW_MAX_NAME  100  // characters
#define VIEW_MAX_QUERY 4000 // bytes

struct view {
    int64_t id, user, updated_us;
    struct str name, query;
    bool shared;
};

// Those that `by` may see: his own and the shared ones, by name.
bool view_list(struct accounts *a, const struct principal *by, struct arena *arena,
               struct view **ret, size_t *ret_n, struct error *err) MUST_USE;
// Makes it (id 0) or changes it: only his own, or, for who may write the workspace, any shared one. ERROR_NOT_FOUND.
bool view_save(struct accounts *a, const struct principal *by, struct view *v,
               struct error *err) MUST_USE;
bool view_remove(struct accounts *a, const struct principal *by, int64_t id,
                 struct error *err) MUST_USE;

#endif
