// SPDX-License-Identifier: Apache-2.0
// What the modules about people (user, link, setup) share, and the rows as the store has them.
#ifndef ACCOUNT_USER_INNER_H
#define ACCOUNT_USER_INNER_H

#include "account/accounts_inner.h"
#include "account/user.h"
#include "base/vec.h"

// An account that is to be made: everything that takes time or keys has been done before the transaction.
struct new_user {
    int64_t id, now_us;
    uint8_t lookup[VAULT_LOOKUP_BYTES];
    struct str email, name; // sealed
    struct str lang;
    struct str password; // hash
};
// Checks and hashes. `u->email` must have been checked.
bool user_prepare(struct accounts *a, const struct user *u, struct str password,
                  struct arena *arena, struct new_user *ret, struct error *err) MUST_USE;

struct membership {
    int64_t workspace, user;
    enum role role;
    bool active;
    struct str scope; // sealed JSON
};
// Seals the rules for member `user` of `workspace`.
bool user_seal_scope(struct accounts *a, int64_t workspace, int64_t user,
                     const struct scope_rule *rules, size_t n, struct arena *arena, struct str *ret,
                     struct error *err) MUST_USE;
bool user_unseal_scope(struct accounts *a, int64_t workspace, int64_t user, struct str sealed,
                       struct arena *arena, const struct scope_rule **ret, size_t *ret_n,
                       struct error *err) MUST_USE;

// ERROR_FORBIDDEN if `by` may not give this role or touch who has it.
bool user_may_handle(const struct principal *by, enum role role, struct error *err) MUST_USE;

// The same, and that the scope shows nothing that `by` does not see himself.
bool user_may_give(const struct principal *by, enum role role, const struct scope_rule *scope,
                   size_t n_scope, struct error *err) MUST_USE;

static inline struct str lookup_str(const uint8_t lookup[VAULT_LOOKUP_BYTES]) {
    return str_make((const char *)lookup, VAULT_LOOKUP_BYTES);
}

// ── rows ──

struct user_row {
    int64_t id, created_us, sign_in_us;
    struct str email, name, lang, password; // email, name sealed
    bool is_member;
    struct membership m;
};
struct user_rows {
    VEC(struct user_row);
};

bool user_sql_insert(struct sql *s, const struct new_user *u, struct error *err) MUST_USE;
bool user_sql_find(struct sql *s, const uint8_t lookup[VAULT_LOOKUP_BYTES], int64_t *ret_id,
                   struct error *err) MUST_USE; // 0: none
// Of a workspace with the membership (is_member), or of the house (workspace 0). False, ERROR_NOT_FOUND.
bool user_sql_load(struct sql *s, int64_t workspace, int64_t id, struct arena *arena,
                   struct user_row *ret, struct error *err) MUST_USE;
bool user_sql_list(struct sql *s, int64_t workspace, int64_t after, int limit, struct arena *arena,
                   struct user_rows *ret, struct error *err) MUST_USE;
bool user_sql_set_password(struct sql *s, int64_t id, struct str hash, int64_t now_us,
                           struct error *err) MUST_USE;
bool user_sql_set_names(struct sql *s, int64_t id, struct str name, struct str lang, int64_t now_us,
                        struct error *err) MUST_USE;
bool user_sql_signed_in(struct sql *s, int64_t id, int64_t now_us, struct error *err) MUST_USE;

// The first workspace he may enter, 0 if there is none.
bool user_sql_workspace(struct sql *s, int64_t id, int64_t *ret, struct error *err) MUST_USE;

// Memberships in other workspaces, active or not.
bool user_sql_elsewhere(struct sql *s, int64_t id, int64_t workspace, int64_t *ret_n,
                        struct error *err) MUST_USE;

bool membership_sql_put(struct sql *s, const struct membership *m, int64_t now_us,
                        struct error *err) MUST_USE;
bool membership_sql_owners(struct sql *s, int64_t workspace, int64_t *ret_n,
                           struct error *err) MUST_USE;

// Time of the SIGN_IN_TRIES-th newest try of the subject since then, 0 if there are fewer.
bool attempt_sql_limit(struct sql *s, const uint8_t subject[VAULT_LOOKUP_BYTES], int64_t since_us,
                       int64_t *ret_us, struct error *err) MUST_USE;
bool attempt_sql_add(struct sql *s, const uint8_t subject[VAULT_LOOKUP_BYTES], int64_t now_us,
                     struct error *err) MUST_USE;
bool attempt_sql_forget(struct sql *s, const uint8_t subject[VAULT_LOOKUP_BYTES],
                        struct error *err) MUST_USE;
bool attempt_sql_forget_one(struct sql *s, const uint8_t subject[VAULT_LOOKUP_BYTES], int64_t at_us,
                            struct error *err) MUST_USE;

// Sessions of a user that end with what is done to him: all but `keep`, in one workspace or (0) anywhere.
bool session_sql_end_user(struct sql *s, int64_t user, int64_t workspace, int64_t keep,
                          struct error *err) MUST_USE;

#endif
