// SPDX-License-Identifier: Apache-2.0
#include "collect/record.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"
#include "collect/record_inner.h"
#include "collect/timestamp.h"
#include "nlp/labels.h"

// ── names ──

static const char *const metric_codes[] = {
    [METRIC_RATING] = "rating", [METRIC_NPS] = "nps", [METRIC_CSAT] = "csat", [METRIC_CES] = "ces"};

const char *metric_code(enum metric m) {
    return metric_codes[m];
}

bool metric_find(struct str code, enum metric *ret) {
    for (size_t i = 0; i < ARRAY_LEN(metric_codes); i++)
        if (str_eq(code, str_from(metric_codes[i]))) {
            *ret = (enum metric)i;
            return true;
        }
    return false;
}

// In the order they are written.
#define MEMBER(type, member, most)                                                                 \
    { #member, offsetof(struct type, member), most }

const struct text_member record_members[] = {
    MEMBER(record, source, 100),
    MEMBER(record, channel, 100),
    MEMBER(record, external_id, 255),
    MEMBER(record, text, RECORD_MAX_TEXT),
    MEMBER(record, follow_up, RECORD_MAX_TEXT),
    MEMBER(record, reply, RECORD_MAX_TEXT),
    MEMBER(record, label, 200),
    MEMBER(record, product, 255),
    MEMBER(record, order, 255),
    MEMBER(record, language, 20),
};
const size_t n_record_members = ARRAY_LEN(record_members);
const struct text_member customer_members[] = {
    MEMBER(record_customer, external_id, 255), MEMBER(record_customer, phone, 40),
    MEMBER(record_customer, email, 255),       MEMBER(record_customer, name, 255),
    MEMBER(record_customer, openid, 255),      MEMBER(record_customer, unionid, 255),
};
const size_t n_customer_members = ARRAY_LEN(customer_members);

struct str *record_member(void *base, const struct text_member *m) {
    return (struct str *)((char *)base + m->at);
}

static const struct text_member *find_member(const struct text_member *list, size_t n,
                                             struct str name) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(name, str_from(list[i].name)))
            return &list[i];
    return NULL;
}

// ── reading ──

#define REASON(zh, en) ((struct words){zh, en})
#define NOT_TEXT       REASON("应为文本", "must be text")
#define TOO_LONG       REASON("太长", "is too long")
#define UNKNOWN_MEMBER REASON("没有这个字段", "is no member of this object")

static void problem(struct reading *r, struct words reason, const char *fmt, ...) PRINTF(3, 4);
static void problem(struct reading *r, struct words reason, const char *fmt, ...) {
    struct record_problems *p = r->problems;
    if (!p || p->n == RECORD_MAX_PROBLEMS)
        return;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(p->items[p->n].name, sizeof p->items[p->n].name, fmt, ap);
    va_end(ap);
    p->items[p->n++].reason = reason;
}

static bool is_null(const struct json *j) {
    return json_kind(j) == JSON_KIND_ABSENT || json_kind(j) == JSON_KIND_NULL;
}

static struct str number_text(struct reading *r, const struct json *j) {
    if (json_is_whole(j))
        return arena_printf(r->arena, "%" PRId64, json_int(j, 0));
    return arena_printf(r->arena, "%.15g", json_num(j, 0));
}

// A text member; numbers are taken as their digits, because ids are often sent as numbers.
static void read_text(struct reading *r, const struct json *j, const char *name, size_t max,
                      struct str *ret) {
    if (is_null(j))
        return;
    if (json_kind(j) == JSON_KIND_NUMBER) {
        *ret = number_text(r, j);
    } else if (json_kind(j) != JSON_KIND_STRING) {
        problem(r, NOT_TEXT, "%s", name);
        return;
    } else {
        *ret = json_str(j);
    }
    if (r->problems && ret->len > max && utf8_count(*ret) > max)
        problem(r, TOO_LONG, "%s", name);
    if (r->problems && str_find_char(*ret, '\0') != STR_NONE)
        problem(r, REASON("不能含有空字符 U+0000", "must not contain U+0000"), "%s", name);
}

static void read_time(struct reading *r, const struct json *j, struct record *rec) {
    if (is_null(j))
        return;
    struct time_format format = {.number = TIME_NUMBER_NONE, .zone = r->zone};
    struct timestamp t;
    if (json_kind(j) == JSON_KIND_STRING && timestamp_parse(&format, json_str(j), &t)) {
        rec->occurred_us = t.us;
        rec->date_only = t.date_only;
        return;
    }
    problem(
        r,
        REASON("应为时间，如 2026-11-16T08:30:00Z", "must be a time such as 2026-11-16T08:30:00Z"),
        "occurred_at");
}

