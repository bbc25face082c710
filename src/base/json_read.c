// SPDX-License-Identifier: Apache-2.0
// JSON as RFC 8259 has it, strictly: UTF-8, no byte order mark, nothing after the value. Beyond it: a lone surrogate
// is refused, for it is no character; so are numbers that a double or an int64 cannot hold,
// for they would change, and keys with a NUL in them.
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json_inner.h"
#include "base/lang.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"

#define MAX_DEPTH   2048
#define FEW_MEMBERS 16 // beyond, a table finds keys that come twice

struct tree {
    struct arena arena;
    struct json root;
};

struct reader {
    const char *p, *begin, *end;
    struct arena *arena;
    int depth;
    // what the containers around here have so far
    struct {
        VEC(struct json);
    } items;
    struct {
        VEC(struct json_member);
    } members;
    struct words why;
};

void json_tree_free(struct json *root) {
    struct tree *t = (struct tree *)(void *)((char *)root - offsetof(struct tree, root));
    arena_done(&t->arena);
    free(t);
}

static bool refuse(struct reader *r, const char *zh, const char *en) {
    r->why = (struct words){zh, en};
    return false;
}

static void skip_space(struct reader *r) {
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\t' || *r->p == '\r'))
        r->p++;
}

static char peek(const struct reader *r) {
    return r->p < r->end ? *r->p : '\0';
}

// ── strings ──

static bool read_hex(struct reader *r, uint32_t *ret) {
    *ret = 0;
    if (r->end - r->p < 4)
        return refuse(r, "\\u 后应有四个十六进制数字", "\\u needs four hexadecimal digits");
    for (int i = 0; i < 4; i++, r->p++) {
        char c = *r->p;
        uint32_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            digit = (uint32_t)((c | 0x20) - 'a') + 10;
        else
            return refuse(r, "\\u 后应有四个十六进制数字", "\\u needs four hexadecimal digits");
        *ret = *ret << 4 | digit;
    }
    return true;
}

// After \u. Two surrogates are one character.
static bool read_code_point(struct reader *r, uint32_t *ret) {
    uint32_t high, low;
    if (!read_hex(r, &high))
        return false;
    *ret = high;
    if (high < 0xD800 || high > 0xDFFF)
        return true;
    if (high < 0xDC00 && r->end - r->p >= 2 && r->p[0] == '\\' && r->p[1] == 'u') {
        r->p += 2;
        if (!read_hex(r, &low))
            return false;
        if (low >= 0xDC00 && low <= 0xDFFF) {
            *ret = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
            return true;
        }
    }
    return refuse(r, "半个代理对不是字符", "half of a surrogate pair is no character");
}

static bool read_escape(struct reader *r, char **to) {
    static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char c = peek(r);
    const char *found = c ? strchr(plain, c) : NULL;
    if (found) {
        *(*to)++ = meant[found - plain];
        r->p++;
        return true;
    }
    if (c != 'u')
        return refuse(r, "没有这种转义", "there is no such escape");
    uint32_t code;
    r->p++;
    if (!read_code_point(r, &code))
        return false;
    *to += utf8_encode(code, *to);
    return true;
}

// The rest of a string from its first backslash on; `raw` is what came before it. Never longer than it was written.
static bool read_escaped(struct reader *r, struct str raw, struct str *ret) {
    const char *quote = r->p;
    while (quote < r->end && *quote != '"')
        quote += *quote == '\\' && quote + 1 < r->end ? 2 : 1;
    char *begin = arena_alloc(r->arena, raw.len + (size_t)(quote - r->p) + 1), *to = begin;
    memcpy(to, raw.ptr, raw.len);
    for (to += raw.len; r->p < r->end && *r->p != '"';) {
        if ((unsigned char)*r->p < 0x20)
            return refuse(r, "字符串中的控制字符要转义", "a control character must be escaped");
        if (*r->p != '\\')
            *to++ = *r->p++;
        else if (r->p++, !read_escape(r, &to))
            return false;
    }
    *to = '\0';
    *ret = str_make(begin, (size_t)(to - begin));
    return true;
}

