// SPDX-License-Identifier: Apache-2.0
#include "api/shape.h"

#include <math.h>
#include <stdio.h>

#include "api/schemas.h"
#include "base/mem.h"
#include "base/utf8.h"

#define DEEPEST 16 // of our own shapes, which may name each other

static bool check(const struct json *shape, const struct json *v, const char *name, int depth,
                  struct shape_problem *ret);

static bool wrong(struct shape_problem *ret, const char *name, const char *zh, const char *en) {
    snprintf(ret->name, sizeof ret->name, "%s", *name ? name : "body");
    ret->reason = (struct words){zh, en};
    return false;
}

static const char *shape_text(struct str name) {
    for (size_t i = 0; i < n_api_schemas; i++)
        if (str_eq(name, str_from(api_schemas[i].name)))
            return api_schemas[i].json;
    for (size_t i = 0; i < n_import_schemas; i++)
        if (str_eq(name, str_from(import_schemas[i].name)))
            return import_schemas[i].json;
    abort(); // a row of the route table names a shape that there is not
}

static bool check_named(struct str name, const struct json *v, const char *at, int depth,
                        struct shape_problem *ret) {
    CLEANUP(json_freep) struct json *shape = NULL;
    if (depth > DEEPEST || !json_parse(str_from(shape_text(name)), &shape, NULL))
        abort();
    return check(shape, v, at, depth + 1, ret);
}

// ── types ──

static const struct {
    const char *name;
    enum json_kind kind;
    struct words reason;
} types[] = {
    {"null", JSON_KIND_NULL, {"应为 null", "must be null"}},
    {"boolean", JSON_KIND_BOOL, {"应为 true 或 false", "must be true or false"}},
    {"number", JSON_KIND_NUMBER, {"应为数字", "must be a number"}},
    {"integer", JSON_KIND_NUMBER, {"应为整数", "must be a whole number"}},
    {"string", JSON_KIND_STRING, {"应为字符串", "must be a string"}},
    {"array", JSON_KIND_ARRAY, {"应为数组", "must be an array"}},
    {"object", JSON_KIND_OBJECT, {"应为 JSON 对象", "must be a JSON object"}},
};

static bool is_type(struct str type, const struct json *v, struct words *ret_reason) {
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (!str_eq(type, str_from(types[i].name)))
            continue;
        *ret_reason = types[i].reason;
        return json_kind(v) == types[i].kind && (!str_eq(type, STR("integer")) || json_is_whole(v));
    }
    return true;
}

// One name, or a list of names of which the first says what is expected.
static bool check_type(const struct json *type, const struct json *v, const char *name,
                       struct shape_problem *ret) {
    struct words first = {"", ""}, reason;
    if (json_kind(type) == JSON_KIND_STRING)
        return is_type(json_str(type), v, &first) || wrong(ret, name, first.zh, first.en);
    for (size_t i = 0; i < json_len(type); i++) {
        if (is_type(json_str(json_at(type, i)), v, &reason))
            return true;
        if (i == 0)
            first = reason;
    }
    return json_len(type) == 0 || wrong(ret, name, first.zh, first.en);
}

// ── texts, numbers, lists, objects ──

static bool check_text(const struct json *shape, struct str s, const char *name,
                       struct shape_problem *ret) {
    const struct json *list = json_get(shape, "enum");
    int64_t n = (int64_t)utf8_count(s);
    size_t i = 0;
    while (i < json_len(list) && !str_eq(json_str(json_at(list, i)), s))
        i++;
    if (list && i == json_len(list))
        return wrong(ret, name, "不是可以有的值", "is not one of the values that there are");
    if (n < json_int(json_get(shape, "minLength"), 0))
        return wrong(ret, name, "太短", "is too short");
    return n <= json_int(json_get(shape, "maxLength"), INT64_MAX) ||
           wrong(ret, name, "太长", "is too long");
}

static bool check_number(const struct json *shape, const struct json *v, const char *name,
                         struct shape_problem *ret) {
    double n = json_num(v, NAN);
    return (n >= json_num(json_get(shape, "minimum"), -INFINITY) &&
            n <= json_num(json_get(shape, "maximum"), INFINITY)) ||
           wrong(ret, name, "超出范围", "is out of range");
}

