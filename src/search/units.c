// SPDX-License-Identifier: Apache-2.0
#include "search/units.h"

#include <stdlib.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"

enum kind {
    KIND_NONE, // separates
    KIND_IDEOGRAPH,
    KIND_LETTER,
    KIND_DIGIT,
    KIND_PICTOGRAPH,
};

bool unit_is_space(uint32_t c) {
    return c <= ' ' || (c >= 0x7F && c <= 0xA0) || c == 0xFEFF ||
           (c >= 0x1680 && u_isUWhiteSpace((UChar32)c));
}

// Hiragana, katakana and its length mark; not the middle dot, which separates.
static bool is_kana(uint32_t c) {
    return (c >= 0x3041 && c <= 0x30FF && c != 0x3099 && c != 0x309A && c != 0x30A0 &&
            c != 0x30FB) ||
           (c >= 0x31F0 && c <= 0x31FF) || (c >= 0x1B000 && c <= 0x1B16F);
}

static enum kind kind_of(uint32_t c) {
    if (c < 0x80) {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
            return KIND_LETTER;
        return c >= '0' && c <= '9' ? KIND_DIGIT : KIND_NONE;
    }
    if ((c >= 0x4E00 && c <= 0x9FFF) || c == 0x3005 || utf8_is_han(c) || is_kana(c))
        return KIND_IDEOGRAPH;
    if (c == UTF8_REPLACEMENT)
        return KIND_NONE;
    switch (u_charType((UChar32)c)) {
    case U_UPPERCASE_LETTER:
    case U_LOWERCASE_LETTER:
    case U_TITLECASE_LETTER:
    case U_MODIFIER_LETTER:
    case U_OTHER_LETTER:
    case U_NON_SPACING_MARK:
    case U_COMBINING_SPACING_MARK:
    case U_ENCLOSING_MARK:
        return KIND_LETTER;
    case U_DECIMAL_DIGIT_NUMBER:
    case U_LETTER_NUMBER:
    case U_OTHER_NUMBER:
        return KIND_DIGIT;
    default:
        return utf8_is_emoji(c) ? KIND_PICTOGRAPH : KIND_NONE;
    }
}

// Characters whose folded form needs no table: ASCII, the common ideographs and their punctuation, and the
// full-width forms of ASCII. Returns the folded character, 0 for any other.
static uint32_t fold_simply(uint32_t c) {
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFEE0;
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c ? c : ' ';
    if ((c >= 0x4E00 && c <= 0x9FFF) || c == 0x3001 || c == 0x3002 || c == 0x2014 || c == 0x201C ||
        c == 0x201D)
        return c;
    return 0;
}

static void reserve_folded(struct units *u, size_t bytes) {
    if (bytes > u->folded_cap) {
        u->folded_cap = MAX(bytes, 2 * u->folded_cap);
        u->folded = mem_resize(u->folded, u->folded_cap, 1);
    }
    u->folded_len = 0;
}

// Almost every text; false if one character is not simple, the folded text is then incomplete.
static bool fold_simple_text(struct units *u, struct str text) {
    reserve_folded(u, text.len + 4); // never longer than it was
    for (size_t i = 0; i < text.len;) {
        uint32_t c = fold_simply(utf8_next(text, &i));
        if (!c)
            return false;
        if (c < 0x80)
            u->folded[u->folded_len++] = (char)c;
        else
            u->folded_len += utf8_encode(c, u->folded + u->folded_len);
    }
    return true;
}

static UChar *wide_buffer(struct units *u, int which, size_t units) {
    if (units > u->wide_cap[which]) {
        u->wide_cap[which] = MAX(units, 2 * u->wide_cap[which]);
        u->wide[which] = mem_resize(u->wide[which], u->wide_cap[which], sizeof(uint16_t));
    }
    return u->wide[which];
}

static void fold_text(struct units *u, struct str text) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *fold = unorm2_getNFKCCasefoldInstance(&status);
    if (U_FAILURE(status))
        abort(); // the library has no data of its own
    UChar *from = wide_buffer(u, 0, text.len + 1);
    int32_t n = 0;
    u_strFromUTF8WithSub(from, (int32_t)text.len + 1, &n, text.ptr, (int32_t)text.len,
                         UTF8_REPLACEMENT, NULL, &status);
    // One character becomes at most 18 (U+FDFA), but a text of such characters is none: grow when needed.
    size_t room = (size_t)n * 2 + 32;
    UChar *to = wide_buffer(u, 1, room);
    int32_t m = unorm2_normalize(fold, from, n, to, (int32_t)room, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR) {
        status = U_ZERO_ERROR;
        to = wide_buffer(u, 1, (size_t)m + 1);
        m = unorm2_normalize(fold, from, n, to, m + 1, &status);
    }
    if (U_FAILURE(status))
        abort(); // neither of the two fails on valid UTF-16
    reserve_folded(u, 3 * (size_t)m + 4);
    for (int32_t i = 0; i < m;) {
        UChar32 c;
        U16_NEXT(to, i, m, c);
        u->folded_len += utf8_encode((uint32_t)c, u->folded + u->folded_len);
    }
}

static void cut(struct units *u) {
    struct str text = str_make(u->folded, u->folded_len);
    enum kind before = KIND_NONE;
    size_t characters = 0; // of the unit that is growing
    for (size_t i = 0; i < text.len;) {
        size_t start = i;
        enum kind kind = kind_of(utf8_next(text, &i));
        bool grows =
            (kind == KIND_LETTER || kind == KIND_DIGIT) && kind == before && characters < UNIT_MAX;
        if (grows) {
            u->items[u->len - 1].len += (uint16_t)(i - start);
            characters++;
        } else if (kind != KIND_NONE) {
            bool ideograph = kind == KIND_IDEOGRAPH;
            vec_push(u, ((struct unit){.start = (uint32_t)start,
                                       .len = (uint16_t)(i - start),
                                       .ideograph = ideograph,
                                       .joined = ideograph && before == KIND_IDEOGRAPH}));
            characters = 1;
        }
        before = kind;
    }
}

void units_read(struct units *u, struct str text) {
    text = utf8_cut_bytes(text, UNITS_MAX_TEXT);
    u->len = 0;
    if (!fold_simple_text(u, text))
        fold_text(u, text);
    cut(u);
}

struct str units_text(const struct units *u, size_t i) {
    return str_make(u->folded + u->items[i].start, u->items[i].len);
}

struct str units_term(const struct units *u, size_t i) {
    size_t len = u->items[i].len;
    if (i + 1 < u->len && u->items[i + 1].joined)
        len += u->items[i + 1].len;
    return str_make(u->folded + u->items[i].start, len);
}

void units_done(struct units *u) {
    vec_done(u);
    free(u->folded);
    free(u->wide[0]);
    free(u->wide[1]);
    *u = (struct units){0};
}
