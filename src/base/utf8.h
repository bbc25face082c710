// SPDX-License-Identifier: Apache-2.0
// UTF-8, validated where bytes enter. Offsets shown to people and programs are code points of the original
// text; inside we count bytes. Surrogates, overlong forms and values above U+10FFFF are invalid.
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/str.h"

#define UTF8_REPLACEMENT 0xFFFDu

// Reads the character at `*pos` and moves `*pos` past it. An invalid byte reads as U+FFFD and moves one byte.
// `*pos` must be < s.len.
uint32_t utf8_next(struct str s, size_t *pos);
size_t utf8_encode(uint32_t code_point, char buf[4]); // bytes written; invalid values as U+FFFD

bool utf8_is_valid(struct str s);
size_t utf8_valid_prefix(struct str s); // bytes of the longest valid prefix
size_t utf8_count(struct str s);        // code points (invalid bytes count one each)
// byte offset of the n-th character, clamped to s.len
size_t utf8_offset(struct str s, size_t characters);
struct str utf8_cut(struct str s, size_t max_characters); // prefix of at most so many characters
// longest prefix that does not split a character
struct str utf8_cut_bytes(struct str s, size_t max_bytes);

bool utf8_is_han(uint32_t c);    // CJK ideographs, incl. extensions and 〇
bool utf8_is_emoji(uint32_t c);  // pictographs, symbols shown as emoji, modifiers, ZWJ, VS16
int utf8_char_width(uint32_t c); // terminal columns: 0, 1 or 2
size_t utf8_width(struct str s); // terminal columns of a string

#endif
