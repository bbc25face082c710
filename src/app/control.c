// SPDX-License-Identifier: Apache-2.0
#include "app/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "sys/stop.h"

#define MAX_LINE      (64 * KIB)
#define LINE_WAIT_MS  5000
#define REPLY_WAIT_MS 1800000 // a copy of a large store takes its time; Ctrl-C ends the wait
#define LOOK_MS       200

// ── lines ──

static void format_error(struct json_writer *w, const struct error *err) {
    json_key(w, "error");
    json_begin_object(w);
    json_key(w, "code");
    json_add_cstr(w, error_code_name(err->code));
    json_key(w, "field");
    json_add_cstr(w, err->field);
    json_key(w, "zh");
    json_add_cstr(w, err->zh);
    json_key(w, "en");
    json_add_cstr(w, err->en);
    json_end_object(w);
}

static bool run_row(const struct control_row *rows, size_t n, void *ctx, struct str line,
                    struct strbuf *result, struct error *err) {
    CLEANUP(json_freep) struct json *j = NULL;
    if (!json_parse(line, &j, err))
        return false;
    struct str command = json_str(json_get(j, "command"));
    struct json_writer w = json_writer_init(result);
    for (size_t i = 0; i < n; i++) {
        if (!str_eq(command, str_from(rows[i].command)))
            continue;
        json_begin_object(&w);
        bool ok = rows[i].run(ctx, j, &w, err);
        json_end_object(&w);
        return ok;
    }
    return error_set(err, ERROR_UNSUPPORTED, "服务器不认识命令 “%.*s”，版本可能不同",
                     "the server does not know the command \"%.*s\"; is it another version?",
                     (int)MIN(command.len, (size_t)40), command.ptr);
}

void control_answer(const struct control_row *rows, size_t n, void *ctx, struct str line,
                    struct strbuf *ret) {
    CLEANUP(strbuf_done) struct strbuf result = strbuf_init(MAX_LINE);
    struct error err = {0};
    bool ok = run_row(rows, n, ctx, line, &result, &err);
    if (ok && result.overflow)
        ok = error_set(&err, ERROR_LIMIT, "答复超过 %d KB", "the answer has more than %d KB",
                       (int)(MAX_LINE / KIB));
    if (ok)
        strbuf_addf(ret, "{\"ok\":true,\"result\":%s}", strbuf_cstr(&result));
    if (ok)
        return;
    struct json_writer w = json_writer_init(ret);
    json_begin_object(&w);
    json_key(&w, "ok");
    json_add_bool(&w, false);
    format_error(&w, &err);
    json_end_object(&w);
}

static enum error_code code_of(struct str name) {
    for (int c = ERROR_USAGE; c < ERROR_INTERNAL; c++)
        if (str_eq(name, str_from(error_code_name((enum error_code)c))))
            return (enum error_code)c;
    return ERROR_INTERNAL;
}

bool control_result(struct str line, struct json **ret_tree, const struct json **ret_result,
                    struct error *err) {
    struct json *j;
    if (!json_parse(line, &j, err))
        return false;
    if (json_bool(json_get(j, "ok"), false)) {
        *ret_tree = j;
        *ret_result = json_get(j, "result");
        return true;
    }
    if (err) {
        const struct json *e = json_get(j, "error");
        *err = (struct error){.code = code_of(json_str(json_get(e, "code")))};
        snprintf(err->field, sizeof err->field, "%.*s", STR_ARG(json_str(json_get(e, "field"))));
        snprintf(err->zh, sizeof err->zh, "%.*s", STR_ARG(json_str(json_get(e, "zh"))));
        snprintf(err->en, sizeof err->en, "%.*s", STR_ARG(json_str(json_get(e, "en"))));
    }
    json_free(j);
    return false;
}

// ── the socket ──

// Through the directory's descriptor, because a socket's name has room for 107 bytes only.
static bool address_of(int dir, struct sockaddr_un *ret) {
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    int n = snprintf(ret->sun_path, sizeof ret->sun_path, "/proc/self/fd/%d/control.sock", dir);
    return n > 0 && (size_t)n < sizeof ret->sun_path;
}