// After the opening quote.
static bool read_string(struct reader *r, struct str *ret) {
    const char *begin = r->p;
    unsigned char seen = 0;
    while (r->p < r->end && *r->p != '"' && *r->p != '\\' && (unsigned char)*r->p >= 0x20)
        seen |= (unsigned char)*r->p++;
    struct str raw = str_make(begin, (size_t)(r->p - begin));
    bool escaped = peek(r) == '\\';
    if (escaped && !read_escaped(r, raw, ret))
        return false;
    if (r->p == r->end)
        return refuse(r, "字符串没有结束", "the string has no end");
    if (*r->p != '"')
        return refuse(r, "字符串中的控制字符要转义", "a control character must be escaped");
    if ((seen >= 0x80 || escaped) && !utf8_is_valid(str_make(begin, (size_t)(r->p - begin)))) {
        r->p = begin + utf8_valid_prefix(str_make(begin, (size_t)(r->p - begin)));
        return refuse(r, "不是有效的 UTF-8", "it is not valid UTF-8");
    }
    r->p++;
    if (!escaped)
        *ret = arena_str(r->arena, raw);
    return true;
}

// ── numbers ──

static size_t skip_digits(struct reader *r) {
    const char *begin = r->p;
    while (peek(r) >= '0' && peek(r) <= '9')
        r->p++;
    return (size_t)(r->p - begin);
}

static void set_text(struct json *ret, enum json_kind kind, struct str text) {
    *ret = (struct json){.kind = (uint8_t)kind, .n = (uint32_t)text.len, .text = text.ptr};
}

static bool read_number(struct reader *r, struct json *ret) {
    const char *begin = r->p;
    bool negative = peek(r) == '-';
    *ret = (struct json){.kind = JSON_KIND_NUMBER, .is_whole = true};
    r->p += negative;
    const char *digits = r->p;
    size_t n = skip_digits(r);
    if (n == 0)
        return refuse(r, "应是一个值", "a value must stand here");
    if (n > 1 && *digits == '0')
        return refuse(r, "数不能以 0 开头", "a number must not begin with 0");
    for (size_t i = 0; i < n && ret->is_whole;
         i++) // downwards: the least int64 has no positive twin
        ret->is_whole = !__builtin_mul_overflow(ret->whole, 10, &ret->whole) &&
                        !__builtin_sub_overflow(ret->whole, digits[i] - '0', &ret->whole);
    bool fits = ret->is_whole && (negative || ret->whole != INT64_MIN);
    ret->whole = negative || !fits ? ret->whole : -ret->whole;
    bool is_real = false;
    if (peek(r) == '.') {
        is_real = true;
        r->p++;
        if (!skip_digits(r))
            return refuse(r, "小数点后应有数字", "a digit must follow the point");
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        is_real = true;
        r->p++;
        r->p += peek(r) == '+' || peek(r) == '-';
        if (!skip_digits(r))
            return refuse(r, "指数应有数字", "the exponent needs a digit");
    }
    if (!is_real && !fits)
        return refuse(r, "整数太大", "the whole number is too large");
    if (!is_real)
        return true;
    struct str text = arena_str(r->arena, str_make(begin, (size_t)(r->p - begin)));
    set_text(ret, JSON_KIND_NUMBER, text);
    return isfinite(strtod(text.ptr, NULL)) || refuse(r, "数太大", "the number is too large");
}

// ── containers ──

static bool read_value(struct reader *r, struct json *ret);

// Keeps the first place and the last value of a key that comes again; the members that are left.
static size_t merge_same(struct json_member *m, size_t n) {
    struct dict seen = {0};
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        size_t at = kept;
        if (n <= FEW_MEMBERS)
            for (at = 0; at < kept && !str_eq(m[at].key, m[i].key);)
                at++;
        else
            at = dict_add(&seen, m[i].key); // ids count up from 0
        if (at == kept)
            kept++;
        else
            m[i].key = m[at].key;
        m[at] = m[i];
    }
    dict_done(&seen);
    return kept;
}

static void close_array(struct reader *r, size_t first, struct json *ret) {
    size_t n = r->items.len - first;
    struct json *items = arena_alloc(r->arena, n * sizeof *items);
    if (n)
        memcpy(items, r->items.items + first, n * sizeof *items);
    *ret = (struct json){.kind = JSON_KIND_ARRAY, .n = (uint32_t)n, .items = items};
    r->items.len = first;
}

static void close_object(struct reader *r, size_t first, struct json *ret) {
    size_t n = r->members.len - first;
    struct json_member *members = arena_alloc(r->arena, n * sizeof *members);
    if (n)
        memcpy(members, r->members.items + first, n * sizeof *members);
    *ret = (struct json){
        .kind = JSON_KIND_OBJECT, .n = (uint32_t)merge_same(members, n), .members = members};
    r->members.len = first;
}

