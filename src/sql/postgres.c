// SPDX-License-Identifier: Apache-2.0
// The PostgreSQL engine. Writer threads take what is queued and commit it together, all of a group in one
// transaction. What a statement refuses is taken out and run alone after the others; conflicts with other nodes and
// lost connections are run again.
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "sql/postgres_anchor.h"
#include "sql/postgres_wire.h"

#define MAX_GROUP       512
#define GROUP_US        (20 * 1000) // then commit, what is left waits for the next
#define IDLE_MS         60000
#define DEFAULT_READERS 4
#define DEFAULT_WRITERS 2
#define MAX_ROUNDS      3 // of a group out of which one was taken each time
#define MAX_AGAIN       8
#define PATIENCE_US     (2 * US_PER_SECOND) // for a database that is being started again

struct pg {
    struct sql_db base; // first
    char *uri;
    struct anchor *anchor;
    pthread_t writers[QUEUE_MAX_WRITERS];
    int n_writers;
    atomic_bool away; // the last attempt to connect failed: the next asks only once

    pthread_mutex_t read_lock;
    pthread_cond_t has_reader;
    struct wire *free_readers; // under read_lock
    int n_readers, max_readers;
};

static void pause_us(int64_t us) {
    struct timespec t = {us / US_PER_SECOND, us % US_PER_SECOND * 1000};
    nanosleep(&t, NULL);
}

static struct wire *new_wire(struct pg *p) {
    struct wire *l = NEW(struct wire);
    l->base.db = &p->base;
    l->uri = p->uri;
    return l;
}

// Connects within our patience.
static bool reach(struct pg *p, struct wire *l, int64_t until_us, struct error *err) {
    while (!wire_open(l, err)) {
        bool was_away = atomic_exchange(&p->away, true);
        if (was_away || err->code != ERROR_UNAVAILABLE || clock_monotonic_us() >= until_us)
            return false;
        // Others meanwhile see `away` and do not wait as well.
        pause_us(100 * 1000);
        atomic_store(&p->away, false);
    }
    atomic_store(&p->away, false);
    return true;
}

// ── writing ──

enum outcome {
    DONE,    // committed
    REFUSED, // *ret_culprit has its error; nothing was written
    AGAIN,   // nothing was written; worth another try
    FAILED,  // *err is the answer to all
};

static enum outcome outcome_of(const struct wire *l) {
    switch (l->fate) {
    case FATE_REFUSED:
        return REFUSED;
    case FATE_AGAIN:
        return AGAIN;
    case FATE_UNKNOWN:
        break;
    }
    return FAILED;
}

static bool run_all(struct pg *p, struct wire *l, struct write *group, struct write **ret_culprit) {
    int64_t began_us = clock_monotonic_us();
    for (struct write *w = group; w; w = w->next) {
        l->owner = w;
        w->ok = w->fn(&l->base, w->ctx, &w->err);
        wire_end_reads(l);
        if (!w->ok || l->failed) {
            *ret_culprit = w;
            return false;
        }
        if (w->next && clock_monotonic_us() - began_us > GROUP_US) {
            queue_put_back(&p->base.queue, w->next);
            w->next = NULL;
        }
    }
    return true;
}

static enum outcome run_group(struct pg *p, struct wire *l, struct write *group,
                              struct write **ret_culprit, struct error *err) {
    *ret_culprit = NULL;
    wire_begin(l, "BEGIN");
    if (run_all(p, l, group, ret_culprit) && wire_commit(l, err))
        return DONE;
    bool failed = l->failed;
    enum outcome outcome = failed ? outcome_of(l) : REFUSED;
    if (failed) { // a statement did it, perhaps of an earlier write
        *err = l->err;
        *ret_culprit = (struct write *)(uintptr_t)l->culprit;
        if (*ret_culprit)
            (*ret_culprit)->err = l->err;
    }
    wire_rollback(l);
    return outcome;
}

