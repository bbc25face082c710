// SPDX-License-Identifier: Apache-2.0
// Rows of API keys as the store has them.
#ifndef ACCOUNT_API_KEY_INNER_H
#define ACCOUNT_API_KEY_INNER_H

#include "account/accounts_inner.h"
#include "account/api_key.h"
#include "base/vec.h"

struct api_key_row {
    struct api_key key;
    int64_t workspace;
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct str scopes;
};
struct api_key_rows {
    VEC(struct api_key_row);
};

bool api_key_sql_insert(struct sql *s, const struct api_key_row *row, struct error *err) MUST_USE;
bool api_key_sql_count(struct sql *s, int64_t workspace, int64_t *ret, struct error *err) MUST_USE;
bool api_key_sql_find(struct sql *s, const uint8_t hash[CRYPTO_HASH_BYTES], struct arena *arena,
                      struct api_key_row *ret, bool *ret_found, struct error *err) MUST_USE;
bool api_key_sql_list(struct sql *s, int64_t workspace, struct arena *arena,
                      struct api_key_rows *ret, struct error *err) MUST_USE;
bool api_key_sql_revoke(struct sql *s, int64_t workspace, int64_t id, int64_t now_us,
                        int64_t *ret_n, struct error *err) MUST_USE;
bool api_key_sql_touch(struct sql *s, int64_t id, int64_t now_us, struct error *err) MUST_USE;

#endif
