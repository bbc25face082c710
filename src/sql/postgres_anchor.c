// SPDX-License-Identifier: Apache-2.0
#include "sql/postgres_anchor.h"

#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/id.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strbuf.h"

#define PING_MS        5000 // a connection that has been silent so long is asked whether it is there
#define NODE_RETRY_MS  1000
#define FIRST_RETRY_MS 100
#define LAST_RETRY_MS  2000
#define NO_NODE        (-1)

struct leadership {
    char *what;
    bool held;
};

struct told {
    char *channel, *payload;
};

struct anchor {
    struct sql_db *db;
    const char *uri;
    char schema[64];
    pthread_t thread;
    bool has_thread;
    int wake; // eventfd: the thread must look
    pthread_mutex_t lock;
    // under lock
    PGconn *conn; // NULL: lost
    bool stops;
    struct {
        VEC(char *);
    } channels;
    struct {
        VEC(struct leadership);
    } leads;
    int node;
    bool node_held;
};

// ── one statement ──

// Lost: whatever was held by the connection is not ours any more.
static void lose(struct anchor *s) {
    PQfinish(s->conn);
    s->conn = NULL;
    s->node_held = false;
    for (size_t i = 0; i < s->leads.len; i++)
        s->leads.items[i].held = false;
}

static PGresult *ask(struct anchor *s, const char *text, struct error *err) {
    if (!s->conn) {
        error_set(err, ERROR_UNAVAILABLE, "与数据库的连接断开，正在重连",
                  "the connection to the database is lost; it is being made again");
        return NULL;
    }
    PGresult *r = postgres_exec(s->conn, text, err);
    if (!r && PQstatus(s->conn) != CONNECTION_OK)
        lose(s);
    eventfd_write(s->wake, 1); // news may have come with the answer
    return r;
}

static bool tell(struct anchor *s, const char *text, struct error *err) {
    PGresult *r = ask(s, text, err);
    PQclear(r);
    return r != NULL;
}

static bool try_lock(struct anchor *s, int64_t key, bool *ret, struct error *err) {
    char text[80];
    snprintf(text, sizeof text, "SELECT pg_try_advisory_lock(%lld)", (long long)key);
    PGresult *r = ask(s, text, err);
    if (!r)
        return false;
    *ret = PQgetvalue(r, 0, 0)[0] == 't';
    PQclear(r);
    return true;
}

static int64_t node_key(const struct anchor *s, int node) {
    char text[16];
    snprintf(text, sizeof text, "%d", node);
    return postgres_key(s->schema, "node", text);
}

void anchor_channel(const struct anchor *s, const char *channel, char ret[64]) {
    snprintf(ret, 64, "hs%016llx_%s", (unsigned long long)postgres_key(s->schema, "channel", ""),
             channel);
}

static bool start_listening(struct anchor *s, const char *channel, struct error *err) {
    char name[64], text[80];
    anchor_channel(s, channel, name);
    snprintf(text, sizeof text, "LISTEN %s", name);
    return tell(s, text, err);
}

// ── connecting ──

static bool look_up_schema(PGconn *conn, char *ret, size_t cap, struct error *err) {
    PGresult *r = postgres_exec(conn, "SELECT coalesce(current_schema(), '')", err);
    if (!r)
        return false;
    snprintf(ret, cap, "%s", PQgetvalue(r, 0, 0));
    PQclear(r);
    if (!*ret)
        return error_set(err, ERROR_NOT_FOUND, "数据库里没有可用的 schema（search_path）",
                         "the database has no schema of the search_path");
    return true;
}

// Takes up what the lost connection did. The thread's own: nobody else connects.
static bool take_up(struct anchor *s, PGconn *conn) {
    struct error err;
    pthread_mutex_lock(&s->lock);
    s->conn = conn;
    bool ok = true;
    for (size_t i = 0; ok && i < s->channels.len; i++)
        ok = start_listening(s, s->channels.items[i], &err);
    if (!ok)
        lose(s);
    pthread_mutex_unlock(&s->lock);
    if (ok)
        db_tell(s->db, NULL, STR(""));
    return ok;
}

