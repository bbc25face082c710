// SPDX-License-Identifier: Apache-2.0
// Which encoding a text has: BOM, validity, then statistics.
#include "collect/decode.h"

#include "base/utf8.h"

const char *encoding_name(enum encoding e) {
    static const char *const names[] = {
        [ENCODING_UTF8] = "UTF-8",
        [ENCODING_GB18030] = "GB18030",
        [ENCODING_UTF16LE] = "UTF-16LE",
        [ENCODING_UTF16BE] = "UTF-16BE",
        [ENCODING_WINDOWS_1252] = "Windows-1252",
    };
    return names[e];
}

static uint64_t load8(const unsigned char *p) {
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

#define HIGH_BITS UINT64_C(0x8080808080808080)

size_t decode_char_length(const unsigned char *p, size_t left) {
    size_t n = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (p[0] < 0xC2 || p[0] > 0xF4 || left < n)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    if ((p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
        (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F))
        return 0;
    return n;
}

size_t decode_valid_prefix(struct str s) {
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t i = 0;
    while (i < s.len) {
        if (p[i] < 0x80) {
            while (s.len - i >= 8 && !(load8(p + i) & HIGH_BITS))
                i += 8;
            while (i < s.len && p[i] < 0x80)
                i++;
            continue;
        }
        // Chinese: three bytes, leads E1 … EC need no second look at the first trail.
        while (s.len - i >= 3 && p[i] >= 0xE1 && p[i] <= 0xEC && (p[i + 1] & 0xC0) == 0x80 &&
               (p[i + 2] & 0xC0) == 0x80)
            i += 3;
        if (i < s.len && p[i] >= 0x80) {
            size_t n = decode_char_length(p + i, s.len - i);
            if (!n)
                break;
            i += n;
        }
    }
    return i;
}

bool decode_is_common(const unsigned char *p, size_t n) {
    if (n == 2)
        return p[0] <= 0xC3 || (p[0] >= 0xCE && p[0] <= 0xD1); // Latin, Greek, Cyrillic
    if (n == 3)
        return (p[0] >= 0xE2 && p[0] <= 0xE9) || (p[0] == 0xEF && p[1] >= 0xB8);
    return n == 4 && p[1] >= 0x9F;
}

struct tally {
    size_t nul_even, nul_odd, nul_ascii; // NULs by offset; of these, beside an ASCII character
    size_t high;                         // bytes ≥ 0x80
    size_t lone;                         // of these, between two bytes < 0x80
    // Bytes ≥ 0x80 in valid UTF-8 of common writing, of rare, and not in valid UTF-8.
    size_t valid, rare, invalid;
};

static bool is_text_ascii(unsigned char c) {
    return (c >= 0x20 && c < 0x7F) || c == '\t' || c == '\n' || c == '\r';
}

static void tally_utf8(struct str s, struct tally *t) {
    const unsigned char *p = (const unsigned char *)s.ptr;
    for (size_t i = 0; i < s.len;) {
        if (p[i] < 0x80) {
            i++;
            continue;
        }
        size_t n = decode_char_length(p + i, s.len - i);
        // A character cut by the end of the sample says nothing.
        if (!n && s.len - i < 4)
            return;
        *(n && decode_is_common(p + i, n) ? &t->valid : n ? &t->rare : &t->invalid) += n ? n : 1;
        i += n ? n : 1;
    }
}

static void tally_bytes(struct str s, struct tally *t) {
    const unsigned char *p = (const unsigned char *)s.ptr;
    for (size_t i = 0; i < s.len; i++) {
        if (p[i] == 0) {
            size_t mate = i ^ 1;
            *(i % 2 ? &t->nul_odd : &t->nul_even) += 1;
            t->nul_ascii += mate < s.len && is_text_ascii(p[mate]);
        }
        if (p[i] < 0x80)
            continue;
        t->high++;
        t->lone += (i == 0 || p[i - 1] < 0x80) && (i + 1 == s.len || p[i + 1] < 0x80);
    }
}

static bool is_utf16(struct str s, const struct tally *t) {
    size_t nuls = t->nul_even + t->nul_odd;
    size_t one_side = MAX(t->nul_even, t->nul_odd);
    // Two bytes a character: the NULs are the empty halves of ASCII, all on one side. A text that
    // is valid UTF-8 and has some NULs is a text with some NULs.
    bool many = nuls * 5 >= s.len || (nuls * 50 >= s.len && t->invalid > 0);
    return nuls > 0 && many && one_side * 10 >= nuls * 9 && t->nul_ascii * 10 >= nuls * 9;
}

enum encoding encoding_detect(struct str head, size_t *ret_bom) {
    *ret_bom = 0;
    if (str_starts(head, STR("\xEF\xBB\xBF"))) {
        *ret_bom = 3;
        return ENCODING_UTF8;
    }
    if (str_starts(head, STR("\xFF\xFE")) || str_starts(head, STR("\xFE\xFF"))) {
        *ret_bom = 2;
        return head.ptr[0] == '\xFF' ? ENCODING_UTF16LE : ENCODING_UTF16BE;
    }
    struct tally t = {0};
    tally_bytes(head, &t);
    tally_utf8(head, &t);
    if (is_utf16(head, &t))
        return t.nul_odd > t.nul_even ? ENCODING_UTF16LE : ENCODING_UTF16BE;
    if (t.invalid == 0 || t.valid > t.invalid + t.rare)
        return ENCODING_UTF8;
    return t.lone * 5 >= t.high * 4 ? ENCODING_WINDOWS_1252 : ENCODING_GB18030;
}
