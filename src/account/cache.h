// SPDX-License-Identifier: Apache-2.0
// Who was let in a moment ago: from the hash of a token to the principal, so that a busy client does not cost a
// read of the store for every request. An entry is believed for 5 s; any change of users, keys or sessions
// empties the whole, at once in this process and by a notice in the others. Refusals are remembered too. 1,024
// entries; of a row of four the refused and the oldest go first. Any thread; a look-up is ≈ 1 µs, under one lock.
#ifndef ACCOUNT_CACHE_H
#define ACCOUNT_CACHE_H

#include "account/accounts.h"

#define AUTH_CACHE_US (5 * INT64_C(1000000))
#define AUTH_TOUCH_US (60 * INT64_C(1000000)) // “last used” is written at most so often

struct auth_entry {
    const struct principal *principal; // NULL: nobody
    int64_t id;                        // of the session or key
    int64_t ends_us;                   // when it ends by itself; INT64_MAX: never
    int64_t used_us;                   // last use that the store knows of
};

struct auth_cache *auth_cache_new(void);
void auth_cache_free(struct auth_cache *c);

// ret_touch: “last used” should be written now; true for one caller a minute.
enum auth auth_cache_find(struct auth_cache *c, const uint8_t hash[CRYPTO_HASH_BYTES],
                          int64_t now_us, struct arena *a, struct principal *ret,
                          struct auth_entry *ret_entry, bool *ret_touch);
// Note it before the store is read: what was read before a change is not kept after it.
unsigned auth_cache_epoch(struct auth_cache *c);
// True if “last used” should be written now, as above.
bool auth_cache_put(struct auth_cache *c, const uint8_t hash[CRYPTO_HASH_BYTES], int64_t now_us,
                    unsigned epoch, const struct auth_entry *entry);
void auth_cache_clear(struct auth_cache *c);

#endif
