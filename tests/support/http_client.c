// SPDX-License-Identifier: Apache-2.0
#include "tests/support/http_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

struct http *test_server(const struct http_route *routes, size_t n,
                         const struct http_options *more) {
    struct http_options o = more ? *more : (struct http_options){0};
    if (!o.listen.len)
        o.listen = STR("127.0.0.1:0");
    o.routes = routes;
    o.n_routes = n;
    struct http *h;
    struct error err;
    if (!http_open(&o, &h, &err))
        fail_msg("%s", err.en);
    return h;
}

int test_connect(const struct http *h) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)http_port(h))};
    sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof sa) != 0)
        fail_msg("cannot connect: %s", strerror(errno));
    struct timeval patience = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return fd;
}

void test_send(int fd, struct str bytes) {
    while (bytes.len) { // a server that has closed is seen by who reads
        ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        bytes = str_slice(bytes, (size_t)n, bytes.len);
    }
}

bool test_is_closed(int fd) {
    char rest[4096];
    ssize_t n;
    while ((n = recv(fd, rest, sizeof rest, 0)) > 0) {
    }
    return n == 0 || errno == ECONNRESET;
}

static bool more(int fd, struct test_reply *r, size_t *len) {
    if (*len == sizeof r->bytes)
        fail_msg("a reply larger than %zu bytes", sizeof r->bytes);
    // Byte by byte: what follows belongs to the next reply.
    ssize_t n = recv(fd, r->bytes + *len, 1, 0);
    if (n <= 0)
        r->is_open = false;
    *len += n > 0 ? (size_t)n : 0;
    return n > 0;
}

static bool receive_line(int fd, struct test_reply *r, size_t *len, struct str *ret) {
    size_t from = *len;
    while (more(fd, r, len))
        if (r->bytes[*len - 1] == '\n') {
            *ret = str_trim(str_make(r->bytes + from, *len - from));
            return true;
        }
    return false;
}

struct str test_header(const struct test_reply *reply, const char *name) {
    struct str rest = reply->head, line;
    while (str_cut(&rest, '\n', &line)) {
        size_t colon = str_find_char(line, ':');
        if (colon != STR_NONE && str_eq_nocase(str_slice(line, 0, colon), str_from(name)))
            return str_trim(str_slice(line, colon + 1, line.len));
    }
    return STR("");
}

static void receive_chunks(int fd, struct test_reply *r, size_t len) {
    size_t begin = len, end = len; // the body is moved together over the sizes
    struct str line;
    while (receive_line(fd, r, &len, &line)) {
        size_t size = (size_t)strtoull(line.ptr, NULL, 16);
        len = end;
        for (size_t i = 0; i < size && more(fd, r, &len); i++) {
        }
        end = len;
        r->body = str_make(r->bytes + begin, end - begin);
        if (!receive_line(fd, r, &len, &line) || !size)
            return;
        len = end;
    }
}

bool test_receive(int fd, bool to_head, struct test_reply *r) {
    size_t len;
    struct str line;
    do {
        len = 0;
        r->is_open = true;
        r->status = 0;
        r->head = r->body = STR("");
        if (!receive_line(fd, r, &len, &line) || line.len < 12)
            return false;
        r->status = (int)strtol(line.ptr + 9, NULL, 10);
        while (receive_line(fd, r, &len, &line) && line.len) {
        }
        r->head = str_make(r->bytes, len);
    } while (r->status / 100 == 1);
    if (to_head || r->status == 204 || r->status == 304)
        return true;
    int64_t length;
    if (str_to_int64(test_header(r, "Content-Length"), &length)) {
        for (int64_t i = 0; i < length && more(fd, r, &len); i++) {
        }
        r->body = str_make(r->bytes + r->head.len, len - r->head.len);
    } else if (str_eq(test_header(r, "Transfer-Encoding"), STR("chunked"))) {
        receive_chunks(fd, r, len);
    } else {
        while (more(fd, r, &len)) {
        }
        r->body = str_make(r->bytes + r->head.len, len - r->head.len);
    }
    return true;
}

void test_ask(const struct http *h, const char *request, struct test_reply *ret) {
    int fd = test_connect(h);
    test_send(fd, str_from(request));
    test_receive(fd, strncmp(request, "HEAD ", 5) == 0, ret);
    if (str_eq(test_header(ret, "Connection"), STR("close")))
        ret->is_open = !test_is_closed(fd);
    close(fd);
}
