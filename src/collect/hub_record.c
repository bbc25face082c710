// SPDX-License-Identifier: Apache-2.0
#include "collect/hub_record.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "collect/timestamp.h"

#define MOST_NUMBER   1e15
#define MOST_METADATA (64 * KIB)

const char *const hub_type_codes[N_HUB_TYPES] = {
    [HUB_TEXT] = "text",     [HUB_CATEGORICAL] = "categorical",
    [HUB_NPS] = "nps",       [HUB_CSAT] = "csat",
    [HUB_CES] = "ces",       [HUB_RATING] = "rating",
    [HUB_NUMBER] = "number", [HUB_BOOLEAN] = "boolean",
    [HUB_DATE] = "date",
};

bool hub_type_find(struct str code, enum hub_type *ret) {
    for (int t = 0; t < N_HUB_TYPES; t++)
        if (str_eq(code, str_from(hub_type_codes[t]))) {
            *ret = (enum hub_type)t;
            return true;
        }
    return false;
}

// ── members ──

enum member_kind {
    MEMBER_TEXT,
    MEMBER_TYPE,
    MEMBER_NUMBER,
    MEMBER_BOOLEAN,
    MEMBER_TIME,
    MEMBER_OBJECT,
};

struct member {
    const char *name;
    enum member_kind kind;
    size_t at;
    size_t most; // characters
    bool required, nullable, updatable;
};

#define AT(field) offsetof(struct hub_record, field)
static const struct member members[] = {
    {"source_type", MEMBER_TEXT, AT(source_type), 255, true, false, false},
    {"source_id", MEMBER_TEXT, AT(source_id), 255, false, true, false},
    {"source_name", MEMBER_TEXT, AT(source_name), 255, false, true, false},
    {"field_id", MEMBER_TEXT, AT(field_id), 255, true, false, false},
    {"field_label", MEMBER_TEXT, AT(field_label), 2048, false, true, false},
    {"field_type", MEMBER_TYPE, AT(field_type), 255, true, false, false},
    {"field_group_id", MEMBER_TEXT, AT(field_group_id), 255, false, false, false},
    {"field_group_label", MEMBER_TEXT, AT(field_group_label), 2048, false, true, false},
    {"value_text", MEMBER_TEXT, AT(value_text), 30000, false, true, true},
    {"value_id", MEMBER_TEXT, AT(value_id), 255, false, true, true},
    {"value_number", MEMBER_NUMBER, AT(value_number), 0, false, false, true},
    {"value_boolean", MEMBER_BOOLEAN, AT(value_boolean), 0, false, false, true},
    {"value_date", MEMBER_TIME, AT(value_date_us), 0, false, false, true},
    {"metadata", MEMBER_OBJECT, AT(metadata), 0, false, false, true},
    {"language", MEMBER_TEXT, AT(language), 10, false, false, true},
    {"user_id", MEMBER_TEXT, AT(user_id), 255, false, false, true},
    {"tenant_id", MEMBER_TEXT, AT(tenant_id), 255, true, false, false},
    {"submission_id", MEMBER_TEXT, AT(submission_id), 255, true, false, false},
    {"collected_at", MEMBER_TIME, AT(collected_us), 0, false, false, false},
};
#undef AT

static void *field_of(const struct hub_record *h, const struct member *m) {
    return (char *)h + m->at;
}

bool hub_time_parse(struct str s, int64_t *ret) {
    const struct time_format iso = {.number = TIME_NUMBER_NONE};
    struct timestamp t;
    bool shaped = s.len >= 20 && s.len <= 35 && s.ptr[4] == '-' && s.ptr[7] == '-' &&
                  (s.ptr[10] == 'T' || s.ptr[10] == 't') && s.ptr[13] == ':' && s.ptr[16] == ':';
    bool zoned = shaped && (s.ptr[s.len - 1] == 'Z' || s.ptr[s.len - 1] == 'z' ||
                            s.ptr[s.len - 6] == '+' || s.ptr[s.len - 6] == '-');
    if (!zoned || !timestamp_parse(&iso, s, &t) || t.us < 0 ||
        t.us >= civil_to_days(2081, 1, 1) * US_PER_DAY)
        return false;
    *ret = t.us;
    return true;
}

static const struct words
    not_text = {"应为字符串", "must be a string"},
    not_number = {"应为 -1e15 到 1e15 的数", "must be a number from -1e15 to 1e15"},
    not_boolean = {"应为 true 或 false", "must be true or false"},
    not_time = {"应为 1970 至 2080 年间的 RFC 3339 时间",
                "must be an RFC 3339 time between 1970-01-01 and 2080-12-31"},
    not_object = {"应为对象", "must be an object"},
    not_type = {"应为 text、categorical、nps、csat、ces、rating、number、boolean、date 之一",
                "must be one of: text, categorical, nps, csat, ces, rating, "
                "number, boolean, date"},
    is_missing = {"是必填项", "is required"}, is_empty = {"不能为空", "must not be empty"},
    is_long = {"太长", "is too long"},
    is_unknown = {"不是可以填写的成员", "is not a member that can be given"};