static void answer_all(struct pg *p, struct write *group, bool ok, const struct error *err) {
    for (struct write *w = group; w; w = w->next) {
        w->ok = ok;
        if (!ok)
            w->err = *err;
    }
    queue_answer(&p->base.queue, group);
}

static struct write *take_out(struct write *group, struct write *one) {
    for (struct write **at = &group; *at; at = &(*at)->next)
        if (*at == one) {
            *at = one->next;
            break;
        }
    one->next = NULL;
    return group;
}

// Tries until it knows the outcome. Never AGAIN.
static enum outcome settle(struct pg *p, struct wire *l, struct write *group,
                           struct write **ret_culprit, struct error *err) {
    int64_t until_us = clock_monotonic_us() + PATIENCE_US;
    for (int again = 0;; again++) {
        if (!reach(p, l, until_us, err))
            return FAILED;
        enum outcome outcome = run_group(p, l, group, ret_culprit, err);
        if (outcome != AGAIN)
            return outcome;
        if (again == MAX_AGAIN)
            return FAILED;
        // Two that meet must not meet again.
        pause_us((int64_t)(hash_u64((uint64_t)clock_monotonic_us()) % 4000) << MIN(again, 6));
    }
}

static void work(struct pg *p, struct wire *l, struct write *group) {
    struct write *alone = NULL, **alone_tail = &alone, *culprit;
    struct error err = {0};
    for (int round = 0; group; round++) {
        enum outcome outcome = settle(p, l, group, &culprit, &err);
        if (outcome == REFUSED && !group->next) {
            answer_all(p, group, false, culprit ? &culprit->err : &err);
            group = NULL;
        } else if (outcome == REFUSED) {
            // Whether it is refused without the others too is asked when they are settled.
            struct write *out = culprit && round < MAX_ROUNDS ? culprit : group;
            if (out == culprit)
                group = take_out(group, out);
            else
                group = NULL;
            *alone_tail = out;
            while (*alone_tail)
                alone_tail = &(*alone_tail)->next;
        } else {
            answer_all(p, group, outcome == DONE, &err);
            group = NULL;
        }
    }
    while (alone) {
        struct write *next = alone->next;
        alone->next = NULL;
        work(p, l, alone);
        alone = next;
    }
}

static void *writer_main(void *arg) {
    struct pg *p = arg;
    struct wire *l = new_wire(p);
    struct write *group = NULL;
    enum queue_news news;
    queue_serve(&p->base.queue);
    while ((news = queue_take(&p->base.queue, MAX_GROUP, IDLE_MS, &group)) != QUEUE_CLOSED)
        if (news == QUEUE_WORK)
            work(p, l, group);
    wire_done(l);
    return NULL;
}

// ── reading ──

static struct wire *take_reader(struct pg *p) {
    pthread_mutex_lock(&p->read_lock);
    while (!p->free_readers && p->n_readers == p->max_readers)
        pthread_cond_wait(&p->has_reader, &p->read_lock);
    struct wire *l = p->free_readers;
    if (l)
        p->free_readers = l->next;
    else
        p->n_readers++;
    pthread_mutex_unlock(&p->read_lock);
    return l ? l : new_wire(p);
}

static void give_reader(struct pg *p, struct wire *l) {
    pthread_mutex_lock(&p->read_lock);
    l->next = p->free_readers;
    p->free_readers = l;
    pthread_cond_signal(&p->has_reader);
    pthread_mutex_unlock(&p->read_lock);
}

