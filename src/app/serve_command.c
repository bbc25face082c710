// SPDX-License-Identifier: Apache-2.0
// `huisheng serve`: opens the data directory, starts the house and the HTTP server, waits for the end.
#include "app/serve_command.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "account/setup.h"
#include "api/api.h"
#include "app/admin.h"
#include "base/clock.h"
#include "base/log.h"
#include "sys/file.h"
#include "sys/stop.h"
#include "work/house.h"

#define PATIENCE_US (20 * US_PER_SECOND) // for what is in flight at the end

static const char *const secure_headers[] = {
    "X-Content-Type-Options: nosniff",
    "Referrer-Policy: same-origin",
    "X-Frame-Options: DENY",
    "Cross-Origin-Opener-Policy: same-origin",
    "Permissions-Policy: camera=(), microphone=(), geolocation=()",
    NULL,
};

struct server {
    const struct serve_options *options;
    struct data_dir data;
    struct house house;
    struct api api;
    struct arena arena;
    struct strbuf cert, key; // PEM
    struct http *http;
    struct control *control; // commands of administrators
    char url[300];
};

static bool read_pem(const char *path, struct strbuf *ret, struct error *err) {
    *ret = strbuf_init(MIB);
    return !path || file_read(path, MIB, ret, err);
}

static bool open_http(struct server *s, struct error *err) {
    const struct serve_options *o = s->options;
    const struct http_route *routes;
    size_t n = api_routes(&s->arena, &routes);
    if (!read_pem(o->cert, &s->cert, err) || !read_pem(o->key, &s->key, err))
        return false;
    struct http_options h = {.listen = o->listen,
                             .routes = routes,
                             .n_routes = n,
                             .ctx = &s->api,
                             .workers = o->http_workers,
                             .headers = secure_headers,
                             .cert_pem = o->cert ? strbuf_cstr(&s->cert) : NULL,
                             .key_pem = o->key ? strbuf_cstr(&s->key) : NULL,
                             .before = api_guard,
                             .after = api_after};
    if (!http_open(&h, &s->http, err))
        return false;
    size_t colon = o->listen.len;
    while (colon > 0 && o->listen.ptr[colon - 1] != ':')
        colon--;
    struct str host = str_slice(o->listen, 0, colon ? colon - 1 : 0);
    bool any = !host.len || str_eq(host, STR("0.0.0.0")) || str_eq(host, STR("[::]"));
    snprintf(s->url, sizeof s->url, "http%s://%.*s:%d", o->cert ? "s" : "",
             STR_ARG(any ? STR("localhost") : host), http_port(s->http));
    s->api.public_url = s->url;
    return true;
}

static bool open_all(struct server *s, struct error *err) {
    const struct serve_options *o = s->options;
    struct data_options d = {.dir = o->data, .store = o->store, .key_command = o->key_command};
    if (!data_open(&d, &s->data, err))
        return false;
    struct house_options h = {.store = {s->data.db, s->data.vault, s->data.ids},
                              .accounts = s->data.accounts,
                              .data_dir = s->data.dir,
                              .duckdb = o->duckdb,
                              .model = o->model,
                              .workers = o->workers};
    if (!house_open(&h, &s->house, err))
        return false;
    s->data.house = &s->house;
    api_open(&s->house, &s->api);
    return open_http(s, err) &&
           control_start(s->data.dir, admin_rows, n_admin_rows, &s->data, &s->control, err);
}

static void close_all(struct server *s) {
    control_stop(s->control);
    http_close(s->http, PATIENCE_US);
    house_close(&s->house);
    api_close(&s->api);
    data_close(&s->data);
    strbuf_done(&s->cert);
    strbuf_done(&s->key);
    arena_done(&s->arena);
}

// What whoever started it has to know: the address, and how to begin.
static bool greet(struct server *s, enum lang lang, struct error *err) {
    bool needed;
    struct str token;
    if (!setup_is_needed(s->data.accounts, &needed, err))
        return false;
    printf(lang == LANG_ZH ? "回声 %s 已就绪：%s\n" : "Huisheng %s is ready: %s\n",
           HUISHENG_VERSION, s->url);
    if (needed) {
        if (!setup_link(s->data.accounts, &s->arena, &token, err))
            return false;
        printf(
            lang == LANG_ZH
                ? "第一次使用，请在浏览器打开这个一次性链接，建立管理员账号：\n  %s/setup?token=%.*s\n"
                : "First use: open this one-time link in a browser to make the administrator's account:\n  %s/setup?token=%.*s\n",
            s->url, STR_ARG(token));
    }
    printf(lang == LANG_ZH ? "数据目录 %s；按 Ctrl-C 结束\n" : "Data directory %s; Ctrl-C ends\n",
           s->data.dir);
    return fflush(stdout) == 0 ||
           error_set(err, ERROR_IO, "无法写标准输出", "cannot write to standard output");
}

// SIGHUP is waited for here, in one thread; the others have it blocked.
static void wait_for_end(const struct serve_options *o) {
    sigset_t hup;
    sigemptyset(&hup);
    sigaddset(&hup, SIGHUP);
    while (!stop_requested()) {
        struct timespec t = {.tv_nsec = 200000000};
        if (sigtimedwait(&hup, NULL, &t) == SIGHUP && o->reload)
            o->reload(o->reload_ctx);
    }
}

bool serve(const struct serve_options *o, struct error *err) {
    struct server *s = &(struct server){.options = o};
    sigset_t hup;
    sigemptyset(&hup);
    sigaddset(&hup, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &hup, NULL);
    bool ok = open_all(s, err) && greet(s, o->lang, err);
    if (ok) {
        wait_for_end(o);
        log_info("ending: requests in flight are finished first");
    }
    close_all(s);
    return ok;
}
