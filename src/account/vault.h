// SPDX-License-Identifier: Apache-2.0
// Keys of the house. One master key (32 bytes) outside the database wraps, for each workspace, data keys (seal
// text and personal data; one a generation) and a root key, from which come the index key (HMAC of what must be
// found but not read), the key of the search index and that of the facts. Workspace 0 is the house itself:
// e-mails of its people.
//
// The master key comes from DATA/master.key (0600, 64 hex digits, made at the first start) or, if
// HUISHENG_MASTER_KEY_COMMAND is set, from the standard output of that command (hex or base64, within 30 s). It is
// never in the database or a backup. Whoever has the store but not the key can read nothing sealed; whoever loses the
// key can read nothing either.
//
//     struct vault *v;
//     if (!vault_open(db, data_dir, command, &v, err)) …      // a wrong or missing key is told here, by a check
//     value
//     const struct workspace_keys *k = vault_keys(v, workspace, err);
//     seal(&k->data, bound, text, &out);
//
// Threads: any; keys are read-only once given and live as long as the vault (rotation adds generations). Known keys
// cost a look-up. The first use of a workspace, and of a generation that another node made, reads the store and may
// write to it: get the keys before a transaction begins, and unseal after it where you can.
#ifndef ACCOUNT_VAULT_H
#define ACCOUNT_VAULT_H

#include "sys/crypto.h"

struct sql_db;
struct vault;

struct workspace_keys {
    struct seal_key data;             // newest generation: seals
    uint8_t index[CRYPTO_KEY_BYTES];  // never rotated: HMACs stay comparable
    uint8_t search[CRYPTO_KEY_BYTES]; // for the sealed search index; never rotated
    uint8_t facts[CRYPTO_KEY_BYTES];  // keyed hash of a customer in the facts; never rotated
};

// `command` may be NULL or "". Errors: ERROR_FORBIDDEN when the key is not the one of this store, ERROR_NOT_FOUND
// when it is missing, ERROR_FORMAT when it is no key, ERROR_UNAVAILABLE when the command fails.
bool vault_open(struct sql_db *db, const char *data_dir, const char *command, struct vault **ret,
                struct error *err) MUST_USE;
void vault_free(struct vault *v); // wipes; after sql_close, whose listener it is

// Keys of a workspace, made when it has none. NULL with err only if the store fails or a key does not open.
const struct workspace_keys *vault_keys(struct vault *v, int64_t workspace, struct error *err);
// Unseals with whichever generation it needs.
bool vault_unseal(struct vault *v, int64_t workspace, struct str bound, struct str sealed,
                  struct strbuf *ret, struct error *err) MUST_USE;
// 16 bytes: HMAC by the index key over kind and value ("external_id", "R-1").
#define VAULT_LOOKUP_BYTES 16
void vault_lookup(const struct workspace_keys *k, const char *kind, struct str value,
                  uint8_t ret[VAULT_LOOKUP_BYTES]);

// ── rotation ── In one transaction a new master key takes the place of the old and every workspace gets a new data
// key; both are in use when it returns. With a file the old master key stays as master.key.old-TIME, because backups
// made before need it: delete it with them. With a command the new key is what the command prints now (change the
// secret first, then rotate while the server runs); if it still prints the old one, only data keys are new. Other
// nodes learn of it and read their own master key again: copy the file to them, until then they go on with the
// generations they know.
//
// Values sealed before keep opening. A background job re-seals them:
//
//     uint8_t mark[2];  vault_mark(vault_generation(v, ws, err), mark);
//     SELECT id, body FROM feedback WHERE workspace = $1 AND substr(body, 2, 2) <> $2 LIMIT 500   -- SQL_BLOB(mark)
//     vault_reseal(v, ws, bound, body, &fresh, err)  →  UPDATE feedback SET body = $1 WHERE id = $2 AND body = $3
//     … nothing left anywhere:  vault_forget(v, ws, generation, err)
bool vault_rotate(struct vault *v, struct error *err) MUST_USE;
// Newest generation of the data key, −1 with err if the store fails.
int vault_generation(struct vault *v, int64_t workspace, struct error *err);
// Bytes 2 and 3 of every value of that generation; substr on both engines counts from 1.
void vault_mark(int generation, uint8_t ret[2]);
// Appends the value under the newest key; `sealed` as it is if it is so already.
bool vault_reseal(struct vault *v, int64_t workspace, struct str bound, struct str sealed,
                  struct strbuf *ret, struct error *err) MUST_USE;
// Deletes the data keys older than `generation`. What they sealed can never be read again.
bool vault_forget(struct vault *v, int64_t workspace, int generation, struct error *err) MUST_USE;

#endif
