// SPDX-License-Identifier: Apache-2.0
#include "tests/support/crash.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"

#define THREADS 4

struct writer {
    struct sql_db *db;
    sql_fn *fn;
    int fd;
    _Atomic int64_t *next;
};

static void *write_for_ever(void *arg) {
    const struct writer *w = arg;
    for (;;) {
        int64_t number = atomic_fetch_add(w->next, 1);
        struct error err;
        if (!sql_write(w->db, w->fn, &number, &err))
            continue;
        if (write(w->fd, &number, sizeof number) != (ssize_t)sizeof number)
            _exit(1);
    }
}

static NORETURN void be_child(const char *where, sql_fn *fn, int fd) {
    static _Atomic int64_t next = 1;
    struct error err;
    struct writer w = {.fn = fn, .fd = fd, .next = &next};
    if (!sql_open(&(struct sql_options){.where = str_from(where)}, &w.db, &err)) {
        fprintf(stderr, "%s\n", err.en);
        _exit(1);
    }
    pthread_t thread;
    for (int i = 1; i < THREADS; i++)
        if (pthread_create(&thread, NULL, write_for_ever, &w) != 0)
            _exit(1);
    write_for_ever(&w);
    _exit(1);
}

struct crash crash_start(const struct test_store *t, sql_fn *fn) {
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(fds[0]);
        be_child(t->where, fn, fds[1]);
    }
    close(fds[1]);
    return (struct crash){.child = child, .fd = fds[0]};
}

static bool read_one(struct crash *c) {
    int64_t number;
    if (read(c->fd, &number, sizeof number) != (ssize_t)sizeof number)
        return false;
    if (c->n == c->cap) {
        c->cap = c->cap ? c->cap * 2 : 1024;
        c->acknowledged = mem_resize(c->acknowledged, c->cap, sizeof *c->acknowledged);
    }
    c->acknowledged[c->n++] = number;
    return true;
}

void crash_wait(struct crash *c, size_t n) {
    while (c->n < n)
        if (!read_one(c))
            fail_msg("the child ended after %zu writes", c->n);
}

void crash_kill(struct crash *c) {
    kill(c->child, SIGKILL);
    while (read_one(c)) {
    }
    waitpid(c->child, NULL, 0);
    close(c->fd);
}

void crash_done(struct crash *c) {
    free(c->acknowledged);
}
