// SPDX-License-Identifier: Apache-2.0
// What people do with imports: hand over, check, start, cancel, undo. And the dry run: the same rows through the
// same hands as in the job, looked up instead of written.
#include "work/import_stage.h"

#include <stdio.h>

#include "account/audit.h"
#include "base/mem.h"
#include "work/house.h"

// ── adding and loading ──

struct adding {
    const struct store *store;
    const struct principal *by;
    struct import import;
};

static bool add(struct sql *s, void *ctx, struct error *err) {
    struct adding *a = ctx;
    char subject[AUDIT_SUBJECT];
    return import_insert(s, a->store, &a->import, err) &&
           audit_add_in(s, a->import.workspace, a->by, "import.upload",
                        audit_subject(subject, "import", a->import.id), STR(""), err);
}

bool imports_add(struct house *h, int64_t workspace, const struct principal *by, struct str actor,
                 int64_t id, struct str file_name, int64_t bytes,
                 const uint8_t key[CRYPTO_KEY_BYTES], enum lang lang, struct error *err) {
    struct adding a = {.store = &h->store,
                       .by = by,
                       .import = {.id = id,
                                  .workspace = workspace,
                                  .created_us = clock_now_us(),
                                  .user = by ? by->user : 0,
                                  .key = by ? by->key : 0,
                                  .bytes = bytes,
                                  .file_key = str_make((const char *)key, CRYPTO_KEY_BYTES),
                                  .about = {.file_name = file_name, .by = actor, .lang = lang}}};
    return vault_keys(h->store.vault, workspace, err) && sql_write(h->store.db, add, &a, err);
}

struct loading {
    const struct store *store;
    int64_t workspace, id;
    struct arena *arena;
    struct import *ret;
};

static bool load(struct sql *s, void *ctx, struct error *err) {
    struct loading *l = ctx;
    return import_load(s, l->store, l->workspace, l->id, l->arena, l->ret, err);
}

bool imports_load(struct house *h, int64_t workspace, int64_t id, struct arena *a,
                  struct import *ret, struct error *err) {
    struct loading l = {&h->store, workspace, id, a, ret};
    return vault_keys(h->store.vault, workspace, err) && sql_read(h->store.db, load, &l, err);
}

struct listing {
    const struct store *store;
    int64_t workspace, before;
    size_t limit, n;
    struct arena *arena;
    struct import *list;
};

static bool list(struct sql *s, void *ctx, struct error *err) {
    struct listing *l = ctx;
    return import_list(s, l->store, l->workspace, l->before, l->limit, l->arena, &l->list, &l->n,
                       err);
}

bool imports_list(struct house *h, int64_t workspace, int64_t before, size_t limit, struct arena *a,
                  struct import **ret, size_t *ret_n, struct error *err) {
    struct listing l = {&h->store, workspace, before, limit, 0, a, NULL};
    if (!vault_keys(h->store.vault, workspace, err) || !sql_read(h->store.db, list, &l, err))
        return false;
    *ret = l.list;
    *ret_n = l.n;
    return true;
}

// ── checking ──

struct checking {
    struct house *house;
    struct import_check *check;
    struct import_run *run;
    struct import_batch *batch; // being looked up
};

static bool foresee(struct sql *s, void *ctx, struct error *err) {
    struct checking *c = ctx;
    return import_foresee(s, &c->house->store, c->check->import.workspace, c->batch->items,
                          c->batch->n, err);
}

static bool look_up(void *ctx, struct import_batch *b, struct error *err) {
    struct checking *c = ctx;
    struct import_check *check = c->check;
    struct import_counts *counts = &check->import.counts;
    c->batch = b;
    bool ok = sql_read(c->house->store.db, foresee, c, err);
    for (size_t i = 0; ok && i < b->n; i++) {
        counts->created += b->items[i].outcome == INTAKE_CREATED;
        counts->updated += b->items[i].outcome == INTAKE_UPDATED;
        counts->unchanged += b->items[i].outcome == INTAKE_UNCHANGED;
    }
    if (ok && !check->first) {
        check->first = b;
        check->n_sample = MIN(b->n, (size_t)IMPORT_SAMPLE);
    } else {
        import_batch_free(b);
    }
    return ok;
}

