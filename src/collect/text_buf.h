// SPDX-License-Identifier: Apache-2.0
// Growing text that parsers write into directly: a strbuf without a limit, whose size is the caller's care.
#ifndef COLLECT_TEXT_BUF_H
#define COLLECT_TEXT_BUF_H

#include "base/str.h"

struct text_buf {
    char *ptr; // owned; free()
    size_t len, cap;
};

void text_buf_reserve(struct text_buf *b, size_t more); // room for so many bytes behind len
void text_buf_add(struct text_buf *b, struct str s);
void text_buf_add_char(struct text_buf *b, uint32_t code_point);

#endif
