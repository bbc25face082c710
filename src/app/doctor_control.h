// SPDX-License-Identifier: Apache-2.0
// What doctor wants to know of the store, looked at by the server that owns it (a row of app/admin.h) or by the
// command itself.
//
//     doctor   {}   →  {server, schema, trouble, follow, counts…}
#ifndef APP_DOCTOR_CONTROL_H
#define APP_DOCTOR_CONTROL_H

#include "app/doctor_inner.h"

struct doctor_store {
    char server[200]; // version of the engine
    int64_t schema;
    bool has_check;    // it was opened with a master key before
    char trouble[500]; // what is damaged, ""
    char follow[300];  // why facts or search are behind, ""
    struct doctor_counts counts;
};

bool doctor_store_look(struct sql_db *db, struct doctor_store *ret, struct error *err) MUST_USE;
bool doctor_store_parse(const struct json *j, struct doctor_store *ret) MUST_USE;
bool doctor_control(void *ctx, const struct json *in, struct json_writer *out,
                    struct error *err) MUST_USE;
void doctor_format_counts(const struct doctor_counts *c, struct json_writer *w); // members

#endif
