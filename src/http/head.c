// SPDX-License-Identifier: Apache-2.0
// What the head of a request says before anything of its body is read: where it goes, how its body is framed, whether
// we want it.
#include "http/inner.h"

#include "base/clock.h"

#define DEFAULT_DEADLINE_MS 30000

static bool is_id(struct str s) {
    if (!s.len || s.len > 100)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i], low = (char)(c | 0x20);
        bool ok = (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                  c == '-';
        if (!ok)
            return false;
    }
    return true;
}

// 16 hexadecimal digits, never the same twice in one process: the mixing is a permutation.
static struct str make_id(struct request *r) {
    static const char digits[] = "0123456789abcdef";
    struct http *h = r->c->http;
    uint64_t n = hash_u64(h->id_seed + atomic_fetch_add(&h->id_count, 1));
    char *text = arena_alloc(&r->arena, 17);
    for (int i = 0; i < 16; i++)
        text[i] = digits[n >> (60 - 4 * i) & 15];
    text[16] = '\0';
    return str_make(text, 16);
}

void request_begin(struct request *r, const char *uri) {
    r->began_us = clock_monotonic_us();
    r->stage = STAGE_HEAD;
    r->target = arena_str(&r->arena, str_from(uri));
    struct str path = r->target;
    static const struct str schemes[] = {STR_INIT("http://"), STR_INIT("https://")};
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) // the absolute form of a proxy's request
        if (path.len > schemes[i].len &&
            str_eq_nocase(str_slice(path, 0, schemes[i].len), schemes[i])) {
            path = str_slice(path, schemes[i].len, path.len);
            size_t slash = str_find_char(path, '/');
            path = slash == STR_NONE ? STR("/") : str_slice(path, slash, path.len);
            break;
        }
    r->target = path;
    r->path = str_slice(path, 0, str_find_char(path, '?'));
}

struct head {
    struct str content_length, transfer_encoding, request_id, accept_encoding;
    int n_host, n_length, n_transfer;
    bool expects_continue, expects_other, is_old;
};

static enum MHD_Result see_header(void *cls, UNUSED enum MHD_ValueKind kind, const char *name,
                                  size_t name_len, const char *value, size_t value_len) {
    struct head *h = cls;
    struct str n = str_make(name, name_len), v = str_make(value, value ? value_len : 0);
    switch (name_len) { // the length alone sends most headers past
    case 4:
        h->n_host += str_eq_nocase(n, STR("host"));
        break;
    case 6:
        if (str_eq_nocase(n, STR("expect"))) {
            h->expects_continue = str_eq_nocase(v, STR("100-continue"));
            h->expects_other = !h->expects_continue;
        }
        break;
    case 12:
        if (str_eq_nocase(n, STR("x-request-id")))
            h->request_id = v;
        break;
    case 14:
        if (str_eq_nocase(n, STR("content-length"))) {
            h->content_length = v;
            h->n_length++;
        }
        break;
    case 15:
        if (str_eq_nocase(n, STR("accept-encoding")))
            h->accept_encoding = v;
        break;
    case 17:
        if (str_eq_nocase(n, STR("transfer-encoding"))) {
            h->transfer_encoding = v;
            h->n_transfer++;
        }
        break;
    default:
        break;
    }
    return MHD_YES;
}

// "gzip;q=0" refuses it.
static bool accepts_gzip(struct str header) {
    struct str part;
    while (str_cut(&header, ',', &part)) {
        size_t at = str_find_char(part, ';');
        struct str name = str_trim(str_slice(part, 0, at));
        if (!str_eq_nocase(name, STR("gzip")))
            continue;
        struct str q = at == STR_NONE ? STR("") : str_trim(str_slice(part, at + 1, part.len));
        double weight = 1;
        if (str_starts(q, STR("q=")) && !str_to_double(str_slice(q, 2, q.len), &weight))
            weight = 0;
        return weight > 0;
    }
    return false;
}

