// SPDX-License-Identifier: Apache-2.0
// Members that other kinds of record have as well (collect/event.h), read and written as record.c does.
#ifndef COLLECT_RECORD_INNER_H
#define COLLECT_RECORD_INNER_H

#include "collect/record.h"

// A member that is plain text.
struct text_member {
    const char *name;
    size_t at;  // offset of the struct str
    size_t max; // code points
};
extern const struct text_member record_members[], customer_members[];
extern const size_t n_record_members, n_customer_members;
struct str *record_member(void *base, const struct text_member *m);

struct reading {
    struct arena *arena;
    const struct zone *zone;
    struct record_problems *problems; // NULL: what the store wrote, not checked
};

void record_problem(struct reading *r, const char *name, struct words reason);
void record_read_text(struct reading *r, const struct json *j, const char *name, size_t max,
                      struct str *ret);
// TIME_NONE where there is none.
void record_read_time(struct reading *r, const struct json *j, const char *name, int64_t *ret);
void record_read_customer(struct reading *r, const struct json *j, struct record_customer *ret);
size_t record_read_attrs(struct reading *r, const struct json *j, const char *where,
                         const struct record_attr **ret);
// Nothing is written for what is empty.
void record_write_customer(struct json_writer *w, const struct record_customer *c);
void record_write_attrs(struct json_writer *w, const char *key, const struct record_attr *attrs,
                        size_t n);
// ERROR_INVALID with the first of the problems.
bool record_refuse(const struct record_problems *problems, struct error *err);

#endif
