// SPDX-License-Identifier: Apache-2.0
// An HTTP/1.1 server over libmicrohttpd: requests in, replies out, limits at the edge. Knows nothing of the product.
//
// Threads: a few libmicrohttpd threads (epoll) read and write. When head and body of a request have come, the
// connection is suspended and the handler runs on one of `workers` threads, where it may wait (for a read, a hash). A
// handler that would wait for a commit can instead keep the request and answer later from any thread: return
// REQUEST_KEPT and call request_finish exactly once; from the moment another thread may do that, the handler no
// longer touches the request. A handler that never waits at all says so in its route (`quick`) and runs on the
// libmicrohttpd thread itself, which saves two changes of thread; hot intake that keeps its requests is of that kind.
//
//     static enum request_outcome hello(struct request *r, void *ctx) {
//         reply_json(r, 200, STR("{\"hello\":true}"));
//         return REQUEST_DONE;
//     }
//     static const struct http_route routes[] = {{.method = "GET", .path = "/hello/{name}", .handler = hello}};
//     struct http_options o = {.listen = STR("127.0.0.1:8080"), .routes = routes, .n_routes = 1};
//     struct http *h;
//     if (!http_open(&o, &h, err)) …
//     http_close(h, 10 * US_PER_SECOND);      // no new connections, what is in flight is finished
//
// Every reply carries X-Request-Id (the client's, if 1–100 characters of [A-Za-z0-9._-], else ours), and the secure
// headers of http_options. Unknown path → 404, known path with another method → 405 with Allow, all as problem+json
// (RFC 9457); HEAD answers as GET without the body, OPTIONS as 204 with Allow. Text of more than 1 KiB is gzipped for
// who takes it. Only what is not HTTP at all (an unreadable head, a broken chunk: 400, 413, 431, 505, then closed) is
// answered by libmicrohttpd itself, without any of that.
//
// A request and all it gives (strings, arena) live until its reply has been sent, also when the client has gone
// meanwhile: a handler never needs to know.
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "base/arena.h"
#include "base/error.h"
#include "base/strbuf.h"

struct http;
struct request;

enum request_outcome {
    REQUEST_DONE, // the reply is complete (or a stream was begun)
    REQUEST_KEPT, // request_finish will be called
};
typedef enum request_outcome http_handler(struct request *r, void *ctx);

// Takes the body piece by piece, on a worker, before the handler runs. False ends the request with err's problem.
typedef bool http_sink(struct request *r, struct str piece, struct error *err);

struct http_route {
    const char *method; // "GET", "POST" …
    const char *path;   // "/api/v1/feedback/{id}"; a last "{rest*}" takes everything that follows
    http_handler *handler;
    size_t body_limit; // bytes; 0: no body is accepted; larger → 413
    http_sink *sink;   // NULL: the body is collected whole (request_body)
    // `before` and `handler` never wait (no lock held long, no store, no hash): they run on a libmicrohttpd thread.
    // Not with a sink.
    bool quick;
    // From the first line of the request to the end of its body; 0: 30 s, larger for uploads. The sink's own time
    // does not count. Who is late gets 408 and is closed.
    int64_t deadline_ms;
    const void *about; // of whoever made the table; request_route gives it back
};

struct http_options {
    // "127.0.0.1:8080", "[::1]:8080", "0.0.0.0:80", "[::]:80" (IPv4 as well); port 0: any free one (http_port)
    struct str listen;
    const struct http_route *routes;
    size_t n_routes;
    void *ctx;   // for handlers
    int workers; // 0: 16
    int threads; // libmicrohttpd's; 0: 2
    // 0: 2,000; more wait to be accepted, and idle ones are closed early to make room
    int max_connections;
    size_t queue; // requests waiting for a worker; 0: 1,000; more → 503 with Retry-After
    // bytes of all bodies being collected; 0: 256 MiB; more → 503 with Retry-After
    size_t body_memory;
    // From the connection (or the line of a later request) to the end of the head; 0: 30 s
    int64_t head_deadline_ms;
    int64_t keep_alive_ms; // an idle connection is closed after; 0: 75 s
    // A body must come at 1 KiB/s at least, looked at over this time whatever its deadline; 0: 10 s
    int64_t rate_window_ms;
    const char *cert_pem, *key_pem; // TLS by an own certificate (text, not path); NULL: plain
    const char *const *headers;     // "Name: value" on every reply, NULL-terminated
    // Runs on the worker before each handler, and before the first piece goes to a sink: sign-in, permission, rate
    // limit. False, with a reply set, ends the request.
    bool (*before)(struct request *r, void *ctx);
    // After the reply is sent (also the server's own 404, 413 …): access log, metrics. On a libmicrohttpd thread:
    // must not wait. Status 499: the client went away before. request_route is NULL where no route was found.
    void (*after)(struct request *r, int status, size_t reply_bytes, int64_t took_us, void *ctx);
};

