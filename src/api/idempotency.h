// SPDX-License-Identifier: Apache-2.0
// Idempotency-Keys (IETF draft-ietf-httpapi-idempotency-key-header) that this process is working on: a second
// request with one of them is told to wait (409). What was answered is kept by collect/intake.h for a day: the
// same request gets the same answer, another body 422.
#ifndef API_IDEMPOTENCY_H
#define API_IDEMPOTENCY_H

#include "account/vault.h"

struct in_flight;
struct in_flight *in_flight_new(void);
void in_flight_free(struct in_flight *f);

// False: it is being worked on. `lookup` tells workspace, principal and key.
bool in_flight_enter(struct in_flight *f, const uint8_t lookup[VAULT_LOOKUP_BYTES]) MUST_USE;
void in_flight_leave(struct in_flight *f, const uint8_t lookup[VAULT_LOOKUP_BYTES]);

#endif
