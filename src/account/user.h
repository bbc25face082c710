// SPDX-License-Identifier: Apache-2.0
// People who sign in. One account for each e-mail in the whole house; a membership for each workspace says his
// role and his part of the data there. E-mail and name are sealed; the e-mail is found by a keyed hash. Who may
// do what to whom:
//
//   - nobody gives a role that can more than his own, or touches somebody who has one (only owners make owners);
//   - the last active owner of a workspace stays one.
//
// Threads: any, but what takes a password takes ≈ 30 ms of computing: not on an HTTP thread.
#ifndef ACCOUNT_USER_H
#define ACCOUNT_USER_H

#include "account/accounts.h"

struct sql;

struct user {
    int64_t id;
    int64_t created_us, sign_in_us; // sign_in_us 0: never
    struct str email;               // lower case
    struct str name;
    struct str lang; // "zh", "en", "": as the browser says
    // in the workspace that was asked about
    enum role role;
    bool active;
    const struct scope_rule *scope;
    size_t n_scope;
};

// Trimmed, ASCII letters small. ERROR_INVALID with field "email" for what cannot be one.
bool user_check_email(struct str email, struct arena *arena, struct str *ret,
                      struct error *err) MUST_USE;

// A person who is new to the house, or (with the same e-mail) to the workspace; then password, name and lang of
// `u` are not used. ERROR_CONFLICT when he is there already.
bool user_add(struct accounts *a, const struct principal *by, int64_t workspace,
              const struct user *u, struct str password, int64_t *ret_id,
              struct error *err) MUST_USE;

// ── signing in ──

enum sign_in {
    SIGN_IN_OK,
    SIGN_IN_WRONG,  // e-mail or password; which is not told
    SIGN_IN_LOCKED, // too many tries: even the right password is not looked at
};

struct verdict {
    enum sign_in outcome;
    int64_t user;      // SIGN_IN_OK
    int retry_after_s; // SIGN_IN_LOCKED: 1 …
};

#define SIGN_IN_TRIES     10
#define SIGN_IN_WINDOW_US (15 * 60 * INT64_C(1000000))

// Ten tries that did not succeed within 15 minutes, for an e-mail or from an address ("" for none), lock it until the
// oldest of them is 15 minutes old. An unknown e-mail takes as long and locks as well. False only if the store fails.
bool user_verify(struct accounts *a, struct str email, struct str password, struct str address,
                 struct verdict *ret, struct error *err) MUST_USE;
// His own: the old one is asked for (field "old_password" if it is wrong; tries count as above), and all his sessions
// but `keep` end.
bool user_change_password(struct accounts *a, const struct principal *by, struct str old,
                          struct str fresh, int64_t keep, struct error *err) MUST_USE;

// ── reading and changing ──

// ERROR_NOT_FOUND unless he is a member of the workspace; workspace 0: any, with role viewer and no scope.
bool user_load(struct accounts *a, int64_t workspace, int64_t id, struct arena *arena,
               struct user *ret, struct error *err) MUST_USE;
bool user_find(struct accounts *a, struct str email, int64_t *ret_id, struct error *err) MUST_USE;
// Members by id, those after `after`; the inactive too.
bool user_list(struct accounts *a, int64_t workspace, int64_t after, int limit, struct arena *arena,
               const struct user **ret, size_t *ret_n, struct error *err) MUST_USE;

// NULL keeps what is there. Deactivating ends his sessions here; his account in other workspaces stays.
struct user_change {
    const enum role *role;
    const bool *active;
    const struct scope_rule *scope; // with has_scope
    size_t n_scope;
    bool has_scope;
    const struct str *name, *lang; // of the account: only his own, or by an owner
};
bool user_update(struct accounts *a, const struct principal *by, int64_t workspace, int64_t id,
                 const struct user_change *change, struct error *err) MUST_USE;

#endif
