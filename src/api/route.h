// SPDX-License-Identifier: Apache-2.0
// The route table: one row an operation. The router, the permission check, the list of allowed query keys,
// OpenAPI, the API pages and the access tests all read it. A file of handlers has its rows at its end;
// api/routes.c joins the tables.
//
//     static enum request_outcome get_note(struct request *r, void *ctx) {
//         struct api *api = ctx;
//         const struct principal *p = request_user(r);       // signed in and permitted: the guard has checked it
//         …
//         reply_json(r, 200, strbuf_str(&sb));
//         return REQUEST_DONE;
//     }
//     static const struct api_route routes[] = {
//         {.method = "GET", .path = "/api/v1/notes/{id}", .handler = get_note, .permission =
//         PERMISSION_FEEDBACK_READ, .tag = "notes",
//          .summary = {"一条备注", "one note"}, .reply = "Note"},
//     };
//     const struct api_table note_routes = API_TABLE(routes);
#ifndef API_ROUTE_H
#define API_ROUTE_H

#include "account/principal.h"
#include "base/lang.h"
#include "http/http.h"

enum param_type {
    PARAM_TEXT,
    PARAM_INT,
    PARAM_DATE,
    PARAM_ID,
};

struct api_param {    // of the query string
    const char *name; // "limit"; "filter[*]" allows every filter[field][op]
    enum param_type type;
    int64_t low, high; // of PARAM_INT
    struct words about;
};

struct api_route {
    const char *method, *path;
    http_handler *handler;
    enum permission permission;
    size_t body_limit;
    int64_t deadline_ms;
    http_sink *sink;
    bool quick;
    http_problem_fn *problems; // shape of the errors; NULL: ours
    bool no_workspace;         // may be asked before a workspace is chosen
    bool whole;                // cannot be cut to a data scope: not for whoever has one
    bool hidden;               // not in OpenAPI: pages, files of the console
    const char *tag;
    struct words summary;
    const struct api_param *query; // NULL-named row ends it; NULL: no query keys at all
    const char *body;              // names of schemas in api/schemas.c: of the body, of the reply
    const char *body_type;         // NULL: application/json
    bool body_optional;            // no body at all is fine
    // the handler says what is wrong with the body, api_body only whether it is JSON
    bool own_checks;
    const char *reply;
    const char *reply_type; // NULL: application/json
    int success;            // 0: 200
    bool again;             // 201, or 200 where it was there already
};

struct api_table {
    const struct api_route *rows;
    size_t n;
};
#define API_TABLE(array)                                                                           \
    { array, ARRAY_LEN(array) }

// The rows that every list takes.
#define API_LIST_PARAMS                                                                            \
    {"limit", PARAM_INT, 1, 100, {"每页条数", "items a page"}}, {                                  \
        "cursor", PARAM_TEXT, 0, 0, {                                                              \
            "上一页给出的 next_cursor", "next_cursor of the page before"                           \
        }                                                                                          \
    }

// One line a table, so that a new one is a new line.
extern const struct api_table crosstab_routes;
extern const struct api_table customer_routes;
extern const struct api_table customer_person_routes;
extern const struct api_table customer_segment_routes;
extern const struct api_table demo_routes;
extern const struct api_table event_routes;
extern const struct api_table feedback_routes;
extern const struct api_table feedback_list_routes;
extern const struct api_table feedback_read_routes;
extern const struct api_table feedback_similar_routes;
extern const struct api_table hub_record_routes;
extern const struct api_table hub_search_routes;
extern const struct api_table hub_tenant_routes;
extern const struct api_table hub_webhook_routes;
extern const struct api_table import_routes;
extern const struct api_table import_ndjson_routes;
extern const struct api_table member_routes;
extern const struct api_table openapi_routes;
extern const struct api_table overview_routes;
extern const struct api_table session_routes;
extern const struct api_table system_routes;
extern const struct api_table taxonomy_routes;
extern const struct api_table workspace_routes;

#endif