static void keep_reject(void *ctx, UNUSED enum reject_kind kind, const struct reject *r) {
    struct checking *c = ctx;
    struct import_check *check = c->check;
    struct arena *a = &check->arena;
    size_t n_files;
    check->n_all_rejects++;
    if (check->n_rejects == IMPORT_CHECK_BAD)
        return;
    const struct source_info *files = source_files(import_run_source(c->run), &n_files);
    check->rejects[check->n_rejects++] = (struct import_reject){
        .row = r->row,
        .file = r->file < n_files ? arena_str(a, files[r->file].name) : (struct str){"", 0},
        .column = arena_str(a, r->column),
        .sample = arena_str(a, r->sample),
        .reason = {arena_str(a, str_from(r->reason.zh)).ptr,
                   arena_str(a, str_from(r->reason.en)).ptr},
    };
}

static void apply(struct import *im, const struct import_settings *s) {
    if (s->map)
        im->about.map = *s->map;
    if (s->sheet)
        im->about.sheet = *s->sheet;
    if (s->time_zone)
        im->about.time_zone = *s->time_zone;
    im->about.lang = s->lang;
}

#define CHECKABLE (IMPORT_STARTABLE & ~IMPORT_STATE_BIT(IMPORT_UNDONE))

struct keeping {
    const struct store *store;
    struct import *import;
};

static bool keep_check(struct sql *s, void *ctx, struct error *err) {
    const struct keeping *k = ctx;
    struct import *im = k->import;
    bool stopping;
    im->position = 0;
    return import_set_state(s, im->workspace, im->id, CHECKABLE, IMPORT_CHECKED, err) &&
           import_save_progress(s, im, &stopping, err) && import_save_about(s, k->store, im, err);
}

static bool walk(struct checking *c, struct error *err) {
    struct import *im = &c->check->import;
    char actor[64];
    struct import_run_options o = {.actor = import_actor(actor, im->id),
                                   .until_us =
                                       clock_monotonic_us() + IMPORT_CHECK_SHARE * US_PER_SECOND,
                                   .deliver = look_up,
                                   .on_reject = keep_reject,
                                   .ctx = c};
    if (!import_run_open(c->house, im, &o, &c->run, err))
        return false;
    im->counts = (struct import_counts){.read = 0};
    if (!import_run_all(c->run, err))
        return false;
    import_run_counts(c->run, &im->counts, &im->share);
    c->check->is_cut = import_run_is_cut(c->run);
    import_describe(im, import_run_source(c->run), im->about.lang, &c->check->arena);
    return true;
}

bool imports_check(struct house *h, int64_t workspace, int64_t id,
                   const struct import_settings *settings, struct import_check *ret,
                   struct error *err) {
    struct import_check check = {.n_sample = 0};
    struct checking c = {.house = h, .check = &check};
    struct keeping k = {&h->store, &check.import};
    check.rejects = ARENA_ARRAY(&check.arena, struct import_reject, IMPORT_CHECK_BAD);
    bool ok = imports_load(h, workspace, id, &check.arena, &check.import, err);
    if (ok && !(CHECKABLE & IMPORT_STATE_BIT(check.import.state)))
        ok = error_set(err, ERROR_CONFLICT, "这次导入已经开始，不能再检查",
                       "the import has been started; it cannot be checked any more");
    if (ok)
        apply(&check.import, settings);
    ok = ok && walk(&c, err);
    if (ok) {
        check.import.about.problem_zh = check.import.about.problem_en = (struct str){"", 0};
        check.import.state = IMPORT_CHECKED;
        check.import.share = 0; // nothing of it is in yet
        ok = sql_write(h->store.db, keep_check, &k, err);
    }
    import_run_close(c.run);
    if (!ok) {
        import_check_done(&check);
        return false;
    }
    *ret = check;
    return true;
}

