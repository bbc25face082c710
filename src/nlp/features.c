// SPDX-License-Identifier: Apache-2.0
#include "nlp/features.h"

#include "base/utf8.h"

#define DROPPED 0xE000u

struct range {
    uint32_t from, to, into; // inclusive; `into` 0: see fold_wide
};

static const struct range folds[] = {
    // sorted
    {0x00AD, 0x00AD, DROPPED}, {0x2000, 0x200A, ' '},     {0x200B, 0x200F, DROPPED},
    {0x2013, 0x2015, '-'},     {0x2018, 0x2019, '\''},    {0x201C, 0x201E, '"'},
    {0x2026, 0x2026, '.'},     {0x2028, 0x2029, ' '},     {0x202A, 0x202E, DROPPED},
    {0x202F, 0x202F, ' '},     {0x205F, 0x205F, ' '},     {0x2060, 0x2064, DROPPED},
    {0x22EF, 0x22EF, '.'},     {0x3000, 0x3000, ' '},     {0x3001, 0x3001, ','},
    {0x3002, 0x3002, '.'},     {0x3008, 0x3011, '"'},     {0x3014, 0x3015, '"'},
    {0x301C, 0x301C, '~'},     {0xFE00, 0xFE0F, DROPPED}, {0xFEFF, 0xFEFF, DROPPED},
    {0xFF61, 0xFF61, '.'},     {0xFFE5, 0xFFE5, 0xA5},
};

static uint32_t fold_letter(uint32_t c) {
    return c - 'A' < 26 ? c + 32 : c;
}

static uint32_t fold(uint32_t c) {
    if (c <= 0x20 || (c >= 0x7F && c <= 0xA0))
        return ' ';
    if (c < 0x7F)
        return fold_letter(c);
    if (c >= 0x3400 && c < 0xFE00)
        return c;
    if (c >= 0xFF01 && c <= 0xFF5E)
        return fold_letter(c - 0xFEE0);
    for (size_t i = 0; i < ARRAY_LEN(folds) && c >= folds[i].from; i++)
        if (c <= folds[i].to)
            return folds[i].into;
    return c;
}

static const char *const hotlines[] = {"12315", "12345", "315",   "110",   "120",   "12306",
                                       "12321", "12300", "12378", "12388", "12318", "12328",
                                       "12333", "12358", "12365", "119"};

static bool is_digit(uint32_t c) {
    return c - '0' < 10;
}

static bool is_letter(uint32_t c) {
    return c - 'a' < 26;
}

// Number of characters of the number at s (n left); the symbol for it.
static int read_number(const uint32_t *s, int n, uint32_t *ret_id) {
    char digits[8];
    int len = 0;
    while (len < n && (is_digit(s[len]) || ((s[len] == '.' || s[len] == ',' || s[len] == ':') &&
                                            len + 1 < n && is_digit(s[len + 1])))) {
        if (len < 7)
            digits[len] = (char)s[len];
        len++;
    }
    *ret_id = SYMBOL_NUMBER;
    if (len >= 7) {
        *ret_id = SYMBOL_LONG_NUMBER;
    } else {
        for (size_t i = 0; i < ARRAY_LEN(hotlines); i++)
            if (str_eq(str_make(digits, (size_t)len), str_from(hotlines[i])))
                *ret_id = SYMBOL_HOTLINE + (uint32_t)i;
    }
    return len;
}

static int read_word(const uint32_t *s, int n, uint32_t *ret_id) {
    uint32_t h = 0x811C9DC5;
    int len = 0;
    for (; len < n && (is_letter(s[len]) || (len && s[len] == '\'')); len++)
        h = (h ^ s[len]) * 0x01000193;
    *ret_id = SYMBOL_WORD | h >> 1;
    return len;
}

static int read_spaces(const uint32_t *s, int n) {
    int len = 0;
    while (len < n && s[len] == ' ')
        len++;
    return len;
}

static void add_symbol(struct features *f, uint32_t id, int start, int end) {
    struct symbol *last = &f->symbols[f->n_symbols - 1];
    if (f->n_symbols > 2 && id == last[0].id && id == last[-1].id)
        last->end = (uint32_t)end;
    else
        f->symbols[f->n_symbols++] = (struct symbol){id, (uint32_t)start, (uint32_t)end, 0};
}

static void find_symbols(struct features *f) {
    const uint32_t *s = f->folded;
    int n = f->n_chars, len;
    f->n_symbols = 0;
    f->symbols[f->n_symbols++] = (struct symbol){SYMBOL_BOS, 0, 0, 0};
    bool after_ascii = true;
    for (int i = 0; i < n; i += len) {
        uint32_t c = s[i], id = c;
        len = 1;
        if (c == ' ') {
            len = read_spaces(s + i, n - i);
            if (after_ascii || i + len >= n || s[i + len] < 0x80)
                continue;
        } else if (is_letter(c)) {
            len = read_word(s + i, n - i, &id);
        } else if (is_digit(c)) {
            len = read_number(s + i, n - i, &id);
        } else if (c == DROPPED) {
            continue;
        }
        after_ascii = c < 0x80;
        add_symbol(f, id, i, i + len);
    }
    f->symbols[f->n_symbols++] = (struct symbol){SYMBOL_EOS, (uint32_t)n, (uint32_t)n, 0};
}

