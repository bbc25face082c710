// SPDX-License-Identifier: Apache-2.0
// How one industry speaks of the dimensions: local names (logistics → “配送”), what a complaint is
// called (“配送慢”), how much each dimension weighs, which department deals with it, which measures
// help and when, and what makes a text urgent. The words are data, one file an industry:
// templates/industries/CODE.json (described in the README there); a dimension that a file does not
// have falls back to the general name and to the general industry.
//
//     struct taxonomy *t;
//     if (!taxonomy_open(NULL, STR("restaurant"), NULL, &t, err)) return false;
//     taxonomy_issue_name(t, DIM_LOGISTICS, LANG_ZH);            // “配送慢、送餐问题”
//     taxonomy_close(t);
//
// Read-only after opening: may be used by many threads. All strings are borrowed and live until
// taxonomy_close. Opening reads fifteen small files (about a millisecond).
#ifndef ANALYSE_TAXONOMY_H
#define ANALYSE_TAXONOMY_H

#include "base/error.h"
#include "base/str.h"
#include "nlp/labels.h"

struct taxonomy;

// What speaks for an industry when none was named. All borrowed; any part may be empty.
struct taxonomy_hints {
    const struct str
        *names; // file names, sheet names, column names, channel codes: 3 points a word found
    size_t n_names;
    const struct str *texts; // some texts (the first 2,000 are read): 1 point a word and text
    size_t n_texts;
};

// Why an industry was chosen, to be shown: “按 restaurant 处理：列名“口味”“配送时长”，38 %
// 的评价提到“骑手”…”
struct taxonomy_guess {
    struct str code;     // "general" if nothing speaks clearly for one
    double points;       // of the winner, per text; see taxonomy_guess
    struct str words[6]; // words that spoke for it, strongest first
    size_t n_words;
    bool clear; // false: nothing reached the bar, code is "general"
};

// `dir`: folder of the industry files, NULL for the shipped one. `industry`: a code ("hotel"), one
// of its names (“酒店”, "Hotel") or "" to choose by `hints` (NULL: none). An unknown one is
// ERROR_NOT_FOUND and lists the known.
bool taxonomy_open(const char *dir, struct str industry, const struct taxonomy_hints *hints,
                   struct taxonomy **ret, struct error *err) MUST_USE;
void taxonomy_close(struct taxonomy *t); // NULL is fine

struct str taxonomy_code(const struct taxonomy *t);                 // "restaurant"
struct str taxonomy_name(const struct taxonomy *t, enum lang lang); // “餐饮外卖”
// How it came to this industry: the guess when it was chosen by hints, else a guess with n_words =
// 0.
const struct taxonomy_guess *taxonomy_chosen_by(const struct taxonomy *t);

// All of them answer for every dimension, DIM_OVERALL included.
struct str taxonomy_dimension_name(const struct taxonomy *t, enum dimension d, enum lang lang);
struct str taxonomy_issue_name(const struct taxonomy *t, enum dimension d, enum lang lang);
struct str taxonomy_department(const struct taxonomy *t, enum dimension d, enum lang lang);
// Starting weight for the satisfaction index, 0 … 1; 0 where the industry does not know the
// dimension.
double taxonomy_weight(const struct taxonomy *t, enum dimension d);

// What is known about an issue when a measure is looked for. Borrowed; zero values mean “not
// known”.
struct measure_context {
    const struct str
        *texts; // complaints (or their phrases): measures with words count how many mention one
    size_t n_texts;
    const struct measure_fact { // numbers that go with the complaints
        struct str role;        // role of the attribute column: "delivery_days", "waiting_minutes"
        double mean_bad, mean_good; // mean among complaints, among the rest; NAN unknown
    } * facts;
    size_t n_facts;
    const struct str
        *columns; // roles where the issue is concentrated: "region", "product", "store" …
    size_t n_columns;
};

// The measure whose condition fits best, the dimension's general one if none does; "" if there is
// none at all. ret_department: NULL or where to put who does it (a measure may name another
// department than the dimension).
struct str taxonomy_measure(const struct taxonomy *t, enum dimension d,
                            const struct measure_context *context, enum lang lang,
                            struct str *ret_department);

// Why a text is urgent: the reason of the first rule one of whose words it has (“投诉到 12315”), ""
// if none. ret_department as above, "" where the rule leaves it to the dimension.
struct str taxonomy_urgent_reason(const struct taxonomy *t, struct str text, enum lang lang,
                                  struct str *ret_department);

#endif
