// SPDX-License-Identifier: Apache-2.0
// What the modules of this folder share: sealed values in an arena, tokens, limits, and the checks on who may change
// whom.
#ifndef ACCOUNT_ACCOUNTS_INNER_H
#define ACCOUNT_ACCOUNTS_INNER_H

#include "account/accounts.h"
#include "base/arena.h"
#include "sql/sql.h"

#define MAX_NAME_BYTES 200

// Sealed for a workspace (0: the house), bound to "WHAT:ID", in arena memory. Not inside a transaction.
bool accounts_seal(struct accounts *a, int64_t workspace, const char *what, int64_t id,
                   struct str plain, struct arena *arena, struct str *ret,
                   struct error *err) MUST_USE;
bool accounts_unseal(struct accounts *a, int64_t workspace, const char *what, int64_t id,
                     struct str sealed, struct arena *arena, struct str *ret,
                     struct error *err) MUST_USE;
bool accounts_lookup(struct accounts *a, const char *kind, struct str value,
                     uint8_t ret[VAULT_LOOKUP_BYTES], struct error *err) MUST_USE;

static inline struct str hash_str(const uint8_t hash[CRYPTO_HASH_BYTES]) {
    return str_make((const char *)hash, CRYPTO_HASH_BYTES);
}

// After a change: this process forgets at once whom it let in; sql_notify(s, "account", …) in the transaction
// tells the others.
void accounts_changed(struct accounts *a);
bool accounts_notify(struct sql *s, struct error *err) MUST_USE;

// Notes that a row was used now, some time later and without anyone waiting; if it fails, the next use notes it.
void accounts_touch_later(struct accounts *a,
                          bool (*fn)(struct sql *s, int64_t id, int64_t now_us, struct error *err),
                          int64_t id, int64_t now_us);

// A name as people give one: trimmed, not empty, at most MAX_NAME_BYTES, no control characters. `field` for the
// error.
bool accounts_check_name(struct str name, const char *field, struct str *ret,
                         struct error *err) MUST_USE;
bool accounts_not_found(struct error *err, const char *zh, const char *en); // "%s" are nouns

#endif
