// SPDX-License-Identifier: Apache-2.0
// Records written, and put together.
#include <stdio.h>

#include "collect/record_inner.h"

// ── writing ──

static void write_texts(struct json_writer *w, const void *base, const struct text_member *list,
                        size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct str *s = (const struct str *)((const char *)base + list[i].at);
        if (s->len) {
            json_key(w, list[i].name);
            json_add_str(w, *s);
        }
    }
}

static void write_scores(struct json_writer *w, const struct record *r) {
    json_key(w, "scores");
    json_begin_array(w);
    for (size_t i = 0; i < r->n_scores; i++) {
        const struct record_score *s = &r->scores[i];
        json_begin_object(w);
        json_key(w, "metric");
        json_add_cstr(w, metric_code(s->metric));
        json_key(w, "value");
        json_add_str(w, s->value);
        json_key(w, "scale");
        json_begin_array(w);
        json_add_num(w, s->low, 6);
        json_add_num(w, s->high, 6);
        json_end_array(w);
        if (s->reversed) {
            json_key(w, "reversed");
            json_add_bool(w, true);
        }
        if (s->dimension.len) {
            json_key(w, "dimension");
            json_add_str(w, s->dimension);
        }
        json_end_object(w);
    }
    json_end_array(w);
}

static void write_attr_value(struct json_writer *w, const struct record_attr *a) {
    double number;
    int64_t whole;
    if (a->kind == RECORD_ATTR_BOOL)
        json_add_bool(w, str_eq(a->value, STR("true")));
    else if (a->kind == RECORD_ATTR_NUMBER && str_to_int64(a->value, &whole))
        json_add_int(w, whole);
    else if (a->kind == RECORD_ATTR_NUMBER && str_to_double(a->value, &number))
        json_add_num(w, number, 9);
    else
        json_add_str(w, a->value);
}

void record_write_attrs(struct json_writer *w, const char *key, const struct record_attr *attrs,
                        size_t n) {
    if (n == 0)
        return;
    json_key(w, key);
    json_begin_object(w);
    for (size_t i = 0; i < n; i++) {
        char name[RECORD_MAX_KEY * 4 + 1];
        snprintf(name, sizeof name, "%.*s", STR_ARG(attrs[i].name));
        json_key(w, name);
        if (attrs[i].role.len) {
            json_begin_object(w);
            json_key(w, "value");
        }
        write_attr_value(w, &attrs[i]);
        if (attrs[i].role.len) {
            json_key(w, "role");
            json_add_str(w, attrs[i].role);
            json_end_object(w);
        }
    }
    json_end_object(w);
}

static bool has_customer(const struct record_customer *c) {
    for (size_t i = 0; i < n_customer_members; i++)
        if (((const struct str *)((const char *)c + customer_members[i].at))->len)
            return true;
    return c->n_attributes > 0;
}

void record_write_customer(struct json_writer *w, const struct record_customer *c) {
    if (!has_customer(c))
        return;
    json_key(w, "customer");
    json_begin_object(w);
    write_texts(w, c, customer_members, n_customer_members);
    record_write_attrs(w, "attributes", c->attributes, c->n_attributes);
    json_end_object(w);
}

void record_format(const struct record *r, struct strbuf *ret) {
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    write_texts(&w, r, record_members, n_record_members);
    if (r->occurred_us != TIME_NONE) {
        char time[40];
        json_key(&w, "occurred_at");
        json_add_cstr(&w, clock_format_iso(r->occurred_us, time, sizeof time));
    }
    if (r->date_only) {
        json_key(&w, "date_only");
        json_add_bool(&w, true);
    }
    if (r->replied && !r->reply.len) {
        json_key(&w, "replied");
        json_add_bool(&w, true);
    }
    if (r->n_scores)
        write_scores(&w, r);
    record_write_customer(&w, &r->customer);
    record_write_attrs(&w, "attributes", r->attributes, r->n_attributes);
    if (r->metadata) {
        json_key(&w, "metadata");
        json_add_value(&w, r->metadata);
    }
    json_end_object(&w);
}

// ── joining ──

static void merge_texts(void *ret, const void *newer, const struct text_member *list, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const struct str *s = (const struct str *)((const char *)newer + list[i].at);
        if (s->len)
            *record_member(ret, &list[i]) = *s;
    }
}

static size_t merge_attrs(const struct record_attr *older, size_t n_older,
                          const struct record_attr *newer, size_t n_newer, struct arena *a,
                          const struct record_attr **ret) {
    struct record_attr *all = ARENA_ARRAY(a, struct record_attr, n_older + n_newer);
    size_t n = 0;
    for (size_t i = 0; i < n_older; i++)
        all[n++] = older[i];
    for (size_t i = 0; i < n_newer; i++) {
        size_t at = 0;
        while (at < n_older && !str_eq(all[at].name, newer[i].name))
            at++;
        all[at < n_older ? at : n] = newer[i];
        n += at == n_older;
    }
    *ret = all;
    return MIN(n, RECORD_MAX_ATTRS);
}

static size_t merge_scores(const struct record *older, const struct record *newer, struct arena *a,
                           const struct record_score **ret) {
    struct record_score *all =
        ARENA_ARRAY(a, struct record_score, older->n_scores + newer->n_scores);
    size_t n = 0;
    for (size_t i = 0; i < older->n_scores; i++)
        all[n++] = older->scores[i];
    for (size_t i = 0; i < newer->n_scores; i++) {
        const struct record_score *s = &newer->scores[i];
        size_t at = 0;
        while (at < older->n_scores &&
               !(all[at].metric == s->metric && str_eq(all[at].dimension, s->dimension)))
            at++;
        all[at < older->n_scores ? at : n] = *s;
        n += at == older->n_scores;
    }
    *ret = all;
    return MIN(n, FEEDBACK_MAX_SCORES);
}

void record_merge(const struct record *older, const struct record *newer, struct arena *a,
                  struct record *ret) {
    struct record r = *older;
    merge_texts(&r, newer, record_members, n_record_members);
    merge_texts(&r.customer, &newer->customer, customer_members, n_customer_members);
    if (newer->occurred_us != TIME_NONE) {
        r.occurred_us = newer->occurred_us;
        r.date_only = newer->date_only;
    }
    r.replied = older->replied || newer->replied;
    r.n_scores = merge_scores(older, newer, a, &r.scores);
    r.n_attributes = merge_attrs(older->attributes, older->n_attributes, newer->attributes,
                                 newer->n_attributes, a, &r.attributes);
    r.customer.n_attributes = merge_attrs(older->customer.attributes, older->customer.n_attributes,
                                          newer->customer.attributes, newer->customer.n_attributes,
                                          a, &r.customer.attributes);
    if (newer->metadata)
        r.metadata = newer->metadata;
    *ret = r;
}

struct str record_whole_text(const struct record *r, struct arena *a) {
    if (!r->follow_up.len)
        return r->text;
    if (!r->text.len)
        return r->follow_up;
    return arena_printf(a, "%.*s\n%.*s", STR_ARG(r->text), STR_ARG(r->follow_up));
}
