// SPDX-License-Identifier: Apache-2.0
// API keys: "hs_key_" and 43 characters (256 random bits), shown once, kept as their SHA-256 (a secret of full
// entropy needs no slow hash). A key belongs to a workspace and has scopes, which are permissions by name, an end
// or none, and can be revoked.
//
//     api_key_create(a, by, &(struct api_key){.name = …, .scopes = bits}, arena, &key, &id, err);
//     switch (api_key_peek(a, token, arena, &who)) …        // never waits: from the memory of the last 5 s
//     api_key_find(a, token, arena, &who, err)              // may read the store
//
// A revoked key is refused at once in this process and within 5 s in others. “Last used” is written at most once a
// minute.
#ifndef ACCOUNT_API_KEY_H
#define ACCOUNT_API_KEY_H

#include "account/accounts.h"

#define API_KEY_PREFIX "hs_key_"

struct api_key {
    int64_t id;
    struct str name;                // of the system that uses it: "ERP"
    struct str hint;                // last four characters
    uint64_t scopes;                // bits of enum permission
    int64_t created_us, created_by; // user; 0: the command line
    int64_t expires_us;             // 0: never
    int64_t revoked_us;             // 0: it is good
    int64_t used_us;                // to the minute; 0: never
};

// Name, scopes and expires_us are taken from `what`. Nobody gives a scope that he does not have himself, and a
// key has no data scope: who has one makes none. At most 200 keys a workspace that are good.
bool api_key_create(struct accounts *a, const struct principal *by, int64_t workspace,
                    const struct api_key *what, struct arena *arena, struct str *ret_token,
                    int64_t *ret_id, struct error *err) MUST_USE;
// Newest first, revoked ones too (the last 500).
bool api_key_list(struct accounts *a, int64_t workspace, struct arena *arena,
                  const struct api_key **ret, size_t *ret_n, struct error *err) MUST_USE;
bool api_key_revoke(struct accounts *a, const struct principal *by, int64_t workspace, int64_t id,
                    struct error *err) MUST_USE; // ERROR_NOT_FOUND

enum auth api_key_peek(struct accounts *a, struct str token, struct arena *arena,
                       struct principal *ret);
// ERROR_NOT_FOUND: no such key, revoked, or past its end; which is not told.
bool api_key_find(struct accounts *a, struct str token, struct arena *arena, struct principal *ret,
                  struct error *err) MUST_USE;

#endif