static void complain(struct record_problems *p, struct str name, const struct words *why) {
    if (p->n == RECORD_MAX_PROBLEMS)
        return;
    snprintf(p->items[p->n].name, sizeof p->items[p->n].name, "%.*s",
             (int)MIN(name.len, (size_t)70), name.ptr);
    p->items[p->n++].reason = *why;
}

// NULL: taken into the record.
static const struct words *take_text(const struct member *m, const struct json *v,
                                     struct hub_record *h) {
    struct str s = json_str(v);
    if (json_kind(v) != JSON_KIND_STRING)
        return &not_text;
    if (m->required && !str_trim(s).len)
        return &is_empty;
    if (s.len > m->most && utf8_count(s) > m->most)
        return &is_long;
    enum hub_type type;
    if (m->kind == MEMBER_TYPE && !hub_type_find(s, &type))
        return &not_type;
    *(struct str *)field_of(h, m) = s;
    return NULL;
}

static const struct words *take(const struct member *m, const struct json *v,
                                struct hub_record *h) {
    enum json_kind kind = json_kind(v);
    double n;
    switch (m->kind) {
    case MEMBER_TEXT:
    case MEMBER_TYPE:
        return take_text(m, v, h);
    case MEMBER_NUMBER:
        n = json_num(v, NAN);
        if (kind != JSON_KIND_NUMBER || !(n >= -MOST_NUMBER && n <= MOST_NUMBER))
            return &not_number;
        break;
    case MEMBER_BOOLEAN:
        if (kind != JSON_KIND_BOOL)
            return &not_boolean;
        break;
    case MEMBER_TIME:
        return hub_time_parse(json_str(v), field_of(h, m)) ? NULL : &not_time;
    case MEMBER_OBJECT:
        if (kind != JSON_KIND_OBJECT)
            return &not_object;
        break;
    }
    *(const struct json **)field_of(h, m) = v;
    return NULL;
}

static const struct member *find_member(struct str name, bool update) {
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        if (str_eq(name, str_from(members[i].name)))
            return update && !members[i].updatable ? NULL : &members[i];
    return NULL;
}

static bool is_small(const struct json *metadata) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(MOST_METADATA);
    struct json_writer w = json_writer_init(&sb);
    json_add_value(&w, metadata);
    return !sb.overflow;
}

bool hub_record_parse(const struct json *j, bool update, struct hub_record *ret,
                      struct record_problems *problems) {
    if (json_kind(j) != JSON_KIND_OBJECT)
        return false;
    if (!update)
        *ret = (struct hub_record){.value_date_us = TIME_NONE, .collected_us = TIME_NONE};
    for (void *it = json_iter(j); it; it = json_iter_next(j, it)) {
        struct str name = json_iter_key(it);
        const struct json *v = json_iter_value(it);
        const struct member *m = find_member(name, update);
        const struct words *why = !m ? &is_unknown
                                  : m->nullable && !update && json_kind(v) == JSON_KIND_NULL
                                      ? NULL
                                      : take(m, v, ret);
        if (why)
            complain(problems, name, why);
    }
    for (size_t i = 0; !update && i < ARRAY_LEN(members); i++)
        if (members[i].required && json_kind(json_get(j, members[i].name)) == JSON_KIND_ABSENT)
            complain(problems, str_from(members[i].name), &is_missing);
    if (problems->n == 0 && ret->metadata && !is_small(ret->metadata))
        complain(problems, STR("metadata"), &is_long);
    return problems->n == 0;
}

// ── in the store ──

static bool is_free_text(const struct hub_record *h) {
    return !str_eq(h->field_type, STR("categorical"));
}

void hub_time_add(struct json_writer *w, const char *key, int64_t us) {
    char buf[40], whole[48];
    clock_format_iso(us, buf, sizeof buf);
    int64_t ms = us / 1000 % 1000;
    if (ms > 0)
        snprintf(whole, sizeof whole, "%.19s.%03dZ", buf, (int)ms);
    else
        snprintf(whole, sizeof whole, "%s", buf);
    json_key(w, key);
    json_add_cstr(w, whole);
}

