// SPDX-License-Identifier: Apache-2.0
// What is known of a customer: a list of fields (“name”, “phone”, “attr.会员等级” …), each with the values that
// were said and when; the newest counts, the earlier ones are kept. Kept sealed as JSON:
// {"name":[["李雷",1764000000000000],["李蕾",…]]}.
//
//     struct customer_profile p;
//     customer_profile_read(json, &arena, &p);
//     if (customer_profile_add(&p, STR("name"), STR("李雷"), at_us)) … write it again …
#ifndef COLLECT_CUSTOMER_PROFILE_H
#define COLLECT_CUSTOMER_PROFILE_H

#include "collect/record.h"

#define CUSTOMER_MAX_FIELDS 96
#define CUSTOMER_MAX_VALUES 20 // of a field; the oldest are forgotten
#define CUSTOMER_ATTR       "attr."

struct customer_value {
    struct str value;
    int64_t at_us; // when it was said last, to the day
};

struct customer_field {
    struct str name;
    struct customer_value *values; // newest first
    size_t n;
};

struct customer_profile {
    struct arena *arena; // everything lives there
    struct customer_field fields[CUSTOMER_MAX_FIELDS];
    size_t n;
};

void customer_profile_init(struct customer_profile *p, struct arena *a);
void customer_profile_read(const struct json *j, struct arena *a, struct customer_profile *ret);
void customer_profile_format(const struct customer_profile *p, struct strbuf *ret);

// True if it is worth writing again: a new value, or the same said at least a day later. Values are copied.
bool customer_profile_add(struct customer_profile *p, struct str name, struct str value,
                          int64_t at_us);
// Everything that a record says of its customer.
bool customer_profile_learn(struct customer_profile *p, const struct record_customer *said,
                            int64_t at_us);
void customer_profile_join(struct customer_profile *into, const struct customer_profile *from);
struct str customer_profile_get(const struct customer_profile *p, struct str name); // newest, ""

#endif
