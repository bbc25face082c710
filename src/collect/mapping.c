// SPDX-License-Identifier: Apache-2.0
#include "collect/mapping.h"

static bool wrong(struct error *err, struct str entry) {
    error_set(
        err, ERROR_USAGE,
        "--map 的 “%.*s” 看不懂；写法：text=评价内容,score=评分@1-10,score.logistics=物流分",
        "--map: cannot understand \"%.*s\"; write text=Review,score=Rating@1-10,score.logistics=Delivery",
        (int)MIN(entry.len, (size_t)80), entry.ptr);
    return error_field(err, "map");
}

// The next entry: up to a comma outside quotes.
static struct str next_entry(struct str *rest) {
    bool quoted = false;
    size_t i = 0;
    for (; i < rest->len; i++) {
        if (rest->ptr[i] == '"')
            quoted = !quoted;
        else if (rest->ptr[i] == ',' && !quoted)
            break;
    }
    struct str entry = str_slice(*rest, 0, i);
    *rest = str_slice(*rest, i + (i < rest->len), rest->len);
    return str_trim(entry);
}

static bool parse_scale(struct str s, struct mapping_entry *e) {
    if (str_eq(s, STR("1904"))) {
        e->from_1904 = true;
        return true;
    }
    size_t dash = str_find_char(s, '-');
    double a, b;
    if (dash == STR_NONE || !str_to_double(str_slice(s, 0, dash), &a) ||
        !str_to_double(str_slice(s, dash + 1, s.len), &b) || a == b)
        return false;
    e->reversed = a > b;
    e->low = MIN(a, b);
    e->high = MAX(a, b);
    return true;
}

static bool is_code(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!((s.ptr[i] >= 'a' && s.ptr[i] <= 'z') || (s.ptr[i] >= '0' && s.ptr[i] <= '9') ||
              s.ptr[i] == '_'))
            return false;
    return s.len > 0;
}

static bool parse_entry(struct str entry, struct mapping_entry *ret) {
    struct mapping_entry e = {.low = NAN, .high = NAN};
    size_t eq = str_find_char(entry, '=');
    if (eq == STR_NONE)
        return false;
    e.role = str_trim(str_slice(entry, 0, eq));
    struct str column = str_trim(str_slice(entry, eq + 1, entry.len)), scale = {"", 0};
    size_t dot = str_find_char(e.role, '.');
    if (dot != STR_NONE) {
        e.dimension = str_slice(e.role, dot + 1, e.role.len);
        e.role = str_slice(e.role, 0, dot);
        if (!is_code(e.dimension))
            return false;
    }
    if (column.len && column.ptr[0] == '"') {
        size_t end = str_find_char(str_slice(column, 1, column.len), '"');
        if (end == STR_NONE)
            return false;
        struct str tail = str_trim(str_slice(column, end + 2, column.len));
        column = str_slice(column, 1, end + 1);
        if (tail.len && tail.ptr[0] != '@')
            return false;
        scale = str_slice(tail, 1, tail.len);
    } else {
        size_t at = str_find_char(column, '@');
        if (at != STR_NONE) {
            scale = str_slice(column, at + 1, column.len);
            column = str_trim(str_slice(column, 0, at));
        }
    }
    int64_t number;
    if (column.len > 1 && column.ptr[0] == '#' &&
        str_to_int64(str_slice(column, 1, column.len), &number)) {
        if (number < 1 || number > 1000000)
            return false;
        e.number = (size_t)number;
    } else {
        e.column = column;
    }
    if (!is_code(e.role) || column.len == 0 || (scale.len && !parse_scale(str_trim(scale), &e)))
        return false;
    *ret = e;
    return true;
}

bool mapping_parse(struct str text, struct mapping *ret, struct error *err) {
    struct mapping m = {0};
    struct str rest = text;
    while (rest.len) {
        struct str entry = next_entry(&rest);
        if (entry.len == 0)
            continue;
        struct mapping_entry e;
        if (!parse_entry(entry, &e)) {
            mapping_done(&m);
            return wrong(err, entry);
        }
        vec_push(&m, e);
    }
    *ret = m;
    return true;
}

void mapping_done(struct mapping *m) {
    if (m)
        vec_done(m);
}
