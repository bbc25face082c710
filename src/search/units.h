// SPDX-License-Identifier: Apache-2.0
// What of a text can be found. The text is put into Unicode's NFKC case-folded form (UAX #15, UAX #31), then cut
// into units: one ideograph or kana; one run of other letters (no stemming); one run of digits; one pictograph.
// Everything else only separates. A unit longer than UNIT_MAX characters goes on as further units. The number of a
// unit is its position.
//
//     struct units u = {0};
//     units_read(&u, STR("iPhone15 快递，慢"));   // iphone 15 快 递(joined) 慢
//     units_term(&u, 2)                             // "快递"
//     units_done(&u);
//
// What is indexed is one term a position: a word itself; for an ideograph it and the next one, if that is joined to
// it (nothing stands between them), else it alone. So every ideograph is the beginning of exactly one term: pairs are
// looked up whole, a single ideograph by beginning, and longer words are phrases of pairs.
// One object belongs to one thread at a time and keeps its memory from text to text.
#ifndef SEARCH_UNITS_H
#define SEARCH_UNITS_H

#include "base/str.h"

#define UNIT_MAX       40 // characters
#define UNIT_MAX_BYTES (4 * UNIT_MAX)
#define UNITS_MAX_TEXT (4 * MIB) // what is longer is not read further

struct unit {
    uint32_t start; // bytes into the folded text
    uint16_t len;   // bytes
    bool ideograph;
    bool joined; // the one before is an ideograph too and nothing stands between them
};

struct units {
    struct unit *items; // in the order of the text
    size_t len;
    size_t cap;
    char *folded; // UTF-8
    size_t folded_len, folded_cap;
    uint16_t *wide[2]; // UTF-16, for ICU
    size_t wide_cap[2];
};

// replaces what was read before; invalid bytes separate
void units_read(struct units *u, struct str text);
struct str units_text(const struct units *u, size_t i); // of one unit; borrowed until the next read
struct str units_term(const struct units *u, size_t i); // what is indexed at position i
void units_done(struct units *u);                       // {0} is a valid empty object

// Separates words of a query: white space of any script, and control characters.
bool unit_is_space(uint32_t c);

#endif
