// SPDX-License-Identifier: Apache-2.0
#include "work/reseal.h"

#include <pthread.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "work/reseal_inner.h"

#define AGAIN_US US_PER_DAY

// How far a workspace is.
struct pass {
    int64_t workspace;
    int generation;  // it is for
    int64_t done_us; // TIME_NONE: it goes on
    int column;      // n_reseal_columns: the accounts' own
    struct reseal_key from;
    char from_bytes[64]; // of from.bytes
};

struct reseal {
    struct store store;
    struct accounts *accounts;
    struct {
        VEC(struct pass);
    } passes;
    struct arena arena; // of a step
    struct reseal_values values;
    pthread_mutex_t lock; // of the status
    struct reseal_status status;
};

struct reseal *reseal_new(const struct store *store, struct accounts *accounts) {
    struct reseal *r = NEW(struct reseal);
    r->store = *store;
    r->accounts = accounts;
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

void reseal_free(struct reseal *r) {
    if (!r)
        return;
    vec_done(&r->passes);
    vec_done(&r->values);
    arena_done(&r->arena);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

struct reseal_status reseal_status(struct reseal *r) {
    pthread_mutex_lock(&r->lock);
    struct reseal_status s = r->status;
    pthread_mutex_unlock(&r->lock);
    return s;
}

static struct pass *pass_of(struct reseal *r, int64_t workspace) {
    for (size_t i = 0; i < r->passes.len; i++)
        if (r->passes.items[i].workspace == workspace)
            return &r->passes.items[i];
    vec_push(&r->passes, ((struct pass){.workspace = workspace, .generation = -1}));
    return &r->passes.items[r->passes.len - 1];
}

// ── a pass begins ──

struct counting {
    int64_t workspace, generations, old;
    uint8_t mark[2];
};

static bool count_old(struct sql *s, void *ctx, struct error *err) {
    struct counting *c = ctx;
    c->old = 0;
    if (!reseal_sql_generations(s, c->workspace, &c->generations, err))
        return false;
    for (int i = 0; c->generations > 1 && i < n_reseal_columns; i++) {
        int64_t n;
        if (!reseal_sql_count_old(s, i, c->workspace, str_make((const char *)c->mark, 2), &n, err))
            return false;
        c->old += n;
    }
    return true;
}

// *ret_due: there is something to go through.
static bool begin(struct reseal *r, struct pass *p, int64_t now_us, bool *ret_due,
                  struct error *err) {
    int generation = vault_generation(r->store.vault, p->workspace, err);
    if (generation < 0)
        return false;
    *ret_due = p->done_us == TIME_NONE && p->generation == generation;
    if (*ret_due || (p->generation == generation && now_us - p->done_us < AGAIN_US))
        return true;
    struct counting c = {.workspace = p->workspace};
    vault_mark(generation, c.mark);
    if (!sql_read(r->store.db, count_old, &c, err))
        return false;
    p->generation = generation;
    p->column = 0;
    p->from = (struct reseal_key){.number = INT64_MIN, .bytes = STR("")};
    *ret_due = c.generations > 1;
    p->done_us = *ret_due ? TIME_NONE : now_us;
    pthread_mutex_lock(&r->lock);
    r->status.left = *ret_due ? c.old : r->status.left;
    r->status.running = *ret_due;
    pthread_mutex_unlock(&r->lock);
    if (c.old)
        log_info("sealing %" PRId64 " values of workspace %" PRId64
                 " again, under key generation %d",
                 c.old, p->workspace, generation);
    return true;
}

// ── a batch ──

struct batch {
    struct reseal *r;
    const struct pass *pass;
    uint8_t mark[2];
};

static bool read_old(struct sql *s, void *ctx, struct error *err) {
    struct batch *b = ctx;
    arena_reset(&b->r->arena);
    return reseal_sql_read_old(s, b->pass->column, b->pass->workspace,
                               str_make((const char *)b->mark, 2), &b->pass->from, &b->r->arena,
                               &b->r->values, err);
}

static bool replace(struct sql *s, void *ctx, struct error *err) {
    struct batch *b = ctx;
    for (size_t i = 0; i < b->r->values.len; i++) {
        const struct reseal_value *v = &b->r->values.items[i];
        if (v->fresh.len && !reseal_sql_replace(s, b->pass->column, b->pass->workspace, v, err))
            return false;
    }
    return true;
}

static int64_t open_and_seal(struct reseal *r, const struct pass *p) {
    int64_t n = 0;
    for (size_t i = 0; i < r->values.len; i++) {
        struct reseal_value *v = &r->values.items[i];
        CLEANUP(strbuf_done)
        struct strbuf bound = strbuf_init(KIB), fresh = strbuf_init(v->old.len + KIB);
        reseal_bound(p->column, &v->key, &bound);
        if (!vault_reseal(r->store.vault, p->workspace, strbuf_str(&bound), v->old, &fresh, NULL))
            continue;
        v->fresh = arena_str(&r->arena, strbuf_str(&fresh));
        n++;
    }
    return n;
}

// The next page begins at the last key, because several values may stand under it; behind it where nothing could be
// done, or nothing would ever end.
static void move_on(struct reseal *r, struct pass *p, bool behind) {
    const struct reseal_value *last = &r->values.items[r->values.len - 1];
    size_t len = MIN(last->key.bytes.len, sizeof p->from_bytes - 1);
    if (len)
        memcpy(p->from_bytes, last->key.bytes.ptr, len);
    p->from_bytes[len] = '\0';
    p->from.bytes = str_make(p->from_bytes, len + behind);
    p->from.number = last->key.number + behind;
}

static bool run_column(struct reseal *r, struct pass *p, struct error *err) {
    struct batch b = {.r = r, .pass = p};
    vault_mark(p->generation, b.mark);
    if (!sql_read(r->store.db, read_old, &b, err))
        return false;
    int64_t n = open_and_seal(r, p), bad = (int64_t)r->values.len - n;
    if (n && !sql_write(r->store.db, replace, &b, err))
        return false;
    bool full = r->values.len == RESEAL_BATCH, behind = n == 0;
    pthread_mutex_lock(&r->lock);
    r->status.done += n;
    r->status.damaged += full && !behind ? 0 : bad; // of a page that is not read again
    r->status.left = MAX(r->status.left - n, INT64_C(0));
    pthread_mutex_unlock(&r->lock);
    if (full) {
        move_on(r, p, behind);
        return true;
    }
    if (bad)
        log_warn("%" PRId64 " values of workspace %" PRId64 " do not open and stay as they are",
                 bad, p->workspace);
    p->column++;
    p->from = (struct reseal_key){.number = INT64_MIN, .bytes = STR("")};
    return true;
}

static bool finish(struct reseal *r, struct pass *p, int64_t now_us, struct error *err) {
    bool left = false;
    if (r->accounts && !accounts_reseal(r->accounts, p->workspace, RESEAL_BATCH, &left, err))
        return false;
    if (left)
        return true;
    p->done_us = now_us;
    pthread_mutex_lock(&r->lock);
    r->status.running = false;
    r->status.left = 0;
    pthread_mutex_unlock(&r->lock);
    return true;
}

bool reseal_step(struct reseal *r, const int64_t *workspaces, size_t n, int64_t now_us,
                 bool *ret_more, struct error *err) {
    *ret_more = false;
    for (size_t i = 0; i <= n; i++) {
        struct pass *p = pass_of(r, i < n ? workspaces[i] : 0); // the house comes last
        bool due;
        if (!begin(r, p, now_us, &due, err))
            return false;
        if (!due)
            continue;
        *ret_more = true;
        return p->column < n_reseal_columns ? run_column(r, p, err) : finish(r, p, now_us, err);
    }
    return true;
}
