// SPDX-License-Identifier: Apache-2.0
// What the parts of account/vault share: where the master key comes from (vault_master.c), and the rows of the store
// (vault_sql.c).
#ifndef ACCOUNT_VAULT_INNER_H
#define ACCOUNT_VAULT_INNER_H

#include <pthread.h>
#include <stdatomic.h>

#include "account/vault.h"
#include "base/arena.h"
#include "base/map.h"
#include "sql/sql.h"

// The keys of one workspace as they were loaded. Kept until the end, because callers hold pointers into it.
struct key_set {
    int64_t workspace;
    _Atomic unsigned epoch; // of the vault when it was loaded
    struct workspace_keys keys;
    struct seal_key *generations; // ascending; the last is keys.data
    size_t n_generations;
    struct key_set *next;
};

struct vault {
    struct sql_db *db;
    char *data_dir, *command; // command: "" for the file
    pthread_mutex_t loading;  // held by whoever reads keys from the store or rotates
    struct seal_key master;   // under `loading`
    pthread_rwlock_t lock;    // of the table of sets
    struct map_u64 sets;      // workspace → the newest set
    struct key_set *all;
    _Atomic unsigned epoch; // counts rotations heard of
};

// ── the master key ──

#define MASTER_FILE     "master.key"
#define MASTER_NEW_FILE "master.key.new" // of a rotation in progress

// By the command if there is one, else from NAME in data_dir ("master.key"). ERROR_NOT_FOUND if there is no file.
bool master_read(const char *data_dir, const char *command, const char *name, struct seal_key *ret,
                 struct error *err) MUST_USE;
// A new random key in a new file; ERROR_CONFLICT if it exists.
bool master_create(const char *data_dir, const char *name, struct seal_key *ret,
                   struct error *err) MUST_USE;
// Under the lock: master.key → master.key.old-TIME, master.key.new → master.key.
bool master_promote(const char *data_dir, struct error *err) MUST_USE;
// One process at a time renames the files of a directory. −1 with err: ERROR_CONFLICT if another is at it and
// `wait` is false.
int master_lock(const char *data_dir, bool wait, struct error *err);
void master_unlock(int fd);
void master_remove(const char *data_dir, const char *name);
// "64 hex digits", base64 with or without padding, white space around it.
bool master_parse(struct str text, struct seal_key *ret) MUST_USE;

// Sets the master key to what opens the store with this check value; under `loading`, or while nobody knows the
// vault.
bool vault_find_master(struct vault *v, struct str check, struct error *err) MUST_USE;

struct key_row;
void vault_seal_check(const struct seal_key *master, struct strbuf *ret);
// of the store with this check
bool vault_is_master(const struct seal_key *master, struct str check);
void vault_wrap(const struct seal_key *master, const struct key_row *row,
                const uint8_t key[CRYPTO_KEY_BYTES], struct strbuf *ret);
bool vault_unwrap(const struct seal_key *master, const struct key_row *row,
                  uint8_t ret[CRYPTO_KEY_BYTES]) MUST_USE;

// ── rows ──

struct key_row {
    int64_t workspace;
    bool is_data; // else the root
    int generation;
    struct str wrapped;
};

struct key_rows {
    struct arena *arena; // what the rows stand in; emptied when the read begins again
    struct key_row *items;
    size_t n, cap;
};

// Check value of the store; "" if there is none.
bool vault_sql_check(struct sql *s, struct arena *a, struct str *ret, struct error *err) MUST_USE;
bool vault_sql_add_check(struct sql *s, struct str check, struct error *err) MUST_USE;
// False, ERROR_CONFLICT, if it is no longer `old`.
bool vault_sql_set_check(struct sql *s, struct str old, struct str check,
                         struct error *err) MUST_USE;

// Of one workspace, or of all for workspace −1; by workspace, purpose, generation.
bool vault_sql_keys(struct sql *s, int64_t workspace, struct key_rows *ret,
                    struct error *err) MUST_USE;
// Nothing happens if it exists.
bool vault_sql_add_key(struct sql *s, const struct key_row *row, int64_t now_us,
                       struct error *err) MUST_USE;
bool vault_sql_set_key(struct sql *s, const struct key_row *row, struct error *err) MUST_USE;
bool vault_sql_forget(struct sql *s, int64_t workspace, int generation, struct error *err) MUST_USE;

#endif
