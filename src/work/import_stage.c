// SPDX-License-Identifier: Apache-2.0
// The job: the file's rows through the one door for feedback, several batches on their way at a time.
#include "work/import_stage.h"

#include <pthread.h>
#include <stdio.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "work/house.h"

#define IN_FLIGHT 6 // batches handed to intake and not yet committed
#define NOTE_US   US_PER_SECOND

struct job {
    struct house *house;
    struct task *task;
    struct import import;
    struct import_run *run;
    struct seal_writer *errors; // NULL: none was needed
    bool errors_failed;
    bool stopping; // a person asked for it
    int64_t noted_us;
    // Shared with the writer threads.
    pthread_mutex_t lock;
    pthread_cond_t landed;
    struct import_batch *first, **last; // in flight, in order
    int n_flying;
    int64_t position; // everything before is committed
    int64_t created, updated, unchanged;
    struct error failure;
};

struct str import_actor(char buf[64], int64_t id) {
    char text[ID_TEXT];
    int n = snprintf(buf, 64, "import:%s", id_format(id, text));
    return str_make(buf, (size_t)n);
}

// ── rejects ──

// One line [file, row, column, zh, en, sample]; the file is begun with the first.
static void on_reject(void *ctx, UNUSED enum reject_kind kind, const struct reject *r) {
    struct job *j = ctx;
    struct error e;
    if (j->errors_failed)
        return;
    if (!j->errors && !import_part_write(j->house->options.data_dir, &j->import, IMPORT_PART_ERRORS,
                                         &j->errors, &e)) {
        log_warn("cannot keep the rejected rows of an import: %s", e.en);
        j->errors_failed = true;
        return;
    }
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * KIB);
    struct json_writer w = json_writer_init(&sb);
    size_t n;
    const struct source_info *files = source_files(import_run_source(j->run), &n);
    json_begin_array(&w);
    json_add_str(&w, r->file < n ? files[r->file].name : (struct str){"", 0});
    json_add_int(&w, (int64_t)r->row);
    json_add_str(&w, r->column);
    json_add_cstr(&w, r->reason.zh);
    json_add_cstr(&w, r->reason.en);
    json_add_str(&w, r->sample);
    json_end_array(&w);
    strbuf_addc(&sb, '\n');
    seal_writer_add(j->errors, strbuf_str(&sb));
}

// ── progress ──

void import_tell(struct house *h, const struct import *im) {
    const struct import_counts *c = &im->counts;
    char id[ID_TEXT];
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(4 * KIB);
    struct json_writer w = json_writer_init(&sb);
    json_begin_object(&w);
    json_key(&w, "id");
    json_add_cstr(&w, id_format(im->id, id));
    json_key(&w, "state");
    json_add_cstr(&w, import_state_code(im->state));
    json_key(&w, "progress");
    json_begin_object(&w);
    json_key(&w, "rows");
    json_add_int(&w, c->read);
    json_key(&w, "share");
    json_add_num(&w, im->share, 4);
    json_end_object(&w);
    json_key(&w, "counts");
    json_begin_object(&w);
    import_counts_add(&w, c);
    json_end_object(&w);
    json_key(&w, "has_report");
    json_add_bool(&w, im->has_report);
    json_end_object(&w);
    house_tell(h, im->workspace, "import.progress", strbuf_str(&sb));
}

static void take_counts(struct job *j) {
    struct import_counts *c = &j->import.counts;
    import_run_counts(j->run, c, &j->import.share);
    pthread_mutex_lock(&j->lock);
    j->import.position = j->position;
    c->created = j->created;
    c->updated = j->updated;
    c->unchanged = j->unchanged;
    pthread_mutex_unlock(&j->lock);
}

static bool save(struct sql *s, void *ctx, struct error *err) {
    struct job *j = ctx;
    return import_save_progress(s, &j->import, &j->stopping, err);
}

static bool note_progress(struct job *j, struct error *err) {
    j->noted_us = clock_monotonic_us();
    take_counts(j);
    if (!sql_write(j->house->store.db, save, j, err) || !task_renew(&j->house->store, j->task, err))
        return false;
    import_tell(j->house, &j->import);
    return true;
}

// ── batches in flight ──

static void count_outcomes(struct job *j, const struct import_batch *b) {
    for (size_t i = 0; i < b->request.n_items; i++) {
        j->created += b->items[i].outcome == INTAKE_CREATED;
        j->updated += b->items[i].outcome == INTAKE_UPDATED;
        j->unchanged += b->items[i].outcome == INTAKE_UNCHANGED;
    }
}

// On a writer thread. Two transactions may be on their way, and the later be done first.
static void landed(struct intake_request *r, bool ok, const struct error *err) {
    struct job *j = r->ctx;
    struct import_batch *b =
        (struct import_batch *)((char *)r - offsetof(struct import_batch, request));
    pthread_mutex_lock(&j->lock);
    b->is_done = true;
    if (ok)
        count_outcomes(j, b);
    else if (j->failure.code == ERROR_NONE)
        j->failure = *err;
    while (j->first && j->first->is_done) {
        struct import_batch *head = j->first;
        j->first = head->next;
        j->n_flying--;
        if (j->failure.code == ERROR_NONE)
            j->position = head->first + (int64_t)head->n;
        import_batch_free(head);
    }
    if (!j->first)
        j->last = &j->first;
    pthread_cond_signal(&j->landed);
    pthread_mutex_unlock(&j->lock);
}

