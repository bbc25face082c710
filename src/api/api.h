// SPDX-License-Identifier: Apache-2.0
// What handlers share: the house behind, the stream of events, and small helpers so that every route reads and
// answers alike. Handlers run on HTTP worker threads and may wait for the store.
#ifndef API_API_H
#define API_API_H

#include "api/route.h"
#include "base/json.h"
#include "work/house.h"

#define SESSION_COOKIE "hs_session"

struct in_flight; // Idempotency-Keys being worked on: api/idempotency.h
struct rate;      // requests counted for 429: api/guard.c
struct metrics;   // counters behind /metrics

struct api {
    struct house *house;
    struct accounts *accounts;
    struct event_hub *hub;
    struct in_flight *in_flight;
    struct rate *rate;
    struct metrics *metrics;
    const char *public_url; // "http://127.0.0.1:8080": for links
};

void api_open(struct house *h, struct api *ret);
void api_close(struct api *api);

// All rows as http wants them; *ret is in the arena and points to them by `about`.
size_t api_routes(struct arena *a, const struct http_route **ret);
const struct api_route *api_route_at(size_t i); // NULL after the last, for OpenAPI and tests

// http_options.before and .after.
bool api_guard(struct request *r, void *ctx);
void api_after(struct request *r, int status, size_t reply_bytes, int64_t took_us, void *ctx);

// ── reading ──

// The body as one JSON value of the shape that the route names; on false the problem has been answered. The tree
// is freed with the request.
bool api_body(struct request *r, const struct json **ret) MUST_USE;
// {id} of the path; on false 404 has been answered.
bool api_path_id(struct request *r, const char *name, int64_t *ret) MUST_USE;
// Who asks, as the rows of what was done have it (principal_actor). In the arena of the request.
struct str api_actor(struct request *r);
size_t api_limit(const struct request *r, size_t otherwise); // checked by the guard

// Cursors: two numbers, sealed against change with the workspace they are for. On false 400 has been answered.
struct api_cursor {
    int64_t at_us, id;
};
// absent: INT64_MAX, INT64_MAX
bool api_cursor_read(struct request *r, struct api_cursor *ret) MUST_USE;
// NULL: null
void api_cursor_add(struct request *r, struct json_writer *w, const struct api_cursor *next);

// ── answering ──

// Answers with the problem and gives REQUEST_DONE.
enum request_outcome api_fail(struct request *r, const struct error *err);
// One wrong member or query key: 400 with invalid_params.
enum request_outcome api_invalid(struct request *r, const char *name, struct words reason);
// takes the buffer over
// 204, or the problem.
enum request_outcome api_done(struct request *r, bool ok, const struct error *e);
enum request_outcome api_ok(struct request *r, int status, struct strbuf *json);

void api_add_text(struct json_writer *w, const char *key, struct str s);
void api_add_when(struct json_writer *w, const char *key, int64_t us); // 0: never: null
void api_add_time(struct json_writer *w, const char *key, int64_t us); // TIME_NONE → null
void api_add_id(struct json_writer *w, const char *key, int64_t id);   // 0 → null

#endif
