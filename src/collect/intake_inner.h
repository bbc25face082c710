// SPDX-License-Identifier: Apache-2.0
// Between intake.c (queue, sealing) and intake_sql.c (rows).
#ifndef COLLECT_INTAKE_INNER_H
#define COLLECT_INTAKE_INNER_H

#include "collect/intake.h"

// Writes the items of all requests of the list, their outbox rows and stored replies. May run again.
bool intake_store_all(struct sql *s, const struct store *store, struct intake_request *requests,
                      struct error *err) MUST_USE;
// Do these requests of one transaction say that more comes in live than goes out?
bool intake_is_crowd(const struct intake_request *requests);
// The body of a feedback as it is stored.
void intake_seal(const struct workspace_keys *k, int64_t id, struct str plain, struct strbuf *ret);

#endif