bool symbol_is_separator(uint32_t id) {
    switch (id) {
    case '.':
    case '!':
    case '?':
    case ';':
    case ',':
    case '~':
    case ' ':
        return true;
    default:
        return false;
    }
}

#define SYMBOL_HOWEVER (SYMBOL_WORD | 0x74FB659Du >> 1)

static bool turns(const struct symbol *t, bool last) {
    uint32_t c = t[0].id;
    if (c == 0x4F46 /* 但 */ || c == SYMBOL_BUT || c == SYMBOL_HOWEVER)
        return true;
    if (last)
        return false;
    uint32_t d = t[1].id;
    if (c == 0x4E0D && d == 0x8FC7)                         // 不过
        return t[-1].id != 0x518D;                          // 再不过
    return (c == 0x53EF && (d == 0x60DC || d == 0x662F)) || // 可惜 可是
           (c == 0x7136 && d == 0x800C);                    // 然而
}

static void find_clauses(struct features *f) {
    uint32_t clause = 0;
    int length = 0, n = f->n_symbols;
    f->symbols[0].clause = 0;
    for (int i = 1; i < n - 1; i++) {
        struct symbol *t = &f->symbols[i];
        if (length > 0 && clause + 1 < FEATURES_MAX_CLAUSES && !symbol_is_separator(t->id) &&
            (symbol_is_separator(t[-1].id) || length >= FEATURES_MAX_CLAUSE_SYMBOLS ||
             (length >= 2 && turns(t, i + 1 >= n - 1)))) {
            clause++;
            length = 0;
        }
        t->clause = clause;
        length++;
    }
    f->symbols[n - 1].clause = clause;
    f->n_clauses = (int)clause + 1;
}

static uint64_t mix(uint64_t z) {
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static void find_keys(struct features *f) {
    for (int i = 0; i < f->n_symbols; i++) {
        uint64_t h = mix(f->symbols[i].id + UINT64_C(1));
        f->keys[0][i] = h >> (64 - FEATURES_KEY_BITS);
        for (int n = 2; n <= FEATURES_MAX_N && i + n <= f->n_symbols; n++) {
            h = mix(h * 31 + f->symbols[i + n - 1].id + (uint64_t)n);
            f->keys[n - 1][i] = h >> (64 - FEATURES_KEY_BITS);
        }
    }
}

void features_read(struct features *f, struct str text) {
    f->n_chars = 0;
    for (size_t pos = 0; pos < text.len && f->n_chars < FEATURES_MAX_CHARS;)
        f->folded[f->n_chars++] = fold(utf8_next(text, &pos));
    find_symbols(f);
    find_clauses(f);
    find_keys(f);
}

static const struct {
    uint32_t from, to; // inclusive
    enum symbol_kind kind;
} kinds[] = {
    // the first that fits
    {0x30, 0x30, SYMBOL_KIND_NUMBER},
    {SYMBOL_LONG_NUMBER, SYMBOL_HOTLINE + 31, SYMBOL_KIND_NUMBER},
    {0x20, 0x2F, SYMBOL_KIND_PUNCTUATION},
    {0x3A, 0x40, SYMBOL_KIND_PUNCTUATION},
    {0x5B, 0x60, SYMBOL_KIND_PUNCTUATION},
    {0x7B, 0xBF, SYMBOL_KIND_PUNCTUATION},
    {0x2100, 0x2BFF, SYMBOL_KIND_PICTOGRAPH},
    {0x2010, 0x206F, SYMBOL_KIND_PUNCTUATION},
    {0x3000, 0x3004, SYMBOL_KIND_PUNCTUATION},
    {0x3008, 0x3020, SYMBOL_KIND_PUNCTUATION},
    {0xFE10, 0xFE6F, SYMBOL_KIND_PUNCTUATION},
    {0xFF00, 0xFF65, SYMBOL_KIND_PUNCTUATION},
    {0xFFE0, 0xFFEF, SYMBOL_KIND_PUNCTUATION},
    {0xF900, 0xFAFF, SYMBOL_KIND_HAN},
    {0x20000, 0x323FF, SYMBOL_KIND_HAN},
    {0x1F000, 0x1FFFF, SYMBOL_KIND_PICTOGRAPH},
};

enum symbol_kind symbol_kind(uint32_t id) {
    if (id >= SYMBOL_WORD)
        return SYMBOL_KIND_WORD;
    if (id >= 0x3400 && id < 0xA000)
        return SYMBOL_KIND_HAN;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (id >= kinds[i].from && id <= kinds[i].to)
            return kinds[i].kind;
    return SYMBOL_KIND_OTHER;
}
