// SPDX-License-Identifier: Apache-2.0
// How one industry speaks of the dimensions: local names (logistics → “配送”), what a complaint is
// called (“配送慢”), how much each dimension weighs, which department deals with it, which measures
// help and when, and what makes a text urgent. The words are data, one file an industry:
// templates/industries/CODE.json, described in the README there. What a file does not have falls
// back to general.json, so every look-up answers for every dimension.
//
//     struct taxonomy *t;
//     if (!taxonomy_open(NULL, STR("restaurant"), NULL, &t, err)) return false;
//     taxonomy_issue_name(t, DIM_LOGISTICS, LANG_ZH);                          // “配送慢”
//     taxonomy_close(t);
//
// Read-only after opening: many threads may use one. Strings are borrowed until taxonomy_close.
// Opening reads two small files, or all of them (about 10 ms) when the industry is to be guessed.
#ifndef ANALYSE_TAXONOMY_H
#define ANALYSE_TAXONOMY_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "nlp/labels.h"

struct json;
struct taxonomy;

// What speaks for an industry when none was named. Borrowed; any part may be empty.
struct taxonomy_hints {
    const struct str *names; // file names, column names, channel codes
    size_t n_names;
    const struct str *texts; // some texts, the first 500 are read
    size_t n_texts;
};

// Why an industry was chosen, to be shown to the user. Each word of the industry's `names` found in
// a name gives 10 points (at most 30 in all), each percent of the texts that has one of its `texts`
// words gives 1. The winner needs 20 points and 1.25 × the points of the second, else it is
// "general".
struct taxonomy_guess {
    struct str code;     // the winner or "general"
    double points;       // of the best one, chosen or not
    double text_share;   // of the texts that have one of its words, 0 … 1
    struct str words[6]; // what spoke for it: words of names, then the commonest of texts
    size_t n_words;      // 0 if "general"
};

// `dir`: folder of the industry files, NULL for the shipped one. `industry`: a code ("hotel"), one
// of its names (“酒店”) or "" to choose by `hints` (NULL: none). ERROR_NOT_FOUND for an unknown one
// lists the known; ERROR_FORMAT names file and member of a template that is not as it should be.
bool taxonomy_open(const char *dir, struct str industry, const struct taxonomy_hints *hints,
                   struct taxonomy **ret, struct error *err) MUST_USE;
void taxonomy_close(struct taxonomy *t); // NULL is fine

struct str taxonomy_code(const struct taxonomy *t);                 // "restaurant"
struct str taxonomy_name(const struct taxonomy *t, enum lang lang); // “餐饮外卖”
// How it came to this industry; code "" when the user named it.
const struct taxonomy_guess *taxonomy_guessed(const struct taxonomy *t);

struct str taxonomy_dimension_name(const struct taxonomy *t, enum dimension d, enum lang lang);
struct str taxonomy_issue_name(const struct taxonomy *t, enum dimension d, enum lang lang);
struct str taxonomy_department(const struct taxonomy *t, enum dimension d, enum lang lang);
// Starting weight for the satisfaction index, 0 … 1; 0 where the industry does not have the
// dimension, and where it is hidden or merged. Weights are meant relative to each other; they need not sum to 1.
double taxonomy_weight(const struct taxonomy *t, enum dimension d);
// The same in points: 100 are all weights of the industry together.
double taxonomy_points(const struct taxonomy *t, enum dimension d);

// The industries there are, "general" first, then by code. In the arena.
struct taxonomy_industry {
    struct str code, name;
};
bool taxonomy_industries(const char *dir, enum lang lang, struct arena *a,
                         struct taxonomy_industry **ret, size_t *ret_n, struct error *err) MUST_USE;

// ── what a workspace says differently ──

// Right after opening, before another thread has it: names, weights and words of a workspace (the JSON of
// analyse/taxonomy_own.h) over those of the industry. On false nothing was changed.
bool taxonomy_adjust(struct taxonomy *t, const struct json *own, struct error *err) MUST_USE;
// Not to be shown, and no part of the index; still counted and found.
bool taxonomy_is_hidden(const struct taxonomy *t, enum dimension d);
// What mentions of the dimension count as: itself, or what it is merged into.
enum dimension taxonomy_target(const struct taxonomy *t, enum dimension d);
// The workspace's own words for the dimension. A label that came with a feedback (an imported column of labels, parts
// divided by , ; / | 、) and is one of them counts as a mention, with the sentiment of the text; and they are offered
// beside the name where one filters. They do not change what the model reads in a text.
size_t taxonomy_synonyms(const struct taxonomy *t, enum dimension d, const struct str **ret);
// Dimensions of such a label, as bits.
uint64_t taxonomy_labelled(const struct taxonomy *t, struct str label);

// A number that goes with the complaints: means over the complaining ones and over the rest.
struct measure_fact {
    struct str role; // of the attribute column: "delivery_days", "waiting_minutes"
    double mean_bad, mean_good;
};

// What is known about an issue when a measure is looked for. Borrowed; zero means not known.
struct measure_context {
    const struct str *texts; // complaints about this dimension
    size_t n_texts;
    const struct measure_fact *facts;
    size_t n_facts;
    const struct str *columns; // roles of the columns where it is concentrated: "region", "product"
    size_t n_columns;
};

// The measure whose condition fits best; the dimension's unconditional one if none does or
// `context` is NULL; "" if there is none. A condition fits when all of its parts do: words in ≥ 15
// % of the texts and in at least two; a fact beyond its bound and worse among the complaints; a
// column among those given. Among several that fit: a fact counts 1, a column 0.5, words their
// share; first wins. *ret_department (may be NULL): who does it, the dimension's department unless
// the measure says.
struct str taxonomy_measure(const struct taxonomy *t, enum dimension d,
                            const struct measure_context *context, enum lang lang,
                            struct str *ret_department);

// Why an urgent text is urgent: the reason of the first rule one of whose words it has (“提到
// 12315”), the industry's rules before the general ones; "" if none. A word right after 没, 没有,
// 不, 未, 无, "no", "not" or "without" does not count. *ret_department (may be NULL): the rule's,
// or "".
struct str taxonomy_urgent_reason(const struct taxonomy *t, struct str text, enum lang lang,
                                  struct str *ret_department);

#endif
