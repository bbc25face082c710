// SPDX-License-Identifier: Apache-2.0
#include "http/inner.h"

#include <errno.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

// Of libmicrohttpd: a head, then what is read of a body at once. It is zeroed for every request, so more costs time.
#define CONNECTION_BYTES (32 * KIB)
#define DRAIN_BYTES      (4 * MIB) // of a refused body that we read to keep the connection
#define DRAIN_MS         30000
#define LINGER_MS        5000
#define OTHER_FILES      512
#define SINK_BYTES       (64 * KIB) // a piece

// ── the stages of a request, on libmicrohttpd's threads ──

// The reply is known before the body was read. Closing at once would reset the connection under a client that still
// sends, and it would never see why: so a body of moderate size is read to its end, for a larger one the reply goes
// first.
static enum MHD_Result refuse(struct request *r) {
    struct connection *c = r->c;
    if (r->is_early)
        return reply_send(r);
    if (!connection_enter(c, PHASE_BODY, DRAIN_MS))
        return MHD_NO;
    r->stage = STAGE_DRAIN;
    if (r->body_expected == SIZE_MAX || r->body_expected <= DRAIN_BYTES)
        return MHD_YES;
    return reply_send_raw(r) && connection_enter(c, PHASE_LINGER, LINGER_MS) ? MHD_YES
                                                                             : reply_send(r);
}

static void refuse_busy(struct request *r) {
    reply_error(r, 503, ERROR_UNAVAILABLE, "服务器正忙，请稍后再试",
                "the server is busy, try again later");
    reply_header(r, "Retry-After", STR("1"));
}

// The clock of the body stands still meanwhile: the client is not to blame.
static enum MHD_Result suspend_for(struct request *r, enum job job) {
    struct connection *c = r->c;
    int64_t spent_ms = (clock_monotonic_us() - atomic_load(&c->since_us)) / 1000;
    r->body_left_ms = MAX(atomic_load(&c->allowed_us) / 1000 - spent_ms, 1);
    if (!connection_enter(c, PHASE_WORK, 0))
        return MHD_NO;
    r->stage = STAGE_WORK;
    MHD_suspend_connection(c->mhd);
    pool_push(c->http->pool, r, job);
    return MHD_YES;
}

static bool back_to_body(struct request *r) {
    struct connection *c = r->c;
    return atomic_load(&c->phase) != PHASE_WORK ||
           connection_enter(c, PHASE_BODY, r->stage == STAGE_DRAIN ? DRAIN_MS : r->body_left_ms);
}

static enum MHD_Result at_head(struct request *r, const char *method, const char *version) {
    struct connection *c = r->c;
    if (!head_check(r, method, version))
        return refuse(r);
    int64_t spent_ms = (clock_monotonic_us() - r->began_us) / 1000;
    if (!connection_enter(c, PHASE_BODY, MAX(request_deadline_ms(r) - spent_ms, 1)))
        return MHD_NO;
    r->stage = STAGE_BODY;
    if (!r->route->sink || !r->body_expected)
        return MHD_YES;
    if (!pool_reserve(c->http->pool)) {
        refuse_busy(r);
        return refuse(r);
    }
    return suspend_for(r, JOB_BEFORE);
}

// Room for a piece in the memory that all bodies share.
static bool reserve_memory(struct request *r, size_t bytes) {
    struct http *h = r->c->http;
    if (atomic_fetch_add(&h->body_bytes, bytes) + bytes > h->o.body_memory) {
        atomic_fetch_sub(&h->body_bytes, bytes);
        return false;
    }
    r->body_reserved += bytes;
    return true;
}

