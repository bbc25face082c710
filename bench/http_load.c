// SPDX-License-Identifier: Apache-2.0
// Load on one URL over keep-alive connections, one request at a time on each, and what came of it:
//
//     http-load --url http://127.0.0.1:8080/api/v1/feedback --connections 64 --seconds 5
//               --header 'Authorization: Bearer KEY' --body FILE [--batch 100] [--method M] [--from N] [--warmup S]
//
// Without --body it GETs, with it POSTs. Every {{n}} in the file becomes a number that no other record has (it starts
// at the time in microseconds, or at --from). --batch K sends arrays of K such records. One thread: it takes one
// processor, as a client would.
#include <errno.h>
#include <netdb.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "sys/file.h"

#define MOST_HEADERS  32
#define REPLY_LIMIT   (64 * MIB)
#define REQUEST_LIMIT (64 * MIB)

struct load {
    char host[256], port[16];
    const char *path, *method, *body_path;
    struct str headers[MOST_HEADERS];
    size_t n_headers;
    int connections, batch;
    double seconds, warmup;
    int64_t next_n;
    struct strbuf body;
    struct addrinfo *address;
    int epoll;
    int64_t begin_us, end_us; // what counts
    struct {
        VEC(uint32_t);
    } took_us;
    size_t by_status[6]; // 2: 2xx …
    size_t failed;       // connections lost, no reply
    int64_t bytes_in, bytes_out;
};

struct link {
    int fd;
    struct strbuf out, in;
    size_t sent;
    int64_t began_us;
    bool is_writing;
};

static NORETURN void stop(const char *why, const char *what) {
    fprintf(stderr, "http-load: %s %s\n", why, what);
    exit(2);
}

static void add_record(struct load *l, struct strbuf *to) {
    struct str rest = strbuf_str(&l->body);
    int64_t n = l->next_n++;
    for (;;) {
        size_t at = str_find(rest, STR("{{n}}"));
        strbuf_add(to, str_slice(rest, 0, at));
        if (at == STR_NONE)
            return;
        strbuf_addf(to, "%lld", (long long)n);
        rest = str_slice(rest, at + 5, rest.len);
    }
}

static void make_request(struct load *l, struct link *k, struct strbuf *body) {
    strbuf_reset(body);
    if (l->batch)
        strbuf_addc(body, '[');
    for (int i = 0; l->body_path && i < MAX(l->batch, 1); i++) {
        if (i)
            strbuf_addc(body, ',');
        add_record(l, body);
    }
    if (l->batch)
        strbuf_addc(body, ']');
    strbuf_reset(&k->out);
    strbuf_addf(&k->out, "%s %s HTTP/1.1\r\nHost: %s:%s\r\n", l->method, l->path, l->host, l->port);
    for (size_t i = 0; i < l->n_headers; i++)
        strbuf_addf(&k->out, "%.*s\r\n", STR_ARG(l->headers[i]));
    if (l->body_path)
        strbuf_addf(&k->out, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                    body->len);
    strbuf_adds(&k->out, "\r\n");
    strbuf_add(&k->out, strbuf_str(body));
    if (k->out.overflow)
        stop("too large:", "the body");
    k->sent = 0;
}

static void watch(struct load *l, struct link *k, int op, bool writing) {
    struct epoll_event e = {.events = writing ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = k};
    k->is_writing = writing;
    if (epoll_ctl(l->epoll, op, k->fd, &e) != 0)
        stop("epoll_ctl:", strerror(errno));
}

