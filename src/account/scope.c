// SPDX-License-Identifier: Apache-2.0
#include "account/scope.h"

#define MAX_RULES       16
#define MAX_VALUES      200
#define MAX_VALUE_BYTES 200

static bool bad(struct error *err) {
    error_set(
        err, ERROR_INVALID, "数据范围应为 [{\"dimension\":\"…\",\"values\":[\"…\"]}]，至少一个值",
        "a data scope reads [{\"dimension\":\"…\",\"values\":[\"…\"]}], with a value at least");
    return error_field(err, "scope");
}

static bool too_large(struct error *err) {
    error_set(err, ERROR_LIMIT, "数据范围最多 %d 条规则，每条 %d 个值，每个值 %d 字节",
              "a data scope has at most %d rules of %d values of %d bytes", MAX_RULES, MAX_VALUES,
              MAX_VALUE_BYTES);
    return error_field(err, "scope");
}

static bool parse_rule(const struct json *j, struct arena *a, struct scope_rule *ret,
                       struct error *err) {
    struct str dimension = json_str(json_get(j, "dimension"));
    const struct json *values = json_get(j, "values");
    size_t n = json_len(values);
    if (!dimension.len || json_kind(values) != JSON_KIND_ARRAY || n == 0)
        return bad(err);
    if (dimension.len > MAX_VALUE_BYTES || n > MAX_VALUES)
        return too_large(err);
    struct str *list = ARENA_ARRAY(a, struct str, n);
    for (size_t i = 0; i < n; i++) {
        struct str value = json_str(json_at(values, i));
        if (!value.len)
            return bad(err);
        if (value.len > MAX_VALUE_BYTES)
            return too_large(err);
        list[i] = arena_str(a, value);
    }
    *ret = (struct scope_rule){arena_str(a, dimension), list, n};
    return true;
}

bool scope_parse(const struct json *j, struct arena *a, const struct scope_rule **ret,
                 size_t *ret_n, struct error *err) {
    enum json_kind kind = json_kind(j);
    size_t n = json_len(j);
    if (kind != JSON_KIND_ABSENT && kind != JSON_KIND_NULL && kind != JSON_KIND_ARRAY)
        return bad(err);
    if (n > MAX_RULES)
        return too_large(err);
    struct scope_rule *rules = ARENA_ARRAY(a, struct scope_rule, n);
    for (size_t i = 0; i < n; i++)
        if (!parse_rule(json_at(j, i), a, &rules[i], err))
            return false;
    *ret = rules;
    *ret_n = n;
    return true;
}

void scope_format(const struct scope_rule *rules, size_t n, struct json_writer *w) {
    json_begin_array(w);
    for (size_t i = 0; i < n; i++) {
        json_begin_object(w);
        json_key(w, "dimension");
        json_add_str(w, rules[i].dimension);
        json_key(w, "values");
        json_begin_array(w);
        for (size_t k = 0; k < rules[i].n_values; k++)
            json_add_str(w, rules[i].values[k]);
        json_end_array(w);
        json_end_object(w);
    }
    json_end_array(w);
}

static bool has_value(const struct scope_rule *rule, struct str value) {
    for (size_t i = 0; i < rule->n_values; i++)
        if (str_eq(rule->values[i], value))
            return true;
    return false;
}

static bool narrows(const struct scope_rule *rule, const struct scope_rule *outer) {
    bool ok = str_eq(rule->dimension, outer->dimension);
    for (size_t i = 0; ok && i < rule->n_values; i++)
        ok = has_value(outer, rule->values[i]);
    return ok;
}

bool scope_is_within(const struct scope_rule *rules, size_t n, const struct scope_rule *outer,
                     size_t n_outer) {
    for (size_t i = 0; i < n_outer; i++) {
        size_t k = 0;
        while (k < n && !narrows(&rules[k], &outer[i]))
            k++;
        if (k == n)
            return false;
    }
    return true;
}