struct default_scale {
    double low, high;
};
static const struct default_scale default_scales[] = {[METRIC_RATING] = {1, 5},
                                                      [METRIC_NPS] = {0, 10},
                                                      [METRIC_CSAT] = {1, 5},
                                                      [METRIC_CES] = {1, 7}};

// "1-5", "0–10", [1, 5]; [5, 1] is a reversed scale.
static bool parse_scale(const struct json *j, struct record_score *s) {
    double a, b;
    if (json_kind(j) == JSON_KIND_ARRAY && json_len(j) == 2) {
        a = json_num(json_at(j, 0), NAN);
        b = json_num(json_at(j, 1), NAN);
    } else {
        struct str text = json_str(j), dash = STR("–");
        size_t at = str_find(text, dash), skip = dash.len;
        if (at == STR_NONE) {
            at = str_find_char(str_slice(text, 1, text.len), '-');
            at += at != STR_NONE;
            skip = 1;
        }
        if (at == STR_NONE || !str_to_double(str_slice(text, 0, at), &a) ||
            !str_to_double(str_slice(text, at + skip, text.len), &b))
            return false;
    }
    if (!(fabs(a) <= 1000 && fabs(b) <= 1000) || a == b)
        return false;
    s->reversed = a > b;
    s->low = MIN(a, b);
    s->high = MAX(a, b);
    return true;
}

static void read_score_value(struct reading *r, const struct json *j, int i,
                             struct record_score *s) {
    double number;
    if (json_kind(j) == JSON_KIND_NUMBER)
        s->value = number_text(r, j);
    else if (json_kind(j) == JSON_KIND_STRING && json_str(j).len <= 60)
        s->value = str_trim(json_str(j));
    if (s->value.len == 0)
        problem(r, REASON("应为数字或文字", "must be a number or words"), "scores[%d].value", i);
    else if (str_to_double(s->value, &number) && (number < s->low || number > s->high))
        problem(r, REASON("超出量表范围", "is outside of its scale"), "scores[%d].value", i);
}

static void read_score(struct reading *r, const struct json *j, int i, struct record_score *s) {
    static const char *const members[] = {"metric", "value", "scale", "dimension", "reversed"};
    for (void *it = json_iter(j); it; it = json_iter_next(j, it)) {
        bool known = false;
        for (size_t m = 0; m < ARRAY_LEN(members); m++)
            known = known || str_eq(json_iter_key(it), str_from(members[m]));
        if (!known)
            problem(r, UNKNOWN_MEMBER, "scores[%d].%.*s", i,
                    STR_ARG(utf8_cut(json_iter_key(it), 20)));
    }
    const struct json *metric = json_get(j, "metric"), *scale = json_get(j, "scale");
    if (!is_null(metric) && !metric_find(json_str(metric), &s->metric))
        problem(r, REASON("应为 rating、nps、csat 或 ces", "must be rating, nps, csat or ces"),
                "scores[%d].metric", i);
    s->low = default_scales[s->metric].low;
    s->high = default_scales[s->metric].high;
    if (!is_null(scale) && !parse_scale(scale, s))
        problem(r,
                REASON("应为两端的数，如 \"1-5\" 或 [1,5]",
                       "must be its two ends, such as \"1-5\" or [1,5]"),
                "scores[%d].scale", i);
    s->reversed ^= json_bool(json_get(j, "reversed"), false);
    s->dimension = json_str(json_get(j, "dimension"));
    if (s->dimension.len && label_find(dimension_labels, N_DIMENSIONS, s->dimension) < 0)
        problem(r, REASON("没有这个维度", "is no dimension"), "scores[%d].dimension", i);
    read_score_value(r, json_get(j, "value"), i, s);
}

static void read_scores(struct reading *r, const struct json *j, struct record *rec) {
    if (is_null(j))
        return;
    size_t n = json_len(j);
    if (json_kind(j) != JSON_KIND_ARRAY || n > FEEDBACK_MAX_SCORES) {
        problem(r, REASON("应为最多 8 项的数组", "must be an array of at most 8"), "scores");
        return;
    }
    struct record_score *scores = ARENA_ARRAY(r->arena, struct record_score, n);
    for (size_t i = 0; i < n; i++) {
        if (json_kind(json_at(j, i)) != JSON_KIND_OBJECT)
            problem(r, REASON("应为对象", "must be an object"), "scores[%zu]", i);
        else
            read_score(r, json_at(j, i), (int)i, &scores[i]);
    }
    rec->scores = scores;
    rec->n_scores = n;
}