// The number is ours as long as nobody else has taken it; the dead connection may still hold it for a while.
static void take_node_again(struct anchor *s) {
    struct error err;
    pthread_mutex_lock(&s->lock);
    if (s->conn && s->node != NO_NODE && !s->node_held &&
        try_lock(s, node_key(s, s->node), &s->node_held, &err) && !s->node_held)
        log_warn("node number %d is held by another connection; trying again", s->node);
    pthread_mutex_unlock(&s->lock);
}

// ── the thread ──

struct news_list {
    VEC(struct told);
};

// What has come, taken from the connection; told without the lock.
static void collect(struct anchor *s, struct news_list *news) {
    char prefix[64];
    anchor_channel(s, "", prefix);
    size_t skip = strlen(prefix);
    for (PGnotify *n; s->conn && (n = PQnotifies(s->conn));) {
        if (strncmp(n->relname, prefix, skip) == 0)
            vec_push(news, ((struct told){str_dup(str_from(n->relname + skip)),
                                          str_dup(str_from(n->extra))}));
        PQfreemem(n);
    }
}

static void spread(struct anchor *s, struct news_list *news) {
    for (size_t i = 0; i < news->len; i++) {
        db_tell(s->db, news->items[i].channel, str_from(news->items[i].payload));
        free(news->items[i].channel);
        free(news->items[i].payload);
    }
    news->len = 0;
}

