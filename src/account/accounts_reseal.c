// SPDX-License-Identifier: Apache-2.0
// What this folder has sealed, sealed again under the newest key after a rotation, a few values at a time.
#include "account/accounts_reseal_inner.h"

#include "account/setup_inner.h"
#include "account/user.h"

struct reseal_job {
    int64_t workspace;
    int limit;
    int column; // of reseal_columns
    uint8_t mark[2];
    struct arena arena;
    struct sealed_rows rows;
};

static bool read_old(struct sql *s, void *ctx, struct error *err) {
    struct reseal_job *j = ctx;
    arena_reset(&j->arena);
    return reseal_sql_read(s, j->column, j->workspace, str_make((char *)j->mark, 2), j->limit,
                           &j->arena, &j->rows, err);
}

static bool write_fresh(struct sql *s, void *ctx, struct error *err) {
    const struct reseal_job *j = ctx;
    for (size_t i = 0; i < j->rows.len; i++)
        if (!reseal_sql_write(s, j->column, j->workspace, &j->rows.items[i], err))
            return false;
    return true;
}

static bool reseal_column(struct accounts *a, struct reseal_job *j, struct error *err) {
    j->rows.len = 0;
    if (!sql_read(a->db, read_old, j, err))
        return false;
    for (size_t i = 0; i < j->rows.len; i++) {
        struct sealed_row *row = &j->rows.items[i];
        struct str plain;
        const char *what = reseal_sql_what(j->column);
        // What does not open is damaged already and must not stop the rest.
        if (!accounts_unseal(a, j->workspace, what, row->id, row->old, &j->arena, &plain, NULL))
            row->fresh = row->old;
        else if (!accounts_seal(a, j->workspace, what, row->id, plain, &j->arena, &row->fresh, err))
            return false;
    }
    return sql_write(a->db, write_fresh, j, err);
}

bool accounts_reseal(struct accounts *a, int64_t workspace, int limit, bool *ret_left,
                     struct error *err) {
    struct reseal_job j = {.workspace = workspace, .limit = limit};
    int generation = vault_generation(a->vault, workspace, err);
    bool ok = generation >= 0, full = false;
    vault_mark(MAX(generation, 0), j.mark);
    for (j.column = 0; ok && !full && j.column < N_RESEAL_COLUMNS; j.column++) {
        ok = reseal_column(a, &j, err);
        full = j.rows.len >= (size_t)limit;
    }
    vec_done(&j.rows);
    arena_done(&j.arena);
    if (ok)
        *ret_left = full;
    return ok;
}

struct purge_job {
    int64_t now_us;
};

static bool purge(struct sql *s, void *ctx, struct error *err) {
    const struct purge_job *j = ctx;
    return accounts_sql_purge(s, j->now_us, j->now_us - SESSION_IDLE_US,
                              j->now_us - SIGN_IN_WINDOW_US, err);
}

bool accounts_purge(struct accounts *a, struct error *err) {
    struct purge_job j = {a->now_us()};
    return sql_write(a->db, purge, &j, err);
}
