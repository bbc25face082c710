// SPDX-License-Identifier: Apache-2.0
// Keys of the house. One master key (32 bytes) outside the database wraps, for each workspace, a data key (seals text and personal data), and an
// index key (HMAC of what must be found but not read). The master key comes from DATA/master.key (0600, made at the first start) or, if
// HUISHENG_MASTER_KEY_COMMAND is set, from the standard output of that command (hex or base64). It is never in the database or a backup.
//
//     struct vault *v;
//     if (!vault_open(db, data_dir, command, &v, err)) …           // makes the master key on an empty store; a wrong key is told by a check value
//     const struct workspace_keys *k = vault_keys(v, workspace, err);
//     seal(&k->data, bound, text, &out);
//
// Threads: any; keys are read-only once given and live as long as the vault (rotation adds generations).
#ifndef ACCOUNT_VAULT_H
#define ACCOUNT_VAULT_H

#include "sys/crypto.h"

struct sql_db;
struct vault;

struct workspace_keys {
    struct seal_key data;             // newest generation: seals
    uint8_t index[CRYPTO_KEY_BYTES];  // never rotated: HMACs stay comparable
    uint8_t search[CRYPTO_KEY_BYTES]; // for the sealed search index
    uint8_t facts[CRYPTO_KEY_BYTES];  // keyed hash of a customer in the facts
};

bool vault_open(struct sql_db *db, const char *data_dir, const char *command, struct vault **ret,
                struct error *err) MUST_USE;
void vault_free(struct vault *v); // wipes

// Keys of a workspace, made when it has none. NULL with err only if the store fails or a key does not open.
const struct workspace_keys *vault_keys(struct vault *v, int64_t workspace, struct error *err);
// Unseals with whichever generation it needs.
bool vault_unseal(struct vault *v, int64_t workspace, struct str bound, struct str sealed,
                  struct strbuf *ret, struct error *err) MUST_USE;
// 16 bytes: HMAC by the index key over kind and value ("external_id", "R-1").
#define VAULT_LOOKUP_BYTES 16
void vault_lookup(const struct workspace_keys *k, const char *kind, struct str value,
                  uint8_t ret[VAULT_LOOKUP_BYTES]);

// Rewraps everything under a new master key (the old one is kept as master.key.old until all is re-wrapped), and gives each workspace a new data key
// generation; values are re-sealed by a background job.
bool vault_rotate(struct vault *v, struct error *err) MUST_USE;

#endif
