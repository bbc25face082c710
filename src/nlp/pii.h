// SPDX-License-Identifier: Apache-2.0
// Personal data inside free text: where it is, what it is, and the same text with it masked. One
// pass, linear, no state, any thread. Understands what people write to hide a number from a filter:
// full-width and circled digits, Chinese numerals (一三八…, 壹), spaces, dashes and dots between
// digits. Order numbers, prices, dates, tracking numbers and models are not personal data and are
// left alone.
//
//     struct pii_span spans[16];
//     size_t n = pii_find(text, spans, 16);                         // may exceed 16: that many
//     exist struct str safe = pii_mask(text, spans, MIN(n, 16), &arena);
#ifndef NLP_PII_H
#define NLP_PII_H

#include "base/arena.h"
#include "base/lang.h"
#include "base/str.h"

enum pii_type {
    PII_MOBILE,    // mainland mobile number, with or without +86
    PII_LANDLINE,  // area code and number; 400/800 numbers belong to companies and are not personal
    PII_ID_CARD,   // 18 (ISO 7064 MOD 11-2) or 15 digits, region and date checked
    PII_BANK_CARD, // 16–19 digits, known issuer prefix, Luhn
    PII_EMAIL,
    PII_PLATE, // vehicle plate, new-energy included
    PII_PASSPORT,
    PII_ADDRESS, // down to street and number, building, unit, room
    PII_NAME,    // only where the context says so: 我叫…, 联系人：…
    PII_WECHAT,
    PII_QQ,
    N_PII_TYPES,
};

struct pii_label {
    const char *code; // "mobile", "id_card": stable
    struct words name;
};
extern const struct pii_label pii_labels[N_PII_TYPES];

struct pii_span {
    uint32_t start, end;           // code points, [start, end)
    uint32_t byte_start, byte_end; // bytes
    uint8_t type;                  // enum pii_type
};

// Spans in order, never overlapping. Writes the first `max`, returns how many there are.
size_t pii_find(struct str text, struct pii_span *ret, size_t max);
// All of them, in arena memory (NULL when none).
size_t pii_find_all(struct str text, struct arena *arena, struct pii_span **ret);

// The text with each span masked, the same number of code points: 138****5678, 张*, z***@qq.com,
// 4403**********123X. Returns `text` itself when n is 0.
struct str pii_mask(struct str text, const struct pii_span *spans, size_t n, struct arena *arena);

#endif
