// SPDX-License-Identifier: Apache-2.0
// A workspace: one tenant, with its own keys, people, time zone and industry template. Its name is not a secret.
#ifndef ACCOUNT_WORKSPACE_H
#define ACCOUNT_WORKSPACE_H

#include "account/accounts.h"

struct sql;

struct workspace {
    int64_t id;
    int64_t created_us, updated_us;
    struct str name;
    struct str time_zone; // "Asia/Shanghai", checked when it was set
    struct str industry;  // name of a template; "": not chosen
    struct str settings;  // JSON object, ≤ 64 KB, of the modules that keep something there
};

// In the caller's transaction; `w->id` and times are given. The keys come with their first use.
bool workspace_insert(struct sql *s, const struct workspace *w, struct error *err) MUST_USE;
// Checks name, zone and settings; empty zone becomes the machine's own, empty settings "{}". Outside a transaction.
bool workspace_check(struct workspace *w, struct arena *arena, struct error *err) MUST_USE;

// The user of `by` becomes its owner; an API key cannot own one: ERROR_FORBIDDEN. NULL: nobody is in it yet.
bool workspace_create(struct accounts *a, const struct principal *by, const struct workspace *w,
                      int64_t *ret_id, struct error *err) MUST_USE;
bool workspace_load(struct accounts *a, int64_t id, struct arena *arena, struct workspace *ret,
                    struct error *err) MUST_USE; // ERROR_NOT_FOUND
// In a transaction of the caller; the same.
bool workspace_load_in(struct sql *s, int64_t id, struct arena *arena, struct workspace *ret,
                       struct error *err) MUST_USE;
// All, or those of a user (not 0), by id.
bool workspace_list(struct accounts *a, int64_t user, struct arena *arena,
                    const struct workspace **ret, size_t *ret_n, struct error *err) MUST_USE;

// NULL keeps what is there.
struct workspace_change {
    const struct str *name, *time_zone, *industry, *settings;
};
bool workspace_update(struct accounts *a, const struct principal *by, int64_t id,
                      const struct workspace_change *change, struct error *err) MUST_USE;

// For modules that keep something in the settings: `edit` gets the workspace as it is and says what it becomes
// (industry and settings), in one transaction, one at a time; it may run again. Written to the audit log as
// `action`.
struct workspace_edit {
    const char *action; // "taxonomy.update"
    bool (*edit)(void *ctx, struct workspace *w, struct arena *arena, struct error *err);
    void *ctx;
};
bool workspace_change_by(struct accounts *a, const struct principal *by, int64_t id,
                         const struct workspace_edit *edit, struct error *err) MUST_USE;

#endif
