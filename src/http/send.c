// SPDX-License-Identifier: Apache-2.0
// From the reply a handler has set to bytes on the wire.
#include "http/inner.h"

#include <sys/socket.h>
#include <zlib.h>

#include "base/log.h"

#define PACK_BYTES   1024 // smaller replies are not worth it
#define REPLY_MS     60000
#define SLOWEST_RATE KIB // bytes a second a client must take

static bool is_text(const char *type) {
    static const char *const starts[] = {"text/",
                                         "application/json",
                                         "application/problem+json",
                                         "application/javascript",
                                         "application/x-ndjson",
                                         "image/svg+xml"};
    for (size_t i = 0; type && i < ARRAY_LEN(starts); i++)
        if (str_starts(str_from(type), str_from(starts[i])))
            return true;
    return false;
}

void reply_pack(struct request *r) {
    struct reply *p = &r->reply;
    if (!p->may_pack || p->kind != BODY_BYTES || !is_text(p->type))
        return;
    p->may_pack = false;
    if (p->bytes.len < PACK_BYTES)
        return;
    reply_header(r, "Vary", STR("Accept-Encoding"));
    if (!r->accepts_gzip || p->bytes.len > UINT32_MAX / 2)
        return;
    z_stream z = {.next_in = (Bytef *)(uintptr_t)p->bytes.ptr, .avail_in = (uInt)p->bytes.len};
    if (deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    size_t cap = deflateBound(&z, (uLong)p->bytes.len);
    struct strbuf packed = {.ptr = mem_alloc(cap + 1), .cap = cap + 1, .limit = cap + 1};
    z.next_out = (Bytef *)packed.ptr;
    z.avail_out = (uInt)cap;
    bool ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
    packed.len = cap - z.avail_out;
    packed.ptr[packed.len] = '\0';
    deflateEnd(&z);
    if (!ok || packed.len >= p->bytes.len) {
        strbuf_done(&packed);
        return;
    }
    strbuf_done(&p->taken);
    p->taken = packed;
    p->bytes = strbuf_str(&p->taken);
    p->encoding = "gzip";
}

static bool matches_etag(struct str header, struct str etag) {
    struct str part;
    while (str_cut(&header, ',', &part)) {
        part = str_trim(part);
        if (str_starts(part, STR("W/")))
            part = str_slice(part, 2, part.len);
        if (str_eq(part, etag) || str_eq(part, STR("*")))
            return true;
    }
    return false;
}

// What never changes has a tag; who has it already gets 304.
static void tag(struct request *r) {
    struct reply *p = &r->reply;
    if (!p->is_static || p->status != 200)
        return;
    struct str etag =
        arena_printf(&r->arena, "\"%016llx\"", (unsigned long long)str_hash(p->bytes));
    reply_header(r, "ETag", etag);
    if (!matches_etag(request_header(r, "If-None-Match"), etag))
        return;
    p->status = 304;
    p->kind = BODY_NONE;
    p->type = p->encoding = NULL;
}

static bool has_header(const struct reply *p, struct str name) {
    for (const struct header *h = p->headers; h; h = h->next)
        if (str_eq_nocase(str_from(h->name), name))
            return true;
    return false;
}

typedef void add_header(void *to, const char *name, const char *value);

// All headers but those of the framing; a handler's own wins over the server's of the same name.
static void each_header(struct request *r, add_header *add, void *to) {
    struct reply *p = &r->reply;
    struct http *h = r->c->http;
    add(to, "X-Request-Id", arena_str(&r->arena, r->id).ptr);
    if (p->type)
        add(to, "Content-Type", p->type);
    if (p->encoding)
        add(to, "Content-Encoding", p->encoding);
    for (const struct header *own = p->headers; own; own = own->next)
        add(to, own->name, own->value);
    for (const char *const *line = h->o.headers; line && *line; line++) {
        struct str text = str_from(*line);
        size_t colon = str_find_char(text, ':');
        struct str name = str_slice(text, 0, colon);
        if (colon == STR_NONE || has_header(p, name))
            continue;
        const char *value = *line + colon + 1;
        add(to, arena_str(&r->arena, name).ptr, value + strspn(value, " "));
    }
}

static void add_to_mhd(void *to, const char *name, const char *value) {
    if (MHD_add_response_header(to, name, value) == MHD_NO)
        log_warn("http: the reply header %s is not valid", name);
}

static struct MHD_Response *make_response(struct request *r) {
    struct reply *p = &r->reply;
    switch (p->kind) {
    case BODY_STREAM:
        return stream_response(r);
    case BODY_EVENTS:
        return listener_response(r);
    case BODY_NONE:
    case BODY_BYTES:
        break;
    }
    // The memory is the request's, which ends after its reply has been sent.
    return MHD_create_response_from_buffer(p->bytes.len, (void *)(uintptr_t)p->bytes.ptr,
                                           MHD_RESPMEM_PERSISTENT);
}

static void complete(struct request *r) {
    if (!r->reply.status) {
        log_error("http: the handler of %s %.*s has set no reply",
                  r->route ? r->route->method : "?", STR_ARG(r->path));
        reply_error(r, 500, ERROR_INTERNAL, "服务器内部错误", "internal error");
    }
    reply_pack(r);
    tag(r);
}

enum MHD_Result reply_send(struct request *r) {
    struct reply *p = &r->reply;
    complete(r);
    bool endless = p->kind == BODY_STREAM || p->kind == BODY_EVENTS;
    int64_t allowed_ms = endless ? 0 : REPLY_MS + (int64_t)(p->bytes.len / SLOWEST_RATE) * 1000;
    if (!connection_enter(r->c, PHASE_REPLY, allowed_ms))
        return MHD_NO;
    struct MHD_Response *response = make_response(r);
    if (!response)
        return MHD_NO;
    each_header(r, add_to_mhd, response);
    if (atomic_load_explicit(&r->c->http->closing, memory_order_relaxed))
        MHD_add_response_header(response, "Connection", "close");
    p->queued_status = p->status;
    bool has_body = p->kind == BODY_BYTES && !str_eq(r->method, STR("HEAD"));
    p->sent_bytes = has_body ? p->bytes.len : 0;
    enum MHD_Result ok = MHD_queue_response(r->c->mhd, (unsigned)p->status, response);
    MHD_destroy_response(response);
    return ok;
}

static void add_to_text(void *to, const char *name, const char *value) {
    strbuf_addf(to, "%s: %s\r\n", name, value);
}

bool reply_send_raw(struct request *r) {
    struct reply *p = &r->reply;
    if (r->c->http->is_tls)
        return false;
    p->may_pack = false;
    complete(r);
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB);
    const char *phrase = MHD_get_reason_phrase_for((unsigned)p->status);
    strbuf_addf(&sb, "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Length: %zu\r\n", p->status,
                phrase, p->bytes.len);
    each_header(r, add_to_text, &sb);
    strbuf_adds(&sb, "\r\n");
    if (!str_eq(r->method, STR("HEAD")))
        strbuf_add(&sb, p->bytes);
    ssize_t sent = send(r->c->fd, sb.ptr, sb.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0)
        return false;
    // So little goes out at once, unless the client has left earlier replies unread: then it gets no more.
    shutdown(r->c->fd, sent == (ssize_t)sb.len ? SHUT_WR : SHUT_RDWR);
    p->queued_status = p->status;
    p->sent_bytes = p->bytes.len;
    r->stage = STAGE_LINGER;
    return true;
}
