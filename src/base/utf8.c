// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.h"

static bool is_continuation(unsigned char c) {
    return (c & 0xC0) == 0x80;
}

// Length of the valid character at p (n bytes left), 0 if invalid (Unicode 15, table 3-7).
static size_t valid_length(const unsigned char *p, size_t n) {
    unsigned char c = p[0];
    if (c < 0x80)
        return 1;
    if (c < 0xC2 || c > 0xF4)
        return 0;
    size_t len = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (n < len)
        return 0;
    for (size_t i = 1; i < len; i++)
        if (!is_continuation(p[i]))
            return 0;
    if ((c == 0xE0 && p[1] < 0xA0) || (c == 0xED && p[1] > 0x9F) || (c == 0xF0 && p[1] < 0x90) ||
        (c == 0xF4 && p[1] > 0x8F))
        return 0;
    return len;
}

uint32_t utf8_next(struct str s, size_t *pos) {
    const unsigned char *p = (const unsigned char *)s.ptr + *pos;
    if (p[0] < 0x80) {
        *pos += 1;
        return p[0];
    }
    size_t len = valid_length(p, s.len - *pos);
    *pos += len ? len : 1;
    switch (len) {
    case 2:
        return (uint32_t)(p[0] & 0x1F) << 6 | (p[1] & 0x3F);
    case 3:
        return (uint32_t)(p[0] & 0x0F) << 12 | (uint32_t)(p[1] & 0x3F) << 6 | (p[2] & 0x3F);
    case 4:
        return (uint32_t)(p[0] & 0x07) << 18 | (uint32_t)(p[1] & 0x3F) << 12 |
               (uint32_t)(p[2] & 0x3F) << 6 | (p[3] & 0x3F);
    default:
        return UTF8_REPLACEMENT;
    }
}

size_t utf8_encode(uint32_t c, char buf[4]) {
    if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
        c = UTF8_REPLACEMENT;
    if (c < 0x80) {
        buf[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        buf[0] = (char)(0xC0 | c >> 6);
        buf[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        buf[0] = (char)(0xE0 | c >> 12);
        buf[1] = (char)(0x80 | (c >> 6 & 0x3F));
        buf[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    buf[0] = (char)(0xF0 | c >> 18);
    buf[1] = (char)(0x80 | (c >> 12 & 0x3F));
    buf[2] = (char)(0x80 | (c >> 6 & 0x3F));
    buf[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

size_t utf8_valid_prefix(struct str s) {
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t i = 0;
    while (i < s.len) {
        size_t n = valid_length(p + i, s.len - i);
        if (!n)
            break;
        i += n;
    }
    return i;
}

bool utf8_is_valid(struct str s) {
    return utf8_valid_prefix(s) == s.len;
}

size_t utf8_count(struct str s) {
    size_t n = 0;
    for (size_t pos = 0; pos < s.len; n++)
        utf8_next(s, &pos);
    return n;
}

size_t utf8_offset(struct str s, size_t characters) {
    size_t pos = 0;
    while (characters-- > 0 && pos < s.len)
        utf8_next(s, &pos);
    return pos;
}

struct str utf8_cut(struct str s, size_t max_characters) {
    return str_slice(s, 0, utf8_offset(s, max_characters));
}

struct str utf8_cut_bytes(struct str s, size_t max_bytes) {
    if (s.len <= max_bytes)
        return s;
    // Three steps back at most: in text that is not UTF-8 there may be no beginning at all.
    size_t end = max_bytes;
    for (int i = 0; i < 3 && end > 0 && is_continuation((unsigned char)s.ptr[end]); i++)
        end--;
    bool is_start = !is_continuation((unsigned char)s.ptr[end]);
    return str_slice(s, 0, is_start ? end : max_bytes);
}

struct range {
    uint32_t from, to; // inclusive
};

static bool in_ranges(const struct range *r, size_t n, uint32_t c) {
    size_t lo = 0, hi = n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (c > r[mid].to)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < n && c >= r[lo].from;
}

static const struct range han[] = {
    {0x3005, 0x3007}, {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},
    {0xF900, 0xFAFF}, {0x20000, 0x2FA1F}, {0x30000, 0x323AF},
};

static const struct range emoji[] = {
    {0x200D, 0x200D}, {0x203C, 0x203C}, {0x2049, 0x2049}, {0x2122, 0x2122},   {0x2139, 0x2139},
    {0x2194, 0x21AA}, {0x231A, 0x23FF}, {0x25AA, 0x25FE}, {0x2600, 0x27BF},   {0x2934, 0x2935},
    {0x2B05, 0x2B55}, {0x3030, 0x3030}, {0xFE0F, 0xFE0F}, {0x1F000, 0x1FAFF}, {0xE0020, 0xE007F},
};

// East Asian wide and full-width blocks (Unicode TR 11) and emoji presentation.
static const struct range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x25FD, 0x25FE},
    {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26A1, 0x26A1},   {0x2705, 0x2705},
    {0x270A, 0x270B},   {0x2728, 0x2728},   {0x274C, 0x274C},   {0x2753, 0x2757},
    {0x2795, 0x2797},   {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2E80, 0x303E},
    {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97F},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF},
    {0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};

static const struct range zero_width[] = {
    {0x0300, 0x036F}, {0x200B, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2064},
    {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xE0020, 0xE01EF},
};

bool utf8_is_han(uint32_t c) {
    return c >= 0x3005 && in_ranges(han, ARRAY_LEN(han), c);
}

bool utf8_is_emoji(uint32_t c) {
    return c >= 0x200D && in_ranges(emoji, ARRAY_LEN(emoji), c);
}

int utf8_char_width(uint32_t c) {
    if (c < 0x20 || (c >= 0x7F && c < 0xA0))
        return 0;
    if (c < 0x300)
        return 1;
    if (in_ranges(zero_width, ARRAY_LEN(zero_width), c))
        return 0;
    return in_ranges(wide, ARRAY_LEN(wide), c) ? 2 : 1;
}

size_t utf8_width(struct str s) {
    size_t w = 0;
    for (size_t pos = 0; pos < s.len;)
        w += (size_t)utf8_char_width(utf8_next(s, &pos));
    return w;
}
