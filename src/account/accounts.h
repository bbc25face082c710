// SPDX-License-Identifier: Apache-2.0
// What the modules of this folder work on: the store, the vault, a source of ids, and the memory of who was let in a
// moment ago. One a process; any thread.
//
//     struct accounts *a;
//     if (!accounts_open(db, vault, &ids, &a, err)) …
//     session_open(a, …)   user_list(a, …)   api_key_find(a, …)   link_accept(a, …)
//     sql_close(db);  accounts_free(a);  vault_free(vault);      // in this order: the store calls both
//
// What changes something takes `by`, the principal who asked for it, checks what only this folder can know (nobody
// gives away more than he has), and writes an audit row in the same transaction. NULL is the command line:
// whoever may read the data directory may do everything. That a caller has the permission of a route is checked
// where the route is.
#ifndef ACCOUNT_ACCOUNTS_H
#define ACCOUNT_ACCOUNTS_H

#include "account/principal.h"
#include "account/vault.h"
#include "base/id.h"

struct auth_cache;
struct sql_db;

struct accounts {
    struct sql_db *db;
    struct vault *vault;
    struct id_source *ids;
    int64_t (*now_us)(void); // clock_now_us; tests put another
    struct auth_cache *cache;
};

bool accounts_open(struct sql_db *db, struct vault *vault, struct id_source *ids,
                   struct accounts **ret, struct error *err) MUST_USE;
void accounts_free(struct accounts *a);

// Deletes sessions and links that have ended and tries to sign in that no longer count: from a job, once an hour.
bool accounts_purge(struct accounts *a, struct error *err) MUST_USE;
// Re-seals up to `limit` values of this folder that are of an older generation; *ret_left is false when there are
// none left. Workspace 0 (the house) and each other one by itself.
bool accounts_reseal(struct accounts *a, int64_t workspace, int limit, bool *ret_left,
                     struct error *err) MUST_USE;

// What a look-up in the memory of a moment ago says.
enum auth {
    AUTH_KNOWN,   // let in: *ret is filled
    AUTH_REFUSED, // known to be nobody
    AUTH_ASK,     // the store must be asked: not on a thread that must not wait
};

#endif
