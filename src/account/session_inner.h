// SPDX-License-Identifier: Apache-2.0
// Rows of sessions as the store has them.
#ifndef ACCOUNT_SESSION_INNER_H
#define ACCOUNT_SESSION_INNER_H

#include "account/accounts_inner.h"
#include "account/session.h"
#include "base/vec.h"

struct session_row {
    int64_t id, user, workspace;
    int64_t created_us, used_us, expires_us;
    uint8_t hash[CRYPTO_HASH_BYTES];
    struct str origin; // sealed
    // session_sql_find: of his membership
    enum role role;
    struct str scope, email; // sealed
};
struct session_rows {
    VEC(struct session_row);
};

bool session_sql_insert(struct sql *s, const struct session_row *row, struct error *err) MUST_USE;
// With an active membership of its workspace. ret_found false: no such session.
bool session_sql_find(struct sql *s, const uint8_t hash[CRYPTO_HASH_BYTES], struct arena *arena,
                      struct session_row *ret, bool *ret_found, struct error *err) MUST_USE;
bool session_sql_touch(struct sql *s, int64_t id, int64_t now_us, struct error *err) MUST_USE;
bool session_sql_end(struct sql *s, const uint8_t hash[CRYPTO_HASH_BYTES],
                     struct error *err) MUST_USE;
bool session_sql_end_one(struct sql *s, int64_t user, int64_t id, int64_t *ret_n,
                         struct error *err) MUST_USE;
bool session_sql_switch(struct sql *s, const uint8_t hash[CRYPTO_HASH_BYTES], int64_t workspace,
                        int64_t *ret_n, struct error *err) MUST_USE;
bool session_sql_list(struct sql *s, int64_t user, int64_t now_us, struct arena *arena,
                      struct session_rows *ret, struct error *err) MUST_USE;

#endif
