// SPDX-License-Identifier: Apache-2.0
// One-time links: how somebody gets in without a password and without mail. The page is /setup?token=…, /links/TOKEN;
// the token is 32 random bytes, kept as its hash; e-mail, role and scope are sealed. A link works once, until it
// ends:
//
//   setup        30 days   the first administrator; only while there is none, the newest link only
//   invitation    7 days   a new member of a workspace; a new invitation of the same e-mail does not end the
//   older one
//   reset        24 hours  a new password; a newer link ends the older ones of the same person
#ifndef ACCOUNT_LINK_H
#define ACCOUNT_LINK_H

#include "account/accounts.h"

enum link_kind {
    LINK_SETUP,
    LINK_INVITATION,
    LINK_RESET,
};

struct link {
    enum link_kind kind;
    int64_t id;
    int64_t workspace; // invitation
    int64_t user;      // reset
    int64_t created_us, expires_us;
    struct str email;
    enum role role; // invitation, with the scope
    const struct scope_rule *scope;
    size_t n_scope;
};

const char *link_kind_code(enum link_kind kind); // "setup", "invitation", "reset"

// To `email`. Nobody invites to a role that can more than his own.
bool link_invite(struct accounts *a, const struct principal *by, int64_t workspace,
                 const struct link *what, struct arena *arena, struct str *ret_token,
                 struct error *err) MUST_USE;
// For a member of the workspace (0: anybody, the command line only). His account is his in every workspace: who is a
// member of another too, or can or sees more than `by`, is refused (ERROR_FORBIDDEN), because the link opens all
// of it.
bool link_reset(struct accounts *a, const struct principal *by, int64_t workspace, int64_t user,
                struct arena *arena, struct str *ret_token, struct error *err) MUST_USE;

// ERROR_NOT_FOUND: there is none, it was used, or it has ended; which is not told.
bool link_find(struct accounts *a, struct str token, struct arena *arena, struct link *ret,
               struct error *err) MUST_USE;
// Of a workspace, that can still be used, newest first (100): for the page of users.
bool link_list(struct accounts *a, int64_t workspace, struct arena *arena, const struct link **ret,
               size_t *ret_n, struct error *err) MUST_USE;
bool link_remove(struct accounts *a, const struct principal *by, int64_t workspace, int64_t id,
                 struct error *err) MUST_USE; // ERROR_NOT_FOUND

// Uses an invitation (who has an account already gives its password: a new one is not set) or a reset (ends all his
// sessions). *ret_workspace is where to go, 0 after a reset. Computes ≈ 30 ms. Errors of the password leave the link
// unused.
bool link_accept(struct accounts *a, struct str token, struct str password, struct str name,
                 struct str lang, int64_t *ret_user, int64_t *ret_workspace,
                 struct error *err) MUST_USE;

#endif