static bool wait_until(struct job *j, int flying, struct error *err) {
    pthread_mutex_lock(&j->lock);
    while (j->n_flying > flying)
        pthread_cond_wait(&j->landed, &j->lock);
    struct error failure = j->failure;
    pthread_mutex_unlock(&j->lock);
    if (failure.code != ERROR_NONE && err)
        *err = failure;
    return failure.code == ERROR_NONE;
}

static bool deliver(void *ctx, struct import_batch *b, struct error *err) {
    struct job *j = ctx;
    if (j->stopping || !wait_until(j, IN_FLIGHT - 1, err)) {
        import_batch_free(b);
        return j->stopping ? error_set(err, ERROR_CANCELLED, "已取消", "cancelled") : false;
    }
    b->request.done = landed;
    b->request.ctx = j;
    pthread_mutex_lock(&j->lock);
    b->next = NULL;
    *j->last = b;
    j->last = &b->next;
    j->n_flying++;
    pthread_mutex_unlock(&j->lock);
    intake_submit(j->house->intake, &b->request);
    return clock_monotonic_us() - j->noted_us < NOTE_US || note_progress(j, err);
}

// ── the end ──

static bool finish(struct sql *s, void *ctx, struct error *err) {
    struct job *j = ctx;
    struct import *im = &j->import;
    struct import_counts *c = &im->counts;
    bool stopping;
    if (!import_count_written(s, im->id, &c->created, &c->updated, err))
        return false;
    c->unchanged = MAX(im->position - c->created - c->updated, (int64_t)0);
    return import_save_about(s, &j->house->store, im, err) &&
           import_save_progress(s, im, &stopping, err) &&
           import_set_state(s, im->workspace, im->id, IMPORT_STATE_BIT(IMPORT_RUNNING), im->state,
                            err) &&
           (im->state != IMPORT_DONE ||
            import_add_work(s, im->workspace, EVENT_IMPORT_REPORT, im->id, err)) &&
           task_finish(s, j->task, err);
}

static void keep_errors(struct job *j) {
    struct error e;
    struct seal_writer *w = j->errors;
    j->errors = NULL;
    j->import.has_errors = w && seal_writer_commit(w, &e);
    if (w && !j->import.has_errors)
        log_warn("cannot keep the rejected rows of an import: %s", e.en);
}

static bool end(struct job *j, enum import_state state, const struct error *why,
                struct error *err) {
    struct import *im = &j->import;
    im->state = state;
    im->about.problem_zh = why ? str_from(why->zh) : (struct str){"", 0};
    im->about.problem_en = why ? str_from(why->en) : (struct str){"", 0};
    if (j->run) {
        take_counts(j);
        import_describe(im, import_run_source(j->run), im->about.lang, &j->task->arena);
    }
    if (state == IMPORT_DONE)
        im->share = 1;
    keep_errors(j);
    if (!sql_write(j->house->store.db, finish, j, err))
        return false;
    import_tell(j->house, im);
    return true;
}

// Trying again helps where a store or disk was away; not where the file is at fault, nor for ever.
static bool failed(struct job *j, struct error *e, struct error *err) {
    if (j->stopping)
        return end(j, IMPORT_CANCELLED, NULL, err);
    bool last = j->task->attempts >= PIPELINE_ATTEMPTS && e->code != ERROR_CANCELLED;
    // Nodes need not share a data directory: the one that has the file will come to it.
    bool elsewhere = e->code == ERROR_NOT_FOUND && !j->run &&
                     sql_engine(j->house->store.db) == SQL_ENGINE_POSTGRES;
    if ((import_is_about_file(e) && !elsewhere) || last)
        return end(j, IMPORT_FAILED, e, err);
    // A conflict would be taken for “another has done it”.
    e->code = e->code == ERROR_CONFLICT ? ERROR_UNAVAILABLE : e->code;
    if (err)
        *err = *e;
    return false;
}

static bool run_rows(struct job *j, struct error *err) {
    char actor[64];
    struct import_run_options o = {.actor = import_actor(actor, j->import.id),
                                   .skip = j->import.position,
                                   .deliver = deliver,
                                   .on_reject = on_reject,
                                   .ctx = j};
    if (!import_run_open(j->house, &j->import, &o, &j->run, err))
        return false;
    struct error e = {0};
    bool ok = import_run_all(j->run, &e);
    if (!wait_until(j, 0, ok ? &e : NULL))
        ok = false;
    if (!ok && err)
        *err = e;
    return ok;
}

static bool run_job(struct job *j, struct error *err) {
    struct error e = {0};
    j->position = j->import.position;
    j->created = j->import.counts.created;
    j->updated = j->import.counts.updated;
    j->unchanged = j->import.counts.unchanged;
    if (run_rows(j, &e))
        return end(j, IMPORT_DONE, NULL, err);
    return failed(j, &e, err);
}

bool import_stage(struct house *h, struct task *t, struct error *err) {
    struct job *j = NEW(struct job);
    struct error e = {0};
    j->house = h;
    j->task = t;
    j->last = &j->first;
    j->noted_us = clock_monotonic_us();
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->landed, NULL);
    bool ok = imports_load(h, t->workspace, t->subject, &t->arena, &j->import, &e);
    if (!ok)
        ok = e.code == ERROR_NOT_FOUND && task_done(&h->store, t, &e); // it was removed meanwhile
    else if (j->import.state != IMPORT_RUNNING)
        ok = task_done(&h->store, t, &e);
    else
        ok = run_job(j, &e);
    if (!ok && err)
        *err = e;
    import_run_close(j->run);
    seal_writer_discard(j->errors);
    pthread_cond_destroy(&j->landed);
    pthread_mutex_destroy(&j->lock);
    free(j);
    return ok;
}