static bool pg_read(struct sql_db *db, sql_fn *fn, void *ctx, struct error *err) {
    struct pg *p = (struct pg *)db;
    struct error own;
    struct error *e = err ? err : &own;
    int64_t until_us = clock_monotonic_us() + PATIENCE_US;
    struct wire *l = take_reader(p);
    bool ok = false, again = true;
    for (int i = 0; again && i <= MAX_AGAIN && reach(p, l, until_us, e); i++) {
        wire_begin(l, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        ok = fn(&l->base, ctx, e) && wire_commit(l, e);
        again = l->failed && l->fate != FATE_REFUSED;
        if (l->failed) // an error that fn has not heard of
            *e = l->err;
        if (!ok)
            wire_rollback(l);
    }
    give_reader(p, l);
    return ok;
}

// ── the rest of the engine ──

static bool pg_notify(struct sql *s, const char *channel, struct str payload, struct error *err) {
    char name[64];
    anchor_channel(((struct pg *)s->db)->anchor, channel, name);
    return sql_run(s, err, "SELECT pg_notify($1, $2)", SQL_TEXT(str_from(name)), SQL_TEXT(payload));
}

static bool pg_lock(struct sql *s, const char *what, struct error *err) {
    const char *schema = anchor_schema(((struct pg *)s->db)->anchor);
    return sql_run(s, err, "SELECT pg_advisory_xact_lock($1)",
                   SQL_INT(postgres_key(schema, "lock", what)));
}

static bool pg_backup(UNUSED struct sql_db *db, UNUSED const char *path, struct error *err) {
    return error_set(err, ERROR_UNSUPPORTED, "PostgreSQL 的备份请用 pg_dump",
                     "a PostgreSQL database is backed up with pg_dump");
}

static bool pg_listen(struct sql_db *db, const char *channel, struct error *err) {
    return anchor_listen(((struct pg *)db)->anchor, channel, err);
}

static bool pg_is_leader(struct sql_db *db, const char *what) {
    return anchor_is_leader(((struct pg *)db)->anchor, what);
}

static bool pg_node(struct sql_db *db, int *ret, struct error *err) {
    return anchor_node(((struct pg *)db)->anchor, ret, err);
}

static void pg_close(struct sql_db *db) {
    struct pg *p = (struct pg *)db;
    for (int i = 0; i < p->n_writers; i++)
        pthread_join(p->writers[i], NULL);
    while (p->free_readers) {
        struct wire *l = p->free_readers;
        p->free_readers = l->next;
        wire_done(l);
    }
    anchor_close(p->anchor);
    pthread_cond_destroy(&p->has_reader);
    pthread_mutex_destroy(&p->read_lock);
    db_done(&p->base);
    free(p->uri);
    free(p);
}

static const struct engine postgres_engine = {
    .kind = SQL_ENGINE_POSTGRES,
    .close = pg_close,
    .read = pg_read,
    .backup = pg_backup,
    .listen = pg_listen,
    .is_leader = pg_is_leader,
    .node = pg_node,
    .run = wire_run,
    .select = wire_select,
    .script = wire_script,
    .notify = pg_notify,
    .lock = pg_lock,
    .next = wire_next,
    .kind_of = wire_kind_of,
    .get_int = wire_get_int,
    .get_real = wire_get_real,
    .get_bytes = wire_get_bytes,
    .rows_close = wire_rows_close,
};

bool postgres_open(const struct sql_options *o, struct sql_db **ret, struct error *err) {
    struct pg *p = NEW(struct pg);
    db_init(&p->base, &postgres_engine);
    pthread_mutex_init(&p->read_lock, NULL);
    pthread_cond_init(&p->has_reader, NULL);
    p->max_readers = o->readers > 0 ? o->readers : DEFAULT_READERS;
    p->uri = str_dup(o->where);
    int writers = o->writers > 0 ? MIN(o->writers, QUEUE_MAX_WRITERS) : DEFAULT_WRITERS;
    bool ok = anchor_open(&p->base, p->uri, &p->anchor, err);
    for (; ok && p->n_writers < writers; p->n_writers++)
        if (pthread_create(&p->writers[p->n_writers], NULL, writer_main, p) != 0) {
            ok = p->n_writers > 0 || error_set(err, ERROR_UNAVAILABLE, "无法启动数据库线程",
                                               "cannot start the threads of the database");
            break;
        }
    if (!ok) {
        sql_close(&p->base);
        return false;
    }
    *ret = &p->base;
    return true;
}
