// SPDX-License-Identifier: Apache-2.0
// What link.c and setup.c share, and the rows of links as the store has them.
#ifndef ACCOUNT_LINK_INNER_H
#define ACCOUNT_LINK_INNER_H

#include "account/accounts_inner.h"
#include "account/link.h"
#include "base/vec.h"

struct link_row {
    struct link link; // all but what is sealed
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct str payload; // sealed JSON
    int64_t created_by, used_us;
};
struct link_rows {
    VEC(struct link_row);
};

// Fills id, times, hash and payload of the row; the token comes out.
bool link_prepare(struct accounts *a, const struct principal *by, struct link_row *row,
                  struct arena *arena, struct str *ret_token, struct error *err) MUST_USE;
bool link_hash(struct str token, uint8_t ret[CRYPTO_HASH_BYTES]);
bool link_gone(struct error *err); // sets ERROR_NOT_FOUND

bool link_sql_insert(struct sql *s, const struct link_row *row, struct error *err) MUST_USE;
// Ends the open links of a kind for a user (of the house for setup).
bool link_sql_end(struct sql *s, enum link_kind kind, int64_t user, int64_t now_us,
                  struct error *err) MUST_USE;
bool link_sql_find(struct sql *s, const uint8_t hash[CRYPTO_HASH_BYTES], struct arena *arena,
                   struct link_row *ret, bool *ret_found, struct error *err) MUST_USE;
// Takes it: false with ERROR_NOT_FOUND if somebody was quicker or it has ended.
bool link_sql_use(struct sql *s, const uint8_t hash[CRYPTO_HASH_BYTES], int64_t now_us,
                  struct error *err) MUST_USE;
bool link_sql_list(struct sql *s, int64_t workspace, int64_t now_us, struct arena *arena,
                   struct link_rows *ret, struct error *err) MUST_USE;
bool link_sql_remove(struct sql *s, int64_t workspace, int64_t id, int64_t *ret_n,
                     struct error *err) MUST_USE;

#endif
