// SPDX-License-Identifier: Apache-2.0
// What the user says of columns: --map "text=评价内容,score=评分@1-10,score.logistics=物流分,ignore=备注".
//
//     entry   = role "=" column [ "@" scale ]
//     role    = a code of templates/exports/_names.json (text, score, time, order, region …), score.DIMENSION,
//               dimension, measure, ignore
//     column  = header | "#" number (1 = first) | '"' header with , = @ '"'
//     scale   = low "-" high (of scores; high first: reversed) | "1904" (of times)
//
// The same role may be given several times where several columns make sense (text, score, dimension, measure,
// ignore).
#ifndef COLLECT_MAPPING_H
#define COLLECT_MAPPING_H

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"

struct mapping_entry {
    struct str role;      // "text", "score", "region"
    struct str dimension; // "logistics" of score.logistics
    struct str column;    // header, "" when by number
    size_t number;        // 1-based, 0 when by header
    double low, high;     // NAN if not said
    bool reversed;
    bool from_1904;
};

struct mapping {
    VEC(struct mapping_entry);
};

// Strings are borrowed from `text`. ERROR_USAGE shows the entry that is wrong and how it should look.
bool mapping_parse(struct str text, struct mapping *ret, struct error *err) MUST_USE;
void mapping_done(struct mapping *m);

#endif
