// SPDX-License-Identifier: Apache-2.0
#include "http/query.h"

#include "base/utf8.h"

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// False: a broken escape, a NUL, or not UTF-8.
static bool decode(struct arena *a, struct str text, bool plus, struct str *ret) {
    bool plain = true;
    for (size_t i = 0; i < text.len && plain; i++)
        plain = text.ptr[i] != '%' && !(plus && text.ptr[i] == '+') && text.ptr[i] > 0;
    if (plain) {
        *ret = text;
        return true;
    }
    char *out = arena_alloc(a, text.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '%') {
            int high = i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
            int low = i + 2 < text.len ? hex_digit(text.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (!c)
            return false;
        out[n++] = c;
    }
    out[n] = '\0';
    *ret = str_make(out, n);
    return utf8_is_valid(*ret);
}

bool query_decode_segment(struct arena *a, struct str text, struct str *ret) {
    return decode(a, text, false, ret);
}

static size_t count_parts(struct str text, char sep) {
    size_t n = text.len > 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.ptr[i] == sep;
    return n;
}

// What comes before the first `=`, and after.
static struct pair split(struct str part) {
    size_t at = str_find_char(part, '=');
    if (at == STR_NONE)
        return (struct pair){.name = part};
    return (struct pair){str_slice(part, 0, at), str_slice(part, at + 1, part.len)};
}

bool query_parse(struct arena *a, struct str text, struct pairs *ret, struct error *err) {
    size_t most = count_parts(text, '&');
    if (most > QUERY_MAX)
        return error_set(err, ERROR_LIMIT, "查询参数超过 %d 个", "more than %d query parameters",
                         QUERY_MAX);
    struct pairs found = {.items = ARENA_ARRAY(a, struct pair, most)};
    struct str part;
    while (str_cut(&text, '&', &part)) {
        if (!part.len)
            continue;
        struct pair raw = split(part), *p = &found.items[found.n];
        if (!decode(a, raw.name, true, &p->name)) {
            error_set(err, ERROR_INVALID, "查询参数名的编码不正确（应为 UTF-8 的百分号编码）",
                      "the name of a query parameter is not percent-encoded UTF-8");
            return error_field(err, "query");
        }
        if (!decode(a, raw.value, true, &p->value)) {
            error_set(err, ERROR_INVALID, "查询参数的编码不正确（应为 UTF-8 的百分号编码）",
                      "the query parameter is not percent-encoded UTF-8");
            char name[64];
            struct str cut = utf8_cut_bytes(p->name, sizeof name - 1);
            snprintf(name, sizeof name, "%.*s", STR_ARG(cut));
            return error_field(err, name);
        }
        found.n++;
    }
    *ret = found;
    return true;
}

void cookies_parse(struct arena *a, struct str header, struct pairs *ret) {
    size_t most = MIN(count_parts(header, ';'), (size_t)QUERY_MAX);
    *ret = (struct pairs){.items = ARENA_ARRAY(a, struct pair, most)};
    struct str part;
    while (ret->n < most && str_cut(&header, ';', &part)) {
        struct pair p = split(part);
        p.name = str_trim(p.name);
        p.value = str_trim(p.value);
        if (!p.name.len || str_find_char(part, '=') == STR_NONE)
            continue;
        if (p.value.len >= 2 && p.value.ptr[0] == '"' && p.value.ptr[p.value.len - 1] == '"')
            p.value = str_slice(p.value, 1, p.value.len - 1);
        ret->items[ret->n++] = p;
    }
}

struct str pairs_get(const struct pairs *p, struct str name) {
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->items[i].name, name))
            return p->items[i].value;
    return STR("");
}