static bool check_list(const struct json *shape, const struct json *v, const char *name, int depth,
                       struct shape_problem *ret) {
    const struct json *items = json_get(shape, "items");
    int64_t n = (int64_t)json_len(v);
    if (n < json_int(json_get(shape, "minItems"), 0))
        return wrong(ret, name, "太少", "has too few items");
    if (n > json_int(json_get(shape, "maxItems"), INT64_MAX))
        return wrong(ret, name, "太多", "has too many items");
    for (size_t i = 0; items && i < json_len(v); i++) {
        char at[120];
        snprintf(at, sizeof at, "%.90s[%zu]", name, i);
        if (!check(items, json_at(v, i), at, depth, ret))
            return false;
    }
    return true;
}

static void member_name(char ret[120], const char *name, struct str key) {
    snprintf(ret, 120, "%.60s%s%.*s", name, *name ? "." : "", STR_ARG(utf8_cut_bytes(key, 50)));
}

static bool check_object(const struct json *shape, const struct json *v, const char *name,
                         int depth, struct shape_problem *ret) {
    const struct json *known = json_get(shape, "properties"),
                      *required = json_get(shape, "required"),
                      *others = json_get(shape, "additionalProperties");
    char at[120], key[60];
    if ((int64_t)json_len(v) > json_int(json_get(shape, "maxProperties"), INT64_MAX))
        return wrong(ret, name, "字段太多", "has too many members");
    for (size_t i = 0; i < json_len(required); i++) {
        snprintf(key, sizeof key, "%.*s", STR_ARG(json_str(json_at(required, i))));
        member_name(at, name, str_from(key));
        if (!json_get(v, key))
            return wrong(ret, at, "是必填项", "is required");
    }
    for (void *it = json_iter(v); it; it = json_iter_next(v, it)) {
        struct str k = json_iter_key(it);
        snprintf(key, sizeof key, "%.*s", STR_ARG(utf8_cut_bytes(k, sizeof key - 1)));
        const struct json *member = k.len < sizeof key ? json_get(known, key) : NULL;
        member_name(at, name, k);
        if (!member && json_kind(others) == JSON_KIND_BOOL && !json_bool(others, true))
            return wrong(ret, at, "是不认识的字段", "is not a member that is known");
        if (!member && json_kind(others) == JSON_KIND_OBJECT)
            member = others;
        if (member && !check(member, json_iter_value(it), at, depth, ret))
            return false;
    }
    return true;
}

static bool check_any(const struct json *list, const struct json *v, const char *name, int depth,
                      struct shape_problem *ret) {
    for (size_t i = 0; i < json_len(list); i++)
        if (check(json_at(list, i), v, name, depth, ret))
            return true;
    return json_len(list) == 0; // of several that do not fit the last is told
}

static bool check(const struct json *shape, const struct json *v, const char *name, int depth,
                  struct shape_problem *ret) {
    struct str ref = json_str(json_get(shape, "$ref")), prefix = STR("#/components/schemas/");
    if (ref.len)
        return check_named(str_slice(ref, prefix.len, ref.len), v, name, depth, ret);
    if (!check_type(json_get(shape, "type"), v, name, ret) ||
        !check_any(json_get(shape, "anyOf"), v, name, depth, ret))
        return false;
    switch (json_kind(v)) {
    case JSON_KIND_STRING:
        return check_text(shape, json_str(v), name, ret);
    case JSON_KIND_NUMBER:
        return check_number(shape, v, name, ret);
    case JSON_KIND_ARRAY:
        return check_list(shape, v, name, depth, ret);
    case JSON_KIND_OBJECT:
        return check_object(shape, v, name, depth, ret);
    case JSON_KIND_ABSENT:
    case JSON_KIND_NULL:
    case JSON_KIND_BOOL:
        return true;
    }
    return true;
}

bool shape_check(const char *name, const struct json *value, struct shape_problem *ret_problem) {
    return check_named(str_from(name), value, "", 0, ret_problem);
}