// Two framings, or one that two readers may read differently, are how requests are smuggled past a proxy: refused,
// and the connection with it.
static bool check_framing(struct request *r, const struct head *h) {
    bool chunked = h->n_transfer == 1 && str_eq_nocase(h->transfer_encoding, STR("chunked"));
    if (h->n_transfer + h->n_length > 1 || (h->n_transfer && (!chunked || h->is_old)) ||
        h->n_host > 1) {
        r->is_early = true;
        reply_error(r, 400, ERROR_FORMAT, "请求头有矛盾（长度、编码或 Host 重复），连接已关闭",
                    "the request's headers contradict each other (length, encoding or Host)");
        return false;
    }
    if (h->expects_other) {
        r->is_early = true;
        reply_error(r, 417, ERROR_UNSUPPORTED, "不支持这样的 Expect", "unknown expectation");
        return false;
    }
    int64_t length = 0;
    if (h->n_length && !str_to_int64(h->content_length, &length))
        length = INT64_MAX; // libmicrohttpd has seen that it is a number
    r->body_expected = chunked ? SIZE_MAX : (size_t)length;
    r->expects_continue = h->expects_continue && r->body_expected;
    r->is_early = r->expects_continue;
    return true;
}

static bool check_route(struct request *r) {
    struct http *h = r->c->http;
    if (str_eq(r->method, STR("OPTIONS")) && str_eq(r->target, STR("*"))) {
        reply_status(r, 204);
        return false;
    }
    r->match = router_find(h->router, &r->arena, r->method, r->path);
    r->route = r->match.route;
    if (r->route && r->match.is_bad) {
        r->route = NULL;
        reply_error(r, 400, ERROR_INVALID, "路径的编码不正确（应为 UTF-8 的百分号编码）",
                    "the path is not percent-encoded UTF-8");
        return false;
    }
    if (r->route)
        return true;
    if (!r->match.path_known) {
        reply_error(r, 404, ERROR_NOT_FOUND, "没有这个地址", "there is nothing at this address");
        return false;
    }
    if (str_eq(r->method, STR("OPTIONS")))
        reply_status(r, 204);
    else
        reply_error(r, 405, ERROR_UNSUPPORTED, "这个地址不支持此方法",
                    "this address does not know the method");
    reply_header(r, "Allow", router_allow(h->router, &r->arena, r->path));
    return false;
}

void refuse_size(struct request *r) {
    struct error err;
    error_set(&err, ERROR_LIMIT, "请求体超过上限 %zu 字节", "the body is larger than %zu bytes",
              r->route->body_limit);
    reply_problem(r, &err);
}

bool head_check(struct request *r, const char *method, const char *version) {
    struct head h = {0};
    MHD_get_connection_values_n(r->c->mhd, MHD_HEADER_KIND, see_header, &h);
    r->method = str_from(method); // lies in the connection's memory as long as the request
    r->id = is_id(h.request_id) ? h.request_id : make_id(r);
    r->accepts_gzip = h.accept_encoding.len && accepts_gzip(h.accept_encoding);
    h.is_old = strcmp(version, "HTTP/1.1") != 0;
    if (!check_framing(r, &h) || !check_route(r))
        return false;
    if (r->body_expected != SIZE_MAX && r->body_expected > r->route->body_limit) {
        refuse_size(r);
        return false;
    }
    struct error err;
    if (r->path.len < r->target.len &&
        !query_parse(&r->arena, str_slice(r->target, r->path.len + 1, r->target.len), &r->query,
                     &err)) {
        reply_problem_status(r, 400, NULL, &err, NULL, 0);
        return false;
    }
    size_t limit = r->route->sink ? 256 * KIB : r->route->body_limit;
    r->body = (struct strbuf){.ptr = r->body.ptr, .cap = r->body.cap, .limit = limit};
    return true;
}

int64_t request_deadline_ms(const struct request *r) {
    return r->route && r->route->deadline_ms ? r->route->deadline_ms : DEFAULT_DEADLINE_MS;
}
