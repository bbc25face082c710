// SPDX-License-Identifier: Apache-2.0
// A query as a person writes it, read into what the index is asked.
//
//     等待 物流         both, anywhere in the text
//     "等了 很久"       units one after the other; “”, ＂, 「」, 『』 quote too; a missing end is the end of the query
//     -客服 -"太 慢"    excludes; －, − too. Only at the beginning of a word: “e-mail” are two words in a row
//     refund* 退*       by beginning, at the end of a word outside quotes; ＊ too. After an ideograph it says
//                       nothing: ideographs are found inside of words anyway
//     iPhone15手机      without spaces: in a row as well
//
// A clause is a run of atoms; an atom is a term (search/units.h) that must stand at a place of the run. A word
// without anything to find in it (punctuation) is dropped.
#ifndef SEARCH_CLAUSES_H
#define SEARCH_CLAUSES_H

#include "base/arena.h"
#include "base/error.h"

#define CLAUSES_MAX_TEXT  (8 * KIB) // bytes of a query
#define CLAUSES_MAX       64        // clauses of a query
#define CLAUSES_MAX_UNITS 512       // units of a query

struct atom {
    struct str term;
    uint32_t place; // units after the first of the clause
    bool prefix;    // any term that begins so
};

struct clause {
    struct atom *atoms; // at least one
    size_t n_atoms;
    bool excludes;
};

struct clauses {
    struct clause *items;
    size_t len;
};

// Everything is taken from `a`. ERROR_INVALID: nothing to find, or everything excludes. ERROR_LIMIT: above the
// limits.
bool clauses_parse(struct arena *a, struct str text, struct clauses *ret,
                   struct error *err) MUST_USE;

#endif
