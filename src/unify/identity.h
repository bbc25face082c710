// SPDX-License-Identifier: Apache-2.0
// Who it was, by exact keys only: telephone number, e-mail, ids of the business's own systems, openid and unionid.
// Two plain functions: what keys a record has, and what a batch of records with known and new keys means for the
// customers. No store, no guessing: a name proves nothing, nor does a masked one (“j***n”), a switchboard (400…) or
// a placeholder (匿名用户, noreply@).
//
//     struct identity_key keys[IDENTITY_MAX_KEYS];
//     size_t n = identity_keys(&record.customer, record.source, &arena, keys);
//
//     identity_plan(&in, &arena, &plan);          // in: owners of the keys as the store has them
//
// Keys of one record stand by how much they prove: where a record's keys belong to different customers, the first
// key's decides with whom a pair that a person has taken apart stays.
#ifndef UNIFY_IDENTITY_H
#define UNIFY_IDENTITY_H

#include "base/arena.h"
#include "base/lang.h"
#include "collect/record.h"

enum identity_kind {
    IDENTITY_EXTERNAL, // id of a source's own customer file: only within the source
    IDENTITY_UNIONID,
    IDENTITY_OPENID,
    IDENTITY_PHONE, // "+8613812345678", "+861088886666", with extension "+861088886666x801"
    IDENTITY_EMAIL, // case and width folded, dots and tags as they are
    N_IDENTITY_KINDS,
};
#define IDENTITY_MAX_KEYS N_IDENTITY_KINDS

struct identity_label {
    const char *code; // "phone": also the kind of its keyed hash
    struct words name;
};
extern const struct identity_label identity_labels[N_IDENTITY_KINDS];
int identity_find(struct str code); // −1

struct identity_key {
    enum identity_kind kind;
    struct str value; // normalised, arena
};

// At most one of a kind, in the order of enum identity_kind.
size_t identity_keys(const struct record_customer *c, struct str source, struct arena *a,
                     struct identity_key ret[IDENTITY_MAX_KEYS]);

// False where the number or address proves nothing: incomplete, masked, a placeholder, a switchboard.
bool identity_phone(struct str raw, struct arena *a, struct str *ret);
bool identity_email(struct str raw, struct arena *a, struct str *ret);
// “张**”, “j***n”, “138****5678”, “匿名用户”, “-”: stands for somebody without saying who.
bool identity_is_masked(struct str s);
// The same with all but the ends hidden, for people to know it again: “138****5678”, “z***@qq.com”, “VI***09”.
struct str identity_shown(enum identity_kind kind, struct str value, struct arena *a);

// Why two customers are one: “反馈 0190… 同时带有 电话 136****2222 和 邮箱 l***@qq.com”. By a person's word: actor
// not empty.
struct str identity_because(struct str actor, bool by_event, int64_t record, struct str kind_a,
                            struct str shown_a, struct str kind_b, struct str shown_b,
                            enum lang lang, struct arena *a);

// ── what a batch means ──

struct identity_record {
    const uint32_t *keys; // indexes into owners, by how much they prove
    size_t n_keys;
    int64_t home; // where this record has been put before, 0: nowhere
};

struct identity_pair {
    int64_t a, b;
};

struct identity_batch {
    const struct identity_record *records;
    size_t n_records;
    const int64_t *owners; // by key: the customer it is counted with, 0: a new key
    const int64_t *homes;  // by key: the customer it was first met with; NULL: the owner
    size_t n_keys;
    // (home, customer it is counted with) of every home of a record
    const struct identity_pair *roots;
    size_t n_roots;
    const struct identity_pair *apart; // customers that stay apart
    size_t n_apart;
    int64_t (*next_id)(void *ctx); // for new customers
    void *ctx;
};

struct identity_merge {
    int64_t kept, gone;          // the older is kept
    size_t record;               // which proves it
    uint32_t key_kept, key_gone; // by these two keys
};

struct identity_plan {
    int64_t *homes;     // by record, 0: it has no keys
    int64_t *customers; // by record: with whom it is counted in the end
    int64_t *key_homes; // by key: of new ones where they belong, else 0
    int64_t *key_customers;
    int64_t *fresh; // customers that did not exist
    size_t n_fresh;
    struct identity_merge *merges; // in order
    size_t n_merges;
};

// In order of the records; the same records in another order give the same groups (unless some stay apart). Arena
// memory.
void identity_plan(const struct identity_batch *in, struct arena *a, struct identity_plan *ret);

#endif
