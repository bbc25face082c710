// SPDX-License-Identifier: Apache-2.0
#include "work/identity_stage.h"

#include "base/map.h"
#include "collect/outbox.h"
#include "unify/identity.h"

struct placing {
    struct sql *s;
    const struct store *store;
    const struct workspace_keys *keys;
    int64_t workspace;
    struct identity_input *in;
    size_t n;
    struct arena arena;
    // the keys of the batch, each once
    struct dict by_lookup; // lookup → index
    struct customer_key *list;
    int64_t *owners, *homes, *origins;
    struct identity_record *records;
    struct identity_pair *roots;
    struct customer_ids *changed;
};

// ── reading ──

static bool read_key(struct placing *p, size_t record, const struct identity_key *key,
                     uint32_t *ret, struct error *err) {
    struct customer_key k = {.kind = identity_labels[key->kind].code, .value = key->value};
    customer_key_lookup(p->keys, k.kind, k.value, k.lookup);
    uint32_t before = p->by_lookup.count;
    *ret = dict_add(&p->by_lookup, str_make((const char *)k.lookup, sizeof k.lookup));
    if (p->by_lookup.count == before)
        return true;
    p->list[*ret] = k;
    p->origins[*ret] = p->in[record].id;
    struct customer_pair who;
    if (!customer_owner(p->s, p->workspace, k.lookup, &who, err))
        return false;
    p->homes[*ret] = who.a;
    p->owners[*ret] = who.b;
    return true;
}

static bool read_record(struct placing *p, size_t i, struct error *err) {
    struct identity_input *in = &p->in[i];
    struct identity_key keys[IDENTITY_MAX_KEYS];
    size_t n = identity_keys(in->said, in->source, &p->arena, keys);
    uint32_t *indexes = ARENA_ARRAY(&p->arena, uint32_t, n);
    for (size_t k = 0; k < n; k++)
        if (!read_key(p, i, &keys[k], &indexes[k], err))
            return false;
    if (!(in->is_event ? customer_of_event(p->s, in->id, &in->who, err)
                       : customer_of_feedback(p->s, in->id, &in->who, err)))
        return false;
    p->records[i] = (struct identity_record){indexes, n, in->who.a};
    p->roots[i] = (struct identity_pair){in->who.a, in->who.b};
    return true;
}

static int64_t next_id(void *ctx) {
    return id_next(ctx);
}

static bool make_plan(struct placing *p, struct identity_plan *plan, struct error *err) {
    size_t most = p->n * IDENTITY_MAX_KEYS;
    struct customer_pair *apart;
    p->list = ARENA_ARRAY(&p->arena, struct customer_key, most);
    p->owners = ARENA_ARRAY(&p->arena, int64_t, most);
    p->homes = ARENA_ARRAY(&p->arena, int64_t, most);
    p->origins = ARENA_ARRAY(&p->arena, int64_t, most);
    p->records = ARENA_ARRAY(&p->arena, struct identity_record, p->n);
    p->roots = ARENA_ARRAY(&p->arena, struct identity_pair, p->n);
    for (size_t i = 0; i < p->n; i++)
        if (!read_record(p, i, err))
            return false;
    struct identity_batch batch = {.records = p->records,
                                   .n_records = p->n,
                                   .owners = p->owners,
                                   .homes = p->homes,
                                   .n_keys = p->by_lookup.count,
                                   .roots = p->roots,
                                   .n_roots = p->n,
                                   .next_id = next_id,
                                   .ctx = p->store->ids};
    if (!customer_apart(p->s, p->workspace, &p->arena, &apart, &batch.n_apart, err))
        return false;
    struct identity_pair *pairs = ARENA_ARRAY(&p->arena, struct identity_pair, batch.n_apart);
    for (size_t i = 0; i < batch.n_apart; i++)
        pairs[i] = (struct identity_pair){apart[i].a, apart[i].b};
    batch.apart = pairs;
    identity_plan(&batch, &p->arena, plan);
    return true;
}

// ── writing ──

static struct customer_proof proof_of(struct placing *p, uint32_t key) {
    const struct customer_key *k = &p->list[key];
    struct str kind = str_from(k->kind);
    return (struct customer_proof){
        kind, identity_shown((enum identity_kind)identity_find(kind), k->value, &p->arena)};
}

static bool write_customers(struct placing *p, const struct identity_plan *plan,
                            struct error *err) {
    for (size_t i = 0; i < plan->n_fresh; i++) {
        int64_t at = INT64_MAX;
        for (size_t r = 0; r < p->n && at == INT64_MAX; r++)
            if (plan->homes[r] == plan->fresh[i])
                at = p->in[r].at_us;
        if (!customer_insert(p->s, p->keys, p->workspace, plan->fresh[i], at, err))
            return false;
    }
    for (size_t i = 0; i < plan->n_merges; i++) {
        const struct identity_merge *x = &plan->merges[i];
        struct customer_merge m = {.kept = x->kept,
                                   .gone = x->gone,
                                   .by_event = p->in[x->record].is_event,
                                   .record = p->in[x->record].id,
                                   .kept_key = proof_of(p, x->key_kept),
                                   .gone_key = proof_of(p, x->key_gone)};
        if (!customer_join(p->s, p->store, p->workspace, &m, err))
            return false;
    }
    for (size_t i = 0; i < p->by_lookup.count; i++)
        if (plan->key_homes[i] &&
            !customer_key_insert(p->s, p->keys, p->workspace, &p->list[i], plan->key_homes[i],
                                 plan->key_customers[i], p->origins[i], err))
            return false;
    return true;
}

