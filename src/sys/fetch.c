// SPDX-License-Identifier: Apache-2.0
#include "sys/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <curl/curl.h>

#include "base/mem.h"

struct fetch {
    CURL *curl;
    bool allow_private, refused;
    struct strbuf *body;
};

void fetch_init(void) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

// ── addresses ──

enum reach {
    REACH_PUBLIC,
    REACH_PRIVATE,
    REACH_NEVER,
};

struct range4 {
    uint32_t net, bits;
    enum reach reach;
};
static const struct range4 ranges4[] = {
    {0x00000000, 8, REACH_NEVER},    {0x0A000000, 8, REACH_PRIVATE},
    {0x64400000, 10, REACH_PRIVATE}, {0x7F000000, 8, REACH_PRIVATE},
    {0xA9FE0000, 16, REACH_NEVER},   {0xAC100000, 12, REACH_PRIVATE},
    {0xC0000000, 24, REACH_PRIVATE}, {0xC0A80000, 16, REACH_PRIVATE},
    {0xC6120000, 15, REACH_PRIVATE}, {0xE0000000, 4, REACH_NEVER},
    {0xF0000000, 4, REACH_NEVER},
};

static enum reach reach_of4(uint32_t address) {
    for (size_t i = 0; i < ARRAY_LEN(ranges4); i++)
        if ((address ^ ranges4[i].net) >> (32 - ranges4[i].bits) == 0)
            return ranges4[i].reach;
    return REACH_PUBLIC;
}

static enum reach reach_of6(const struct in6_addr *a) {
    const uint8_t *b = a->s6_addr;
    bool nat64 = memcmp(b, "\x00\x64\xff\x9b\0\0\0\0\0\0\0\0", 12) == 0;
    if (IN6_IS_ADDR_V4MAPPED(a) || nat64)
        return reach_of4((uint32_t)b[12] << 24 | (uint32_t)b[13] << 16 | (uint32_t)b[14] << 8 |
                         b[15]);
    if (IN6_IS_ADDR_LOOPBACK(a) || (b[0] & 0xFE) == 0xFC)
        return REACH_PRIVATE;
    if (IN6_IS_ADDR_UNSPECIFIED(a) || IN6_IS_ADDR_LINKLOCAL(a) || IN6_IS_ADDR_MULTICAST(a) ||
        memcmp(b, "\xfd\x00\x0e\xc2", 4) == 0)
        return REACH_NEVER;
    return REACH_PUBLIC;
}

static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to) {
    struct fetch *f = ctx;
    enum reach reach = REACH_NEVER;
    if (purpose == CURLSOCKTYPE_IPCXN && to->family == AF_INET)
        reach = reach_of4(
            ntohl(((const struct sockaddr_in *)(const void *)&to->addr)->sin_addr.s_addr));
    else if (purpose == CURLSOCKTYPE_IPCXN && to->family == AF_INET6)
        reach = reach_of6(&((const struct sockaddr_in6 *)(const void *)&to->addr)->sin6_addr);
    if (reach == REACH_NEVER || (reach == REACH_PRIVATE && !f->allow_private)) {
        f->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

bool fetch_url_is_valid(struct str url) {
    CLEANUP(mem_freep) char *text = str_dup(url);
    bool http = str_starts(url, STR("http://")) || str_starts(url, STR("https://"));
    if (!http || strlen(text) != url.len)
        return false;
    CURLU *u = curl_url();
    char *user = NULL, *host = NULL;
    bool ok = curl_url_set(u, CURLUPART_URL, text, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_USER, &user, 0) != CURLUE_OK;
    curl_free(user);
    curl_free(host);
    curl_url_cleanup(u);
    return ok;
}

// ── running ──

static size_t take(char *bytes, size_t size, size_t n, void *ctx) {
    struct fetch *f = ctx;
    size_t room = f->body->limit - f->body->len;
    strbuf_add(f->body, str_make(bytes, MIN(size * n, room)));
    return size * n;
}

struct fetch *fetch_new(void) {
    struct fetch *f = NEW(struct fetch);
    f->curl = curl_easy_init();
    if (!f->curl)
        abort();
    return f;
}

void fetch_free(struct fetch *f) {
    if (!f)
        return;
    curl_easy_cleanup(f->curl);
    free(f);
}

static void set_options(struct fetch *f, const struct fetch_request *q,
                        struct curl_slist *headers) {
    CURL *c = f->curl;
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, q->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, q->method);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)q->timeout_ms);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)MIN(q->timeout_ms, 5000));
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    // A proxy would connect for us, unseen.
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, f);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, f);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "huisheng/" HUISHENG_VERSION);
    if (q->body.len) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body.len);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, q->body.ptr);
    }
}

bool fetch_run(struct fetch *f, const struct fetch_request *q, struct fetch_reply *ret,
               struct error *err) {
    if (!fetch_url_is_valid(str_from(q->url)))
        return error_set(err, ERROR_INVALID, "不是 http 或 https 地址",
                         "is no http or https address");
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    for (size_t i = 0; q->headers && q->headers[i]; i++)
        headers = curl_slist_append(headers, q->headers[i]);
    strbuf_reset(&ret->body);
    f->allow_private = q->allow_private;
    f->refused = false;
    f->body = &ret->body;
    set_options(f, q, headers);
    CURLcode code = curl_easy_perform(f->curl);
    curl_slist_free_all(headers);
    if (f->refused && code != CURLE_OK)
        return error_set(err, ERROR_INVALID, "不允许连接这个地址：它在内部网络",
                         "this address is not allowed: it is inside of the network");
    if (code != CURLE_OK)
        return error_set(err, ERROR_UNAVAILABLE, "没有答复：%s", "no answer: %s",
                         curl_easy_strerror(code));
    long status = 0;
    curl_off_t retry = 0;
    curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(f->curl, CURLINFO_RETRY_AFTER, &retry);
    ret->status = (int)status;
    ret->retry_after_s = retry > 0 ? (int64_t)retry : -1;
    return true;
}
