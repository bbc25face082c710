// SPDX-License-Identifier: Apache-2.0
#include "collect/event.h"

#include <math.h>
#include <stdio.h>

#include "base/utf8.h"
#include "collect/record_inner.h"
#include "collect/timestamp.h"

#define REASON(zh, en) ((struct words){zh, en})
#define MAX_TYPE       40

// ── reading ──

struct event_member {
    const char *name;
    size_t at, max;
};
static const struct event_member members[] = {
    {"type", offsetof(struct event, type), MAX_TYPE},
    {"source", offsetof(struct event, source), 100},
    {"external_id", offsetof(struct event, external_id), 255},
    {"order", offsetof(struct event, order), 255},
};

static bool is_type(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
            return false;
    }
    return s.len > 0;
}

static void read_member(struct reading *r, struct str key, const struct json *v, struct event *e) {
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        if (str_eq(key, str_from(members[i].name))) {
            record_read_text(r, v, members[i].name, members[i].max,
                             (struct str *)((char *)e + members[i].at));
            return;
        }
    if (str_eq(key, STR("at"))) {
        record_read_time(r, v, "at", &e->at_us);
    } else if (str_eq(key, STR("customer"))) {
        record_read_customer(r, v, &e->customer);
    } else if (str_eq(key, STR("measures"))) {
        e->n_measures = record_read_attrs(r, v, "measures", &e->measures);
    } else if (str_eq(key, STR("attributes"))) {
        e->n_attributes = record_read_attrs(r, v, "attributes", &e->attributes);
    } else {
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)MIN(key.len, sizeof name - 1), key.ptr);
        record_problem(r, name, REASON("没有这个字段", "is no member of an event"));
    }
}

static void check(struct reading *r, const struct event *e) {
    if (!is_type(e->type))
        record_problem(
            r, "type",
            REASON("应为 order、delivery、return、visit 或其他由小写字母组成的词",
                   "must be order, delivery, return, visit or another word of lower-case letters"));
    if (e->at_us == TIME_NONE && r->problems->n == 0)
        record_problem(r, "at", REASON("缺少时间", "is missing"));
    for (size_t i = 0; i < e->n_measures; i++)
        if (e->measures[i].kind != RECORD_ATTR_NUMBER) {
            char name[64];
            snprintf(name, sizeof name, "measures.%.*s",
                     (int)MIN(e->measures[i].name.len, (size_t)40), e->measures[i].name.ptr);
            record_problem(r, name, REASON("应为数字", "must be a number"));
        }
}

static void read_all(struct reading *r, const struct json *j, struct event *ret) {
    *ret = (struct event){.at_us = TIME_NONE};
    for (void *it = json_iter(j); it; it = json_iter_next(j, it))
        read_member(r, json_iter_key(it), json_iter_value(it), ret);
}

bool event_parse(const struct json *j, const struct zone *zone, struct arena *a, struct event *ret,
                 struct record_problems *problems, struct error *err) {
    if (json_kind(j) != JSON_KIND_OBJECT)
        return error_set(err, ERROR_INVALID, "每个事件应为一个 JSON 对象",
                         "an event must be a JSON object");
    struct reading r = {a, zone, problems};
    read_all(&r, j, ret);
    check(&r, ret);
    return problems->n == 0 || record_refuse(problems, err);
}

bool event_parse_stored(const struct json *j, struct arena *a, struct event *ret,
                        struct error *err) {
    if (json_kind(j) != JSON_KIND_OBJECT)
        return error_set(err, ERROR_FORMAT, "存储的事件不是对象", "a stored event is no object");
    struct reading r = {.arena = a};
    read_all(&r, j, ret);
    return true;
}

void event_format(const struct event *e, struct strbuf *ret) {
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        const struct str *s = (const struct str *)((const char *)e + members[i].at);
        if (s->len) {
            json_key(&w, members[i].name);
            json_add_str(&w, *s);
        }
    }
    if (e->at_us != TIME_NONE) {
        char time[40];
        json_key(&w, "at");
        json_add_cstr(&w, clock_format_iso(e->at_us, time, sizeof time));
    }
    record_write_customer(&w, &e->customer);
    record_write_attrs(&w, "measures", e->measures, e->n_measures);
    record_write_attrs(&w, "attributes", e->attributes, e->n_attributes);
    json_end_object(&w);
}

