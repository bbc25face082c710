// SPDX-License-Identifier: Apache-2.0
// The first administrator: owner of the first workspace, made once, through a link of the browser or from the command
// line.
#ifndef ACCOUNT_SETUP_H
#define ACCOUNT_SETUP_H

#include "account/accounts.h"
#include "account/user.h"
#include "account/workspace.h"

bool setup_is_needed(struct accounts *a, bool *ret, struct error *err) MUST_USE;
// A new token for /setup?token=…; the ones before it end. ERROR_CONFLICT if there is an administrator.
bool setup_link(struct accounts *a, struct arena *arena, struct str *ret_token,
                struct error *err) MUST_USE;

// `token` of a link, or NULL on the command line. Of `u`: email, name, lang; of `w`: name (empty: “我的公司” / "My
// company" by u's lang), time_zone, industry. ERROR_CONFLICT if there is an administrator already,
// ERROR_NOT_FOUND for a token that is not good. Errors of the input leave the link unused. Computes ≈ 30 ms.
bool setup_run(struct accounts *a, const struct str *token, const struct user *u,
               struct str password, const struct workspace *w, int64_t *ret_user,
               int64_t *ret_workspace, struct error *err) MUST_USE;

#endif
