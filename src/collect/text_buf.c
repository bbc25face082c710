// SPDX-License-Identifier: Apache-2.0
#include "collect/text_buf.h"

#include "base/mem.h"
#include "base/utf8.h"

void text_buf_reserve(struct text_buf *b, size_t more) {
    if (b->cap - b->len >= more)
        return;
    b->cap = MAX(b->len + more, b->cap * 2);
    b->ptr = mem_resize(b->ptr, b->cap, 1);
}

void text_buf_add(struct text_buf *b, struct str s) {
    text_buf_reserve(b, s.len);
    if (s.len)
        memcpy(b->ptr + b->len, s.ptr, s.len);
    b->len += s.len;
}

void text_buf_add_char(struct text_buf *b, uint32_t c) {
    text_buf_reserve(b, 4);
    b->len += utf8_encode(c, b->ptr + b->len);
}