static void add_member(const struct member *m, const struct hub_record *h, bool stored,
                       struct json_writer *w) {
    const void *at = field_of(h, m);
    switch (m->kind) {
    case MEMBER_TEXT:
    case MEMBER_TYPE:
        if (((const struct str *)at)->len) {
            json_key(w, m->name);
            json_add_str(w, *(const struct str *)at);
        }
        break;
    case MEMBER_TIME:
        if (*(const int64_t *)at == TIME_NONE)
            break;
        if (!stored) {
            hub_time_add(w, m->name, *(const int64_t *)at);
            break;
        }
        json_key(w, m->name);
        json_add_int(w, *(const int64_t *)at);
        break;
    case MEMBER_NUMBER:
    case MEMBER_BOOLEAN:
    case MEMBER_OBJECT:
        if (*(const struct json *const *)at) {
            json_key(w, m->name);
            json_add_value(w, *(const struct json *const *)at);
        }
        break;
    }
}

void hub_record_add(const struct hub_record *h, struct json_writer *w) {
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        add_member(&members[i], h, false, w);
}

// {"hub": {…}} without what the record itself has.
static void format_metadata(const struct hub_record *h, struct strbuf *ret) {
    struct hub_record rest = *h;
    if (is_free_text(h))
        rest.value_text = STR("");
    rest.collected_us = TIME_NONE;
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    json_key(&w, "hub");
    json_begin_object(&w);
    for (size_t i = 0; i < ARRAY_LEN(members); i++)
        add_member(&members[i], &rest, true, &w);
    json_end_object(&w);
    json_end_object(&w);
}

static void add_attribute(struct record_attr *list, size_t *n, const char *name, struct str value) {
    if (str_trim(value).len)
        list[(*n)++] = (struct record_attr){.name = str_from(name),
                                            .value = utf8_cut(str_trim(value), RECORD_MAX_VALUE)};
}

static void add_score(const struct hub_record *h, struct arena *a, struct record *r) {
    enum metric metric;
    if (!h->value_number || !metric_find(h->field_type, &metric))
        return;
    struct record_score *s = ARENA_NEW(a, struct record_score);
    double n = json_num(h->value_number, 0);
    *s = (struct record_score){.metric = metric,
                               .value = arena_printf(a, "%.15g", n),
                               .low = NAN,
                               .high = NAN,
                               .dimension = STR("")};
    if (str_eq(h->field_type, STR("nps"))) {
        s->low = 0;
        s->high = 10;
    }
    r->scores = s;
    r->n_scores = 1;
}

void hub_record_store(const struct hub_record *h, struct arena *a, struct record *ret,
                      struct json **ret_tree) {
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(4 * MIB);
    format_metadata(h, &sb);
    if (!json_parse(strbuf_str(&sb), ret_tree, NULL))
        abort(); // we wrote it
    struct record_attr *attributes = ARENA_ARRAY(a, struct record_attr, 4);
    size_t n = 0;
    add_attribute(attributes, &n, "tenant", h->tenant_id);
    add_attribute(attributes, &n, "field", h->field_label.len ? h->field_label : h->field_id);
    if (!is_free_text(h))
        add_attribute(attributes, &n, "answer", h->value_text);
    else if (h->value_boolean)
        add_attribute(attributes, &n, "answer",
                      json_bool(h->value_boolean, false) ? STR("true") : STR("false"));
    struct str source = h->source_name.len ? h->source_name : h->source_type;
    *ret = (struct record){.source = utf8_cut(str_trim(source), 100),
                           .channel = utf8_cut(str_trim(h->source_type), 100),
                           .text = is_free_text(h) ? h->value_text : STR(""),
                           .language = h->language,
                           .occurred_us = h->collected_us,
                           .customer = {.external_id = h->user_id},
                           .attributes = attributes,
                           .n_attributes = n,
                           .metadata = *ret_tree};
    add_score(h, a, ret);
}

bool hub_record_load(const struct record *r, struct hub_record *ret) {
    const struct json *hub = json_get(r->metadata, "hub");
    if (json_kind(hub) != JSON_KIND_OBJECT)
        return false;
    *ret = (struct hub_record){.value_date_us = TIME_NONE, .collected_us = r->occurred_us};
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        const struct member *m = &members[i];
        const struct json *v = json_get(hub, m->name);
        if (json_kind(v) == JSON_KIND_ABSENT)
            continue;
        if (m->kind == MEMBER_TEXT || m->kind == MEMBER_TYPE)
            *(struct str *)field_of(ret, m) = json_str(v);
        else if (m->kind == MEMBER_TIME)
            *(int64_t *)field_of(ret, m) = json_int(v, TIME_NONE);
        else
            *(const struct json **)field_of(ret, m) = v;
    }
    if (is_free_text(ret))
        ret->value_text = r->text;
    return true;
}
