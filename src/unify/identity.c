// SPDX-License-Identifier: Apache-2.0
#include "unify/identity.h"

#include "base/id.h"
#include "base/map.h"

struct planning {
    const struct identity_batch *in;
    struct arena *arena;
    struct identity_plan *plan;
    struct map_u64 parents; // customer → whom it was merged into in this batch
    struct map_u64 roots;   // home of an earlier record → customer
};

static int64_t find(struct planning *p, int64_t customer) {
    uint64_t parent;
    while (map_u64_get(&p->parents, (uint64_t)customer, &parent))
        customer = (int64_t)parent;
    return customer;
}

static bool are_apart(struct planning *p, int64_t a, int64_t b) {
    for (size_t i = 0; i < p->in->n_apart; i++) {
        int64_t x = find(p, p->in->apart[i].a), y = find(p, p->in->apart[i].b);
        if ((x == a && y == b) || (x == b && y == a))
            return true;
    }
    return false;
}

static int64_t owner_of(struct planning *p, uint32_t key) {
    int64_t owner = p->plan->key_homes[key] ? p->plan->key_customers[key] : p->in->owners[key];
    return owner ? find(p, owner) : 0;
}

static int64_t home_of(struct planning *p, uint32_t key) {
    if (p->plan->key_homes[key])
        return p->plan->key_homes[key];
    return p->in->homes ? p->in->homes[key] : p->in->owners[key];
}

// One record after the other: its known keys give the customers it speaks of, who become one; its new keys go to
// that one.
static void place(struct planning *p, size_t record) {
    const struct identity_record *r = &p->in->records[record];
    struct identity_plan *plan = p->plan;
    int64_t mine = 0, home = 0;
    uint32_t proof = 0;
    for (size_t i = 0; i < r->n_keys; i++) {
        int64_t other = owner_of(p, r->keys[i]);
        if (!other || other == mine)
            continue;
        if (!mine) {
            mine = other;
            home = home_of(p, r->keys[i]);
            proof = r->keys[i];
        } else if (!are_apart(p, mine, other)) {
            bool older = mine < other;
            int64_t kept = older ? mine : other, gone = older ? other : mine;
            map_u64_put(&p->parents, (uint64_t)gone, (uint64_t)kept);
            plan->merges[plan->n_merges++] = (struct identity_merge){
                kept, gone, record, older ? proof : r->keys[i], older ? r->keys[i] : proof};
            if (!older)
                proof = r->keys[i];
            mine = kept;
        }
    }
    if (!mine && r->n_keys)
        mine = home = plan->fresh[plan->n_fresh++] = p->in->next_id(p->in->ctx);
    for (size_t i = 0; i < r->n_keys; i++)
        if (!owner_of(p, r->keys[i])) {
            plan->key_homes[r->keys[i]] = home;
            plan->key_customers[r->keys[i]] = mine;
        }
    // Work that is done a second time leaves a record where it is, if that is still the same customer.
    uint64_t root;
    bool stays = r->home && map_u64_get(&p->roots, (uint64_t)r->home, &root) &&
                 find(p, (int64_t)root) == mine;
    plan->homes[record] = stays ? r->home : home;
    plan->customers[record] = mine;
}

void identity_plan(const struct identity_batch *in, struct arena *a, struct identity_plan *ret) {
    size_t n_keys_used = 0;
    for (size_t i = 0; i < in->n_records; i++)
        n_keys_used += in->records[i].n_keys;
    *ret = (struct identity_plan){.homes = ARENA_ARRAY(a, int64_t, in->n_records),
                                  .customers = ARENA_ARRAY(a, int64_t, in->n_records),
                                  .key_homes = ARENA_ARRAY(a, int64_t, in->n_keys),
                                  .key_customers = ARENA_ARRAY(a, int64_t, in->n_keys),
                                  .fresh = ARENA_ARRAY(a, int64_t, in->n_records),
                                  .merges = ARENA_ARRAY(a, struct identity_merge, n_keys_used)};
    struct planning p = {.in = in, .arena = a, .plan = ret};
    for (size_t i = 0; i < in->n_roots; i++)
        map_u64_put(&p.roots, (uint64_t)in->roots[i].a, (uint64_t)in->roots[i].b);
    for (size_t i = 0; i < in->n_records; i++)
        place(&p, i);
    for (size_t i = 0; i < in->n_records; i++)
        ret->customers[i] = ret->customers[i] ? find(&p, ret->customers[i]) : 0;
    for (size_t i = 0; i < in->n_keys; i++)
        ret->key_customers[i] = owner_of(&p, (uint32_t)i);
    map_u64_done(&p.parents);
    map_u64_done(&p.roots);
}

// ── words ──

static const char *kind_name(struct str kind, enum lang lang) {
    int i = identity_find(kind);
    return i < 0 ? "" : words_in(identity_labels[i].name, lang);
}

struct str identity_because(struct str actor, bool by_event, int64_t record, struct str kind_a,
                            struct str shown_a, struct str kind_b, struct str shown_b,
                            enum lang lang, struct arena *a) {
    char id[ID_TEXT];
    if (actor.len)
        return arena_printf(
            a, lang == LANG_ZH ? "%.*s 认定这是同一位客户" : "%.*s says it is one customer",
            STR_ARG(actor));
    if (lang == LANG_ZH)
        return arena_printf(a, "%s %s 同时带有%s %.*s 和%s %.*s", by_event ? "事件" : "反馈",
                            id_format(record, id), kind_name(kind_a, lang), STR_ARG(shown_a),
                            kind_name(kind_b, lang), STR_ARG(shown_b));
    return arena_printf(a, "%s %s has both %s %.*s and %s %.*s", by_event ? "event" : "feedback",
                        id_format(record, id), kind_name(kind_a, lang), STR_ARG(shown_a),
                        kind_name(kind_b, lang), STR_ARG(shown_b));
}
