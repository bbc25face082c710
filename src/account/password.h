// SPDX-License-Identifier: Apache-2.0
// What a password must be: 12 characters at least, nothing that is guessed first. Length is what counts (NIST SP
// 800-63B, 5.1.1.2): no rules about kinds of characters, no expiry.
#ifndef ACCOUNT_PASSWORD_H
#define ACCOUNT_PASSWORD_H

#include "base/error.h"
#include "base/str.h"

#define PASSWORD_MIN_CHARACTERS 12
#define PASSWORD_MAX_BYTES      1024

// ERROR_INVALID with field "password" and the reason why not.
bool password_check(struct str password, struct str email, struct error *err) MUST_USE;

#endif
