// SPDX-License-Identifier: Apache-2.0
// Facts: what is counted, in columns, in memory. One row a feedback, and two lists that hang on it:
// its aspects (dimension, polarity) and its phrases (codes only). No text and no identity ever
// enters: a dimension column that turns out to hold nearly a different value in each row is closed,
// its values are forgotten, and it is reported.
//
//     struct facts *f = facts_new();
//     int region = facts_add_dimension(f, STR("省份"), STR("region"));
//     int score = facts_add_measure(f, STR("评分"), STR("score"));
//     int sentiment = facts_add_class(f, STR("sentiment"), 3);
//     facts_begin(f);                                 // a new feedback, everything unknown
//     facts_put(f, region, STR("西藏"));
//     facts_put_measure(f, score, 2);
//     facts_put_class(f, sentiment, 0);
//     facts_put_day(f, zone_local_days(zone, us));
//     facts_put_aspect(f, DIM_LOGISTICS, SENTIMENT_NEG);
//     facts_seal(f);                                  // after the last row; then any thread may
//     ask (olap/query.h)
//
// One thread appends; no query before facts_seal. Columns may be added at any time before it:
// earlier rows are unknown there. Measures are kept as 32-bit floats: whole numbers up to
// 16,777,216 exactly, else 7 digits; sums are doubles.
//
// Cost: a dimension value costs 1, 2 or 4 bytes (as many as its codes need), a measure 4, a class
// 1, day and flags 8, an aspect 6, a phrase 8. 1,000,000 feedbacks with 12 dimensions, 4 measures,
// 2 classes and 1,500,000 aspects: ≈ 55 MB.
#ifndef OLAP_FACTS_H
#define OLAP_FACTS_H

#include "base/str.h"

#define FACTS_MAX_COLUMNS  64
#define FACTS_MAX_VALUES   10000 // distinct values of a dimension; more close it
#define FACTS_MAX_ROWS     UINT32_C(500000000)
#define FACTS_NO_CLASS     255       // class unknown
#define FACTS_NO_DAY       INT32_MIN // time unknown
#define FACTS_MIN_DAY      (-719162) // 0001-01-01
#define FACTS_MAX_DAY      2932896   // 9999-12-31
#define FACTS_UNKNOWN_CODE 0         // every dimension's code of "" (no value)

// Columns that every set of facts has; the others are numbered from FACTS_FIRST_COLUMN.
enum {
    FACTS_DAY,      // local day since 1970-01-01, FACTS_NO_DAY; grouped by day, week or month
    FACTS_ASPECT,   // class, aspect grain: dimension of the aspect
    FACTS_POLARITY, // class, aspect grain
    FACTS_PHRASE,   // code, phrase grain; what a code means is the caller's
    FACTS_FIRST_COLUMN,
};

enum column_kind {
    COLUMN_DAY,
    COLUMN_DIMENSION, // strings by dictionary code; code 0 is ""
    COLUMN_CLASS,     // small numbers 0 … n_classes − 1, or FACTS_NO_CLASS
    COLUMN_MEASURE,   // number, NAN unknown
    COLUMN_PHRASE,
};

enum column_state {
    COLUMN_OPEN,
    COLUMN_TOO_MANY, // more than FACTS_MAX_VALUES values, or at the seal more than half as many as
                     // rows have one (columns of at most 20 values are spared)
    COLUMN_CLOSED,   // by facts_close_column
};

struct facts;

struct facts *facts_new(void);
void facts_free(struct facts *f);

// Number of the column. At most FACTS_MAX_COLUMNS: beyond, −1, which every facts_put ignores.
// `role`: "region", "product" … or "". Names are copied.
int facts_add_dimension(struct facts *f, struct str name, struct str role);
int facts_add_measure(struct facts *f, struct str name, struct str role);
int facts_add_class(struct facts *f, struct str name, int n_classes); // 1 … 254

// A new feedback row; returns its index 0, 1, 2 … The facts_put that follow fill it.
uint32_t facts_begin(struct facts *f);
void facts_put(struct facts *f, int dimension,
               struct str value); // "" is unknown; ignored when closed
void facts_put_measure(struct facts *f, int measure,
                       double value);                         // NAN is unknown; ±inf becomes NAN
void facts_put_class(struct facts *f, int column, int value); // out of range is unknown
void facts_put_day(struct facts *f, int64_t local_day); // outside of the years 1 … 9999 is unknown
void facts_put_flags(struct facts *f, uint32_t flags);  // bits are the caller's; replaces
void facts_put_aspect(struct facts *f, int dimension, int polarity); // 0 … 253; once a dimension
void facts_put_phrase(struct facts *f, uint32_t code);               // once a code

// Closes what has too many values and gives unused memory back. After it nothing may be appended.
void facts_seal(struct facts *f);
// Takes a dimension out (looks like personal data, restates the score …). Before or after the seal,
// not while queried.
void facts_close_column(struct facts *f, int column);

uint32_t facts_count(const struct facts *f); // feedback rows
uint64_t facts_count_aspects(const struct facts *f);
uint64_t facts_count_phrases(const struct facts *f);
size_t facts_bytes(const struct facts *f); // memory held

int facts_columns(const struct facts *f); // number of columns, fixed ones included
struct str facts_name(const struct facts *f, int column);
struct str facts_role(const struct facts *f, int column);
enum column_kind facts_kind(const struct facts *f, int column);
enum column_state facts_state(const struct facts *f, int column);
int facts_find_role(const struct facts *f,
                    struct str role); // first open column with the role, or −1
// Number of codes (dimension: with 0 for unknown; class: n_classes), 0 for the others.
uint32_t facts_cardinality(const struct facts *f, int column);
struct str facts_value(const struct facts *f, int dimension,
                       uint32_t code); // borrowed; "" for unknown
uint32_t facts_code(const struct facts *f, int dimension,
                    struct str value); // UINT32_MAX if it never came
bool facts_days(const struct facts *f, int32_t *ret_first,
                int32_t *ret_last); // false: no row has a day

// One row's value, for tests and for reading a column whole.
uint32_t facts_code_at(const struct facts *f, int column, uint32_t row); // dimension or class
double facts_measure_at(const struct facts *f, int column, uint32_t row);
int32_t facts_day_at(const struct facts *f, uint32_t row);
uint32_t facts_flags_at(const struct facts *f, uint32_t row);

#endif
