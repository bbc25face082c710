// SPDX-License-Identifier: Apache-2.0
#include "nlp/pii.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "nlp/pii_parts.h"

const struct pii_label pii_labels[N_PII_TYPES] = {
    [PII_MOBILE] = {"mobile", {"手机号", "mobile number"}},
    [PII_LANDLINE] = {"landline", {"固定电话", "landline"}},
    [PII_ID_CARD] = {"id_card", {"身份证号", "ID card number"}},
    [PII_BANK_CARD] = {"bank_card", {"银行卡号", "bank card number"}},
    [PII_EMAIL] = {"email", {"电子邮箱", "e-mail address"}},
    [PII_PLATE] = {"plate", {"车牌号", "licence plate"}},
    [PII_PASSPORT] = {"passport", {"护照号", "passport number"}},
    [PII_ADDRESS] = {"address", {"住址", "address"}},
    [PII_NAME] = {"name", {"姓名", "name"}},
    [PII_WECHAT] = {"wechat", {"微信号", "WeChat id"}},
    [PII_QQ] = {"qq", {"QQ 号", "QQ number"}},
};

struct numeral_run { // ten or fewer consecutive code points
    uint32_t from;
    uint8_t first, count;
};

// Circled, parenthesised, full-stop, sans-serif, mathematical, superscript and subscript digits.
static const struct numeral_run numeral_runs[] = {
    {0xFF10, 0, 10},  {0x2460, 1, 9},   {0x2474, 1, 9},   {0x2488, 1, 9},   {0x24EA, 0, 1},
    {0x24F5, 1, 9},   {0x2776, 1, 9},   {0x2780, 1, 9},   {0x278A, 1, 9},   {0x1D7CE, 0, 10},
    {0x1D7D8, 0, 10}, {0x1D7E2, 0, 10}, {0x1D7EC, 0, 10}, {0x1D7F6, 0, 10}, {0x2070, 0, 1},
    {0x2074, 4, 6},   {0x2080, 0, 10},  {0xB9, 1, 1},     {0xB2, 2, 2},     {0x24FF, 0, 1},
    {0x1F10B, 0, 2},  {0x0660, 0, 10},  {0x06F0, 0, 10},
};

static const uint32_t han_numerals[][3] = {
    {0x96F6, 0x3007, 0},      {0x4E00, 0x58F9, 0x5E7A}, {0x4E8C, 0x8D30, 0x8CB3},
    {0x4E09, 0x53C1, 0x53C3}, {0x56DB, 0x8086, 0},      {0x4E94, 0x4F0D, 0},
    {0x516D, 0x9646, 0x9678}, {0x4E03, 0x67D2, 0},      {0x516B, 0x634C, 0},
    {0x4E5D, 0x7396, 0},
};

enum digit_kind pii_digit(uint32_t c, uint8_t *ret) {
    if (c < 0x80) {
        if (c < '0' || c > '9')
            return DIGIT_NONE;
        *ret = (uint8_t)(c - '0');
        return DIGIT_PLAIN;
    }
    for (size_t i = 0; i < ARRAY_LEN(numeral_runs); i++) {
        if (c >= numeral_runs[i].from && c < numeral_runs[i].from + numeral_runs[i].count) {
            *ret = (uint8_t)(numeral_runs[i].first + (c - numeral_runs[i].from));
            return DIGIT_PLAIN;
        }
    }
    if (c < 0x3007 || c > 0x96F6)
        return DIGIT_NONE;
    for (size_t i = 0; i < ARRAY_LEN(han_numerals); i++) {
        if (c == han_numerals[i][0] || c == han_numerals[i][1] || c == han_numerals[i][2]) {
            *ret = (uint8_t)i;
            return DIGIT_HAN;
        }
    }
    return DIGIT_NONE;
}

bool pii_is_alnum(uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool pii_is_space(uint32_t c) {
    return c == ' ' || c == '\t' || c == 0xA0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200D) ||
           c == 0xFEFF;
}

