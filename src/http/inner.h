// SPDX-License-Identifier: Apache-2.0
// What the parts of the server share: the connection, the request that lives in it, the reply being made. Nobody
// outside src/http includes this.
//
// Who may touch a request: libmicrohttpd's thread of its connection, until it suspends the connection; then the
// worker (or, kept, whoever will finish it), until the connection is resumed; then libmicrohttpd's thread again. So
// nothing in it needs a lock, but `answer`, the point at which finishing and suspending meet. The watch (deadline.c)
// looks at `phase`, `since_us` and `body_bytes` of a connection, which are atomic.
#ifndef HTTP_INNER_H
#define HTTP_INNER_H

#include <pthread.h>
#include <stdatomic.h>

#include <microhttpd.h>

#include "base/vec.h"
#include "http/http.h"
#include "http/query.h"
#include "http/router.h"

enum phase {
    PHASE_IDLE,  // waits for the first line of a request
    PHASE_HEAD,  // the line has come
    PHASE_BODY,  // the head has come
    PHASE_WORK,  // ours: waiting for a worker, with a handler, kept
    PHASE_REPLY, // being sent
    // a refusal was sent before the body was complete: what still comes is thrown away
    PHASE_LINGER,
    PHASE_CUT, // the watch has shut the socket
};

// What libmicrohttpd's next call about the request means.
enum stage {
    STAGE_HEAD,     // the head is complete
    STAGE_BEGUN,    // the head again, after JOB_BEFORE
    STAGE_BODY,     // a piece of the body, or its end
    STAGE_DRAIN,    // the reply is known, the rest of the body is thrown away before it is sent
    STAGE_LINGER,   // the reply has been sent past libmicrohttpd
    STAGE_WORK,     // nothing may come: suspended
    STAGE_ANSWERED, // the reply is to be sent
};

enum answer {
    ANSWER_OPEN,      // the handler runs
    ANSWER_SUSPENDED, // the connection waits for request_finish
    ANSWER_READY,     // request_finish came
};

enum job {
    JOB_BEFORE,  // sink route, head complete: may the body come?
    JOB_PIECE,   // sink
    JOB_HANDLE,  // the rest for the sink, then the handler
    JOB_PRODUCE, // the next piece of a stream
};

struct header {
    const char *name;
    const char *value; // NUL-terminated, without CR and LF
    struct header *next;
};

enum body_kind {
    BODY_NONE,
    BODY_BYTES,  // `bytes`: in the arena, in `taken`, or static
    BODY_STREAM, // `stream`
    BODY_EVENTS, // `listener`
};

struct reply {
    int status; // 0: not set
    enum body_kind kind;
    const char *type;     // NULL: no Content-Type
    const char *encoding; // NULL: identity
    struct str bytes;
    struct strbuf taken;    // owns `bytes` if reply_take gave it
    bool is_static;         // has an ETag
    bool may_pack;          // worth gzip
    struct header *headers; // newest first
    struct stream *stream;
    struct listener *listener;
    bool is_begun;     // stream or listener belongs to libmicrohttpd
    int queued_status; // what was in fact sent
    size_t sent_bytes;
};

struct request {
    struct connection *c;
    struct arena arena;
    enum stage stage;
    enum job job;
    _Atomic int answer; // enum answer
    int64_t began_us;   // monotonic, when its first line had come
    struct str method, target, path, id;
    struct pairs query, cookies;
    bool has_cookies; // parsed
    struct route_match match;
    const struct http_route *route; // = match.route
    // is_early: the reply is sent before the body is read
    bool expects_continue, accepts_gzip, is_early;
    bool was_let_in;               // `before` ran for a sink
    size_t body_expected, drained; // body_expected: SIZE_MAX when chunked
    int64_t body_left_ms;          // of its deadline, while the sink works
    struct strbuf body;
    size_t body_reserved; // of http.body_bytes
    void *user, *state;
    void (*state_done)(void *state);
    http_problem_fn *problems; // NULL: ours
    struct reply reply;
};

