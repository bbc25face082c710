// SPDX-License-Identifier: Apache-2.0
// Rows of the set-up as the store has them.
#ifndef ACCOUNT_SETUP_INNER_H
#define ACCOUNT_SETUP_INNER_H

#include "account/accounts_inner.h"
#include "account/setup.h"

bool setup_done(struct error *err); // sets ERROR_CONFLICT

// Time of it, 0 if it is still to be done.
bool setup_sql_is_done(struct sql *s, int64_t *ret_us, struct error *err) MUST_USE;
// True for one, ever.
bool setup_sql_take(struct sql *s, int64_t now_us, struct error *err) MUST_USE;

bool accounts_sql_purge(struct sql *s, int64_t now_us, int64_t idle_since_us,
                        int64_t tries_since_us, struct error *err) MUST_USE;

#endif