static int open_dir(const char *data_dir) {
    return open(data_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

// A connected socket, or −1 with errno.
static int reach(int dir) {
    struct sockaddr_un address;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (address_of(dir, &address) &&
        connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    int failed = errno;
    close(fd);
    errno = failed;
    return -1;
}

// Up to the end of a line or of the stream.
static bool read_line(int fd, int wait_ms, struct strbuf *ret) {
    int64_t deadline_us = clock_monotonic_us() + wait_ms * INT64_C(1000);
    for (;;) {
        char buf[4096];
        int64_t left_ms = (deadline_us - clock_monotonic_us()) / 1000;
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int ready = left_ms > 0 ? poll(&p, 1, (int)left_ms) : 0;
        if (ready < 0 && errno == EINTR && !stop_requested())
            continue;
        ssize_t n = ready > 0 ? read(fd, buf, sizeof buf) : -1;
        if (n < 0 && ready > 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 && ret->len > 0;
        strbuf_add(ret, str_make(buf, (size_t)n));
        bool has_end = memchr(buf, '\n', (size_t)n) != NULL;
        explicit_bzero(buf, sizeof buf); // passwords pass here
        if (ret->overflow || has_end)
            return !ret->overflow;
    }
}

static bool write_all(int fd, struct str s) {
    while (s.len) {
        ssize_t n = send(fd, s.ptr, s.len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        s = str_slice(s, (size_t)n, s.len);
    }
    return true;
}

// ── the server ──

struct control {
    const struct control_row *rows;
    size_t n_rows;
    void *ctx;
    int dir, fd;
    _Atomic bool stops;
    pthread_t thread;
};

static bool is_friend(int fd) {
    struct ucred who;
    socklen_t len = sizeof who;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 &&
           (who.uid == geteuid() || who.uid == 0);
}

static void serve_one(const struct control *c, int fd) {
    CLEANUP(strbuf_done)
    struct strbuf line = strbuf_init(MAX_LINE), answer = strbuf_init(2 * MAX_LINE);
    if (!is_friend(fd) || !read_line(fd, LINE_WAIT_MS, &line))
        return;
    control_answer(c->rows, c->n_rows, c->ctx, strbuf_str(&line), &answer);
    strbuf_addc(&answer, '\n');
    if (!write_all(fd, strbuf_str(&answer)))
        log_warn("a command on the control socket went away before its answer");
    explicit_bzero(line.ptr, line.cap);
    explicit_bzero(answer.ptr, answer.cap);
}

static void *serve(void *ctx) {
    struct control *c = ctx;
    while (!atomic_load(&c->stops)) {
        struct pollfd p = {.fd = c->fd, .events = POLLIN};
        if (poll(&p, 1, LOOK_MS) <= 0)
            continue;
        int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0)
            continue;
        serve_one(c, fd);
        close(fd);
    }
    return NULL;
}

static bool listen_there(struct control *c, const char *data_dir, struct error *err) {
    struct sockaddr_un address;
    int there = reach(c->dir);
    if (there >= 0) {
        close(there);
        return error_set(err, ERROR_CONFLICT, "%s 已有一个服务器在运行",
                         "another server runs on %s", data_dir);
    }
    unlinkat(c->dir, "control.sock", 0); // left by a server that was killed
    c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd >= 0 && address_of(c->dir, &address) &&
        bind(c->fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
        fchmodat(c->dir, "control.sock", 0600, 0) == 0 && listen(c->fd, 16) == 0)
        return true;
    return error_errno(err, errno, "无法建立控制套接字", "cannot make the control socket",
                       data_dir);
}

bool control_start(const char *data_dir, const struct control_row *rows, size_t n, void *ctx,
                   struct control **ret, struct error *err) {
    struct control *c = NEW(struct control);
    *c = (struct control){
        .rows = rows, .n_rows = n, .ctx = ctx, .dir = open_dir(data_dir), .fd = -1};
    bool ok = c->dir >= 0 || error_errno(err, errno, "无法打开数据目录",
                                         "cannot open the data directory", data_dir);
    ok = ok && listen_there(c, data_dir, err);
    if (ok && pthread_create(&c->thread, NULL, serve, c) != 0)
        ok = error_set(err, ERROR_UNAVAILABLE, "无法启动线程", "cannot start a thread");
    if (ok) {
        *ret = c;
        return true;
    }
    if (c->fd >= 0)
        close(c->fd);
    if (c->dir >= 0)
        close(c->dir);
    free(c);
    return false;
}

void control_stop(struct control *c) {
    if (!c)
        return;
    atomic_store(&c->stops, true);
    pthread_join(c->thread, NULL);
    unlinkat(c->dir, "control.sock", 0);
    close(c->fd);
    close(c->dir);
    free(c);
}

// ── the command ──

static bool is_nobody(int errnum) {
    return errnum == ENOENT || errnum == ECONNREFUSED || errnum == ENOTDIR;
}

bool control_call(const char *data_dir, struct str line, bool *ret_is_running, struct strbuf *ret,
                  struct error *err) {
    int dir = open_dir(data_dir), fd = dir >= 0 ? reach(dir) : -1, failed = errno;
    if (dir >= 0)
        close(dir);
    *ret_is_running = fd >= 0;
    if (fd < 0)
        return is_nobody(failed) || error_errno(err, failed, "无法联系运行中的服务器",
                                                "cannot reach the running server", data_dir);
    bool ok = write_all(fd, line) && write_all(fd, STR("\n")) && read_line(fd, REPLY_WAIT_MS, ret);
    close(fd);
    // Whether it was done is not known.
    return ok || error_set(err, ERROR_UNAVAILABLE, "服务器没有回答，请查看它的日志再重试",
                           "the server did not answer; look at its log before you try again");
}
