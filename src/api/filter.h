// SPDX-License-Identifier: Apache-2.0
// filter[field][op]=value, the same on every list and every figure: one table of fields, read once, then asked of
// rows, of facts, or of a feedback in hand.
//
//     filter[occurred_at][gte]=2026-11-01   filter[channel][in]=tmall,jd   filter[sentiment][eq]=neg
//     filter[attr.省份][eq]=西藏
//
// Days without a time are days of the workspace. An unknown field or operator is 400 with invalid_params.
#ifndef API_FILTER_H
#define API_FILTER_H

#include "analyse/record_analysis.h"
#include "api/api.h"
#include "collect/feedback_store.h"
#include "olap/query.h"

#define FILTER_MAX 16

enum filter_op {
    OP_EQ,
    OP_IN,
    OP_GTE,
    OP_GT,
    OP_LTE,
    OP_LT,
};

struct filter_field;

struct filter_condition {
    const struct filter_field *field;
    struct str attr; // of attr.NAME
    enum filter_op op;
    struct str values[FEEDBACK_MAX_IN];
    size_t n_values;
    double number; // of ranges and numbers
    int64_t when;  // of times, µs
};

struct api_filter {
    struct filter_condition conditions[FILTER_MAX];
    size_t n;
    struct str search; // q
    bool needs_facts;  // a condition that rows cannot answer
    bool has_aspect;   // dimension or polarity is asked for
    const struct principal *principal;
    const struct zone *zone;
    const struct taxonomy *taxonomy;
};

// False: answered.
bool filter_parse(struct request *r, struct api_filter *ret) MUST_USE;

// What rows answer by themselves.
void filter_rows(const struct api_filter *f, const struct api *api, struct feedback_filter *ret);
// As conditions of a query on facts, the principal's data scope included. False: a value that no row has, so
// nothing matches; or, with ERROR_INVALID, an attribute that is no column.
bool filter_query(const struct api_filter *f, const struct facts *facts, struct arena *a,
                  struct query *q, struct error *err) MUST_USE;
// Whether a feedback is meant: every condition, and the data scope.
bool filter_matches(const struct api_filter *f, const struct stored_feedback *s);

// Documented query keys of whatever takes filters.
#define API_FILTER_PARAM                                                                           \
    {                                                                                              \
        "filter[*]", PARAM_TEXT, 0, 0, {                                                           \
            "条件：filter[字段][eq|in|gte|gt|lte|lt]=值",                                          \
                "conditions: filter[field][eq|in|gte|gt|lte|lt]=value"                             \
        }                                                                                          \
    }
const char *const *filter_field_names(void); // NULL-terminated, for OpenAPI

#endif