static void dial(struct load *l, struct link *k) {
    k->fd = socket(l->address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (k->fd < 0)
        stop("socket:", strerror(errno));
    if (connect(k->fd, l->address->ai_addr, l->address->ai_addrlen) != 0 && errno != EINPROGRESS)
        stop("connect:", strerror(errno));
    watch(l, k, EPOLL_CTL_ADD, true);
}

static void push(struct load *l, struct link *k) {
    while (k->sent < k->out.len) {
        ssize_t n = send(k->fd, k->out.ptr + k->sent, k->out.len - k->sent, MSG_NOSIGNAL);
        if (n < 0)
            break;
        k->sent += (size_t)n;
        l->bytes_out += n;
    }
    bool writing = k->sent < k->out.len;
    if (writing != k->is_writing)
        watch(l, k, EPOLL_CTL_MOD, writing);
}

static void begin_request(struct load *l, struct link *k, struct strbuf *body) {
    make_request(l, k, body);
    strbuf_reset(&k->in);
    k->began_us = clock_monotonic_us();
    push(l, k);
}

static struct str header_of(struct str head, struct str name) {
    struct str line;
    while (str_cut(&head, '\n', &line))
        if (line.len > name.len && line.ptr[name.len] == ':' &&
            str_eq_nocase(str_slice(line, 0, name.len), name))
            return str_trim(str_slice(line, name.len + 1, line.len));
    return STR("");
}

// 0: not all of it has come, else the status. *ret_close: the connection ends after it.
static int complete(const struct link *k, bool *ret_close) {
    struct str all = strbuf_str(&k->in);
    size_t at = str_find(all, STR("\r\n\r\n"));
    if (at == STR_NONE || at < 12)
        return 0;
    struct str head = str_slice(all, 0, at + 2), rest = str_slice(all, at + 4, all.len);
    int64_t length;
    if (str_to_int64(header_of(head, STR("Content-Length")), &length)) {
        if ((int64_t)rest.len < length)
            return 0;
    } else if (header_of(head, STR("Transfer-Encoding")).len && !str_ends(rest, STR("0\r\n\r\n"))) {
        return 0;
    }
    *ret_close = str_eq_nocase(header_of(head, STR("Connection")), STR("close"));
    return (int)strtol(all.ptr + 9, NULL, 10);
}

static void take_reply(struct load *l, struct link *k, int status, struct strbuf *body) {
    int64_t now = clock_monotonic_us();
    if (k->began_us >= l->begin_us && now <= l->end_us) {
        l->by_status[MIN(MAX(status / 100, 0), 5)]++;
        vec_push(&l->took_us, (uint32_t)MIN(now - k->began_us, (int64_t)UINT32_MAX));
    }
    begin_request(l, k, body);
}

static void redial(struct load *l, struct link *k, struct strbuf *body) {
    close(k->fd);
    dial(l, k);
    begin_request(l, k, body);
}

static void on_ready(struct load *l, struct link *k, uint32_t events, struct strbuf *body) {
    if (events & EPOLLOUT)
        push(l, k);
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        return;
    char buf[64 * 1024];
    ssize_t n;
    while ((n = recv(k->fd, buf, sizeof buf, 0)) > 0) {
        l->bytes_in += n;
        strbuf_add(&k->in, str_make(buf, (size_t)n));
        if (n < (ssize_t)sizeof buf)
            break;
    }
    bool close_after = false;
    int status = n > 0 ? complete(k, &close_after) : 0;
    if (n == 0 || (n < 0 && errno != EAGAIN)) {
        if (clock_monotonic_us() >= l->begin_us)
            l->failed++;
        if (l->failed > 100000)
            stop("the server answers nothing:", l->host);
        redial(l, k, body);
    } else if (status && close_after) {
        close(k->fd);
        dial(l, k);
        take_reply(l, k, status, body);
    } else if (status) {
        take_reply(l, k, status, body);
    }
}

static void run(struct load *l) {
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    struct link *links = NEW_ARRAY(struct link, (size_t)l->connections);
    struct strbuf body = strbuf_init(REQUEST_LIMIT);
    int64_t now = clock_monotonic_us();
    l->begin_us = now + (int64_t)(l->warmup * 1e6);
    l->end_us = l->begin_us + (int64_t)(l->seconds * 1e6);
    for (int i = 0; i < l->connections; i++) {
        links[i].in = strbuf_init(REPLY_LIMIT);
        links[i].out = strbuf_init(REQUEST_LIMIT);
        dial(l, &links[i]);
        begin_request(l, &links[i], &body);
    }
    struct epoll_event ready[256];
    while ((now = clock_monotonic_us()) < l->end_us) {
        int n = epoll_wait(l->epoll, ready, ARRAY_LEN(ready), (int)((l->end_us - now) / 1000) + 1);
        for (int i = 0; i < n; i++)
            on_ready(l, ready[i].data.ptr, ready[i].events, &body);
    }
    for (int i = 0; i < l->connections; i++) {
        close(links[i].fd);
        strbuf_done(&links[i].in);
        strbuf_done(&links[i].out);
    }
    strbuf_done(&body);
    free(links);
    close(l->epoll);
}

static int by_size(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double percentile_ms(const struct load *l, double p) {
    if (!l->took_us.len)
        return NAN;
    size_t i = (size_t)(p * (double)(l->took_us.len - 1) + 0.5);
    return l->took_us.items[i] / 1000.0;
}

// One line that people read and scripts cut up.
static bool print(struct load *l) {
    qsort(l->took_us.items, l->took_us.len, sizeof(uint32_t), by_size);
    size_t errors = l->failed + l->took_us.len - l->by_status[2];
    double rate = (double)l->by_status[2] / l->seconds;
    printf("requests/s=%.0f records/s=%.0f median_ms=%.3f p99_ms=%.3f max_ms=%.3f replies=%zu "
           "2xx=%zu 3xx=%zu 4xx=%zu 5xx=%zu lost=%zu errors=%zu mb_in=%.1f mb_out=%.1f\n",
           rate, rate * MAX(l->batch, 1), percentile_ms(l, 0.5), percentile_ms(l, 0.99),
           percentile_ms(l, 1), l->took_us.len, l->by_status[2], l->by_status[3], l->by_status[4],
           l->by_status[5], l->failed, errors, (double)l->bytes_in / 1e6,
           (double)l->bytes_out / 1e6);
    return errors == 0 && l->by_status[2] > 0;
}

static void parse_url(struct load *l, const char *text) {
    struct str rest = str_from(text), host, port = STR("80");
    if (!str_starts(rest, STR("http://")))
        stop("only http:// URLs, not", text);
    rest = str_slice(rest, 7, rest.len);
    size_t slash = str_find_char(rest, '/');
    l->path = slash == STR_NONE ? "/" : rest.ptr + slash;
    host = str_slice(rest, 0, slash);
    for (size_t i = host.len; i-- > 0 && host.ptr[i] != ']';)
        if (host.ptr[i] == ':') {
            port = str_slice(host, i + 1, host.len);
            host = str_slice(host, 0, i);
            break;
        }
    if (host.len > 2 && host.ptr[0] == '[')
        host = str_slice(host, 1, host.len - 1);
    snprintf(l->host, sizeof l->host, "%.*s", STR_ARG(host));
    snprintf(l->port, sizeof l->port, "%.*s", STR_ARG(port));
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    if (getaddrinfo(l->host, l->port, &hints, &l->address) != 0)
        stop("cannot resolve", text);
}

static int64_t whole(const char *text) {
    int64_t n;
    if (!str_to_int64(str_from(text), &n) || n < 0)
        stop("not a number:", text);
    return n;
}

static double number(const char *text) {
    double n;
    if (!str_to_double(str_from(text), &n) || n < 0)
        stop("not a number:", text);
    return n;
}

static void parse_option(struct load *l, const char *name, const char *value) {
    if (strcmp(name, "--url") == 0)
        parse_url(l, value);
    else if (strcmp(name, "--connections") == 0)
        l->connections = (int)MIN(MAX(whole(value), 1), 10000);
    else if (strcmp(name, "--seconds") == 0)
        l->seconds = number(value);
    else if (strcmp(name, "--warmup") == 0)
        l->warmup = number(value);
    else if (strcmp(name, "--header") == 0 && l->n_headers < MOST_HEADERS)
        l->headers[l->n_headers++] = str_from(value);
    else if (strcmp(name, "--body") == 0)
        l->body_path = value;
    else if (strcmp(name, "--batch") == 0)
        l->batch = (int)MIN(whole(value), 100000);
    else if (strcmp(name, "--method") == 0)
        l->method = value;
    else if (strcmp(name, "--from") == 0)
        l->next_n = whole(value);
    else
        stop("unknown option", name);
}

int main(int argc, char **argv) {
    struct load l = {.connections = 64, .seconds = 5, .warmup = 0.5, .next_n = clock_now_us()};
    for (int i = 1; i < argc; i += 2) {
        if (i + 1 == argc)
            stop("a value is missing after", argv[i]);
        parse_option(&l, argv[i], argv[i + 1]);
    }
    if (!l.address)
        stop("--url", "is missing");
    l.body = strbuf_init(REQUEST_LIMIT);
    struct error err;
    if (l.body_path && !file_read(l.body_path, REQUEST_LIMIT, &l.body, &err))
        stop(err.en, "");
    while (l.body.len && l.body.ptr[l.body.len - 1] == '\n')
        strbuf_truncate(&l.body, l.body.len - 1);
    if (!l.method)
        l.method = l.body_path ? "POST" : "GET";
    run(&l);
    bool ok = print(&l);
    freeaddrinfo(l.address);
    strbuf_done(&l.body);
    vec_done(&l.took_us);
    return ok ? 0 : 1;
}
