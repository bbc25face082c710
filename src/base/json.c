// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "base/utf8.h"

// `struct json` is json_t under another name; these two casts are the only bridge.
static json_t *inner(const struct json *j) {
    return (json_t *)(uintptr_t)j;
}

static struct json *outer(const json_t *j) {
    return (struct json *)(uintptr_t)j;
}

bool json_parse(struct str text, struct json **ret, struct error *err) {
    json_error_t e;
    json_t *j =
        json_loadb(text.ptr ? text.ptr : "", text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &e);
    if (!j)
        return error_set(err, ERROR_FORMAT, "第 %d 行第 %d 列不是有效的 JSON：%s",
                         "line %d column %d is not valid JSON: %s", e.line, e.column, e.text);
    *ret = outer(j);
    return true;
}

// Puts the path in front of what json_parse said.
static bool in_file(struct error *err, const char *path, const struct error *cause) {
    if (err) {
        *err = (struct error){.code = cause->code};
        snprintf(err->zh, sizeof err->zh, "%.160s：%.300s", path, cause->zh);
        snprintf(err->en, sizeof err->en, "%.160s: %.300s", path, cause->en);
    }
    return false;
}

bool json_load(const char *path, size_t limit_bytes, struct json **ret, struct error *err) {
    FILE *f = fopen(path, "rbe");
    if (!f)
        return error_errno(err, errno, "无法读取", "cannot read", path);
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(limit_bytes);
    char buf[8192];
    size_t n;
    while ((n = fread(buf, 1, sizeof buf, f)) > 0)
        strbuf_add(&sb, str_make(buf, n));
    int failed = ferror(f) ? errno : 0;
    fclose(f);
    if (failed)
        return error_errno(err, failed, "无法读取", "cannot read", path);
    if (sb.overflow)
        return error_set(err, ERROR_LIMIT, "%s 超过 %zu 字节", "%s is larger than %zu bytes", path,
                         limit_bytes);
    struct error cause;
    return json_parse(strbuf_str(&sb), ret, &cause) || in_file(err, path, &cause);
}

void json_free(struct json *root) {
    json_decref(inner(root));
}

void json_freep(struct json **root) {
    json_free(*root);
    *root = NULL;
}

enum json_kind json_kind(const struct json *j) {
    static const enum json_kind kinds[] = {
        [JSON_OBJECT] = JSON_KIND_OBJECT, [JSON_ARRAY] = JSON_KIND_ARRAY,
        [JSON_STRING] = JSON_KIND_STRING, [JSON_INTEGER] = JSON_KIND_NUMBER,
        [JSON_REAL] = JSON_KIND_NUMBER,   [JSON_TRUE] = JSON_KIND_BOOL,
        [JSON_FALSE] = JSON_KIND_BOOL,    [JSON_NULL] = JSON_KIND_NULL,
    };
    return j ? kinds[json_typeof(inner(j))] : JSON_KIND_ABSENT;
}

const struct json *json_get(const struct json *object, const char *key) {
    return outer(json_object_get(inner(object), key));
}

const struct json *json_at(const struct json *array, size_t i) {
    return outer(json_array_get(inner(array), i));
}

size_t json_len(const struct json *j) {
    return json_is_object(inner(j)) ? json_object_size(inner(j)) : json_array_size(inner(j));
}

struct str json_str(const struct json *j) {
    const char *p = json_string_value(inner(j));
    return p ? str_make(p, json_string_length(inner(j))) : STR("");
}

double json_num(const struct json *j, double otherwise) {
    return json_is_number(inner(j)) ? json_number_value(inner(j)) : otherwise;
}

int64_t json_int(const struct json *j, int64_t otherwise) {
    return json_is_integer(inner(j)) ? json_integer_value(inner(j)) : otherwise;
}

bool json_bool(const struct json *j, bool otherwise) {
    return json_is_boolean(inner(j)) ? json_is_true(inner(j)) : otherwise;
}

void *json_iter(const struct json *object) {
    return json_object_iter(inner(object));
}

void *json_iter_next(const struct json *object, void *it) {
    return json_object_iter_next(inner(object), it);
}

struct str json_iter_key(void *it) {
    return str_make(json_object_iter_key(it), json_object_iter_key_len(it));
}

const struct json *json_iter_value(void *it) {
    return outer(json_object_iter_value(it));
}

bool json_is_whole(const struct json *j) {
    return json_is_integer(inner(j));
}

