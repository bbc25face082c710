// SPDX-License-Identifier: Apache-2.0
// What a workspace says differently from its industry: names, weights, words of its own, dimensions that it does not
// look at, dimensions that are one to it. Kept as JSON by code of the dimension, only what differs:
//
//     {"logistics": {"name_zh": "配送", "weight": 20, "synonyms": ["快递"], "merged_into": "service"}, "taste":
//     {"hidden": true}}
//
//     taxonomy_own_parse(stored, &arena, &own, err)                               // → taxonomy_adjust
//     taxonomy_own_change(&own, industry, list, lang, &arena, err)                // what somebody wants changed
//     taxonomy_own_format(&own, &writer)                                          // → stored
//
// Memory: the arena.
#ifndef ANALYSE_TAXONOMY_OWN_H
#define ANALYSE_TAXONOMY_OWN_H

#include "analyse/taxonomy_file.h"
#include "base/json.h"

#define TAXONOMY_MAX_SYNONYMS 20
#define TAXONOMY_MAX_SYNONYM  20 // characters

struct taxonomy;

struct dimension_own {
    struct both name; // "": the industry's
    double weight;    // points (taxonomy_points), 0–100; NAN: the industry's
    struct str *synonyms;
    size_t n_synonyms;
    bool hidden;
    uint8_t merged_into; // enum dimension, DIM_NONE
};

struct taxonomy_own {
    struct dimension_own dimensions[N_DIMENSIONS];
};

// NULL or absent: nothing differs.
bool taxonomy_own_parse(const struct json *stored, struct arena *a, struct taxonomy_own *ret,
                        struct error *err) MUST_USE;
void taxonomy_own_format(const struct taxonomy_own *own, struct json_writer *w);

// A list of {code, name, name_zh, name_en, weight, synonyms, hidden, merged_into}: members and dimensions that are
// absent stay as they are; null, and what the industry says anyway, go back to the industry's. `name` is in
// `lang` and only counts where it differs from what is shown, so that what was read can be sent back.
// ERROR_INVALID with the field ("dimensions[2].weight"): unknown codes or members, weights outside 0–100, a
// synonym of two dimensions, merging into itself or into what is merged itself. `own` may be half changed then.
bool taxonomy_own_change(struct taxonomy_own *own, const struct taxonomy *industry,
                         const struct json *list, enum lang lang, struct arena *a,
                         struct error *err) MUST_USE;

// Whether facts made with one are not those of the other: merges or synonyms differ.
bool taxonomy_own_counts_alike(const struct taxonomy_own *a, const struct taxonomy_own *b);

#endif
