// SPDX-License-Identifier: Apache-2.0
// Results as values: kept in one piece, and added up of parts that looked at different rows.
#ifndef OLAP_RESULT_H
#define OLAP_RESULT_H

#include "olap/query.h"

// A result in one piece, and back. The caller frees what is returned.
void *result_pack(const struct result *r, size_t *ret_size);
void result_unpack(const void *packed, struct result *ret);

// The answer over the rows of both, which were asked the same in the order of keys and without a limit.
void result_merge(const struct result *a, const struct result *b, struct result *ret);
// Brings a result in the order of keys into another, and cuts it (0: no limit).
void result_order(struct result *r, enum order order, size_t limit);

#endif
