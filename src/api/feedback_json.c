// SPDX-License-Identifier: Apache-2.0
#include "api/feedback_json.h"

#include <math.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "nlp/pii.h"

struct str feedback_mask(struct str text, const struct principal *p, struct arena *a) {
    struct pii_span *spans;
    if (principal_may(p, PERMISSION_PERSONAL_READ) || !text.len)
        return text;
    size_t n = pii_find_all(text, a, &spans);
    return n ? pii_mask(text, spans, n, a) : text;
}

// A value that is personal as a whole: its first and last character stay.
static struct str mask_whole(struct str s, const struct principal *p, struct arena *a) {
    size_t n = utf8_count(s);
    if (principal_may(p, PERMISSION_PERSONAL_READ) || n == 0)
        return s;
    struct str first = utf8_cut(s, 1),
               last = n > 2 ? str_slice(s, utf8_offset(s, n - 1), s.len) : STR("");
    return arena_printf(a, "%.*s***%.*s", STR_ARG(first), STR_ARG(last));
}

static void add_scores(struct json_writer *w, const struct stored_feedback *f) {
    const struct json *unified = json_get(f->analysis, "unified");
    json_key(w, "scores");
    json_begin_array(w);
    for (size_t i = 0; i < f->record.n_scores; i++) {
        const struct record_score *s = &f->record.scores[i];
        json_begin_object(w);
        json_key(w, "metric");
        json_add_cstr(w, metric_code(s->metric));
        api_add_text(w, "value", s->value);
        json_key(w, "scale");
        json_begin_array(w);
        json_add_num(w, s->reversed ? s->high : s->low, 6);
        json_add_num(w, s->reversed ? s->low : s->high, 6);
        json_end_array(w);
        json_key(w, "unified");
        json_add_num(w, json_num(json_at(unified, i), NAN), 3);
        json_key(w, "dimension");
        json_add_cstr(w, s->dimension.len ? s->dimension.ptr : NULL);
        json_end_object(w);
    }
    json_end_array(w);
}

void feedback_attrs_add(struct json_writer *w, const char *key, const struct record_attr *attrs,
                        size_t n, const struct principal *p, struct arena *a) {
    json_key(w, key);
    json_begin_object(w);
    for (size_t i = 0; i < n; i++) {
        double number;
        json_key(w, arena_printf(a, "%.*s", STR_ARG(attrs[i].name)).ptr);
        if (attrs[i].kind == RECORD_ATTR_NUMBER && str_to_double(attrs[i].value, &number))
            json_add_num(w, number, 9);
        else if (attrs[i].kind == RECORD_ATTR_BOOL)
            json_add_bool(w, str_eq(attrs[i].value, STR("true")));
        else
            json_add_str(w, feedback_mask(attrs[i].value, p, a));
    }
    json_end_object(w);
}

static void add_customer(struct json_writer *w, const struct stored_feedback *f,
                         const struct principal *p, struct arena *a) {
    const struct record_customer *c = &f->record.customer;
    const struct {
        const char *key;
        struct str value;
    } fields[] = {{"name", c->name},   {"external_id", c->external_id}, {"phone", c->phone},
                  {"email", c->email}, {"openid", c->openid},           {"unionid", c->unionid}};
    bool any = f->customer != 0;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        any = any || fields[i].value.len;
    json_key(w, "customer");
    if (!any) {
        json_add_null(w);
        return;
    }
    json_begin_object(w);
    api_add_id(w, "id", f->customer);
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (fields[i].value.len)
            api_add_text(w, fields[i].key, mask_whole(fields[i].value, p, a));
    if (c->n_attributes)
        feedback_attrs_add(w, "attributes", c->attributes, c->n_attributes, p, a);
    json_end_object(w);
}

