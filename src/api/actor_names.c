// SPDX-License-Identifier: Apache-2.0
#include "api/actor_names.h"

#include "account/api_key.h"
#include "account/user.h"
#include "base/log.h"

#define USERS_MOST 1000

void actor_names_load(struct actor_names *n) {
    struct error e;
    if (n->loaded)
        return;
    n->loaded = true;
    if (!user_list(n->accounts, n->workspace, 0, USERS_MOST, n->arena, &n->users, &n->n_users,
                   &e) ||
        !api_key_list(n->accounts, n->workspace, n->arena, &n->keys, &n->n_keys, &e))
        log_warn("cannot read who did something: %s", e.en);
}

static struct str user_name(const struct actor_names *n, int64_t id) {
    for (size_t i = 0; i < n->n_users; i++)
        if (n->users[i].id == id)
            return n->users[i].email;
    return STR("");
}

static struct str key_name(const struct actor_names *n, int64_t id) {
    for (size_t i = 0; i < n->n_keys; i++)
        if (n->keys[i].id == id)
            return n->keys[i].name;
    return STR("");
}

struct str actor_name(struct actor_names *n, struct str actor) {
    bool is_user = str_starts(actor, STR("user:")), is_key = str_starts(actor, STR("key:"));
    int64_t id;
    if ((!is_user && !is_key) || !id_parse(str_slice(actor, is_user ? 5 : 4, actor.len), &id))
        return actor;
    actor_names_load(n);
    return is_user ? user_name(n, id) : key_name(n, id);
}

void actor_names_put(struct actor_names *n, struct feedback_batch *batch) {
    for (size_t i = 0; i < batch->n; i++)
        for (size_t k = 0; k < batch->items[i].n_corrections; k++)
            if (batch->items[i].corrections)
                batch->items[i].corrections[k].actor =
                    actor_name(n, batch->items[i].corrections[k].actor);
}

struct actor_names actor_names_of(struct request *r, const struct api *api) {
    const struct principal *p = request_user(r);
    return (struct actor_names){
        .accounts = api->accounts, .workspace = p->workspace, .arena = request_arena(r)};
}