static enum MHD_Result at_piece(struct request *r, struct str piece, size_t *left) {
    struct connection *c = r->c;
    size_t bytes = atomic_fetch_add(&c->body_bytes, piece.len) + piece.len;
    if (bytes > r->route->body_limit) { // chunked; a known length was refused with the head
        refuse_size(r);
        *left = 0;
        r->stage = STAGE_DRAIN;
        return MHD_YES;
    }
    if (r->route->sink && r->body.len + piece.len > SINK_BYTES && r->body.len) {
        // Not a byte is taken: whatever is left after a chunk would come at once, suspended or not.
        atomic_fetch_sub(&c->body_bytes, piece.len);
        return suspend_for(r, JOB_PIECE);
    }
    *left = 0;
    if (!r->route->sink && !reserve_memory(r, piece.len)) {
        refuse_busy(r);
        r->stage = STAGE_DRAIN;
        return MHD_YES;
    }
    strbuf_add(&r->body, piece);
    return MHD_YES;
}

// Kept, and perhaps finished by now: whoever comes second, here or in request_finish, sees to it that the reply is
// sent.
static enum MHD_Result keep(struct request *r) {
    if (atomic_load(&r->answer) == ANSWER_READY)
        return reply_send(r);
    struct MHD_Connection *mhd = r->c->mhd;
    MHD_suspend_connection(mhd);
    int open = ANSWER_OPEN;
    if (!atomic_compare_exchange_strong(&r->answer, &open, ANSWER_SUSPENDED))
        MHD_resume_connection(mhd);
    return MHD_YES;
}

static enum MHD_Result at_end(struct request *r) {
    struct connection *c = r->c;
    bool quick = r->route->quick;
    if (!quick && !r->was_let_in && !pool_reserve(c->http->pool)) {
        refuse_busy(r);
        return reply_send(r);
    }
    if (!connection_enter(c, PHASE_WORK, 0))
        return MHD_NO;
    r->stage = STAGE_ANSWERED;
    if (quick) {
        atomic_store(&r->answer, ANSWER_OPEN);
        return run_handler(r) == REQUEST_KEPT ? keep(r) : reply_send(r);
    }
    atomic_store(&r->answer, ANSWER_SUSPENDED);
    MHD_suspend_connection(c->mhd);
    pool_push(c->http->pool, r, JOB_HANDLE);
    return MHD_YES;
}

static enum MHD_Result at_drain(struct request *r, size_t *left) {
    r->drained += *left;
    if (!*left)
        return reply_send(r);
    *left = 0;
    if (r->drained <= DRAIN_BYTES)
        return MHD_YES;
    return reply_send_raw(r) && connection_enter(r->c, PHASE_LINGER, LINGER_MS) ? MHD_YES : MHD_NO;
}

static enum MHD_Result on_request(UNUSED void *cls, UNUSED struct MHD_Connection *mhd,
                                  UNUSED const char *url, const char *method, const char *version,
                                  const char *data, size_t *left, void **context) {
    struct request *r = *context;
    if (!r || (atomic_load(&r->c->phase) == PHASE_CUT && r->stage != STAGE_ANSWERED))
        return MHD_NO;
    switch (r->stage) {
    case STAGE_HEAD:
        return at_head(r, method, version);
    case STAGE_BEGUN:
        r->stage = STAGE_BODY;
        if (!back_to_body(r))
            return MHD_NO;
        return r->was_let_in ? MHD_YES : refuse(r);
    case STAGE_BODY:
        if (!back_to_body(r))
            return MHD_NO;
        return *left ? at_piece(r, str_make(data, *left), left) : at_end(r);
    case STAGE_DRAIN:
        return back_to_body(r) ? at_drain(r, left) : MHD_NO;
    case STAGE_LINGER:
        r->drained += *left;
        if (!*left)
            return MHD_NO; // the body is complete, the reply has gone
        *left = 0;
        return MHD_YES;
    case STAGE_ANSWERED:
        return reply_send(r);
    case STAGE_WORK:
        break;
    }
    return MHD_NO;
}

// The first line of a request has come: libmicrohttpd hands what this returns to on_request.
static void *on_line(UNUSED void *cls, const char *uri, struct MHD_Connection *mhd) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct connection *c = info->socket_context;
    int idle = PHASE_IDLE;
    // A connection's first request has had its time since it was opened.
    if (c->had_request)
        connection_enter(c, PHASE_HEAD, c->http->o.head_deadline_ms);
    else
        atomic_compare_exchange_strong(&c->phase, &idle, PHASE_HEAD);
    c->had_request = true;
    request_begin(&c->request, uri ? uri : "");
    return &c->request;
}