// Of whom the order is, when the record itself does not say; and the other way round.
static bool settle_order(struct placing *p, struct identity_input *in, struct str order,
                         struct error *err) {
    if (!in->who.b && !customer_of_order(p->s, p->workspace, order, &in->who, err))
        return false;
    return !in->who.b || !in->is_event ||
           customer_claim_order(p->s, p->workspace, order, in->who, p->changed, err);
}

static bool write_place(struct placing *p, struct identity_input *in, struct customer_pair before,
                        struct error *err) {
    uint8_t bytes[VAULT_LOOKUP_BYTES];
    struct str order = STR("");
    if (str_trim(in->order).len) {
        customer_order_lookup(p->keys, in->order, bytes);
        order = str_make((const char *)bytes, sizeof bytes);
    }
    bool same = in->who.a == before.a && in->who.b == before.b;
    if (order.len && !settle_order(p, in, order, err))
        return false;
    if (in->is_event)
        return same || customer_place_event(p->s, in->id, in->who.a, in->who.b, err);
    return (same && !order.len) ||
           customer_place_feedback(p->s, in->id, in->who.a, in->who.b, order, err);
}

// What the batch says of one home, together.
static bool learn(struct placing *p, struct error *err) {
    struct map_u64 seen = {0};
    const struct record_customer **said =
        ARENA_ARRAY(&p->arena, const struct record_customer *, p->n);
    int64_t *at = ARENA_ARRAY(&p->arena, int64_t, p->n);
    // Lists of the inputs of one home, linked by index + 1.
    size_t *next = ARENA_ARRAY(&p->arena, size_t, p->n);
    bool ok = true;
    for (size_t i = p->n; i-- > 0;) {
        uint64_t first = 0;
        if (!p->in[i].who.a)
            continue;
        map_u64_get(&seen, (uint64_t)p->in[i].who.a, &first);
        next[i] = (size_t)first;
        map_u64_put(&seen, (uint64_t)p->in[i].who.a, i + 1);
    }
    for (size_t i = 0; ok && i < p->n; i++) {
        uint64_t first = 0;
        if (!p->in[i].who.a || !map_u64_get(&seen, (uint64_t)p->in[i].who.a, &first) ||
            first != i + 1)
            continue;
        struct customer_news news = {.home = p->in[i].who.a,
                                     .first_us = INT64_MAX,
                                     .last_us = INT64_MIN,
                                     .said = said,
                                     .said_us = at};
        for (size_t k = i + 1; k; k = next[k - 1]) {
            const struct identity_input *in = &p->in[k - 1];
            said[news.n] = in->said;
            at[news.n++] = in->at_us;
            news.first_us = MIN(news.first_us, in->at_us);
            news.last_us = MAX(news.last_us, in->at_us);
        }
        ok = customer_learn(p->s, p->store, p->workspace, &news, err);
    }
    map_u64_done(&seen);
    return ok;
}

static bool place_all(struct placing *p, struct error *err) {
    struct identity_plan plan;
    if (!customer_lock(p->s, p->workspace, err) || !make_plan(p, &plan, err) ||
        !write_customers(p, &plan, err))
        return false;
    for (size_t i = 0; i < p->n; i++) {
        struct customer_pair before = p->in[i].who;
        // Without keys it stays with whom its order gave it to.
        if (p->records[i].n_keys)
            p->in[i].who = (struct customer_pair){plan.homes[i], plan.customers[i]};
        else if (before.a && !customer_root(p->s, p->workspace, before.a, &p->in[i].who.b, err))
            return false;
        if (!write_place(p, &p->in[i], before, err))
            return false;
    }
    return learn(p, err);
}

bool identity_place(struct sql *s, const struct store *store, int64_t workspace,
                    struct identity_input *in, size_t n, struct customer_ids *ret_changed,
                    struct error *err) {
    struct placing p = {.s = s,
                        .store = store,
                        .keys = vault_keys(store->vault, workspace, err),
                        .workspace = workspace,
                        .in = in,
                        .n = n,
                        .changed = ret_changed};
    bool ok = p.keys && place_all(&p, err);
    dict_done(&p.by_lookup);
    arena_done(&p.arena);
    return ok;
}

// ── feedback ──

struct stage {
    const struct store *store;
    int64_t workspace;
    struct identity_input *in;
    size_t n;
    struct customer_ids changed;
};

static bool write_stage(struct sql *s, void *ctx, struct error *err) {
    struct stage *t = ctx;
    t->changed.len = 0;
    return identity_place(s, t->store, t->workspace, t->in, t->n, &t->changed, err) &&
           (t->changed.len == 0 ||
            change_add(s, t->workspace, t->changed.items, t->changed.len, err));
}

bool identity_stage(const struct store *store, int64_t workspace, struct feedback_batch *b,
                    struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    struct stage t = {.store = store, .workspace = workspace};
    t.in = ARENA_ARRAY(&a, struct identity_input, b->n);
    for (size_t i = 0; i < b->n; i++) {
        const struct stored_feedback *f = &b->items[i];
        if (f->found)
            t.in[t.n++] = (struct identity_input){.id = f->id,
                                                  .at_us = f->occurred_us,
                                                  .source = f->record.source,
                                                  .order = f->record.order,
                                                  .said = &f->record.customer};
    }
    // The key of the workspace is fetched before the transaction begins.
    bool ok = t.n == 0 || (vault_keys(store->vault, workspace, err) &&
                           sql_write(store->db, write_stage, &t, err));
    for (size_t i = 0, k = 0; ok && i < b->n; i++)
        if (b->items[i].found)
            b->items[i].customer = t.in[k++].who.b;
    vec_done(&t.changed);
    return ok;
}
