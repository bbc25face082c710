// SPDX-License-Identifier: Apache-2.0
// What http-load is pointed at: our server with handlers that do nothing, and libmicrohttpd alone as the peer.
//
//     http-serve ours|bare PORT          until standard input ends
//
// Paths of ours: /quick answers on the reading thread, /worker on a worker, /kept keeps the request on the reading
// thread and lets one other thread finish all that have come meanwhile, as a store with group commit does.
#include <pthread.h>
#include <unistd.h>

#include <microhttpd.h>

#include "base/vec.h"
#include "http/http.h"

static const char answer[] =
    "{\"data\":{\"id\":\"0190c5f2-7a52-7000-8000-5f0e1d2c3b4a\",\"created\":true}}";

struct committer {
    pthread_mutex_t lock;
    pthread_cond_t has_some;
    struct {
        VEC(struct request *);
    } waiting;
    bool stopping;
};

static enum request_outcome at_once(struct request *r, UNUSED void *ctx) {
    reply_json(r, 201, str_make(answer, sizeof answer - 1));
    return REQUEST_DONE;
}

static enum request_outcome kept(struct request *r, void *ctx) {
    struct committer *c = ctx;
    pthread_mutex_lock(&c->lock);
    vec_push(&c->waiting, r);
    if (c->waiting.len == 1)
        pthread_cond_signal(&c->has_some);
    pthread_mutex_unlock(&c->lock);
    return REQUEST_KEPT;
}

static void *commit(void *arg) {
    struct committer *c = arg;
    struct {
        VEC(struct request *);
    } group = {0};
    pthread_mutex_lock(&c->lock);
    while (!c->stopping || c->waiting.len) {
        if (!c->waiting.len) {
            pthread_cond_wait(&c->has_some, &c->lock);
            continue;
        }
        group.len = 0;
        for (size_t i = 0; i < c->waiting.len; i++)
            vec_push(&group, c->waiting.items[i]);
        c->waiting.len = 0;
        pthread_mutex_unlock(&c->lock);
        for (size_t i = 0; i < group.len; i++) {
            reply_json(group.items[i], 201, str_make(answer, sizeof answer - 1));
            request_finish(group.items[i]);
        }
        pthread_mutex_lock(&c->lock);
    }
    pthread_mutex_unlock(&c->lock);
    vec_done(&group);
    return NULL;
}

static const char *const headers[] = {
    "X-Content-Type-Options: nosniff", "Referrer-Policy: same-origin",
    "X-Frame-Options: DENY",           "Content-Security-Policy: default-src 'self'",
    "Cache-Control: no-store",         NULL,
};

static void wait_for_end(void) {
    char c;
    puts("ready");
    fflush(stdout);
    while (read(STDIN_FILENO, &c, 1) > 0) {
    }
}

static int serve_ours(const char *port) {
    static const struct http_route routes[] = {
        {.method = "POST", .path = "/quick", .handler = at_once, .body_limit = MIB, .quick = true},
        {.method = "POST", .path = "/worker", .handler = at_once, .body_limit = MIB},
        {.method = "POST", .path = "/kept", .handler = kept, .body_limit = MIB, .quick = true},
    };
    struct committer c = {.lock = PTHREAD_MUTEX_INITIALIZER, .has_some = PTHREAD_COND_INITIALIZER};
    char listen[32];
    snprintf(listen, sizeof listen, "127.0.0.1:%s", port);
    struct http_options o = {
        .listen = str_from(listen), .routes = routes, .n_routes = 3, .ctx = &c, .headers = headers};
    struct http *h;
    struct error err;
    pthread_t thread;
    if (!http_open(&o, &h, &err)) {
        fprintf(stderr, "%s\n", err.en);
        return 1;
    }
    if (pthread_create(&thread, NULL, commit, &c) != 0)
        abort();
    wait_for_end();
    http_close(h, 1000000);
    pthread_mutex_lock(&c.lock);
    c.stopping = true;
    pthread_cond_signal(&c.has_some);
    pthread_mutex_unlock(&c.lock);
    pthread_join(thread, NULL);
    vec_done(&c.waiting);
    return 0;
}

// The least a program over libmicrohttpd can do: read the body, count it, answer.
static enum MHD_Result bare(UNUSED void *cls, struct MHD_Connection *mhd, UNUSED const char *url,
                            UNUSED const char *method, UNUSED const char *version,
                            UNUSED const char *data, size_t *size, void **context) {
    static int seen;
    if (!*context) {
        *context = &seen;
        return MHD_YES;
    }
    if (*size) {
        *size = 0;
        return MHD_YES;
    }
    struct MHD_Response *response = MHD_create_response_from_buffer(
        sizeof answer - 1, (void *)(uintptr_t)answer, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result ok = MHD_queue_response(mhd, 201, response);
    MHD_destroy_response(response);
    return ok;
}

static int serve_bare(const char *port) {
    struct MHD_Daemon *d =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)strtol(port, NULL, 10), NULL,
                         NULL, bare, NULL, MHD_OPTION_THREAD_POOL_SIZE, 2u, MHD_OPTION_END);
    if (!d)
        return 1;
    wait_for_end();
    MHD_stop_daemon(d);
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fputs("http-serve ours|bare PORT\n", stderr);
        return 2;
    }
    return strcmp(argv[1], "ours") == 0 ? serve_ours(argv[2]) : serve_bare(argv[2]);
}
