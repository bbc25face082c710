// SPDX-License-Identifier: Apache-2.0
// What goes for good: deleted feedback after its month, and what a workspace no longer wants to keep.
#include "account/audit.h"
#include "account/workspace.h"
#include "base/clock.h"
#include "base/log.h"
#include "collect/feedback_store.h"
#include "collect/import_file.h"
#include "work/suspicion.h"
#include "work/upkeep_inner.h"

struct purge {
    int64_t workspace, before_us;
    bool deleted;
    int64_t ids[UPKEEP_BATCH], gone[UPKEEP_BATCH];
    size_t n, n_gone;
};

static bool find(struct sql *s, void *ctx, struct error *err) {
    struct purge *p = ctx;
    return upkeep_sql_old(s, p->workspace, p->deleted, p->before_us, p->ids, &p->n, err);
}

static bool remove_all(struct sql *s, void *ctx, struct error *err) {
    struct purge *p = ctx;
    char detail[100];
    p->n_gone = 0;
    for (size_t i = 0; i < p->n; i++) {
        bool is;
        if (!upkeep_sql_is_old(s, p->workspace, p->deleted, p->before_us, p->ids[i], &is, err) ||
            (is && !suspicion_forget(s, p->ids[i], err)))
            return false;
        if (is)
            p->gone[p->n_gone++] = p->ids[i];
    }
    snprintf(detail, sizeof detail, "{\"n\":%zu,\"reason\":\"%s\"}", p->n_gone,
             p->deleted ? "deleted" : "retention");
    return p->n_gone == 0 ||
           (feedback_purge(s, p->workspace, p->gone, p->n_gone, err) &&
            audit_add_in(s, p->workspace, NULL, "feedback.purge", STR(""), str_from(detail), err));
}

// One page; a full one means that there may be more.
static bool purge_page(struct upkeep *u, int64_t workspace, bool deleted, int64_t before_us,
                       bool *ret_more, struct error *err) {
    struct purge p = {.workspace = workspace, .deleted = deleted, .before_us = before_us};
    if (!sql_read(u->options.store.db, find, &p, err) ||
        (p.n && !sql_write(u->options.store.db, remove_all, &p, err)))
        return false;
    if (p.n_gone)
        log_info("%zu feedback of workspace %" PRId64 " gone for good (%s)", p.n_gone, workspace,
                 deleted ? "deleted" : "retention");
    *ret_more = *ret_more || p.n == UPKEEP_BATCH;
    return true;
}

bool upkeep_purge_deleted(struct upkeep *u, int64_t now_us, bool *ret_more, struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    int64_t *ids;
    size_t n;
    bool ok = upkeep_workspaces(u, &a, &ids, &n, err);
    for (size_t i = 0; ok && i < n; i++)
        ok = purge_page(u, ids[i], true, now_us - UPKEEP_DELETED_US, ret_more, err);
    return ok;
}

// ── what a workspace keeps ──

int64_t upkeep_retention_days(struct str settings) {
    CLEANUP(json_freep) struct json *j = NULL;
    if (!settings.len || !json_parse(settings, &j, NULL))
        return 0;
    int64_t days = json_int(json_get(j, "retention_days"), 0);
    return days >= 1 && days <= UPKEEP_MAX_RETENTION ? days : 0;
}

struct files {
    int64_t workspace, before_us, after;
    int64_t ids[UPKEEP_BATCH];
    size_t n;
};

static bool find_imports(struct sql *s, void *ctx, struct error *err) {
    struct files *f = ctx;
    return upkeep_sql_imports(s, f->workspace, f->before_us, f->after, f->ids, &f->n, err);
}

static bool note_emptied(struct sql *s, void *ctx, struct error *err) {
    const struct files *f = ctx;
    for (size_t i = 0; i < f->n; i++)
        if (!upkeep_sql_import_emptied(s, f->workspace, f->ids[i], err))
            return false;
    return true;
}

// The files hold the same texts. Each node has those that were uploaded to it.
static bool remove_files(struct upkeep *u, int64_t workspace, int64_t before_us,
                         struct error *err) {
    struct files f = {.workspace = workspace, .before_us = before_us};
    do {
        if (!sql_read(u->options.store.db, find_imports, &f, err) ||
            (f.n && !sql_write(u->options.store.db, note_emptied, &f, err)))
            return false;
        for (size_t i = 0; i < f.n; i++)
            for (int part = IMPORT_PART_FILE; part <= IMPORT_PART_REPORT; part++)
                import_part_remove(u->options.data_dir, f.ids[i], (enum import_part)part);
        f.after = f.n ? f.ids[f.n - 1] : 0;
    } while (f.n == UPKEEP_BATCH);
    return true;
}

struct rules {
    const int64_t *ids;
    size_t n;
    int64_t *days;
    struct arena *arena;
};

static bool read_rules(struct sql *s, void *ctx, struct error *err) {
    struct rules *r = ctx;
    for (size_t i = 0; i < r->n; i++) {
        struct workspace w;
        if (!workspace_load_in(s, r->ids[i], r->arena, &w, err))
            return false;
        r->days[i] = upkeep_retention_days(w.settings);
    }
    return true;
}

bool upkeep_purge_retention(struct upkeep *u, int64_t now_us, bool *ret_more, struct error *err) {
    CLEANUP(arena_done) struct arena a = {0};
    int64_t *ids;
    size_t n;
    if (!upkeep_workspaces(u, &a, &ids, &n, err))
        return false;
    struct rules r = {ids, n, ARENA_ARRAY(&a, int64_t, n), &a};
    bool ok = sql_read(u->options.store.db, read_rules, &r, err);
    bool leads = ok && sql_is_leader(u->options.store.db, "upkeep");
    for (size_t i = 0; ok && i < n; i++) {
        int64_t before_us = now_us - r.days[i] * US_PER_DAY;
        if (r.days[i])
            ok = remove_files(u, ids[i], before_us, err) &&
                 (!leads || purge_page(u, ids[i], false, before_us, ret_more, err));
    }
    return ok;
}