// As records are joined: what the newer says counts.
void event_merge(const struct event *older, const struct event *newer, struct arena *a,
                 struct event *ret) {
    struct record o = {.customer = older->customer,
                       .attributes = older->attributes,
                       .n_attributes = older->n_attributes},
                  n = {.customer = newer->customer,
                       .occurred_us = TIME_NONE,
                       .attributes = newer->attributes,
                       .n_attributes = newer->n_attributes},
                  merged;
    record_merge(&o, &n, a, &merged);
    struct event e = *older;
    e.order = newer->order.len ? newer->order : older->order;
    e.at_us = newer->at_us != TIME_NONE ? newer->at_us : older->at_us;
    e.customer = merged.customer;
    e.attributes = merged.attributes;
    e.n_attributes = merged.n_attributes;
    o.attributes = older->measures, o.n_attributes = older->n_measures;
    n.attributes = newer->measures, n.n_attributes = newer->n_measures;
    record_merge(&o, &n, a, &merged);
    e.measures = merged.attributes;
    e.n_measures = merged.n_attributes;
    *ret = e;
}

double event_measure(const struct event *e, struct str name) {
    double v;
    for (size_t i = 0; i < e->n_measures; i++)
        if (str_eq(e->measures[i].name, name) && str_to_double(e->measures[i].value, &v))
            return v;
    return NAN;
}

// ── from a row ──

static const struct {
    const char *role;
    size_t at; // of a struct str in struct event
} row_texts[] = {
    {"order", offsetof(struct event, order)},
    {"sub_order", offsetof(struct event, external_id)},
    {"external_id", offsetof(struct event, external_id)},
    {"customer", offsetof(struct event, customer.external_id)},
    {"phone", offsetof(struct event, customer.phone)},
    {"email", offsetof(struct event, customer.email)},
    {"name", offsetof(struct event, customer.name)},
    {"openid", offsetof(struct event, customer.openid)},
    {"unionid", offsetof(struct event, customer.unionid)},
};

static bool take_text(struct event *e, const struct event_cell *c) {
    for (size_t i = 0; i < ARRAY_LEN(row_texts); i++)
        if (str_eq(c->role, str_from(row_texts[i].role))) {
            struct str *at = (struct str *)((char *)e + row_texts[i].at);
            if (!at->len)
                *at = c->value;
            return true;
        }
    return false;
}

bool event_from_row(const struct event_cell *cells, size_t n, struct str type, struct str source,
                    const struct zone *zone, struct arena *a, struct event *ret,
                    struct error *err) {
    struct event e = {.type = type, .source = source, .at_us = TIME_NONE};
    struct record_attr *measures = ARENA_ARRAY(a, struct record_attr, n),
                       *attributes = ARENA_ARRAY(a, struct record_attr, n);
    struct time_format format = {.number = TIME_NUMBER_NONE, .zone = zone};
    for (size_t i = 0; i < n; i++) {
        struct event_cell c = cells[i];
        struct timestamp t;
        double number;
        c.value = str_trim(c.value);
        if (c.value.len == 0 || take_text(&e, &c))
            continue;
        if (str_eq(c.role, STR("time")) || str_eq(c.role, STR("order_time"))) {
            if (e.at_us == TIME_NONE && timestamp_parse(&format, c.value, &t))
                e.at_us = t.us;
        } else if (str_to_double(c.value, &number) && e.n_measures < RECORD_MAX_ATTRS) {
            measures[e.n_measures++] = (struct record_attr){c.role.len ? c.role : c.name, c.value,
                                                            RECORD_ATTR_NUMBER, c.role};
        } else if (e.n_attributes < RECORD_MAX_ATTRS) {
            attributes[e.n_attributes++] = (struct record_attr){
                c.name, utf8_cut(c.value, RECORD_MAX_VALUE), RECORD_ATTR_TEXT, c.role};
        }
    }
    e.measures = measures;
    e.attributes = attributes;
    const struct record_customer *who = &e.customer;
    if (e.at_us == TIME_NONE)
        return error_set(err, ERROR_INVALID, "这一行没有时间", "the row has no time");
    if (!e.order.len && !who->external_id.len && !who->phone.len && !who->email.len &&
        !who->openid.len && !who->unionid.len)
        return error_set(err, ERROR_INVALID, "这一行既没有订单号也没有客户",
                         "the row has neither an order number nor a customer");
    if (!e.external_id.len)
        e.external_id = e.order;
    *ret = e;
    return true;
}
