// SPDX-License-Identifier: Apache-2.0
// Names for those who did something: rows have "user:UUID" and "key:UUID" (principal_actor), people are shown e-mails
// and names of keys. Read when the first name is asked for, in two reads for all: a page without corrections costs
// nothing.
//
//     struct actor_names names = {.accounts = api->accounts, .workspace = p->workspace, .arena = request_arena(r)};
//     actor_names_put(&names, &batch);                          // corrections of a loaded batch
//     json_add_str(w, actor_name(&names, version.actor));
//
// Outside of transactions; inside one call actor_names_load before it. Memory: the arena.
#ifndef API_ACTOR_NAMES_H
#define API_ACTOR_NAMES_H

#include "account/accounts.h"
#include "api/api.h"
#include "collect/feedback_store.h"

struct api_key;
struct user;

struct actor_names {
    struct accounts *accounts;
    int64_t workspace;
    struct arena *arena;
    // inside
    bool loaded;
    const struct user *users;
    const struct api_key *keys;
    size_t n_users, n_keys;
};

void actor_names_load(struct actor_names *n); // what cannot be read is shown as gone
// E-mail, or name of the key; "" for who is gone; anything else ("import:UUID", "demo") as it is.
struct str actor_name(struct actor_names *n, struct str actor);
void actor_names_put(struct actor_names *n, struct feedback_batch *batch);

// For one request: those of its workspace.
struct actor_names actor_names_of(struct request *r, const struct api *api);

#endif
