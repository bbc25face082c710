// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <stdio.h>

#include "base/json_inner.h"
#include "base/utf8.h"

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

// Of any depth, which the writer's bits are not; compact.
static void copy_value(struct strbuf *out, const struct json *j) {
    bool is_object = json_kind(j) == JSON_KIND_OBJECT;
    switch (json_kind(j)) {
    case JSON_KIND_BOOL:
        strbuf_adds(out, j->is_true ? "true" : "false");
        break;
    case JSON_KIND_NUMBER:
        if (j->is_whole)
            strbuf_addf(out, "%" PRId64, j->whole);
        else
            strbuf_add(out, str_make(j->text, j->n)); // as it was written
        break;
    case JSON_KIND_STRING:
        quote(out, json_str(j));
        break;
    case JSON_KIND_ARRAY:
    case JSON_KIND_OBJECT:
        strbuf_addc(out, is_object ? '{' : '[');
        for (size_t i = 0; i < j->n; i++) {
            if (i)
                strbuf_addc(out, ',');
            if (is_object) {
                quote(out, j->members[i].key);
                strbuf_addc(out, ':');
            }
            copy_value(out, is_object ? &j->members[i].value : &j->items[i]);
        }
        strbuf_addc(out, is_object ? '}' : ']');
        break;
    case JSON_KIND_ABSENT:
    case JSON_KIND_NULL:
        strbuf_adds(out, "null");
        break;
    }
}

void json_add_value(struct json_writer *w, const struct json *j) {
    separate(w);
    copy_value(w->out, j);
}
