// SPDX-License-Identifier: Apache-2.0
// The parts of nlp/pii.h: the text decoded once, and the finders that run over it.
#ifndef NLP_PII_PARTS_H
#define NLP_PII_PARTS_H

#include "base/vec.h"
#include "nlp/pii.h"

enum digit_kind {
    DIGIT_NONE,
    DIGIT_PLAIN, // 0–9, full-width and circled ones
    DIGIT_HAN,   // 〇一二…, 零壹贰…: also ordinary words
};

struct pii_char {
    uint32_t c;    // lower case, full-width folded; numerals as written
    uint32_t byte; // offset in the text
    uint8_t digit; // 0–9 where kind is not DIGIT_NONE
    uint8_t kind;  // enum digit_kind
};

struct pii_text {
    struct str text;
    struct pii_char *chars; // n + 1: a sentinel at the end
    size_t n;
};

struct pii_found {
    VEC(struct pii_span); // start, end in code points; bytes are filled in at the end
};

void pii_add(struct pii_found *found, enum pii_type type, size_t start, size_t end);

// Is one of the words within `window` characters before position i, in the same sentence? Latin
// letters in lower case.
bool pii_has_before(const struct pii_text *t, size_t i, size_t window, const struct str *words,
                    size_t n);
// Length in characters of the longest word of the list that starts at i, 0 if none.
size_t pii_match(const struct pii_text *t, size_t i, const struct str *words, size_t n);
static inline uint32_t pii_at(const struct pii_text *t, size_t i) {
    return i < t->n ? t->chars[i].c : 0;
}
// Which characters begin one of some words: a character that passes may, one that does not cannot.
// Made anew for each text (half a microsecond), so that the long lists are looked at only where
// they could match.
struct pii_filter {
    uint64_t bits[16];
};
void pii_filter_add(struct pii_filter *f, const struct str *words, size_t n);
static inline bool pii_may_begin(const struct pii_filter *f, uint32_t c) {
    return f->bits[c >> 6 & 15] >> (c & 63) & 1;
}

bool pii_is_alnum(uint32_t c); // ASCII letters (lower case) and digits
bool pii_is_space(uint32_t c);

void pii_find_numbers(const struct pii_text *t,
                      struct pii_found *found); // mobile, landline, ID, bank card
void pii_find_words(const struct pii_text *t,
                    struct pii_found *found); // e-mail, plate, passport, WeChat, QQ
void pii_find_names(const struct pii_text *t, struct pii_found *found);
void pii_find_addresses(const struct pii_text *t, struct pii_found *found);

// Value and kind of a numeral.
enum digit_kind pii_digit(uint32_t c, uint8_t *ret);

#endif
