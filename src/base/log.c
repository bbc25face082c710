// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/clock.h"

#define LINE_BYTES 2200

static _Atomic enum log_level lowest = LOG_WARN;
static _Atomic enum log_format format = LOG_PLAIN;

void log_set_level(enum log_level level) {
    lowest = level;
}

void log_set_format(enum log_format f) {
    format = f;
}

bool log_enabled(enum log_level level) {
    return level >= lowest;
}

// One line, cut where it is full; room for its end is kept.
struct line {
    char text[LINE_BYTES];
    size_t n;
    bool is_json;
};

static void add(struct line *l, const char *s) {
    while (*s && l->n < LINE_BYTES - 8)
        l->text[l->n++] = *s++;
}

// The same quotes do for both: control characters become spaces, so nothing else needs an escape.
static void add_quoted(struct line *l, struct str s) {
    add(l, "\"");
    for (size_t i = 0; i < s.len && l->n < LINE_BYTES - 8; i++) {
        if (s.ptr[i] == '"' || s.ptr[i] == '\\')
            l->text[l->n++] = '\\';
        l->text[l->n++] = (unsigned char)s.ptr[i] < 0x20 ? ' ' : s.ptr[i];
    }
    // A character that was cut through is no text any more.
    while (l->n >= LINE_BYTES - 8 && ((unsigned char)l->text[l->n - 1] & 0x80))
        l->n--;
    l->text[l->n++] = '"';
}

static bool needs_quotes(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] <= ' ' || s.ptr[i] == '"' || s.ptr[i] == '=' ||
            s.ptr[i] == '\\')
            return true;
    return s.len == 0;
}

static void add_field(struct line *l, const char *name, struct str value, bool bare) {
    bool first = l->n == (l->is_json ? 1 : 0);
    if (l->n + strlen(name) + 8 >= LINE_BYTES - 8) // a name without its value helps nobody
        return;
    if (l->is_json) {
        add(l, first ? "\"" : ",\"");
        add(l, name);
        add(l, "\":");
    } else {
        add(l, first ? "" : " ");
        add(l, name);
        add(l, "=");
    }
    if (!bare) {
        add_quoted(l, value);
        return;
    }
    for (size_t i = 0; i < value.len && l->n < LINE_BYTES - 8; i++)
        l->text[l->n++] = value.ptr[i];
}

static void begin(struct line *l, enum log_level level) {
    static const char *const names[] = {"debug", "info", "warn", "error"};
    enum log_format f = format;
    l->n = 0;
    l->is_json = f == LOG_JSON;
    add(l, l->is_json ? "{" : "");
    if (f != LOG_PLAIN) {
        char now[40];
        add_field(l, "time", str_from(clock_format_iso(clock_now_us(), now, sizeof now)),
                  !l->is_json);
    }
    add_field(l, "level", str_from(names[level]), !l->is_json);
}

static void end(struct line *l) {
    if (l->is_json)
        l->text[l->n++] = '}';
    l->text[l->n++] = '\n';
    fwrite(l->text, 1, l->n, stderr); // one call: lines of several threads do not mix
}

void log_line(enum log_level level, const char *fmt, ...) {
    if (!log_enabled(level))
        return;
    char message[1024];
    struct line l;
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    begin(&l, level);
    add_field(&l, "msg", str_from(message), false);
    end(&l);
}

void log_fields(enum log_level level, const char *message, const struct log_field *fields,
                size_t n) {
    struct line l;
    if (!log_enabled(level))
        return;
    begin(&l, level);
    add_field(&l, "msg", str_from(message), !l.is_json && !needs_quotes(str_from(message)));
    for (size_t i = 0; i < n; i++)
        add_field(&l, fields[i].name, fields[i].value,
                  l.is_json ? fields[i].is_number : !needs_quotes(fields[i].value));
    end(&l);
}