struct json_writer json_writer_init(struct strbuf *out) {
    return (struct json_writer){.out = out};
}

static void newline(struct json_writer *w) {
    if (!w->pretty)
        return;
    strbuf_addc(w->out, '\n');
    for (int i = 0; i < w->depth; i++)
        strbuf_adds(w->out, "  ");
}

// Comma and indent in front of a member or element; nothing after a key.
static void separate(struct json_writer *w) {
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (w->depth == 0)
        return;
    uint64_t bit = UINT64_C(1) << w->depth;
    if (w->has_items & bit)
        strbuf_addc(w->out, ',');
    w->has_items |= bit;
    newline(w);
}

static void begin(struct json_writer *w, char bracket) {
    separate(w);
    strbuf_addc(w->out, bracket);
    w->depth++;
    w->has_items &= ~(UINT64_C(1) << w->depth);
}

static void end(struct json_writer *w, char bracket) {
    bool had = w->has_items >> w->depth & 1;
    w->depth--;
    if (had)
        newline(w);
    strbuf_addc(w->out, bracket);
}

void json_begin_object(struct json_writer *w) {
    begin(w, '{');
}

void json_end_object(struct json_writer *w) {
    end(w, '}');
}

void json_begin_array(struct json_writer *w) {
    begin(w, '[');
}

void json_end_array(struct json_writer *w) {
    end(w, ']');
}

static void escape(struct strbuf *out, uint32_t c) {
    static const char *const short_forms[0x60] = {
        ['"'] = "\\\"", ['\\'] = "\\\\", ['\n'] = "\\n", ['\t'] = "\\t", ['\r'] = "\\r"};
    if (c == UTF8_REPLACEMENT) // an invalid byte, or the character itself
        strbuf_add_utf8(out, c);
    else if (c < ARRAY_LEN(short_forms) && short_forms[c])
        strbuf_adds(out, short_forms[c]);
    else
        strbuf_addf(out, "\\u%04x", c);
}

// What needs no escape is copied in runs.
static void quote(struct strbuf *out, struct str s) {
    size_t run = 0;
    strbuf_addc(out, '"');
    for (size_t pos = 0; pos < s.len;) {
        size_t at = pos;
        unsigned char byte = (unsigned char)s.ptr[pos];
        bool plain = byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
        uint32_t c = byte;
        if (byte < 0x80)
            pos++;
        else
            c = utf8_next(s, &pos);
        if (plain || (byte >= 0x80 && c != UTF8_REPLACEMENT))
            continue;
        strbuf_add(out, str_slice(s, run, at));
        escape(out, c);
        run = pos;
    }
    strbuf_add(out, str_slice(s, run, s.len));
    strbuf_addc(out, '"');
}

void json_key(struct json_writer *w, const char *key) {
    separate(w);
    quote(w->out, str_from(key));
    strbuf_adds(w->out, w->pretty ? ": " : ":");
    w->after_key = true;
}

void json_add_str(struct json_writer *w, struct str s) {
    separate(w);
    quote(w->out, s);
}

void json_add_cstr(struct json_writer *w, const char *s) {
    if (s)
        json_add_str(w, str_from(s));
    else
        json_add_null(w);
}

void json_add_int(struct json_writer *w, int64_t v) {
    separate(w);
    strbuf_addf(w->out, "%lld", (long long)v);
}

void json_add_num(struct json_writer *w, double v, int decimals) {
    char buf[64];
    if (!isfinite(v)) {
        json_add_null(w);
        return;
    }
    separate(w);
    int n = snprintf(buf, sizeof buf, fabs(v) < 1e15 ? "%.*f" : "%.*e", decimals, v);
    if (memchr(buf, '.', (size_t)n) && !memchr(buf, 'e', (size_t)n)) {
        while (buf[n - 1] == '0')
            n--;
        if (buf[n - 1] == '.')
            n--;
    }
    struct str s = str_make(buf, (size_t)n);
    strbuf_add(w->out, str_eq(s, STR("-0")) ? STR("0") : s);
}

void json_add_bool(struct json_writer *w, bool v) {
    separate(w);
    strbuf_adds(w->out, v ? "true" : "false");
}

void json_add_null(struct json_writer *w) {
    separate(w);
    strbuf_adds(w->out, "null");
}

void json_add_value(struct json_writer *w, const struct json *j) {
    char *text = j ? json_dumps(inner(j), JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    separate(w);
    strbuf_adds(w->out, text ? text : "null");
    free(text);
}