static void add_dimensions(struct json_writer *w, const struct json *list, struct str masked) {
    json_begin_array(w);
    for (size_t i = 0; i < json_len(list); i++) {
        const struct json *d = json_at(list, i), *evidence = json_get(d, "evidence");
        int64_t start = json_int(json_get(evidence, "start"), 0),
                end = json_int(json_get(evidence, "end"), 0);
        json_begin_object(w);
        api_add_text(w, "code", json_str(json_get(d, "code")));
        api_add_text(w, "polarity", json_str(json_get(d, "polarity")));
        json_key(w, "score");
        json_add_num(w, json_num(json_get(d, "score"), 1), 4);
        if (evidence && start >= 0 && end > start) {
            json_key(w, "evidence");
            json_begin_object(w);
            json_key(w, "start");
            json_add_int(w, start);
            json_key(w, "end");
            json_add_int(w, end);
            api_add_text(w, "text",
                         str_slice(masked, utf8_offset(masked, (size_t)start),
                                   utf8_offset(masked, (size_t)end)));
            json_end_object(w);
        }
        json_end_object(w);
    }
    json_end_array(w);
}

// The stored analysis with the corrections over it; evidence is shown as masked as the text.
static void add_analysis(struct json_writer *w, const struct stored_feedback *f,
                         const struct principal *p, struct arena *a) {
    json_key(w, "analysis");
    if (!f->analysis) {
        json_add_null(w);
        return;
    }
    json_begin_object(w);
    for (void *it = json_iter(f->analysis); it; it = json_iter_next(f->analysis, it)) {
        struct str key = json_iter_key(it);
        const struct json *value = json_iter_value(it);
        for (size_t i = 0; i < f->n_corrections; i++)
            if (str_eq(f->corrections[i].field, key))
                value = f->corrections[i].value;
        json_key(w, arena_printf(a, "%.*s", STR_ARG(key)).ptr);
        if (str_eq(key, STR("dimensions")))
            add_dimensions(w, value, feedback_mask(record_whole_text(&f->record, a), p, a));
        else
            json_add_value(w, value);
    }
    api_add_time(w, "analysed_at", f->analysed_us);
    json_end_object(w);
}

static void add_corrections(struct json_writer *w, const struct stored_feedback *f) {
    json_key(w, "corrections");
    json_begin_array(w);
    for (size_t i = 0; i < f->n_corrections; i++) {
        const struct correction *c = &f->corrections[i];
        json_begin_object(w);
        api_add_text(w, "field", c->field);
        json_key(w, "from");
        json_add_value(w, c->before);
        json_key(w, "to");
        json_add_value(w, c->value);
        api_add_text(w, "by", c->actor);
        api_add_time(w, "at", c->at_us);
        json_end_object(w);
    }
    json_end_array(w);
}

void feedback_json_add(struct json_writer *w, const struct stored_feedback *f,
                       const struct principal *p, struct arena *a, bool keep_open) {
    const struct record *r = &f->record;
    json_begin_object(w);
    api_add_id(w, "id", f->id);
    api_add_text(w, "source", r->source);
    api_add_text(w, "channel", r->channel);
    api_add_text(w, "external_id", r->external_id);
    api_add_time(w, "occurred_at", f->occurred_us);
    json_key(w, "date_only");
    json_add_bool(w, r->date_only);
    api_add_time(w, "created_at", id_time_us(f->id));
    api_add_time(w, "updated_at", f->updated_us);
    api_add_time(w, "deleted_at", f->deleted_us);
    api_add_text(w, "text", feedback_mask(r->text, p, a));
    api_add_text(w, "follow_up", feedback_mask(r->follow_up, p, a));
    api_add_text(w, "reply", feedback_mask(r->reply, p, a));
    json_key(w, "replied");
    json_add_bool(w, r->replied);
    api_add_text(w, "product", r->product);
    api_add_text(w, "order", mask_whole(r->order, p, a));
    json_key(w, "masked");
    json_add_bool(w, !principal_may(p, PERMISSION_PERSONAL_READ));
    add_scores(w, f);
    feedback_attrs_add(w, "attributes", r->attributes, r->n_attributes, p, a);
    add_customer(w, f, p, a);
    api_add_id(w, "import_id", f->import);
    json_key(w, "version");
    json_add_int(w, f->version);
    add_analysis(w, f, p, a);
    add_corrections(w, f);
    if (!keep_open)
        json_end_object(w);
}

