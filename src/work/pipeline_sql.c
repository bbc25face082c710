// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"
#include "base/utf8.h"
#include "collect/outbox.h"
#include "work/pipeline_inner.h"

// The oldest rows that are due, live lane first. A row that another node is looking at is passed over.
#define DUE                                                                                        \
    "SELECT seq, workspace, event, subject, ids, attempts, lane FROM outbox"                       \
    " WHERE parked = 0 AND due_us <= $1 AND lane <= $3"                                            \
    " ORDER BY lane, due_us, seq LIMIT $2"
static const char *const due_texts[] = {
    [SQL_ENGINE_SQLITE] = DUE, [SQL_ENGINE_POSTGRES] = DUE " FOR UPDATE SKIP LOCKED"};

static int stage_of(const struct claim *c, struct str event) {
    for (size_t i = 0; i < c->n_stages; i++)
        if (c->mask >> i & 1 && str_eq(event, str_from(c->stages[i].event)))
            return (int)i;
    return -1;
}

// Joins the row under the cursor to the task, if it may.
static void take_row(struct claim *c, struct sql_rows *rows) {
    struct task *t = c->task;
    struct str event = sql_text(rows, 2), packed = sql_bytes(rows, 4);
    int stage = stage_of(c, event);
    size_t n = packed.len / 8;
    if (stage < 0)
        return;
    if (t->n_rows == 0) {
        t->workspace = sql_int(rows, 1);
        t->event = arena_str(&t->arena, event);
        t->subject = sql_int(rows, 3);
        t->attempts = (int)sql_int(rows, 5) + 1;
        t->ids = ARENA_ARRAY(&t->arena, int64_t, MAX(n, (size_t)PIPELINE_MAX_IDS));
        t->lane = (enum lane)sql_int(rows, 6);
    } else if (!c->stages[stage].together || t->workspace != sql_int(rows, 1) ||
               !str_eq(t->event, event) || t->lane != (enum lane)sql_int(rows, 6) ||
               t->n_ids + n > PIPELINE_MAX_IDS || t->n_rows == PIPELINE_MAX_ROWS ||
               t->attempts > 1 ||
               // what has failed before goes alone, so that it cannot hold up others
               sql_int(rows, 5) > 0) {
        return;
    }
    CLEANUP(arena_done) struct arena a = {0};
    int64_t *ids;
    n = ids_unpack(packed, &a, &ids);
    for (size_t i = 0; i < n; i++)
        t->ids[t->n_ids++] = ids[i];
    t->seqs[t->n_rows++] = sql_int(rows, 0);
}

bool pipeline_claim(struct sql *s, struct claim *c, struct error *err) {
    struct task *t = c->task;
    struct sql_rows *rows;
    int64_t now = clock_now_us();
    arena_reset(&t->arena);
    t->n_rows = t->n_ids = 0;
    if (!sql_select(s, &rows, err, due_texts[sql_engine_of(s)], SQL_INT(now),
                    SQL_INT(4 * PIPELINE_MAX_ROWS), SQL_INT(c->hold_bulk ? LANE_LIVE : LANE_BULK)))
        return false;
    while (sql_next(rows))
        take_row(c, rows);
    if (!sql_rows_close(rows, err))
        return false;
    for (size_t i = 0; i < t->n_rows; i++)
        if (!sql_run(s, err,
                     "UPDATE outbox SET due_us = $2, attempts = attempts + 1 WHERE seq = $1",
                     SQL_INT(t->seqs[i]), SQL_INT(now + PIPELINE_LEASE_US)))
            return false;
    c->next_us = INT64_MAX;
    return t->n_rows > 0 ||
           sql_get_int(s, &c->next_us, INT64_MAX, err,
                       "SELECT min(due_us) FROM outbox WHERE parked = 0 AND due_us > $1",
                       SQL_INT(now));
}

bool pipeline_fail(struct sql *s, const struct task *t, struct str problem, struct error *err) {
    int64_t pause = US_PER_SECOND << MIN(t->attempts - 1, 6);
    int64_t parked = t->attempts >= PIPELINE_ATTEMPTS;
    for (size_t i = 0; i < t->n_rows; i++)
        if (!sql_run(s, err,
                     "UPDATE outbox SET due_us = $2, parked = $3, problem = $4 WHERE seq = $1",
                     SQL_INT(t->seqs[i]), SQL_INT(clock_now_us() + pause), SQL_INT(parked),
                     SQL_TEXT(utf8_cut(problem, 400))))
            return false;
    return true;
}