static void on_completed(UNUSED void *cls, struct MHD_Connection *mhd, void **context,
                         UNUSED enum MHD_RequestTerminationCode code) {
    struct request *r = *context;
    if (!r)
        return;
    *context = NULL;
    struct connection *c = r->c;
    struct http *h = c->http;
    int status = r->reply.queued_status;
    if (!status) { // a reply of libmicrohttpd's own (a head too large, rubbish), or none
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_HTTP_STATUS);
        int otherwise = atomic_load(&c->phase) == PHASE_CUT && !c->is_gone ? 408 : 499;
        status = info && info->http_status ? (int)info->http_status : otherwise;
    }
    if (h->o.after)
        h->o.after(r, status, r->reply.sent_bytes, clock_monotonic_us() - r->began_us, h->o.ctx);
    request_end(r);
    connection_enter(c, PHASE_IDLE, h->o.keep_alive_ms);
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode code) {
    struct http *h = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        struct connection *c = NEW(struct connection);
        c->http = h;
        c->mhd = mhd;
        c->request.c = c;
        c->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        connection_enter(c, PHASE_IDLE, h->o.head_deadline_ms);
        if (atomic_load(&h->closing)) // accepted at the last moment
            connection_enter(c, PHASE_CUT, 0);
        connection_add(c);
        *context = c;
        return;
    }
    struct connection *c = *context;
    connection_remove(c);
    arena_done(&c->request.arena);
    strbuf_done(&c->request.body);
    free(c);
    *context = NULL;
}

// ── open and close ──

// libmicrohttpd tells why it does not start only to its log; later it complains about clients, which is not the
// operator's concern.
static void on_log(void *cls, const char *fmt, va_list args) PRINTF(2, 0);
static void on_log(void *cls, const char *fmt, va_list args) {
    struct http *h = cls;
    if (h->daemon && !log_enabled(LOG_DEBUG))
        return;
    char text[256];
    vsnprintf(text, sizeof text, fmt, args);
    size_t len = strcspn(text, "\r\n");
    text[len] = '\0';
    if (h->daemon)
        log_debug("http: %s", text);
    else
        snprintf(h->mhd_says, sizeof h->mhd_says, "%s", text);
}

static void fill_defaults(struct http_options *o) {
    o->workers = o->workers ? o->workers : 16;
    o->threads = o->threads ? o->threads : 2;
    o->max_connections = o->max_connections ? o->max_connections : 2000;
    o->queue = o->queue ? o->queue : 1000;
    o->body_memory = o->body_memory ? o->body_memory : 256 * MIB;
    o->head_deadline_ms = o->head_deadline_ms ? o->head_deadline_ms : 30000;
    o->keep_alive_ms = o->keep_alive_ms ? o->keep_alive_ms : 75000;
    o->rate_window_ms = o->rate_window_ms ? o->rate_window_ms : 10000;
}

static size_t unescape_nothing(UNUSED void *cls, UNUSED struct MHD_Connection *mhd, char *s) {
    return strlen(s); // we decode ourselves, from what came
}

static bool start_daemon(struct http *h, struct error *err) {
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                     MHD_USE_TURBO;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)h->o.cert_pem},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)h->o.key_pem},
        {MHD_OPTION_HTTPS_PRIORITIES, 0,
         (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL},
    };
    if (h->is_tls)
        flags |= MHD_USE_TLS;
    else
        tls[0].option = MHD_OPTION_END;
    struct MHD_OptionItem pool[] = {
        {h->o.threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, h->o.threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    h->daemon = NULL;
    struct MHD_Daemon *d = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, h, MHD_OPTION_EXTERNAL_LOGGER, on_log, h,
        MHD_OPTION_LISTEN_SOCKET, h->listen_fd, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_BYTES, MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)(8 * KIB),
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)h->o.max_connections, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)MAX(h->o.keep_alive_ms / 1000 + 30, 60), MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, h, MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
        MHD_OPTION_URI_LOG_CALLBACK, on_line, h, MHD_OPTION_UNESCAPE_CALLBACK, unescape_nothing, h,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, pool, MHD_OPTION_ARRAY, tls,
        MHD_OPTION_END);
    h->daemon = d;
    if (d)
        return true;
    if (h->is_tls)
        return error_set(err, ERROR_INVALID, "证书或私钥不可用：%s",
                         "the certificate or its key cannot be used: %s", h->mhd_says);
    return error_set(err, ERROR_UNAVAILABLE, "HTTP 服务无法启动：%s",
                     "the HTTP server does not start: %s", h->mhd_says);
}

