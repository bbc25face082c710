// SPDX-License-Identifier: Apache-2.0
// Tables of orders in memory, looked up by order number: what a review does not say of itself. Only the values that
// become dimensions and measures are kept, coded by a dictionary: some 100 bytes an order.
//
//     struct orders *o = orders_new();
//     orders_read(o, table, &plan, names, err);              // once a table; main and sub-order numbers are both
//     keys
//     const struct order *found = orders_find(o, number);
//     struct str province = orders_value(o, found, ORDER_REGION);
//     orders_free(o);
//
// Writing: one thread; looking up: any.
#ifndef COLLECT_ORDERS_H
#define COLLECT_ORDERS_H

#include "collect/detect.h"

enum order_value {
    ORDER_REGION,
    ORDER_DELIVERY_DAYS, // from dispatch to receipt, else from order to receipt; one decimal
    ORDER_COURIER,
    ORDER_REFUND, // 是/否, yes/no in a table with English headers
    ORDER_AMOUNT,
    ORDER_PRODUCT,
    N_ORDER_VALUES,
};

struct order {
    uint32_t values[N_ORDER_VALUES]; // ids of the dictionary, DICT_NONE = unknown
};

struct orders;

struct orders *orders_new(void);
void orders_free(struct orders *o);

// Reads the rest of a table whose plan is known. Rows without a usable number are counted as lost or passed over.
bool orders_read(struct orders *o, struct table *t, const struct table_plan *plan,
                 const struct names *names, struct error *err) MUST_USE;
const struct order *orders_find(const struct orders *o, struct str number); // NULL = not there
struct str orders_value(const struct orders *o, const struct order *order, enum order_value v);
bool orders_has(const struct orders *o, enum order_value v); // known for at least one order
size_t orders_count(const struct orders *o);
size_t orders_lost(const struct orders *o); // numbers like 1.23E+17

// The schema's words for a value: name in zh or en, role, kind.
struct attr_column orders_attr(enum order_value v, bool zh);

#endif
