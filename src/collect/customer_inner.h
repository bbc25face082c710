// SPDX-License-Identifier: Apache-2.0
// What the SQL files of customers share.
#ifndef COLLECT_CUSTOMER_INNER_H
#define COLLECT_CUSTOMER_INNER_H

#include "collect/customer.h"

#define LOOKUP(bytes)      SQL_BLOB(str_make((const char *)(bytes), VAULT_LOOKUP_BYTES))
#define CUSTOMER_MAX_APART 10000
#define CUSTOMER_MAX_KEYS  1000

// What a key's value is bound to.
void customer_key_bound(const uint8_t lookup[VAULT_LOOKUP_BYTES], struct strbuf *ret);
void customer_bound(int64_t id, char ret[40]);
bool customer_open_profile(const struct store *store, int64_t workspace, int64_t id,
                           struct str sealed, struct arena *a, struct customer_profile *ret,
                           struct error *err) MUST_USE;

#endif
