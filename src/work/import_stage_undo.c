// SPDX-License-Identifier: Apache-2.0
// The job that takes an import back, some hundred feedback a transaction. Begun again after a crash it passes over
// what is done.
#include "work/import_stage.h"

#include "base/mem.h"
#include "work/house.h"

#define PAGE  10000
#define CHUNK 500

struct undo {
    struct house *house;
    struct task *task;
    struct import import;
    struct str actor;
    int64_t *ids;
    size_t n, at;
    int64_t after, seen;
    struct import_undo_counts chunk;
    bool over;
};

static bool read_page(struct sql *s, void *ctx, struct error *err) {
    struct undo *u = ctx;
    return import_touched(s, u->import.id, u->after, PAGE, u->ids, &u->n, err);
}

// Counts of chunks are noted with them; what was left is known when all have been looked at.
static bool take_back(struct sql *s, void *ctx, struct error *err) {
    struct undo *u = ctx;
    struct import im = u->import;
    bool stopping;
    size_t n = MIN(u->n - u->at, (size_t)CHUNK);
    if (!import_undo(s, &u->house->store, im.workspace, im.id, u->actor, u->ids + u->at, n,
                     &u->chunk, err))
        return false;
    im.counts.deleted += u->chunk.deleted;
    im.counts.restored += u->chunk.restored;
    im.counts.left += u->chunk.left;
    return import_save_progress(s, &im, &stopping, err);
}

static bool finish(struct sql *s, void *ctx, struct error *err) {
    const struct undo *u = ctx;
    const struct import *im = &u->import;
    return import_set_state(s, im->workspace, im->id, IMPORT_STATE_BIT(IMPORT_UNDOING),
                            IMPORT_UNDONE, err) &&
           import_set_report(s, im->id, false, err) && task_finish(s, u->task, err);
}

static bool undo_page(struct undo *u, struct error *err) {
    struct import_counts *c = &u->import.counts;
    if (!sql_read(u->house->store.db, read_page, u, err))
        return false;
    u->over = u->n < PAGE;
    for (u->at = 0; u->at < u->n; u->at += CHUNK) {
        if (!sql_write(u->house->store.db, take_back, u, err) ||
            !task_renew(&u->house->store, u->task, err))
            return false;
        c->deleted += u->chunk.deleted;
        c->restored += u->chunk.restored;
        c->left += u->chunk.left;
        u->seen += (int64_t)MIN(u->n - u->at, (size_t)CHUNK);
        int64_t all = c->created + c->updated;
        u->import.share = all > 0 ? MIN((double)u->seen / (double)all, 1.0) : 1;
        import_tell(u->house, &u->import);
    }
    if (u->n)
        u->after = u->ids[u->n - 1];
    return true;
}

static bool undo_all(struct undo *u, struct error *err) {
    u->import.counts.left = 0;
    while (!u->over)
        if (!undo_page(u, err))
            return false;
    if (!sql_write(u->house->store.db, finish, u, err))
        return false;
    import_part_remove(u->house->options.data_dir, u->import.id, IMPORT_PART_REPORT);
    u->import.state = IMPORT_UNDONE;
    u->import.has_report = false;
    import_tell(u->house, &u->import);
    return true;
}

bool import_undo_stage(struct house *h, struct task *t, struct error *err) {
    char actor[80];
    struct undo u = {.house = h, .task = t};
    struct error e = {0};
    if (!imports_load(h, t->workspace, t->subject, &t->arena, &u.import, &e)) {
        if (e.code == ERROR_NOT_FOUND)
            return task_done(&h->store, t, err);
        if (err)
            *err = e;
        return false;
    }
    if (u.import.state != IMPORT_UNDOING)
        return task_done(&h->store, t, err);
    actor[0] = 'u', actor[1] = 'n', actor[2] = 'd', actor[3] = 'o', actor[4] = ' ';
    u.actor = str_make(actor, 5 + import_actor(actor + 5, u.import.id).len);
    u.ids = ARENA_ARRAY(&t->arena, int64_t, PAGE);
    return undo_all(&u, err);
}
