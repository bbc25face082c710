// SPDX-License-Identifier: Apache-2.0
// Rows of the audit chain as the store has them.
#ifndef ACCOUNT_AUDIT_INNER_H
#define ACCOUNT_AUDIT_INNER_H

#include "account/audit.h"
#include "sql/sql.h"

// Takes the next place of the chain and locks its end. ret_prev: hash of the row before.
bool audit_sql_next(struct sql *s, int64_t workspace, int64_t *ret_seq,
                    uint8_t ret_prev[CRYPTO_HASH_BYTES], struct error *err) MUST_USE;
bool audit_sql_put(struct sql *s, int64_t workspace, const struct audit_row *row,
                   const uint8_t hash[CRYPTO_HASH_BYTES], struct error *err) MUST_USE;
// seq 0 and zeros for a chain that has not begun.
bool audit_sql_head(struct sql *s, int64_t workspace, int64_t *ret_seq,
                    uint8_t ret_hash[CRYPTO_HASH_BYTES], struct error *err) MUST_USE;
// Rows after `seq` in order. `fn` gets rows that are borrowed; false from it ends the reading without an error.
bool audit_sql_walk(struct sql *s, int64_t workspace,
                    bool (*fn)(void *ctx, const struct audit_row *row, struct str hash), void *ctx,
                    struct error *err) MUST_USE;

struct audit_found {
    struct audit_row row;
    struct str email, key_name; // sealed e-mail, "" if there is none
};
bool audit_sql_list(struct sql *s, const struct audit_query *q, struct arena *arena,
                    struct audit_found **ret, size_t *ret_n, struct error *err) MUST_USE;

#endif