static void free_parts(struct http *h) {
    if (h->daemon)
        MHD_stop_daemon(h->daemon);
    watch_stop(h);
    pool_free(h->pool);
    router_free(h->router);
    if (h->listen_fd >= 0)
        close(h->listen_fd);
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->wake);
    free(h);
}

// A socket a connection, and some for everything else. Where the system does not allow it fewer are accepted.
static void raise_file_limit(size_t connections) {
    struct rlimit files;
    rlim_t wanted = connections + OTHER_FILES;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= wanted)
        return;
    files.rlim_cur = MIN(wanted, files.rlim_max);
    setrlimit(RLIMIT_NOFILE, &files);
}

bool http_open(const struct http_options *o, struct http **ret, struct error *err) {
    struct http *h = NEW(struct http);
    h->o = *o;
    h->listen_fd = -1;
    fill_defaults(&h->o);
    raise_file_limit((size_t)h->o.max_connections);
    h->is_tls = h->o.cert_pem != NULL;
    pthread_mutex_init(&h->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&h->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (getrandom(&h->id_seed, sizeof h->id_seed, 0) != (ssize_t)sizeof h->id_seed)
        h->id_seed = (uint64_t)clock_now_us();
    h->router = router_new(h->o.routes, h->o.n_routes);
    if (!listen_open(h->o.listen, &h->listen_fd, &h->port, err)) {
        free_parts(h);
        return false;
    }
    h->pool = pool_new(h);
    if (!watch_start(h, err) || !start_daemon(h, err)) {
        pool_stop(h->pool);
        free_parts(h);
        return false;
    }
    *ret = h;
    return true;
}

int http_port(const struct http *h) {
    return h->port;
}

// Requests under way; with `cut`, also ends their connections. Idle ones are closed for good, so that none begins
// anew once this has been 0.
static size_t count_busy(struct http *h, bool cut) {
    size_t n = 0;
    pthread_mutex_lock(&h->lock);
    for (struct connection *c = h->connections; c; c = c->next) {
        int phase = PHASE_IDLE;
        bool idle = atomic_compare_exchange_strong(&c->phase, &phase, PHASE_CUT);
        n += !idle && phase != PHASE_CUT;
        if (cut || idle)
            shutdown(c->fd, SHUT_RDWR);
    }
    pthread_mutex_unlock(&h->lock);
    return n;
}

void http_close(struct http *h, int64_t patience_us) {
    if (!h)
        return;
    atomic_store(&h->closing, true);
    MHD_quiesce_daemon(h->daemon);
    // Clients are refused from now on. Its number stays taken: a thread may be about to accept on it.
    shutdown(h->listen_fd, SHUT_RDWR);
    pthread_mutex_lock(&h->lock);
    pthread_cond_signal(&h->wake);
    pthread_mutex_unlock(&h->lock);
    int64_t patience_ends = clock_monotonic_us() + patience_us;
    bool cut = false;
    for (;;) {
        bool late = clock_monotonic_us() >= patience_ends;
        size_t busy = count_busy(h, late);
        if (!busy)
            break;
        if (late && !cut)
            log_warn("http: %zu requests did not end in time and were cut off", busy);
        cut |= late;
        usleep(2000);
    }
    pool_stop(h->pool);
    free_parts(h);
}