// ── what changed ──

static void add_change(struct json_writer *w, struct str field, struct str from, struct str to) {
    if (str_eq(from, to))
        return;
    json_begin_object(w);
    api_add_text(w, "field", field);
    api_add_text(w, "from", from);
    api_add_text(w, "to", to);
    json_end_object(w);
}

static struct str scores_text(const struct record *r, struct arena *a) {
    struct str s = STR("");
    for (size_t i = 0; i < r->n_scores; i++)
        s = arena_printf(a, "%.*s%s%s%s%.*s %.*s", STR_ARG(s), i ? ", " : "",
                         metric_code(r->scores[i].metric), r->scores[i].dimension.len ? " " : "",
                         STR_ARG(r->scores[i].dimension), STR_ARG(r->scores[i].value));
    return s;
}

static struct str attr_value(const struct record *r, struct str name) {
    for (size_t i = 0; i < r->n_attributes; i++)
        if (str_eq(r->attributes[i].name, name))
            return r->attributes[i].value;
    return STR("");
}

void feedback_changes_add(struct json_writer *w, const struct record *from, const struct record *to,
                          const struct principal *p, struct arena *a) {
    char before[40], after[40];
    json_begin_array(w);
    add_change(w, STR("text"), feedback_mask(from->text, p, a), feedback_mask(to->text, p, a));
    add_change(w, STR("follow_up"), feedback_mask(from->follow_up, p, a),
               feedback_mask(to->follow_up, p, a));
    add_change(w, STR("reply"), feedback_mask(from->reply, p, a), feedback_mask(to->reply, p, a));
    add_change(w, STR("channel"), from->channel, to->channel);
    add_change(w, STR("product"), from->product, to->product);
    add_change(w, STR("scores"), scores_text(from, a), scores_text(to, a));
    if (from->occurred_us != to->occurred_us && from->occurred_us != TIME_NONE &&
        to->occurred_us != TIME_NONE)
        add_change(w, STR("occurred_at"),
                   str_from(clock_format_iso(from->occurred_us, before, sizeof before)),
                   str_from(clock_format_iso(to->occurred_us, after, sizeof after)));
    for (size_t i = 0; i < to->n_attributes; i++)
        add_change(w, to->attributes[i].name,
                   feedback_mask(attr_value(from, to->attributes[i].name), p, a),
                   feedback_mask(to->attributes[i].value, p, a));
    json_end_array(w);
}

// ── data scope ──

static bool holds(const struct scope_rule *rule, struct str value) {
    for (size_t i = 0; i < rule->n_values; i++)
        if (str_eq(rule->values[i], value))
            return true;
    return false;
}

static bool rule_holds(const struct scope_rule *rule, const struct record *r) {
    if (str_eq(rule->dimension, STR("channel")))
        return holds(rule, r->channel);
    if (str_eq(rule->dimension, STR("source")))
        return holds(rule, r->source);
    if (str_eq(rule->dimension, STR("product")))
        return holds(rule, r->product);
    for (size_t i = 0; i < r->n_attributes; i++) {
        const struct record_attr *a = &r->attributes[i];
        if ((str_eq(a->name, rule->dimension) ||
             (a->role.len && str_eq(a->role, rule->dimension))) &&
            holds(rule, a->value))
            return true;
    }
    return false;
}

bool feedback_in_scope(const struct stored_feedback *f, const struct principal *p) {
    for (size_t i = 0; i < p->n_scope; i++)
        if (!rule_holds(&p->scope[i], &f->record))
            return false;
    return true;
}
