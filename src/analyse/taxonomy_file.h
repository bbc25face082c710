// SPDX-License-Identifier: Apache-2.0
// One industry file as structs. Only analyse/taxonomy uses this; the members are described in
// templates/industries/README.md. Everything lives in the arena given.
#ifndef ANALYSE_TAXONOMY_FILE_H
#define ANALYSE_TAXONOMY_FILE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/lang.h"
#include "nlp/labels.h"

// Longest texts in characters: they have to fit a table cell, a heading, a line.
#define TAXONOMY_MAX_NAME    40
#define TAXONOMY_MAX_MEASURE 200

struct both { // one text in both languages
    struct str zh, en;
};

struct word_list {
    struct str *items; // lower case where ASCII
    size_t n;
};

struct measure_rule {
    struct both text;
    struct both department; // "" = the dimension's
    bool conditional;
    struct word_list words;
    struct str fact_role; // "" = no such condition
    double fact_above;    // NAN = no such bound
    double fact_below;
    struct str column;
};

struct dimension_rule {
    bool present;
    struct both name, issue, department;
    double weight;
    struct measure_rule *measures;
    size_t n_measures;
};

struct urgent_rule {
    struct word_list words;
    struct both reason, department;
};

struct industry {
    struct str code;
    struct both name;
    struct word_list names, texts; // what it is recognised by
    struct dimension_rule dimensions[N_DIMENSIONS];
    struct urgent_rule *urgent;
    size_t n_urgent;
};

// Reads and checks the text of a file, or dir/code.json. Unknown members and codes are errors: a
// slip of the pen must not
// go unnoticed. The code inside must be the file's name.
bool industry_parse(struct str text, struct str code, struct arena *a, struct industry *ret,
                    struct error *err) MUST_USE;
bool industry_load(const char *dir, struct str code, struct arena *a, struct industry *ret,
                   struct error *err) MUST_USE;

// Codes of the files in `dir`, sorted. ERROR_NOT_FOUND if there is none.
bool industry_list(const char *dir, struct arena *a, struct word_list *ret,
                   struct error *err) MUST_USE;

static inline struct str both_in(const struct both *b, enum lang lang) {
    return lang == LANG_ZH ? b->zh : b->en;
}

#endif
