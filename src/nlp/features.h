// SPDX-License-Identifier: Apache-2.0
// Text to tokens, clauses and n-gram keys: what the `quick` model sees. train/quick/features.py is the same
// definition in Python; a model is trained with one and run with the other, so neither may change alone
// (tests/quick/parity.jsonl holds them together).
//
// The definition
//   1. The first 2,000 code points of the text are read; an invalid byte is U+FFFD.
//   2. Each code point is folded, one for one, so that positions stay those of the original:
//        U+0000–20, 7F–A0, 2000–200A, 2028, 2029, 202F, 205F, 3000          → space
//        200B–200F, 202A–202E, 2060–2064, FE00–FE0F, FEFF, AD               → dropped (it still ends a word)
//        FF01–FF5E → ASCII; A–Z → a–z
//        。…⋯｡ → .    、→ ,    “”„「」『』《》〈〉【】〔〕 → "    ‘’ → '    —–― → -    〜 → ~    ￥ → ¥
//   3. Tokens, from left to right:
//        word     [a-z][a-z']*                  0x80000000 | FNV-1a-32(bytes) >> 1
//        number   [0-9]([0-9]|[.,:](?=[0-9]))*  hotlines (12315 …) U+E020 + index; 7 and more characters
//                                               U+E011; else '0'
//        space    a run of spaces               ' ', and only between two characters that are not ASCII
//                                               (the token before, the character after)
//        else     one code point                itself
//      A token equal to the two before it is not written; the last one grows over it.
//      The text is enclosed in BOS (1) and EOS (2), which have no characters.
//   4. A new clause begins at a token that is no separator (. ! ? ; , ~ space) if the token before is one, or
//      the clause has 40 tokens, or the clause has 2 and a turning word stands here (但, 不过 not after 再, 可惜,
//      可是, 然而, but, however). At most 250 clauses; the last takes the rest. BOS belongs to the first clause, EOS
//      to the last. Neither counts.
//   5. n-gram keys, n = 1 … 4, over BOS tokens EOS: mix is the finaliser of splitmix64;
//        h(1) = mix(token + 1);  h(n) = mix(31 × h(n-1) + last token + n);  key = top 34 bits of h.
//
// Speed: about 40 ns a character for everything here.
#ifndef NLP_FEATURES_H
#define NLP_FEATURES_H

#include "base/str.h"

#define FEATURES_MAX_CHARS          2000
#define FEATURES_MAX_SYMBOLS        (FEATURES_MAX_CHARS + 2)
#define FEATURES_MAX_CLAUSES        250
#define FEATURES_MAX_CLAUSE_SYMBOLS 40
#define FEATURES_MAX_N              4
#define FEATURES_KEY_BITS           34

#define SYMBOL_BOS         1u
#define SYMBOL_EOS         2u
#define SYMBOL_NUMBER      0x30u
#define SYMBOL_LONG_NUMBER 0xE011u
#define SYMBOL_HOTLINE     0xE020u
#define SYMBOL_WORD        0x80000000u
#define SYMBOL_BUT         (SYMBOL_WORD | 0x60D56F8Cu >> 1) // the word “but”

struct symbol {
    uint32_t id;
    uint32_t start, end; // code points of the original text
    uint32_t clause;
};

// Scratch of one thread, about 100 KB; no allocation.
struct features {
    int n_chars;   // code points read
    int n_symbols; // BOS and EOS included
    int n_clauses; // ≥ 1
    struct symbol symbols[FEATURES_MAX_SYMBOLS];
    // Keys of the n-grams that begin at token i; n-grams past the end are absent (i + n > n_symbols).
    uint64_t keys[FEATURES_MAX_N][FEATURES_MAX_SYMBOLS];
    uint32_t folded[FEATURES_MAX_CHARS]; // the text after step 2
};

void features_read(struct features *f, struct str text);

// What kind of token it is, for shares of scripts.
enum symbol_kind {
    SYMBOL_KIND_PUNCTUATION, // and space
    SYMBOL_KIND_NUMBER,
    SYMBOL_KIND_HAN,
    SYMBOL_KIND_WORD,  // of Latin letters
    SYMBOL_KIND_OTHER, // other scripts
    SYMBOL_KIND_PICTOGRAPH,
};

enum symbol_kind symbol_kind(uint32_t id);
bool symbol_is_separator(uint32_t id);

#endif
