// SPDX-License-Identifier: Apache-2.0
// Text to pieces of a vocabulary, as the encoder was trained to read it (WordPiece: github.com/google-research/bert).
// train/deep/tokenizer.py is the same definition in Python; tests/deep/pieces.jsonl holds them together.
//
// The definition
//   1. Each code point is folded, one for one: FF01–FF5E → ASCII, capitals of Latin, Greek and Cyrillic → small ones.
//   2. Spaces and what has no width or is a control character separate and are no piece.
//   3. Letters and digits of those alphabets form words. A word is cut from the left into the longest pieces of the
//      vocabulary; pieces after the first are written "##…" there. A word that cannot be cut, or has more than 64
//      characters, is one unknown piece. http://…, https://… and www.… up to the first character that an address
//      cannot have are one piece, and so is a run of 7 and more digits.
//   4. Everything else (Chinese characters, signs, emoji) is a piece by itself, unknown if the vocabulary lacks it.
//
//     struct wordpiece *w;
//     if (!wordpiece_open("models/accurate/vocab.txt", &w, err)) return false;
//     struct piece pieces[256];
//     size_t n = wordpiece_read(w, STR("物流太慢了"), pieces, 256);
//     wordpiece_close(w);
//
// Linear in the text. Read-only after opening: any number of threads.
#ifndef NLP_WORDPIECE_H
#define NLP_WORDPIECE_H

#include "base/error.h"
#include "base/str.h"

#define WORDPIECE_MAX_VOCABULARY 65536

struct piece {
    uint32_t id;         // line of the vocabulary, from 0
    uint32_t start, end; // code points of the text, [start, end); an invalid byte counts one
    uint32_t from, to;   // bytes
};

struct wordpiece;

// `path`: one piece a line. ERROR_FORMAT: a piece twice, too many, [UNK], [CLS], [SEP], [unused1] or [unused2] missing.
bool wordpiece_open(const char *path, struct wordpiece **ret, struct error *err) MUST_USE;
bool wordpiece_parse(struct str lines, const char *path, struct wordpiece **ret,
                     struct error *err) MUST_USE;
void wordpiece_close(struct wordpiece *w); // NULL is fine

size_t wordpiece_count(const struct wordpiece *w);
uint32_t wordpiece_cls(const struct wordpiece *w); // what a text begins with
uint32_t wordpiece_sep(const struct wordpiece *w); // and ends with

// The first `max` pieces of the text; returns how many there are.
size_t wordpiece_read(const struct wordpiece *w, struct str text, struct piece *ret, size_t max);

#endif
