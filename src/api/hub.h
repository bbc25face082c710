// SPDX-License-Identifier: Apache-2.0
// The HTTP interface of Formbricks Hub, version 1, under /v1/: its client libraries work with this server unchanged.
// A tenant of Hub is a word within the workspace whose key is used; nothing is shared between workspaces. What the
// handlers of api/hub_*.c share.
#ifndef API_HUB_H
#define API_HUB_H

#include "api/api.h"
#include "collect/hub_store.h"

#define HUB_MOST_LIMIT 1000

// Problems as Hub's clients read them: {type, title, status, code, detail, instance, request_id, invalid_params}. In
// English unless Chinese is asked for by name.
http_problem_fn hub_problem;

// Cursors: a position in one order, sealed against change with the workspace; `order` tells the lists apart. On
// false 400 has been answered.
bool hub_cursor_read(struct request *r, uint8_t order, bool *ret_given,
                     struct feedback_position *ret) MUST_USE;
void hub_cursor_add(struct request *r, struct json_writer *w, uint8_t order,
                    const struct feedback_position *next); // "next_cursor"

// The keys of the caller's workspace; NULL: answered.
const struct workspace_keys *hub_keys(struct request *r);
// A tenant_id (or user_id) of query, path or body: 1–255 characters. On false 400 has been answered.
bool hub_check_id(struct request *r, const char *name, struct str value, bool required) MUST_USE;
// {id}: 400 if it is no UUID, 404 if it cannot be one of ours.
bool hub_path_id(struct request *r, int64_t *ret) MUST_USE;

// What an analysis says in Hub's words.
struct hub_sentiment {
    const char *label; // NULL: none (yet)
    double score;      // −1 … 1
};
struct hub_sentiment hub_sentiment_of(const struct stored_feedback *f, const struct hub_record *h);

// FeedbackRecordData.
void hub_record_json(struct json_writer *w, const struct stored_feedback *f,
                     const struct hub_record *h, const struct principal *p, struct arena *a);

// ── filters of list and count ──

struct hub_query {
    struct hub_filter rows;
    struct str tenant;
    // what is asked of the loaded feedback
    bool needs_look;
    uint32_t sentiments;          // bits of hub_sentiment_codes; 0: any
    int has_sentiment;            // −1: any
    bool nothing;                 // a filter that no record can meet: emotions, translations
    double score_low, score_high; // NAN: any
    int64_t date_low, date_high;  // INT64_MIN, INT64_MAX: any
};
bool hub_query_read(struct request *r, struct hub_query *ret) MUST_USE; // false: answered
bool hub_query_matches(const struct hub_query *q, const struct stored_feedback *f,
                       const struct hub_record *h, const struct principal *p);

#define HUB_PARAM(name)                                                                            \
    {                                                                                              \
        name, PARAM_TEXT, 0, 0, {                                                                  \
            "", ""                                                                                 \
        }                                                                                          \
    }
#define HUB_FILTER_PARAMS                                                                          \
    HUB_PARAM("tenant_id"), HUB_PARAM("submission_id"), HUB_PARAM("source_type"),                  \
        HUB_PARAM("source_id"), HUB_PARAM("source_name"), HUB_PARAM("field_id"),                   \
        HUB_PARAM("field_group_id"), HUB_PARAM("field_type"), HUB_PARAM("value_id"),               \
        HUB_PARAM("user_id"), HUB_PARAM("language"), HUB_PARAM("since"), HUB_PARAM("until"),       \
        HUB_PARAM("created_since"), HUB_PARAM("created_until"), HUB_PARAM("value_number_min"),     \
        HUB_PARAM("value_number_max"), HUB_PARAM("value_date_min"), HUB_PARAM("value_date_max"),   \
        HUB_PARAM("sentiment"), HUB_PARAM("sentiment_score_min"),                                  \
        HUB_PARAM("sentiment_score_max"), HUB_PARAM("has_sentiment"), HUB_PARAM("emotions"),       \
        HUB_PARAM("has_emotions"), HUB_PARAM("has_translation")

#endif
