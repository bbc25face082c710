// SPDX-License-Identifier: Apache-2.0
#include "base/strbuf.h"
#include "base/utf8.h"
#include "nlp/pii_parts.h"

struct style { // significant characters left at the front and at the end
    uint8_t front, back;
};

static const struct style styles[N_PII_TYPES] = {
    [PII_MOBILE] = {3, 4},    [PII_LANDLINE] = {0, 4}, [PII_ID_CARD] = {3, 4},
    [PII_BANK_CARD] = {0, 4}, [PII_EMAIL] = {1, 0},    [PII_PLATE] = {2, 2},
    [PII_PASSPORT] = {1, 2},  [PII_ADDRESS] = {0, 0},  [PII_NAME] = {1, 0},
    [PII_WECHAT] = {1, 0},    [PII_QQ] = {1, 2},
};

// Letters, digits, ideographs: what is masked. Separators stay, so that the shape of the number is
// seen.
static bool is_significant(uint32_t c) {
    uint8_t digit;
    return pii_digit(c, &digit) != DIGIT_NONE || utf8_is_han(c) ||
           (c < 0x80 && (isalnum((int)c) || c == '_')) || (c >= 0xFF21 && c <= 0xFF5A);
}

// Significant characters before the mask begins: the country code of a telephone, the area code of
// a landline.
static size_t lead_of(enum pii_type type, size_t n) {
    if (type == PII_MOBILE && n > 11)
        return n - 11;
    if (type == PII_LANDLINE && n > 9)
        return n == 10 || n == 11 ? 3 : 4;
    return 0;
}

// Of an address the part down to the district stays: “浙江省杭州市西湖区” tells where, not who.
static size_t kept_of_address(struct str s) {
    static const uint32_t units[] = {0x7701 /*省*/, 0x5E02 /*市*/, 0x533A /*区*/, 0x53BF /*县*/};
    size_t kept = 0, n = 0;
    for (size_t pos = 0; pos < s.len;) {
        uint32_t c = utf8_next(s, &pos);
        uint8_t digit;
        if (pii_digit(c, &digit) == DIGIT_PLAIN)
            break;
        n += is_significant(c);
        for (size_t i = 0; i < ARRAY_LEN(units); i++)
            if (c == units[i] && n >= 2 && n <= 12)
                kept = n;
    }
    // “小区” is no district.
    return kept;
}

static void mask_span(struct str s, enum pii_type type, struct strbuf *out) {
    size_t total = 0, index = 0;
    for (size_t pos = 0; pos < s.len;)
        total += is_significant(utf8_next(s, &pos));
    size_t front = styles[type].front + lead_of(type, total), back = styles[type].back;
    if (type == PII_ADDRESS)
        front = kept_of_address(s);
    if (front + back >= total) // too short to show anything
        front = back = 0;
    bool after_at = false;
    for (size_t pos = 0; pos < s.len;) {
        size_t from = pos;
        uint32_t c = utf8_next(s, &pos);
        after_at = after_at || c == '@' || c == 0xFF20;
        bool hide = is_significant(c) && index >= front && index + back < total && !after_at;
        index += is_significant(c);
        if (hide)
            strbuf_addc(out, '*');
        else
            strbuf_add(out, str_slice(s, from, pos));
    }
}

struct str pii_mask(struct str text, const struct pii_span *spans, size_t n, struct arena *arena) {
    if (n == 0)
        return text;
    CLEANUP(strbuf_done) struct strbuf out = strbuf_init(text.len + 1);
    size_t done = 0;
    for (size_t i = 0; i < n; i++) {
        strbuf_add(&out, str_slice(text, done, spans[i].byte_start));
        mask_span(str_slice(text, spans[i].byte_start, spans[i].byte_end), spans[i].type, &out);
        done = spans[i].byte_end;
    }
    strbuf_add(&out, str_slice(text, done, text.len));
    return arena_str(arena, strbuf_str(&out));
}