// What `o` points to is borrowed until http_close. ERROR_CONFLICT: the port is taken; ERROR_INVALID: the address
// or the certificate cannot be used.
bool http_open(const struct http_options *o, struct http **ret, struct error *err) MUST_USE;
int http_port(const struct http *h);
// Accepts nothing more, closes idle connections and streams of events, lets what is under way finish; after
// `patience_us` cuts the clients off, but still waits for handlers and kept requests: whoever keeps them must be
// alive until then.
void http_close(struct http *h, int64_t patience_us);

// ── the request ──
struct arena *request_arena(struct request *r); // lives as long as the request
struct str request_id(const struct request *r);
struct str request_method(const struct request *r);
struct str request_path(const struct request *r);
// address of the other end: "192.0.2.1"
struct str request_peer(const struct request *r);
struct str request_param(const struct request *r, const char *name);  // of the path: {id}; decoded
struct str request_header(const struct request *r, const char *name); // "" if absent
struct str request_cookie(const struct request *r, const char *name);
struct str request_body(const struct request *r);
const struct http_route *request_route(const struct request *r);
// The query string, decoded, in order. UTF-8 is checked: an invalid one was answered with 400 before.
size_t request_n_query(const struct request *r);
struct str request_query_name(const struct request *r, size_t i);
struct str request_query_value(const struct request *r, size_t i);
// first of the name, "" if absent
struct str request_query(const struct request *r, const char *name);
// What `before` found out (the principal): set once, read by handlers.
void request_set_user(struct request *r, void *user);
void *request_user(const struct request *r);
// What a sink gathers piece by piece. `done` (may be NULL) is called once at the end of the request, also when the
// client hung up before the handler ran.
void request_set_state(struct request *r, void *state, void (*done)(void *state));
void *request_state(const struct request *r);
void *request_ctx(const struct request *r); // http_options.ctx

// ── the reply ──
// CR and LF in a value abort: our bug
void reply_header(struct request *r, const char *name, struct str value);
void reply_status(struct request *r, int status); // alone: an empty reply
void reply_bytes(struct request *r, int status, const char *type, struct str body); // copied
// taken over, *body is empty after
void reply_take(struct request *r, int status, const char *type, struct strbuf *body);
// Borrowed for ever. With an ETag of the content; If-None-Match is answered with 304.
void reply_static(struct request *r, int status, const char *type, struct str body);
// The same for what is stored gzipped: sent as it is to whoever accepts gzip, unpacked for others. `immutable`: the
// name carries a hash of the content, so browsers may keep it for a year; else they ask again each time (no-cache,
// which costs a 304).
void reply_static_gzip(struct request *r, int status, const char *type, struct str body_gzip,
                       bool immutable);
void reply_json(struct request *r, int status, struct str body);
void reply_redirect(struct request *r, int status, struct str where);
// The longest cookie we set: Path=/; HttpOnly; SameSite=Lax; Secure under TLS or behind a proxy that says https.
void reply_cookie(struct request *r, const char *name, struct str value, int64_t max_age_s);

// A reply whose body is written while it is sent: `produce` is called on a worker, appends to `out` (up to about 64
// KiB), returns false at the end.
typedef bool http_produce(void *ctx, struct strbuf *out);
void reply_stream(struct request *r, int status, const char *type, http_produce *produce,
                  void (*done)(void *ctx), void *ctx);

void request_finish(struct request *r); // after REQUEST_KEPT: the reply set so far is sent

// ── problems (RFC 9457) ──
struct invalid_param {
    struct str name; // "scores[2].value", "filter[channel][in]"
    struct words reason;
};
// {type, title, status, detail, code, requestId, invalid_params[]} in the language of Accept-Language. Status by
// error code (a 500 is logged and shown without its text): usage, invalid, format → 400; limit → 413; not_found →
// 404; forbidden → 403; conflict → 409; unsupported → 415 … see http/problem.c.
void reply_problem(struct request *r, const struct error *err);
void reply_problem_status(struct request *r, int status, const char *code, const struct error *err,
                          const struct invalid_param *params, size_t n_params);
enum lang request_lang(const struct request *r); // Accept-Language, zh first when equal or absent

// Writes the problems of this request in another shape from now on: an interface that exists elsewhere has its
// own. `fn` answers with reply_bytes. Such interfaces speak English unless Chinese is asked for.
typedef void http_problem_fn(struct request *r, int status, const char *code,
                             const struct error *err, const struct invalid_param *params,
                             size_t n_params);
void request_set_problems(struct request *r, http_problem_fn *fn);

// ── server-sent events ──
// A hub hands each event to everyone who listens on its topic. Streams get a comment every 15 s, and are closed by
// http_close. A listener that does not read is dropped after 256 waiting events; its browser connects again and loads
// anew.
struct event_hub;
struct event_hub *event_hub_new(void);
void event_hub_free(struct event_hub *hub); // after http_close
// Turns the request into a stream: text/event-stream. `topic`: what it listens on.
void reply_events(struct request *r, struct event_hub *hub, struct str topic);
// `event` is the name, `data` one line of JSON. Any thread; never waits.
void event_publish(struct event_hub *hub, struct str topic, const char *event, struct str data);

#endif
