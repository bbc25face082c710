// SPDX-License-Identifier: Apache-2.0
// Exact repeats are found through one table of hashed keys (each kind of key has its own salt),
// near repeats through nlp/neardup. Keys of a repeat are not entered: everything points to the
// first.
#include "unify/dedup.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/vec.h"

struct first { // a long text that was seen first
    uint64_t serial;
    uint64_t customer; // hash, 0 if unknown
};

struct dedup {
    struct map_u64 keys; // hash of a key → serial
    struct neardup *near;
    struct {
        VEC(struct first);
    } firsts; // by the id given to `near`
    uint64_t serial;
};

enum key_kind {
    KEY_REVIEW_ID = 1,
    KEY_ORDER,
    KEY_CUSTOMER,
    KEY_TEXT_AND_TIME,
};

struct dedup *dedup_new(void) {
    struct dedup *d = NEW(struct dedup);
    d->near = neardup_new();
    return d;
}

void dedup_free(struct dedup *d) {
    if (!d)
        return;
    map_u64_done(&d->keys);
    neardup_free(d->near);
    vec_done(&d->firsts);
    free(d);
}

size_t dedup_bytes(const struct dedup *d) {
    return d->keys.n_slots * 2 * sizeof(uint64_t) + neardup_bytes(d->near) +
           d->firsts.cap * sizeof *d->firsts.items;
}

static uint64_t mix(uint64_t h, uint64_t x) {
    return hash_u64(h ^ x) + 0x9E3779B97F4A7C15u;
}

// Names that stand for anybody.
static bool is_nobody(struct str customer) {
    static const struct str names[] = {
        STR_INIT("匿名"),   STR_INIT("匿名用户"), STR_INIT("匿名买家"),  STR_INIT("匿***名"),
        STR_INIT("匿**名"), STR_INIT("匿*名"),    STR_INIT("游客"),      STR_INIT("未知"),
        STR_INIT("-"),      STR_INIT("无"),       STR_INIT("anonymous"), STR_INIT("Anonymous"),
        STR_INIT("guest"),  STR_INIT("Guest"),    STR_INIT("***"),       STR_INIT("****")};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(customer, names[i]))
            return true;
    return str_is_empty(str_trim(customer));
}

static uint64_t customer_hash(const struct feedback *f) {
    return is_nobody(f->customer) ? 0 : mix(str_hash(f->customer), str_hash(f->channel)) | 1;
}

struct keys {
    uint64_t items[4];
    int n;
};

static void add_key(struct keys *keys, enum key_kind kind, uint64_t h) {
    keys->items[keys->n++] = mix(h, kind);
}

// The keys under which this feedback would be the same as an earlier one.
static struct keys keys_of(const struct feedback *f, const struct unified *u, uint64_t customer) {
    struct keys keys = {.n = 0};
    uint64_t text = mix(u->sketch.exact, u->sketch.n_chars), product = str_hash(f->product);
    if (f->external_id.len)
        add_key(&keys, KEY_REVIEW_ID, mix(mix(text, str_hash(f->external_id)), product));
    if (f->order.len)
        add_key(&keys, KEY_ORDER, mix(mix(text, str_hash(f->order)), product));
    if (u->sketch.n_chars == 0)
        return keys; // a rating without words is only known by its order or id
    bool is_long = u->sketch.n_chars >= DEDUP_LONG_CHARS, has_time = f->occurred_us != TIME_NONE;
    // Exported names are masked (“j***n”): two people may share one, so that a short text needs the
    // same time too.
    if (customer && f->order.len == 0 && (is_long || has_time))
        add_key(&keys, KEY_CUSTOMER,
                mix(mix(mix(text, customer), product), is_long ? 0 : (uint64_t)f->occurred_us));
    if (!customer && f->order.len == 0 && f->external_id.len == 0 && is_long && has_time)
        add_key(&keys, KEY_TEXT_AND_TIME, mix(mix(text, (uint64_t)f->occurred_us), product));
    return keys;
}

static bool find_exact(struct dedup *d, const struct keys *keys, uint64_t *ret) {
    for (int i = 0; i < keys->n; i++)
        if (map_u64_get(&d->keys, keys->items[i], ret))
            return true;
    return false;
}

// A long text that another customer has written before.
static bool find_copy(struct dedup *d, const struct unified *u, uint64_t customer, uint64_t *ret) {
    if (u->sketch.n_chars < DEDUP_LONG_CHARS || d->firsts.len >= NEARDUP_NONE ||
        (u->flags & (UNIFY_BLANK | UNIFY_DEFAULT_PRAISE | UNIFY_GIBBERISH)))
        return false;
    uint32_t found = neardup_add(d->near, &u->sketch, (uint32_t)d->firsts.len);
    if (found == NEARDUP_NONE) {
        vec_push(&d->firsts, ((struct first){d->serial, customer}));
        return false;
    }
    *ret = d->firsts.items[found].serial;
    // The same person about another of his purchases: lazy, not brushed.
    return !customer || customer != d->firsts.items[found].customer;
}

void dedup_mark(struct dedup *d, const struct feedback *feedback, struct unified *unified,
                size_t n) {
    for (size_t i = 0; i < n; i++, d->serial++) {
        struct unified *u = &unified[i];
        uint64_t customer = customer_hash(&feedback[i]), first = 0;
        struct keys keys = keys_of(&feedback[i], u, customer);
        if (find_exact(d, &keys, &first)) {
            u->flags |= UNIFY_DUPLICATE;
            u->repeats = first + 1;
            continue;
        }
        for (int k = 0; k < keys.n; k++)
            map_u64_put(&d->keys, keys.items[k], d->serial);
        if (find_copy(d, u, customer, &first)) {
            u->flags |= UNIFY_NEAR_DUPLICATE;
            u->repeats = first + 1;
        }
    }
}