static int wait_for_news(const struct anchor *s, int fd, int ms) {
    struct pollfd p[] = {{.fd = s->wake, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    eventfd_t ignored;
    int n = poll(p, fd >= 0 ? 2 : 1, ms);
    if (p[0].revents)
        eventfd_read(s->wake, &ignored);
    return n;
}

// One look at a connection that is there: false once it is lost.
static bool attend(struct anchor *s, int fd, int wait_ms, struct news_list *news) {
    struct error err;
    bool silent = wait_for_news(s, fd, wait_ms) == 0;
    pthread_mutex_lock(&s->lock);
    if (silent && s->conn && !s->stops)
        (void)!tell(s, "SELECT 1", &err);
    if (s->conn && (!PQconsumeInput(s->conn) || PQstatus(s->conn) != CONNECTION_OK))
        lose(s);
    collect(s, news);
    bool there = s->conn != NULL;
    pthread_mutex_unlock(&s->lock);
    spread(s, news);
    return there;
}

static bool stopping(struct anchor *s, int *ret_fd, int *ret_wait_ms) {
    pthread_mutex_lock(&s->lock);
    bool stops = s->stops;
    *ret_wait_ms = s->node != NO_NODE && !s->node_held ? NODE_RETRY_MS : PING_MS;
    *ret_fd = s->conn ? PQsocket(s->conn) : -1;
    pthread_mutex_unlock(&s->lock);
    return stops;
}

static void *anchor_main(void *arg) {
    struct anchor *s = arg;
    struct news_list news = {0};
    int retry_ms = FIRST_RETRY_MS, fd, wait_ms;
    while (!stopping(s, &fd, &wait_ms)) {
        struct error err;
        PGconn *conn;
        if (fd >= 0) {
            if (!attend(s, fd, wait_ms, &news))
                log_warn("the connection to the database is lost; connecting again");
            take_node_again(s);
        } else if (postgres_connect(s->uri, &conn, &err) && take_up(s, conn)) {
            log_info("connected to the database again");
            retry_ms = FIRST_RETRY_MS;
        } else {
            wait_for_news(s, -1, retry_ms);
            retry_ms = MIN(retry_ms * 2, LAST_RETRY_MS);
        }
    }
    vec_done(&news);
    return NULL;
}

bool anchor_open(struct sql_db *db, const char *uri, struct anchor **ret, struct error *err) {
    struct anchor *s = NEW(struct anchor);
    s->db = db;
    s->uri = uri;
    s->node = NO_NODE;
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&s->lock, NULL);
    bool ok = postgres_connect(uri, &s->conn, err) &&
              look_up_schema(s->conn, s->schema, sizeof s->schema, err);
    if (ok) {
        s->has_thread = pthread_create(&s->thread, NULL, anchor_main, s) == 0;
        ok = s->has_thread || error_set(err, ERROR_UNAVAILABLE, "无法启动数据库线程",
                                        "cannot start the threads of the database");
    }
    if (!ok) {
        anchor_close(s);
        return false;
    }
    *ret = s;
    return true;
}

void anchor_close(struct anchor *s) {
    if (!s)
        return;
    if (s->has_thread) {
        pthread_mutex_lock(&s->lock);
        s->stops = true;
        pthread_mutex_unlock(&s->lock);
        eventfd_write(s->wake, 1);
        pthread_join(s->thread, NULL);
    }
    PQfinish(s->conn);
    for (size_t i = 0; i < s->channels.len; i++)
        free(s->channels.items[i]);
    vec_done(&s->channels);
    for (size_t i = 0; i < s->leads.len; i++)
        free(s->leads.items[i].what);
    vec_done(&s->leads);
    close(s->wake);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

const char *anchor_schema(const struct anchor *s) {
    return s->schema;
}

// ── what is asked of it ──

bool anchor_listen(struct anchor *s, const char *channel, struct error *err) {
    bool known = false;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->channels.len; i++)
        known = known || strcmp(s->channels.items[i], channel) == 0;
    bool ok = known || !s->conn || start_listening(s, channel, err) || !s->conn;
    if (ok && !known) // where the connection is lost, it is taken up with the next
        vec_push(&s->channels, str_dup(str_from(channel)));
    pthread_mutex_unlock(&s->lock);
    return ok;
}

bool anchor_is_leader(struct anchor *s, const char *what) {
    struct error err;
    size_t i = 0;
    pthread_mutex_lock(&s->lock);
    while (i < s->leads.len && strcmp(s->leads.items[i].what, what) != 0)
        i++;
    if (i == s->leads.len)
        vec_push(&s->leads, ((struct leadership){.what = str_dup(str_from(what))}));
    bool held = s->leads.items[i].held;
    if (!held && s->conn && try_lock(s, postgres_key(s->schema, "leader", what), &held, &err))
        s->leads.items[i].held = held;
    pthread_mutex_unlock(&s->lock);
    return held;
}

// Among those that are free the one that was used least recently. All under one lock, so that two do not try the
// same.
static bool choose_node(struct anchor *s, struct error *err) {
    char text[200];
    PGresult *r = ask(s,
                      "SELECT n FROM generate_series(0, 1023) n LEFT JOIN node ON node.node = n"
                      " ORDER BY node.taken_us NULLS FIRST, n",
                      err);
    if (!r)
        return false;
    bool ok = true, held = false;
    int64_t node = NO_NODE;
    for (int i = 0; ok && !held && i < PQntuples(r); i++)
        ok = str_to_int64(str_from(PQgetvalue(r, i, 0)), &node) &&
             try_lock(s, node_key(s, (int)node), &held, err);
    PQclear(r);
    if (ok && !held)
        return error_set(err, ERROR_LIMIT, "已有 %d 个进程连到这个数据库",
                         "%d processes are on this database already", ID_NODES);
    snprintf(text, sizeof text,
             "INSERT INTO node (node, taken_us)"
             " VALUES (%lld, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)"
             " ON CONFLICT (node) DO UPDATE SET taken_us = excluded.taken_us",
             (long long)node);
    if (!ok || !tell(s, text, err))
        return false;
    s->node = (int)node;
    s->node_held = true;
    return true;
}

bool anchor_node(struct anchor *s, int *ret, struct error *err) {
    char text[100];
    pthread_mutex_lock(&s->lock);
    bool ok = s->node != NO_NODE;
    if (!ok) {
        snprintf(text, sizeof text, "BEGIN; SELECT pg_advisory_xact_lock(%lld)",
                 (long long)postgres_key(s->schema, "lock", "node"));
        ok = tell(s, text, err) && choose_node(s, err);
        bool ended = s->conn && tell(s, ok ? "COMMIT" : "ROLLBACK", ok ? err : NULL);
        ok = ok && ended;
        if (!ok)
            s->node = NO_NODE;
    }
    *ret = ok ? s->node : *ret;
    pthread_mutex_unlock(&s->lock);
    return ok;
}
