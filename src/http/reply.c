// SPDX-License-Identifier: Apache-2.0
// What a handler says the reply is. It is made into bytes in send.c.
#include "http/inner.h"

#include <zlib.h>

#include "base/log.h"

#define JSON_TYPE      "application/json"
#define UNPACKED_LIMIT (64 * MIB)

void reply_clear(struct request *r) {
    struct reply *p = &r->reply;
    if (p->kind == BODY_STREAM)
        stream_drop(r);
    if (p->kind == BODY_EVENTS)
        listener_drop(r);
    strbuf_done(&p->taken);
    p->kind = BODY_NONE;
    p->bytes = STR("");
}

// Drops what an earlier reply_… of this request has set, except its headers.
static struct reply *begin(struct request *r, int status, enum body_kind kind, const char *type) {
    reply_clear(r);
    struct reply *p = &r->reply;
    p->status = status;
    p->kind = kind;
    p->type = type;
    p->encoding = NULL;
    p->is_static = p->may_pack = false;
    return p;
}

void reply_header(struct request *r, const char *name, struct str value) {
    if (!value.len)
        return;
    if (memchr(value.ptr, '\r', value.len) || memchr(value.ptr, '\n', value.len) ||
        memchr(value.ptr, 0, value.len))
        abort(); // a value somebody else chose must be encoded by who puts it here
    struct header *h = arena_alloc(&r->arena, sizeof *h);
    *h = (struct header){name, arena_str(&r->arena, value).ptr, r->reply.headers};
    r->reply.headers = h;
}

void reply_status(struct request *r, int status) {
    begin(r, status, BODY_NONE, NULL);
}

void reply_bytes(struct request *r, int status, const char *type, struct str body) {
    struct str copy = arena_str(&r->arena, body); // `body` may lie in the reply before this one
    struct reply *p = begin(r, status, BODY_BYTES, type);
    p->bytes = copy;
    p->may_pack = true;
}

void reply_take(struct request *r, int status, const char *type, struct strbuf *body) {
    struct reply *p = begin(r, status, BODY_BYTES, type);
    p->taken = *body;
    *body = strbuf_init(body->limit);
    p->bytes = strbuf_str(&p->taken);
    p->may_pack = true;
}

void reply_static(struct request *r, int status, const char *type, struct str body) {
    struct reply *p = begin(r, status, BODY_BYTES, type);
    p->bytes = body;
    p->is_static = true;
}

static bool unpack(struct str packed, struct strbuf *ret) {
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.ptr, .avail_in = (uInt)packed.len};
    if (packed.len > UINT32_MAX || inflateInit2(&z, 15 + 16) != Z_OK)
        return false;
    char chunk[16 * KIB];
    int state = Z_OK;
    while (state == Z_OK) {
        z.next_out = (Bytef *)chunk;
        z.avail_out = sizeof chunk;
        state = inflate(&z, Z_NO_FLUSH);
        strbuf_add(ret, str_make(chunk, sizeof chunk - z.avail_out));
        if (ret->overflow)
            state = Z_BUF_ERROR;
    }
    inflateEnd(&z);
    return state == Z_STREAM_END;
}

void reply_static_gzip(struct request *r, int status, const char *type, struct str body_gzip,
                       bool immutable) {
    reply_static(r, status, type, body_gzip);
    struct reply *p = &r->reply;
    reply_header(r, "Cache-Control",
                 immutable ? STR("public, max-age=31536000, immutable") : STR("no-cache"));
    reply_header(r, "Vary", STR("Accept-Encoding"));
    if (r->accepts_gzip) {
        p->encoding = "gzip";
        return;
    }
    struct strbuf plain = strbuf_init(UNPACKED_LIMIT);
    if (!unpack(body_gzip, &plain))
        abort(); // made by our build
    p->taken = plain;
    p->bytes = strbuf_str(&p->taken);
}

void reply_json(struct request *r, int status, struct str body) {
    reply_bytes(r, status, JSON_TYPE, body);
}

void reply_redirect(struct request *r, int status, struct str where) {
    begin(r, status, BODY_NONE, NULL);
    reply_header(r, "Location", where);
}

void reply_cookie(struct request *r, const char *name, struct str value, int64_t max_age_s) {
    bool secure =
        r->c->http->is_tls || str_eq_nocase(request_header(r, "X-Forwarded-Proto"), STR("https"));
    struct str text =
        arena_printf(&r->arena,
                     "%s=%.*s; Path=/; Max-Age=%lld; HttpOnly; "
                     "SameSite=Lax%s",
                     name, STR_ARG(value), (long long)max_age_s, secure ? "; Secure" : "");
    if (str_find_char(value, ';') != STR_NONE)
        abort(); // would set attributes
    reply_header(r, "Set-Cookie", text);
}
