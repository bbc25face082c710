// SPDX-License-Identifier: Apache-2.0
// Data scope in its JSON form, as the API and the store have it:
//
//     [{"dimension":"region","values":["华东","华南"]},{"dimension":"channel","values":["tmall"]}]
//
// All rules must hold, any value of a rule will do; [] or null is everything. At most 16 rules of 200 values of 200
// bytes.
#ifndef ACCOUNT_SCOPE_H
#define ACCOUNT_SCOPE_H

#include "account/principal.h"
#include "base/json.h"

// Into arena memory. ERROR_INVALID or ERROR_LIMIT with field "scope".
bool scope_parse(const struct json *j, struct arena *a, const struct scope_rule **ret,
                 size_t *ret_n, struct error *err) MUST_USE;
void scope_format(const struct scope_rule *rules, size_t n, struct json_writer *w);
// Whether everything that `rules` let see is let see by `outer` too.
bool scope_is_within(const struct scope_rule *rules, size_t n, const struct scope_rule *outer,
                     size_t n_outer);

#endif
