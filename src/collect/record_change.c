// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "collect/record.h"

// Members that null or "" empties.
static struct str *text_of(struct record *r, size_t i, const char **ret_name) {
    const struct {
        const char *name;
        struct str *at;
    } list[] = {
        {"channel", &r->channel}, {"text", &r->text},         {"follow_up", &r->follow_up},
        {"reply", &r->reply},     {"label", &r->label},       {"product", &r->product},
        {"order", &r->order},     {"language", &r->language},
    };
    if (i == ARRAY_LEN(list))
        return NULL;
    *ret_name = list[i].name;
    return list[i].at;
}

static struct str *customer_text_of(struct record_customer *c, size_t i, const char **ret_name) {
    const struct {
        const char *name;
        struct str *at;
    } list[] = {
        {"external_id", &c->external_id},
        {"phone", &c->phone},
        {"email", &c->email},
        {"name", &c->name},
        {"openid", &c->openid},
        {"unionid", &c->unionid},
    };
    if (i == ARRAY_LEN(list))
        return NULL;
    *ret_name = list[i].name;
    return list[i].at;
}

static bool empties(const struct json *j) {
    return json_kind(j) == JSON_KIND_NULL ||
           (json_kind(j) == JSON_KIND_STRING && json_str(j).len == 0);
}

static size_t without(const struct record_attr *list, size_t n, const struct json *change,
                      struct arena *a, const struct record_attr **ret) {
    struct record_attr *kept = ARENA_ARRAY(a, struct record_attr, n);
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct str name = arena_str(a, list[i].name);
        if (json_kind(json_get(change, name.ptr)) != JSON_KIND_NULL)
            kept[n_kept++] = list[i];
    }
    *ret = kept;
    return n_kept;
}

static void empty_members(const struct json *change, struct arena *a, struct record *r) {
    const struct json *customer = json_get(change, "customer");
    const char *name;
    struct str *at;
    for (size_t i = 0; (at = text_of(r, i, &name)); i++)
        if (empties(json_get(change, name)))
            *at = STR("");
    for (size_t i = 0; (at = customer_text_of(&r->customer, i, &name)); i++)
        if (empties(json_get(customer, name)))
            *at = STR("");
    r->n_attributes =
        without(r->attributes, r->n_attributes, json_get(change, "attributes"), a, &r->attributes);
    r->customer.n_attributes =
        without(r->customer.attributes, r->customer.n_attributes, json_get(customer, "attributes"),
                a, &r->customer.attributes);
}

static void problem(struct record_problems *p, const char *name, struct words reason) {
    if (p->n == RECORD_MAX_PROBLEMS)
        return;
    snprintf(p->items[p->n].name, sizeof p->items[p->n].name, "%s", name);
    p->items[p->n++].reason = reason;
}

// A change may be about neither text nor scores.
static void forgive_absence(const struct record *newer, struct record_problems *p) {
    if (p->n == 1 && strcmp(p->items[0].name, "text") == 0 && str_trim(newer->text).len == 0 &&
        newer->n_scores == 0)
        p->n = 0;
}

bool record_change(const struct record *older, const struct json *change, const struct zone *zone,
                   struct arena *a, struct record *ret, struct record_problems *problems,
                   struct error *err) {
    struct record newer = {.occurred_us = TIME_NONE}, merged;
    const struct json *scores = json_get(change, "scores"), *replied = json_get(change, "replied");
    if (!record_parse(change, zone, a, &newer, problems, err) && problems->n == 0)
        return false; // no object
    if (json_kind(json_get(change, "text")) != JSON_KIND_OBJECT &&
        json_kind(json_get(change, "text")) != JSON_KIND_ARRAY &&
        json_kind(json_get(change, "text")) != JSON_KIND_BOOL)
        forgive_absence(&newer, problems);
    static const struct words fixed = {"不能修改：它说明这是哪一条",
                                       "cannot be changed: it says which feedback this is"};
    if (newer.source.len && !str_eq(newer.source, older->source))
        problem(problems, "source", fixed);
    if (newer.external_id.len && !str_eq(newer.external_id, older->external_id))
        problem(problems, "external_id", fixed);
    record_merge(older, &newer, a, &merged);
    if (scores) {
        merged.scores = newer.scores;
        merged.n_scores = newer.n_scores;
    }
    empty_members(change, a, &merged);
    if (json_kind(replied) == JSON_KIND_BOOL)
        merged.replied = json_bool(replied, false) || merged.reply.len;
    else if (empties(json_get(change, "reply")))
        merged.replied = false;
    if (problems->n == 0 && str_trim(merged.text).len == 0 && merged.n_scores == 0)
        problem(
            problems, "text",
            (struct words){"text 与 scores 至少要有一个", "text or scores: one of them is needed"});
    if (problems->n)
        return error_set(err, ERROR_INVALID, "改动有误，没有写入",
                         "the change is not as it should be; nothing was written");
    *ret = merged;
    return true;
}
