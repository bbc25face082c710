// SPDX-License-Identifier: Apache-2.0
#include "report/markup.h"

#include "base/utf8.h"

static bool is_dropped(uint32_t c) {
    return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7F && c < 0xA0) ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static const char *entity(uint32_t c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void markup_text(struct strbuf *out, struct str s) {
    size_t pos = 0;
    while (pos < s.len) {
        size_t from = pos;
        uint32_t c = utf8_next(s, &pos);
        const char *name = entity(c);
        if (name)
            strbuf_adds(out, name);
        else if (c == UTF8_REPLACEMENT || (c & 0xFFFE) == 0xFFFE)
            strbuf_add_utf8(out, UTF8_REPLACEMENT);
        else if (!is_dropped(c))
            strbuf_add(out, str_slice(s, from, pos));
    }
}

struct str clip(struct arena *a, struct str s, size_t max_characters) {
    s = str_trim(s);
    struct str head = utf8_cut(s, max_characters);
    if (head.len == s.len)
        return s;
    head = utf8_cut(s, max_characters - 1);
    return arena_printf(a, "%.*s…", STR_ARG(head));
}