static bool read_key(struct reader *r, struct str *ret) {
    if (peek(r) != '"')
        return refuse(r, "应是带引号的键", "a key in quotes must stand here");
    r->p++;
    if (!read_string(r, ret))
        return false;
    if (ret->len && memchr(ret->ptr, '\0', ret->len))
        return refuse(r, "键里不能有 NUL", "a key must not have a NUL in it");
    skip_space(r);
    if (peek(r) != ':')
        return refuse(r, "键后应有冒号", "a colon must follow the key");
    r->p++;
    return true;
}

static bool read_part(struct reader *r, bool has_key) {
    struct json_member m = {.key = {"", 0}};
    skip_space(r);
    if ((has_key && !read_key(r, &m.key)) || !read_value(r, &m.value))
        return false;
    if (has_key)
        vec_push(&r->members, m);
    else
        vec_push(&r->items, m.value);
    skip_space(r);
    return true;
}

// After the opening bracket.
static bool read_container(struct reader *r, char close, struct json *ret) {
    bool is_object = close == '}';
    size_t first = is_object ? r->members.len : r->items.len;
    if (++r->depth > MAX_DEPTH)
        return refuse(r, "嵌套太深", "it is nested too deeply");
    skip_space(r);
    if (peek(r) != close) {
        for (;;) {
            if (!read_part(r, is_object))
                return false;
            if (peek(r) != ',')
                break;
            r->p++;
        }
        if (peek(r) != close)
            return is_object ? refuse(r, "应是逗号或 }", "a comma or } must stand here")
                             : refuse(r, "应是逗号或 ]", "a comma or ] must stand here");
    }
    r->p++;
    r->depth--;
    if (is_object)
        close_object(r, first, ret);
    else
        close_array(r, first, ret);
    return true;
}

static bool read_word(struct reader *r, const char *word, const struct json *is, struct json *ret) {
    size_t n = strlen(word);
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0)
        return refuse(r, "应是一个值", "a value must stand here");
    r->p += n;
    *ret = *is;
    return true;
}

static bool read_value(struct reader *r, struct json *ret) {
    struct str s;
    skip_space(r);
    switch (peek(r)) {
    case '{':
        r->p++;
        return read_container(r, '}', ret);
    case '[':
        r->p++;
        return read_container(r, ']', ret);
    case '"':
        r->p++;
        if (!read_string(r, &s))
            return false;
        set_text(ret, JSON_KIND_STRING, s);
        return true;
    case 't':
        return read_word(r, "true", &(struct json){.kind = JSON_KIND_BOOL, .is_true = true}, ret);
    case 'f':
        return read_word(r, "false", &(struct json){.kind = JSON_KIND_BOOL}, ret);
    case 'n':
        return read_word(r, "null", &(struct json){.kind = JSON_KIND_NULL}, ret);
    default:
        return read_number(r, ret);
    }
}

// ── the whole ──

static bool say_where(const struct reader *r, struct error *err) {
    size_t line = 1;
    const char *begin = r->begin;
    for (const char *p = r->begin; p < r->p; p++)
        if (*p == '\n') {
            line++;
            begin = p + 1;
        }
    size_t column = utf8_count(str_make(begin, (size_t)(r->p - begin))) + 1;
    if (err) {
        *err = (struct error){.code = ERROR_FORMAT};
        snprintf(err->zh, sizeof err->zh, "第 %zu 行第 %zu 列不是有效的 JSON：%s", line, column,
                 r->why.zh);
        snprintf(err->en, sizeof err->en, "line %zu column %zu is not valid JSON: %s", line, column,
                 r->why.en);
    }
    return false;
}

bool json_parse(struct str text, struct json **ret, struct error *err) {
    struct tree *t = NEW(struct tree);
    struct reader r = {.p = text.ptr, .begin = text.ptr, .end = text.ptr, .arena = &t->arena};
    if (text.len)
        r.end += text.len;
    bool ok = text.len <= UINT32_MAX ? read_value(&r, &t->root)
                                     : refuse(&r, "超过 4 GiB", "it is larger than 4 GiB");
    if (ok) {
        skip_space(&r);
        ok = r.p == r.end || refuse(&r, "值之后还有别的", "something follows the value");
    }
    vec_done(&r.items);
    vec_done(&r.members);
    *ret = ok ? &t->root : NULL;
    if (!ok)
        json_tree_free(&t->root);
    return ok || say_where(&r, err);
}
