// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_client.h"

#include <zlib.h>

#include "base/strbuf.h"

static void pack(struct str plain, struct strbuf *ret) {
    z_stream z = {.next_in = (Bytef *)(uintptr_t)plain.ptr, .avail_in = (uInt)plain.len};
    char out[4096];
    z.next_out = (Bytef *)out;
    z.avail_out = sizeof out;
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    strbuf_add(ret, str_make(out, sizeof out - z.avail_out));
    deflateEnd(&z);
}

static void unpack(struct str packed, struct strbuf *ret) {
    static char out[64 * 1024];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.ptr, .avail_in = (uInt)packed.len};
    z.next_out = (Bytef *)out;
    z.avail_out = sizeof out;
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    strbuf_add(ret, str_make(out, sizeof out - z.avail_out));
    inflateEnd(&z);
}

struct content {
    struct strbuf large; // plain
    struct strbuf packed;
};

static enum request_outcome large(struct request *r, void *ctx) {
    const struct content *c = ctx;
    reply_json(r, 200, strbuf_str(&c->large));
    return REQUEST_DONE;
}

static enum request_outcome picture(struct request *r, void *ctx) {
    const struct content *c = ctx;
    reply_bytes(r, 200, "image/png", strbuf_str(&c->large));
    return REQUEST_DONE;
}

static enum request_outcome small(struct request *r, UNUSED void *ctx) {
    reply_json(r, 200, STR("{}"));
    return REQUEST_DONE;
}

static enum request_outcome fixed(struct request *r, UNUSED void *ctx) {
    reply_static(r, 200, "text/plain", STR("fixed"));
    return REQUEST_DONE;
}

static enum request_outcome asset(struct request *r, void *ctx) {
    const struct content *c = ctx;
    reply_static_gzip(r, 200, "text/css", strbuf_str(&c->packed),
                      request_query(r, "hashed").len > 0);
    return REQUEST_DONE;
}

static enum request_outcome own_policy(struct request *r, UNUSED void *ctx) {
    reply_json(r, 200, STR("{}"));
    reply_header(r, "Content-Security-Policy", STR("sandbox"));
    return REQUEST_DONE;
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/large", .handler = large},
    {.method = "GET", .path = "/picture", .handler = picture},
    {.method = "GET", .path = "/small", .handler = small},
    {.method = "GET", .path = "/small/quick", .handler = small, .quick = true},
    {.method = "GET", .path = "/large/quick", .handler = large, .quick = true},
    {.method = "GET", .path = "/fixed", .handler = fixed},
    {.method = "GET", .path = "/asset", .handler = asset},
    {.method = "GET", .path = "/policy", .handler = own_policy},
};

static const char *const headers[] = {"X-Frame-Options: DENY",
                                      "Content-Security-Policy:default-src 'self'", NULL};

// {path, a request header, status, header, its value, whether the body is packed}
static const struct {
    const char *path, *sent;
    int status;
    const char *name, *value;
    bool packed;
} asked[] = {
    {"/large", "Accept-Encoding: br, gzip", 200, "Content-Encoding", "gzip", true},
    {"/large", "Accept-Encoding: gzip;q=0.5", 200, "Vary", "Accept-Encoding", true},
    {"/large/quick", "Accept-Encoding: gzip", 200, "Content-Encoding", "gzip", true},
    {"/large", "Accept-Encoding: gzip;q=0", 200, "Vary", "Accept-Encoding", false},
    {"/large", "Accept-Encoding: xgzip", 200, "Content-Encoding", "", false},
    {"/large", "Accept: */*", 200, "Content-Encoding", "", false},
    {"/picture", "Accept-Encoding: gzip", 200, "Content-Encoding", "", false},
    {"/small", "Accept-Encoding: gzip", 200, "Content-Encoding", "", false},
    {"/small", "Accept: */*", 200, "X-Frame-Options", "DENY", false},
    {"/small", "Accept: */*", 200, "Content-Security-Policy", "default-src 'self'", false},
    {"/policy", "Accept: */*", 200, "Content-Security-Policy", "sandbox", false},
    {"/unknown", "Accept: */*", 404, "X-Frame-Options", "DENY", false},
    {"/asset", "Accept-Encoding: gzip", 200, "Cache-Control", "no-cache", true},
    {"/asset?hashed=1", "Accept-Encoding: gzip", 200, "Cache-Control",
     "public, max-age=31536000, immutable", true},
    {"/asset", "Accept: */*", 200, "Content-Encoding", "", false},
    {"/fixed", "If-None-Match: \"0\"", 200, "Content-Length", "5", false},
    {"/fixed", "If-None-Match: *", 304, "Content-Type", "", false},
};

TEST(http_send_packs_text_for_who_takes_it) {
    struct content c = {strbuf_init(64 * KIB), strbuf_init(64 * KIB)};
    while (c.large.len < 20 * KIB)
        strbuf_addf(&c.large, "{\"n\":%zu},", c.large.len);
    pack(STR("body { margin: 0 }"), &c.packed);
    struct http_options more = {.ctx = &c, .headers = headers};
    struct http *h = test_server(routes, ARRAY_LEN(routes), &more);
    static struct test_reply reply;
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        char text[512];
        snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n", asked[i].path,
                 asked[i].sent);
        test_ask(h, text, &reply);
        if (reply.status != asked[i].status ||
            !str_eq(test_header(&reply, asked[i].name), str_from(asked[i].value)))
            fail_msg("%s\n→ %.*s", text, STR_ARG(reply.head));
        CLEANUP(strbuf_done) struct strbuf plain = strbuf_init(64 * KIB);
        if (asked[i].packed)
            unpack(reply.body, &plain);
        else
            strbuf_add(&plain, reply.body);
        if (strncmp(asked[i].path, "/large", 6) == 0)
            assert_str(strbuf_str(&plain), strbuf_cstr(&c.large));
        if (strncmp(asked[i].path, "/asset", 6) == 0)
            assert_str(strbuf_str(&plain), "body { margin: 0 }");
    }
    http_close(h, 1000000);
    strbuf_done(&c.large);
    strbuf_done(&c.packed);
}

TEST(http_send_answers_304_to_who_has_it) {
    struct content c = {strbuf_init(KIB), strbuf_init(KIB)};
    pack(STR("x"), &c.packed);
    struct http_options more = {.ctx = &c};
    struct http *h = test_server(routes, ARRAY_LEN(routes), &more);
    static struct test_reply reply;
    static const char *const paths[] = {"/fixed", "/asset"};
    for (size_t i = 0; i < 2; i++) {
        char text[512];
        snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", paths[i]);
        test_ask(h, text, &reply);
        struct str etag = test_header(&reply, "ETag");
        assert_true(etag.len > 2);
        snprintf(text, sizeof text,
                 "GET %s HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"a\", W/%.*s\r\n\r\n", paths[i],
                 STR_ARG(etag));
        test_ask(h, text, &reply);
        assert_int_equal(reply.status, 304);
        assert_true(test_header(&reply, "ETag").len > 2);
        assert_int_equal(reply.body.len, 0);
    }
    http_close(h, 1000000);
    strbuf_done(&c.large);
    strbuf_done(&c.packed);
}