bool pipeline_free_leases(struct sql *s, struct error *err) {
    return sql_run(s, err, "UPDATE outbox SET due_us = $1 WHERE parked = 0 AND due_us > $1",
                   SQL_INT(clock_now_us()));
}

bool task_finish(struct sql *s, const struct task *t, struct error *err) {
    for (size_t i = 0; i < t->n_rows; i++) {
        int64_t gone;
        if (!sql_change(s, &gone, err, "DELETE FROM outbox WHERE seq = $1", SQL_INT(t->seqs[i])))
            return false;
        if (gone != 1)
            return error_set(err, ERROR_CONFLICT, "这项工作已由别的进程完成",
                             "another process has done this work");
    }
    return true;
}

static bool finish(struct sql *s, void *ctx, struct error *err) {
    return task_finish(s, ctx, err);
}

bool task_done(const struct store *store, const struct task *t, struct error *err) {
    return sql_write(store->db, finish, (void *)(uintptr_t)t, err);
}

static bool renew(struct sql *s, void *ctx, struct error *err) {
    const struct task *t = ctx;
    for (size_t i = 0; i < t->n_rows; i++)
        if (!sql_run(s, err, "UPDATE outbox SET due_us = $2 WHERE seq = $1 AND parked = 0",
                     SQL_INT(t->seqs[i]), SQL_INT(clock_now_us() + PIPELINE_LEASE_US)))
            return false;
    return true;
}

bool task_renew(const struct store *store, const struct task *t, struct error *err) {
    return sql_write(store->db, renew, (void *)(uintptr_t)t, err);
}

// ── what is seen of it ──

bool pipeline_status(struct sql *s, int64_t workspace, struct queue_status *ret,
                     struct error *err) {
    struct sql_rows *rows;
    *ret = (struct queue_status){.oldest_us = TIME_NONE};
    if (!sql_select(
            s, &rows, err,
            "SELECT lane, parked, count(*), min(created_us) FROM outbox WHERE ($1 = 0 OR workspace = $1) GROUP BY lane, parked",
            SQL_INT(workspace)))
        return false;
    while (sql_next(rows)) {
        int64_t lane = sql_int(rows, 0) != 0, oldest = sql_int(rows, 3);
        if (sql_int(rows, 1)) {
            ret->n_parked += sql_int(rows, 2);
            continue;
        }
        ret->waiting[lane] += sql_int(rows, 2);
        ret->oldest_us = ret->oldest_us == TIME_NONE ? oldest : MIN(ret->oldest_us, oldest);
    }
    return sql_rows_close(rows, err);
}

bool pipeline_parked(struct sql *s, int64_t workspace, size_t limit, struct arena *a,
                     struct parked **ret, size_t *ret_n, struct error *err) {
    struct sql_rows *rows;
    struct parked *list = ARENA_ARRAY(a, struct parked, limit);
    size_t n = 0;
    if (!sql_select(
            s, &rows, err,
            "SELECT seq, created_us, event, problem, subject, length(ids) / 8, attempts FROM outbox"
            " WHERE parked = 1 AND ($1 = 0 OR workspace = $1) ORDER BY seq DESC LIMIT $2",
            SQL_INT(workspace), SQL_INT((int64_t)limit)))
        return false;
    while (n < limit && sql_next(rows))
        list[n++] = (struct parked){.seq = sql_int(rows, 0),
                                    .created_us = sql_int(rows, 1),
                                    .event = arena_str(a, sql_text(rows, 2)),
                                    .problem = arena_str(a, sql_text(rows, 3)),
                                    .subject = sql_int(rows, 4),
                                    .n_ids = sql_int(rows, 5),
                                    .attempts = (int)sql_int(rows, 6)};
    *ret = list;
    *ret_n = n;
    return sql_rows_close(rows, err);
}

bool pipeline_retry(struct sql *s, int64_t workspace, int64_t seq, struct error *err) {
    int64_t changed;
    if (!sql_change(
            s, &changed, err,
            "UPDATE outbox SET parked = 0, attempts = 0, due_us = $3, problem = '' WHERE seq = $1 AND parked = 1"
            " AND ($2 = 0 OR workspace = $2)",
            SQL_INT(seq), SQL_INT(workspace), SQL_INT(clock_now_us())))
        return false;
    if (!changed)
        return error_set(err, ERROR_NOT_FOUND, "没有这项搁置的工作",
                         "there is no such parked work");
    return sql_notify(s, CHANNEL_OUTBOX, STR(""), err);
}