static uint32_t fold(uint32_t c) {
    if (c >= 0xFF01 && c <= 0xFF5E)
        c -= 0xFEE0;
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static void decode(struct str text, struct pii_text *t) {
    t->text = text;
    t->chars = mem_resize(NULL, text.len + 1, sizeof *t->chars);
    t->n = 0;
    for (size_t pos = 0; pos < text.len;) {
        struct pii_char *ch = &t->chars[t->n++];
        *ch = (struct pii_char){.byte = (uint32_t)pos};
        ch->c = fold(utf8_next(text, &pos));
        ch->kind = (uint8_t)pii_digit(ch->c, &ch->digit);
    }
    t->chars[t->n] = (struct pii_char){.byte = (uint32_t)text.len};
}

void pii_add(struct pii_found *found, enum pii_type type, size_t start, size_t end) {
    vec_push(found, ((struct pii_span){
                        .start = (uint32_t)start, .end = (uint32_t)end, .type = (uint8_t)type}));
}

static bool ends_sentence(uint32_t c) {
    return c == 0x3002 || c == '!' || c == '?' || c == ';' || c == '\n' || c == '\r';
}

static size_t match_word(const struct pii_text *t, size_t i, struct str word) {
    size_t n = 0;
    for (size_t pos = 0; pos < word.len; n++)
        if (i + n >= t->n || utf8_next(word, &pos) != t->chars[i + n].c)
            return 0;
    return n;
}

void pii_filter_add(struct pii_filter *f, const struct str *words, size_t n) {
    for (size_t i = 0; i < n; i++) {
        size_t pos = 0;
        uint32_t c = utf8_next(words[i], &pos);
        f->bits[c >> 6 & 15] |= UINT64_C(1) << (c & 63);
    }
}

size_t pii_match(const struct pii_text *t, size_t i, const struct str *words, size_t n) {
    size_t best = 0;
    for (size_t k = 0; k < n; k++)
        best = MAX(best, match_word(t, i, words[k]));
    return best;
}

bool pii_has_before(const struct pii_text *t, size_t i, size_t window, const struct str *words,
                    size_t n) {
    for (size_t back = 0; back < window && i-- > 0;) {
        if (ends_sentence(t->chars[i].c))
            return false;
        if (!pii_is_space(t->chars[i].c))
            back++;
        if (pii_match(t, i, words, n))
            return true;
    }
    return false;
}

// Earlier in the text first; of those that overlap the one whose type comes first wins.
static int by_type(const void *a, const void *b) {
    static const uint8_t rank[N_PII_TYPES] = {
        [PII_EMAIL] = 0,    [PII_ID_CARD] = 1, [PII_MOBILE] = 2,   [PII_BANK_CARD] = 3,
        [PII_LANDLINE] = 4, [PII_PLATE] = 5,   [PII_PASSPORT] = 6, [PII_WECHAT] = 7,
        [PII_QQ] = 8,       [PII_NAME] = 9,    [PII_ADDRESS] = 10};
    const struct pii_span *x = a, *y = b;
    if (rank[x->type] != rank[y->type])
        return rank[x->type] < rank[y->type] ? -1 : 1;
    return x->start < y->start ? -1 : x->start > y->start;
}

static int by_start(const void *a, const void *b) {
    const struct pii_span *x = a, *y = b;
    return x->start < y->start ? -1 : x->start > y->start;
}

// Marks what is taken in the `kind` of the characters, which nobody needs any more.
static void resolve(struct pii_text *t, struct pii_found *found) {
    if (found->len == 0)
        return;
    qsort(found->items, found->len, sizeof *found->items, by_type);
    for (size_t i = 0; i < t->n; i++)
        t->chars[i].kind = 0;
    size_t kept = 0;
    for (size_t i = 0; i < found->len; i++) {
        struct pii_span s = found->items[i];
        bool is_free = true;
        for (size_t k = s.start; k < s.end; k++)
            is_free = is_free && !t->chars[k].kind;
        if (!is_free)
            continue;
        for (size_t k = s.start; k < s.end; k++)
            t->chars[k].kind = 1;
        s.byte_start = t->chars[s.start].byte;
        s.byte_end = t->chars[s.end].byte;
        found->items[kept++] = s;
    }
    found->len = kept;
    qsort(found->items, found->len, sizeof *found->items, by_start);
}

static void find_all(struct str text, struct pii_found *found) {
    text.len = MIN(text.len, (size_t)UINT32_MAX - 1);
    struct pii_text t;
    decode(text, &t);
    pii_find_numbers(&t, found);
    pii_find_words(&t, found);
    pii_find_names(&t, found);
    pii_find_addresses(&t, found);
    resolve(&t, found);
    free(t.chars);
}

size_t pii_find(struct str text, struct pii_span *ret, size_t max) {
    struct pii_found found = {0};
    find_all(text, &found);
    size_t n = found.len;
    if (MIN(n, max))
        memcpy(ret, found.items, MIN(n, max) * sizeof *ret);
    vec_done(&found);
    return n;
}

size_t pii_find_all(struct str text, struct arena *arena, struct pii_span **ret) {
    struct pii_found found = {0};
    find_all(text, &found);
    size_t n = found.len;
    *ret = NULL;
    if (n) {
        *ret = ARENA_ARRAY(arena, struct pii_span, n);
        memcpy(*ret, found.items, n * sizeof **ret);
    }
    vec_done(&found);
    return n;
}
