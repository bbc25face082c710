// SPDX-License-Identifier: Apache-2.0
#include "base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

struct strbuf strbuf_init(size_t limit) {
    return (struct strbuf){.limit = limit};
}

void strbuf_done(struct strbuf *sb) {
    free(sb->ptr);
    *sb = (struct strbuf){.limit = sb->limit};
}

void strbuf_reset(struct strbuf *sb) {
    strbuf_truncate(sb, 0);
    sb->overflow = false;
}

// Makes room for `more` bytes and the NUL; false past the limit.
static bool grow(struct strbuf *sb, size_t more) {
    if (sb->overflow || more > sb->limit - sb->len) {
        sb->overflow = true;
        return false;
    }
    size_t need = sb->len + more + 1;
    if (need > sb->cap) {
        size_t cap = MAX(sb->cap * 2, (size_t)64);
        sb->cap = MAX(MIN(cap - 1, sb->limit) + 1, need);
        sb->ptr = mem_resize(sb->ptr, sb->cap, 1);
    }
    return true;
}

void strbuf_add(struct strbuf *sb, struct str s) {
    if (!grow(sb, s.len))
        return;
    if (s.len)
        memcpy(sb->ptr + sb->len, s.ptr, s.len);
    sb->len += s.len;
    sb->ptr[sb->len] = '\0';
}

void strbuf_adds(struct strbuf *sb, const char *nul_terminated) {
    strbuf_add(sb, str_from(nul_terminated));
}

void strbuf_addc(struct strbuf *sb, char c) {
    strbuf_add(sb, (struct str){&c, 1});
}

void strbuf_addf(struct strbuf *sb, const char *fmt, ...) {
    char small[256];
    va_list args;
    va_start(args, fmt);
    int n = vsnprintf(small, sizeof small, fmt, args);
    va_end(args);
    if (n < 0)
        return;
    if ((size_t)n < sizeof small) {
        strbuf_add(sb, (struct str){small, (size_t)n});
        return;
    }
    if (!grow(sb, (size_t)n))
        return;
    va_start(args, fmt);
    vsnprintf(sb->ptr + sb->len, (size_t)n + 1, fmt, args);
    va_end(args);
    sb->len += (size_t)n;
}

void strbuf_add_utf8(struct strbuf *sb, uint32_t code_point) {
    char buf[4];
    strbuf_add(sb, (struct str){buf, utf8_encode(code_point, buf)});
}

void strbuf_truncate(struct strbuf *sb, size_t len) {
    if (len < sb->len)
        sb->len = len;
    if (sb->ptr)
        sb->ptr[sb->len] = '\0';
}

const char *strbuf_cstr(const struct strbuf *sb) {
    return sb->ptr ? sb->ptr : "";
}