struct connection {
    struct http *http;
    struct MHD_Connection *mhd;
    int fd;
    struct connection *prev, *next; // of http.connections, under http.lock
    _Atomic int phase;              // enum phase
    _Atomic int64_t since_us;       // when the phase began
    _Atomic int64_t allowed_us;     // longest time in this phase, 0: any
    _Atomic size_t body_bytes;      // of the present body, so far
    size_t rate_bytes;              // the watch's: body_bytes at rate_us
    int64_t rate_us;
    _Atomic bool is_gone;      // the watch has found that the client hung up
    bool had_request;          // libmicrohttpd's thread
    struct listener *listener; // under http.lock
    char peer[64];
    struct request request;
};

struct pool; // worker.c

struct http {
    struct http_options o; // with defaults filled in
    struct router *router;
    struct MHD_Daemon *daemon;
    struct pool *pool;
    int listen_fd, port;
    bool is_tls;
    uint64_t id_seed;
    _Atomic uint64_t id_count;
    _Atomic size_t body_bytes; // in all bodies being collected
    _Atomic bool closing;
    pthread_mutex_t lock;
    pthread_cond_t wake; // of the watch
    struct connection *connections;
    size_t n_connections;
    pthread_t watch;
    bool has_watch;
    char mhd_says[256]; // libmicrohttpd's last complaint while it starts
};

// ── listen.c ──
bool listen_open(struct str where, int *ret_fd, int *ret_port, struct error *err) MUST_USE;
void peer_format(const struct sockaddr *sa, char *buf, size_t cap);

// ── head.c ──
void request_begin(struct request *r, const char *uri); // the first line has come
// Looks at the whole head. True: the request may go on. False: a reply is set.
bool head_check(struct request *r, const char *method, const char *version) MUST_USE;
void refuse_size(struct request *r); // sets the 413
int64_t request_deadline_ms(const struct request *r);

// ── request.c ──
void request_end(struct request *r); // frees and forgets; the connection may take the next one

// ── worker.c ──
struct pool *pool_new(struct http *h);
void pool_stop(struct pool *p); // takes no more, ends when all is done
void pool_free(struct pool *p);
// A place in the queue for a new request; false: full. What is under way already (pieces, streams) needs none.
bool pool_reserve(struct pool *p) MUST_USE;
void pool_push(struct pool *p, struct request *r, enum job job);
enum request_outcome run_handler(struct request *r); // `before`, then the handler

// ── reply.c, send.c ──
void reply_clear(struct request *r);
void reply_pack(struct request *r); // gzip, where it is wanted
void reply_error(struct request *r, int status, enum error_code code, const char *zh,
                 const char *en);
enum MHD_Result reply_send(struct request *r);
// Sends the reply past libmicrohttpd while the body is still coming. False: cannot (TLS).
bool reply_send_raw(struct request *r) MUST_USE;

// ── stream.c ──
// The end of a reply that cannot be completed, for a reader of libmicrohttpd to return. The socket is shut as well:
// on such an end libmicrohttpd 0.9.75 frees the reply but only looks at the connection again when something happens
// on it.
ssize_t stream_break(struct connection *c);
void stream_produce(struct request *r);
struct MHD_Response *stream_response(struct request *r);
void stream_drop(struct request *r); // if it was never begun

// ── events.c ──
struct MHD_Response *listener_response(struct request *r);
void listener_drop(struct request *r);
// From the watch, under http.lock: the comment that keeps it alive; the end when the server closes. True: the socket
// is to be shut.
bool listener_tick(struct listener *l, int64_t now_us, bool closing) MUST_USE;

// ── deadline.c ──
void connection_add(struct connection *c);
void connection_remove(struct connection *c);
// False: the watch was quicker and has shut the socket.
bool connection_enter(struct connection *c, enum phase next, int64_t allowed_ms);
bool watch_start(struct http *h, struct error *err) MUST_USE;
void watch_stop(struct http *h);

#endif
