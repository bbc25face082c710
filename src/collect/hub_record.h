// SPDX-License-Identifier: Apache-2.0
// A feedback record in the shape of Formbricks Hub (its HTTP API, version 1): one answer to one field of one
// submission. Hub keeps one row an answer; so do we: an ordinary record (collect/record.h), sealed like any other,
// whose metadata carry what only Hub knows. So it is analysed, counted and searched with everything else, and given
// back as it came.
//
//     struct hub_record h = {0};
//     if (!hub_record_parse(json, false, &arena, &h, &problems)) …        // every wrong member is listed
//     struct json *tree;  struct record r;
//     hub_record_store(&h, &arena, &r, &tree);                             // → intake; json_free(tree) after
//     hub_record_load(&stored.record, &h)                                  // back
//
// How it is read: free text is the text; nps, csat, ces, rating are scores; the user is the customer; tenant, field
// and a chosen option are attributes; source_type is the channel, source_name (else source_type) the source.
#ifndef COLLECT_HUB_RECORD_H
#define COLLECT_HUB_RECORD_H

#include "collect/record.h"

enum hub_type {
    HUB_TEXT,
    HUB_CATEGORICAL,
    HUB_NPS,
    HUB_CSAT,
    HUB_CES,
    HUB_RATING,
    HUB_NUMBER,
    HUB_BOOLEAN,
    HUB_DATE,
    N_HUB_TYPES,
};

struct hub_record {
    struct str tenant_id, submission_id, field_id, field_label, field_group_id, field_group_label;
    struct str source_type, source_id, source_name, user_id, language, value_text, value_id;
    struct str field_type;           // of hub_type_code
    const struct json *value_number; // as written; NULL: none
    const struct json *value_boolean;
    const struct json *metadata;         // an object; NULL: none
    int64_t value_date_us, collected_us; // TIME_NONE: none
};

extern const char *const hub_type_codes[N_HUB_TYPES];
bool hub_type_find(struct str code, enum hub_type *ret);

// `update`: only what an update may say, written over what *ret has. False: *problems says which members are wrong,
// or its n is 0: no object.
bool hub_record_parse(const struct json *j, bool update, struct hub_record *ret,
                      struct record_problems *problems) MUST_USE;
// An RFC 3339 time of 1970 to 2080.
bool hub_time_parse(struct str s, int64_t *ret) MUST_USE;

// *ret_tree holds what *ret points to; the caller frees it, after the record.
void hub_record_store(const struct hub_record *h, struct arena *a, struct record *ret,
                      struct json **ret_tree);
// False: the record did not come through here. Its time is to the second; the row (stored_feedback.occurred_us)
// knows it better.
bool hub_record_load(const struct record *r, struct hub_record *ret) MUST_USE;

// The members that the client gave, into an object that is open.
void hub_record_add(const struct hub_record *h, struct json_writer *w);
void hub_time_add(struct json_writer *w, const char *key, int64_t us); // to the millisecond

#endif
