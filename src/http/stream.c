// SPDX-License-Identifier: Apache-2.0
// A reply that is written while it is sent. libmicrohttpd asks for bytes; when there are none the connection sleeps
// while a worker makes the next piece, so a client that reads slowly holds one piece of memory and no thread.
#include "http/inner.h"

#include <sys/socket.h>

#include "base/log.h"

#define PIECE_LIMIT MIB // a producer aims at 64 KiB

struct stream {
    struct connection *c;
    http_produce *produce;
    void (*done)(void *ctx);
    void *ctx;
    struct strbuf piece;
    size_t sent; // of the piece
    bool has_ended, has_failed;
};

static void stream_free(void *cls) {
    struct stream *s = cls;
    if (s->done)
        s->done(s->ctx);
    strbuf_done(&s->piece);
    free(s);
}

void reply_stream(struct request *r, int status, const char *type, http_produce *produce,
                  void (*done)(void *ctx), void *ctx) {
    reply_status(r, status); // drops what was set before
    struct stream *s = NEW(struct stream);
    *s = (struct stream){.c = r->c, .produce = produce, .done = done, .ctx = ctx};
    s->piece = strbuf_init(PIECE_LIMIT);
    r->reply.kind = BODY_STREAM;
    r->reply.type = type;
    r->reply.stream = s;
}

void stream_produce(struct request *r) {
    struct stream *s = r->reply.stream;
    strbuf_reset(&s->piece);
    s->sent = 0;
    while (!s->has_ended && !s->piece.len)
        s->has_ended = !s->produce(s->ctx, &s->piece);
    s->has_failed = s->piece.overflow;
    if (s->has_failed)
        log_error("http: a piece of the reply to %.*s is larger than %zu bytes", STR_ARG(r->path),
                  (size_t)PIECE_LIMIT);
    MHD_resume_connection(r->c->mhd);
}

ssize_t stream_break(struct connection *c) {
    shutdown(c->fd, SHUT_RDWR);
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

static ssize_t stream_read(void *cls, UNUSED uint64_t position, char *buf, size_t max) {
    struct stream *s = cls;
    struct request *r = &s->c->request;
    if (s->has_failed)
        return stream_break(s->c);
    size_t n = MIN(s->piece.len - s->sent, max);
    if (n) {
        memcpy(buf, s->piece.ptr + s->sent, n);
        s->sent += n;
        r->reply.sent_bytes += n;
        return (ssize_t)n;
    }
    if (s->has_ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    MHD_suspend_connection(s->c->mhd);
    pool_push(s->c->http->pool, r, JOB_PRODUCE);
    return 0;
}

struct MHD_Response *stream_response(struct request *r) {
    struct MHD_Response *response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, 32 * KIB, stream_read, r->reply.stream, stream_free);
    if (response)
        r->reply.is_begun = true; // libmicrohttpd frees it
    return response;
}

void stream_drop(struct request *r) {
    if (!r->reply.is_begun)
        stream_free(r->reply.stream);
    r->reply.stream = NULL;
    r->reply.is_begun = false;
}