static bool read_attr(struct reading *r, struct str key, const struct json *v, const char *where,
                      struct record_attr *a) {
    struct str shown = utf8_cut(key, 20);
    if (key.len == 0 || utf8_count(key) > RECORD_MAX_KEY) {
        problem(r,
                REASON("名称为空或超过 64 个字符",
                       "has a name that is empty or longer than 64 characters"),
                "%s.%.*s", where, STR_ARG(shown));
        return false;
    }
    a->name = key;
    switch (json_kind(v)) {
    case JSON_KIND_STRING:
        a->value = json_str(v);
        if (utf8_count(a->value) > RECORD_MAX_VALUE)
            problem(r, TOO_LONG, "%s.%.*s", where, STR_ARG(shown));
        return a->value.len > 0;
    case JSON_KIND_NUMBER:
        a->kind = RECORD_ATTR_NUMBER;
        a->value = number_text(r, v);
        return true;
    case JSON_KIND_BOOL:
        a->kind = RECORD_ATTR_BOOL;
        a->value = json_bool(v, false) ? STR("true") : STR("false");
        return true;
    case JSON_KIND_ABSENT:
    case JSON_KIND_NULL:
        return false;
    case JSON_KIND_ARRAY:
    case JSON_KIND_OBJECT:
        break;
    }
    problem(r, REASON("应为文本、数字或布尔值", "must be text, a number or a boolean"), "%s.%.*s",
            where, STR_ARG(shown));
    return false;
}

// {"name": value} as the API takes it; the store adds roles as {"name": {"value": …, "role": …}}.
static size_t read_attrs(struct reading *r, const struct json *j, const char *where,
                         const struct record_attr **ret) {
    if (is_null(j))
        return 0;
    size_t n = 0, most = json_len(j);
    if (json_kind(j) != JSON_KIND_OBJECT || most > RECORD_MAX_ATTRS) {
        problem(r, REASON("应为最多 64 项的对象", "must be an object of at most 64 members"), "%s",
                where);
        return 0;
    }
    struct record_attr *attrs = ARENA_ARRAY(r->arena, struct record_attr, most);
    for (void *it = json_iter(j); it; it = json_iter_next(j, it)) {
        const struct json *v = json_iter_value(it);
        attrs[n] = (struct record_attr){0};
        if (!r->problems && json_kind(v) == JSON_KIND_OBJECT) {
            attrs[n].role = json_str(json_get(v, "role"));
            v = json_get(v, "value");
        }
        n += read_attr(r, json_iter_key(it), v, where, &attrs[n]);
    }
    *ret = attrs;
    return n;
}

static void read_customer(struct reading *r, const struct json *j, struct record_customer *c) {
    if (is_null(j))
        return;
    if (json_kind(j) != JSON_KIND_OBJECT) {
        problem(r, REASON("应为对象", "must be an object"), "customer");
        return;
    }
    for (void *it = json_iter(j); it; it = json_iter_next(j, it)) {
        struct str key = json_iter_key(it);
        const struct text_member *m =
            find_member(customer_members, ARRAY_LEN(customer_members), key);
        char name[40];
        if (m) {
            snprintf(name, sizeof name, "customer.%s", m->name);
            read_text(r, json_iter_value(it), name, m->max, record_member(c, m));
        } else if (str_eq(key, STR("attributes"))) {
            c->n_attributes =
                read_attrs(r, json_iter_value(it), "customer.attributes", &c->attributes);
        } else {
            problem(r, UNKNOWN_MEMBER, "customer.%.*s", STR_ARG(utf8_cut(key, 20)));
        }
    }
}

static void read_bool(struct reading *r, const struct json *j, const char *name, bool *ret) {
    if (json_kind(j) == JSON_KIND_BOOL)
        *ret = json_bool(j, false);
    else if (!is_null(j))
        problem(r, REASON("应为 true 或 false", "must be true or false"), "%s", name);
}

