// SPDX-License-Identifier: Apache-2.0
// Texts that are about the same. Without embeddings likeness is told from words. A unit of a text (a word, an
// ideograph: search/units.h) is covered by another text that has a term with it; it counts the more the fewer texts
// have its most frequent term (inverse document frequency: Spärck Jones 1972), so that pairs across two words do no
// harm.
//
//     question:  score = weight of its units that a text covers ÷ weight of all of them
//     text:      score = √(weight of the covered units of both ÷ weight of all units of both): 1 for equal texts
//
//     struct alike k = {.search = search, .arena = arena};
//     alike_terms(&k, text);
//     if (!alike_weigh(&k, err)) …                      // k.all: ids with scores as of a question
//     k.all.items[i].score = alike_score(&k, other);    // as of a text
//     alike_sort(&k);                                   // best first
//     alike_done(&k);
#ifndef API_ALIKE_H
#define API_ALIKE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

#define ALIKE_MOST_TERMS 64 // as many as a word has bits
#define ALIKE_MOST_UNITS 160
#define ALIKE_MOST       400 // candidates whose texts are worth comparing

struct search;

struct alike_term {
    struct str text;
    double weight;
};

struct alike_unit { // indices of the terms that a unit is in; −1: none
    int own, before;
};

struct alike_text {
    int64_t id;
    uint64_t terms; // bits of those it has
    double score;
};

struct alike {
    struct search *search;
    struct arena *arena;
    struct alike_term terms[ALIKE_MOST_TERMS];
    size_t n_terms;
    struct alike_unit units[ALIKE_MOST_UNITS];
    size_t n_units;
    double whole; // weight of all units
    struct {
        VEC(struct alike_text);
    } all;
};

void alike_terms(struct alike *k, struct str text);
// Weighs the terms, and scores the texts that have some. An empty text has none.
bool alike_weigh(struct alike *k, struct error *err) MUST_USE;
double alike_score(const struct alike *k, struct str text);
void alike_sort(struct alike *k);
void alike_done(struct alike *k);

#endif
