// SPDX-License-Identifier: Apache-2.0
// One feedback as the server keeps it: what the API takes, what an import makes of a row, what is sealed and stored.
// JSON outside, this struct inside, the same JSON (canonical: fixed order, nothing empty) sealed in the store.
//
//     struct record r;
//     struct record_problems problems = {0};
//     if (!record_parse(json, &arena, &r, &problems, err)) …            // every wrong member is listed, not only
//     the first
//     record_format(&r, &sb);
//
// Memory: strings are borrowed from the JSON or in the arena.
#ifndef COLLECT_RECORD_H
#define COLLECT_RECORD_H

#include "base/arena.h"
#include "base/json.h"
#include "collect/feedback.h"

#define RECORD_MAX_TEXT  20000 // code points of text, follow_up, reply each
#define RECORD_MAX_ATTRS 64
#define RECORD_MAX_KEY   64
#define RECORD_MAX_VALUE 500

struct record_score {
    enum metric metric;
    struct str value; // as given: "4", "非常满意"
    double low, high; // scale; NAN: none was said
    bool reversed;
    struct str dimension; // code, "" = the whole
};

enum record_attr_kind {
    RECORD_ATTR_TEXT,
    RECORD_ATTR_NUMBER,
    RECORD_ATTR_BOOL,
};

struct record_attr {
    struct str name;
    struct str value; // numbers and booleans as written
    enum record_attr_kind kind;
    struct str role; // "region", "delivery_days" … when an import knows it, else ""
};

struct record_customer {
    struct str external_id, phone, email, name, openid, unionid;
    const struct record_attr *attributes;
    size_t n_attributes;
};

struct record {
    struct str source, channel, external_id;
    struct str text, follow_up, reply, label, product, order;
    struct str language; // as said by the sender, "" if not
    int64_t occurred_us; // TIME_NONE: not said
    bool date_only, replied;
    struct record_customer customer;
    const struct record_score *scores;
    size_t n_scores;
    const struct record_attr *attributes;
    size_t n_attributes;
    const struct json *metadata; // kept as it came, at most 16 KiB; NULL: none
};

#define RECORD_MAX_PROBLEMS 16

struct record_problems { // what is wrong, member by member
    struct {
        char name[80]; // "scores[2].value"
        struct words reason;
    } items[RECORD_MAX_PROBLEMS];
    size_t n;
};

// False: ERROR_INVALID, and *problems says which members. An unknown member is a problem too. Only one of text and
// scores is needed. `zone`: of times written without one.
bool record_parse(const struct json *j, const struct zone *zone, struct arena *a,
                  struct record *ret, struct record_problems *problems, struct error *err) MUST_USE;
// What the store wrote, without those checks.
bool record_parse_stored(const struct json *j, struct arena *a, struct record *ret,
                         struct error *err) MUST_USE;
void record_format(const struct record *r, struct strbuf *ret);

// Values of `newer` where it has some, else those of `older`: what an update makes of a stored record. Attributes by
// name, scores by metric and dimension.
void record_merge(const struct record *older, const struct record *newer, struct arena *a,
                  struct record *ret);

// What a person's change makes of a stored record: members given take the place of what was there, scores as a whole,
// attributes one by one; null and "" take a member away. What says which feedback it is (source, external_id) stays.
// Problems as in record_parse.
bool record_change(const struct record *older, const struct json *change, const struct zone *zone,
                   struct arena *a, struct record *ret, struct record_problems *problems,
                   struct error *err) MUST_USE;

// Text and follow-up as one, the way evidence offsets count: text, a line feed, follow-up.
struct str record_whole_text(const struct record *r, struct arena *a);

const char *metric_code(enum metric m); // "rating", "nps", "csat", "ces"
bool metric_find(struct str code, enum metric *ret);

#endif