static void read_metadata(struct reading *r, const struct json *j, struct record *rec) {
    if (is_null(j))
        return;
    if (json_kind(j) != JSON_KIND_OBJECT) {
        problem(r, REASON("应为对象", "must be an object"), "metadata");
        return;
    }
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(16 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_add_value(&w, j);
    if (sb.overflow)
        problem(r, REASON("超过 16 KiB", "is larger than 16 KiB"), "metadata");
    rec->metadata = j;
}

static void read_member(struct reading *r, struct str key, const struct json *v,
                        struct record *rec) {
    const struct text_member *m = find_member(record_members, ARRAY_LEN(record_members), key);
    if (m)
        read_text(r, v, m->name, m->max, record_member(rec, m));
    else if (str_eq(key, STR("occurred_at")))
        read_time(r, v, rec);
    else if (str_eq(key, STR("scores")))
        read_scores(r, v, rec);
    else if (str_eq(key, STR("customer")))
        read_customer(r, v, &rec->customer);
    else if (str_eq(key, STR("attributes")))
        rec->n_attributes = read_attrs(r, v, "attributes", &rec->attributes);
    else if (str_eq(key, STR("metadata")))
        read_metadata(r, v, rec);
    else if (str_eq(key, STR("replied")))
        read_bool(r, v, "replied", &rec->replied);
    else if (str_eq(key, STR("date_only")))
        read_bool(r, v, "date_only", &rec->date_only);
    else
        problem(r, UNKNOWN_MEMBER, "%.*s", STR_ARG(utf8_cut(key, 30)));
}

static void read_all(struct reading *r, const struct json *j, struct record *ret) {
    *ret = (struct record){.occurred_us = TIME_NONE};
    for (void *it = json_iter(j); it; it = json_iter_next(j, it))
        read_member(r, json_iter_key(it), json_iter_value(it), ret);
    ret->replied = ret->replied || ret->reply.len;
}

bool record_refuse(const struct record_problems *problems, struct error *err) {
    if (err) {
        *err = (struct error){.code = ERROR_INVALID};
        snprintf(err->zh, sizeof err->zh, "%s：%s", problems->items[0].name,
                 problems->items[0].reason.zh);
        snprintf(err->en, sizeof err->en, "%s %s", problems->items[0].name,
                 problems->items[0].reason.en);
    }
    return error_field(err, problems->items[0].name);
}

bool record_parse(const struct json *j, const struct zone *zone, struct arena *a,
                  struct record *ret, struct record_problems *problems, struct error *err) {
    if (json_kind(j) != JSON_KIND_OBJECT)
        return error_set(err, ERROR_INVALID, "每条反馈应为一个 JSON 对象",
                         "a feedback must be a JSON object");
    struct reading r = {.arena = a, .zone = zone, .problems = problems};
    read_all(&r, j, ret);
    if (str_trim(ret->text).len == 0 && ret->n_scores == 0 && problems->n == 0)
        problem(&r, REASON("text 与 scores 至少要有一个", "text or scores: one of them is needed"),
                "text");
    if (problems->n == 0)
        return true;
    return record_refuse(problems, err);
}

bool record_parse_stored(const struct json *j, struct arena *a, struct record *ret,
                         struct error *err) {
    if (json_kind(j) != JSON_KIND_OBJECT)
        return error_set(err, ERROR_FORMAT, "存储的反馈不是对象", "a stored feedback is no object");
    struct reading r = {.arena = a};
    read_all(&r, j, ret);
    return true;
}

// ── parts for others ──

void record_problem(struct reading *r, const char *name, struct words reason) {
    problem(r, reason, "%s", name);
}

void record_read_text(struct reading *r, const struct json *j, const char *name, size_t max,
                      struct str *ret) {
    read_text(r, j, name, max, ret);
}

void record_read_time(struct reading *r, const struct json *j, const char *name, int64_t *ret) {
    struct record rec = {.occurred_us = TIME_NONE};
    size_t before = r->problems ? r->problems->n : 0;
    read_time(r, j, &rec);
    *ret = rec.occurred_us;
    if (r->problems && r->problems->n > before)
        snprintf(r->problems->items[before].name, sizeof r->problems->items[before].name, "%s",
                 name);
}

void record_read_customer(struct reading *r, const struct json *j, struct record_customer *ret) {
    read_customer(r, j, ret);
}

size_t record_read_attrs(struct reading *r, const struct json *j, const char *where,
                         const struct record_attr **ret) {
    return read_attrs(r, j, where, ret);
}