void import_check_done(struct import_check *c) {
    import_batch_free(c->first);
    arena_done(&c->arena);
    *c = (struct import_check){.n_sample = 0};
}

// ── starting, cancelling, undoing ──

struct moving {
    const struct store *store;
    const struct principal *by;
    const struct import_settings *settings;
    int64_t workspace, id;
    struct arena arena;
};

static bool audit(struct sql *s, const struct moving *m, const char *action, struct error *err) {
    char subject[AUDIT_SUBJECT];
    return audit_add_in(s, m->workspace, m->by, action, audit_subject(subject, "import", m->id),
                        STR(""), err);
}

// From the beginning: what is in already is found again.
static bool start(struct sql *s, void *ctx, struct error *err) {
    struct moving *m = ctx;
    struct import im;
    bool stopping;
    arena_reset(&m->arena);
    if (!import_set_state(s, m->workspace, m->id, IMPORT_STARTABLE, IMPORT_RUNNING, err) ||
        !import_load(s, m->store, m->workspace, m->id, &m->arena, &im, err))
        return false;
    if (m->settings)
        apply(&im, m->settings);
    im.about.problem_zh = im.about.problem_en = (struct str){"", 0};
    im.position = 0;
    im.share = 0;
    im.counts = (struct import_counts){.read = 0};
    im.has_errors = false;
    return import_save_about(s, m->store, &im, err) &&
           import_save_progress(s, &im, &stopping, err) &&
           import_set_report(s, m->id, false, err) &&
           import_add_work(s, m->workspace, EVENT_IMPORT, m->id, err) &&
           audit(s, m, "import.start", err);
}

static bool cancel(struct sql *s, void *ctx, struct error *err) {
    const struct moving *m = ctx;
    return import_ask_to_stop(s, m->workspace, m->id, err) && audit(s, m, "import.cancel", err);
}

static bool begin_undo(struct sql *s, void *ctx, struct error *err) {
    const struct moving *m = ctx;
    return import_set_state(s, m->workspace, m->id, IMPORT_UNDOABLE, IMPORT_UNDOING, err) &&
           import_add_work(s, m->workspace, EVENT_IMPORT_UNDO, m->id, err) &&
           audit(s, m, "import.undo", err);
}

static bool remove_row(struct sql *s, void *ctx, struct error *err) {
    const struct moving *m = ctx;
    return import_remove(s, m->workspace, m->id, err) && audit(s, m, "import.remove", err);
}

static bool move(struct house *h, sql_fn *fn, int64_t workspace, const struct principal *by,
                 int64_t id, const struct import_settings *settings, struct error *err) {
    struct moving m = {
        .store = &h->store, .by = by, .settings = settings, .workspace = workspace, .id = id};
    bool ok = vault_keys(h->store.vault, workspace, err) && sql_write(h->store.db, fn, &m, err);
    arena_done(&m.arena);
    return ok;
}

bool imports_start(struct house *h, int64_t workspace, const struct principal *by, int64_t id,
                   const struct import_settings *settings, struct error *err) {
    return move(h, start, workspace, by, id, settings, err);
}

bool imports_cancel(struct house *h, int64_t workspace, const struct principal *by, int64_t id,
                    struct error *err) {
    return move(h, cancel, workspace, by, id, NULL, err);
}

bool imports_undo(struct house *h, int64_t workspace, const struct principal *by, int64_t id,
                  struct error *err) {
    return move(h, begin_undo, workspace, by, id, NULL, err);
}

bool imports_remove(struct house *h, int64_t workspace, const struct principal *by, int64_t id,
                    struct error *err) {
    if (!move(h, remove_row, workspace, by, id, NULL, err))
        return false;
    import_part_remove(h->options.data_dir, id, IMPORT_PART_FILE);
    import_part_remove(h->options.data_dir, id, IMPORT_PART_ERRORS);
    import_part_remove(h->options.data_dir, id, IMPORT_PART_REPORT);
    return true;
}
