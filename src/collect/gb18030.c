// SPDX-License-Identifier: Apache-2.0
#include "collect/gb18030.h"

#include <unicode/ucnv.h>

#include "base/mem.h"
#include "base/utf8.h"

#define UNITS 4096 // UTF-16 units converted at once

void gb18030_done(struct gb18030 *g) {
    if (g->icu)
        ucnv_close(g->icu);
    free(g->pairs);
    *g = (struct gb18030){.icu = NULL};
}

// The error stays set: the conversion stops at what is no GB18030.
static void refuse(UNUSED const void *context, UNUSED UConverterToUnicodeArgs *args,
                   UNUSED const char *units, UNUSED int32_t length,
                   UNUSED UConverterCallbackReason reason, UNUSED UErrorCode *error) {
}

static UConverter *converter(struct gb18030 *g) {
    if (!g->icu) {
        UErrorCode e = U_ZERO_ERROR;
        g->icu = ucnv_open("gb18030", &e);
        if (U_FAILURE(e))
            abort(); // built into ICU
        ucnv_setToUCallBack(g->icu, refuse, NULL, NULL, NULL, &e);
    }
    ucnv_resetToUnicode(g->icu);
    return g->icu;
}

// Units → UTF-8. A leading surrogate at the very end is left to the next call: returns the units
// left.
static size_t add_units(UChar *units, const UChar *end, struct text_buf *out) {
    const UChar *u = units;
    text_buf_reserve(out, (size_t)(end - u) * 3);
    while (u < end) {
        uint32_t c = *u;
        if (c >= 0xD800 && c <= 0xDBFF) {
            if (u + 1 == end)
                break;
            if (u[1] >= 0xDC00 && u[1] <= 0xDFFF)
                c = 0x10000u + ((c - 0xD800u) << 10) + (*++u - 0xDC00u);
        }
        u++;
        out->len += utf8_encode(c, out->ptr + out->len);
    }
    if (u == end)
        return 0;
    units[0] = *u;
    return 1;
}

#define GB_TRAILS 191 // 0x40 … 0xFE

static void learn_pairs(struct gb18030 *g) {
    g->pairs = NEW_ARRAY(uint16_t, 126 * GB_TRAILS);
    for (int lead = 0x81; lead <= 0xFE; lead++) {
        for (int trail = 0x40; trail <= 0xFE; trail++) {
            const char pair[2] = {(char)lead, (char)trail}, *p = pair;
            UChar unit[2] = {0}, *u = unit;
            UErrorCode e = U_ZERO_ERROR;
            ucnv_toUnicode(converter(g), &u, unit + 2, &p, pair + 2, NULL, true, &e);
            if (U_SUCCESS(e) && u == unit + 1)
                g->pairs[(lead - 0x81) * GB_TRAILS + trail - 0x40] = unit[0];
        }
    }
}

// ASCII and two-byte characters from the start of `s`; returns the bytes that were.
static size_t add_pairs(struct gb18030 *g, struct str s, struct text_buf *out) {
    const unsigned char *p = (const unsigned char *)s.ptr;
    if (!g->pairs)
        learn_pairs(g);
    text_buf_reserve(out, s.len / 2 * 3 + 8);
    char *to = out->ptr + out->len;
    size_t i = 0;
    while (i < s.len) {
        if (p[i] < 0x80) {
            *to++ = (char)p[i++];
            continue;
        }
        if (p[i] == 0x80 || p[i] == 0xFF || i + 1 == s.len || p[i + 1] < 0x40 || p[i + 1] == 0xFF)
            break;
        uint16_t c = g->pairs[(p[i] - 0x81) * GB_TRAILS + p[i + 1] - 0x40];
        if (!c)
            break;
        to += utf8_encode(c, to);
        i += 2;
    }
    out->len = (size_t)(to - out->ptr);
    return i;
}

bool gb18030_add(struct gb18030 *g, struct str s, uint64_t *replaced, struct text_buf *out) {
    size_t before = out->len, kept = 0, simple = g->is_busy ? add_pairs(g, s, out) : 0;
    if (simple == s.len)
        return true;
    UConverter *gb = converter(g);
    const char *p = s.ptr + simple, *end = s.ptr + s.len;
    UChar units[UNITS] = {0};
    for (;;) {
        UChar *u = units + kept;
        UErrorCode e = U_ZERO_ERROR;
        ucnv_toUnicode(gb, &u, units + UNITS, &p, end, NULL, true, &e);
        kept = add_units(units, u, out);
        if (e == U_BUFFER_OVERFLOW_ERROR)
            continue;
        if (U_SUCCESS(e))
            return true;
        if (!replaced) {
            out->len = before;
            return false;
        }
        ++*replaced;
        text_buf_add_char(out, UTF8_REPLACEMENT);
        if (e == U_TRUNCATED_CHAR_FOUND)
            return true;
    }
}
