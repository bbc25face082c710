// SPDX-License-Identifier: Apache-2.0
// The page that `huisheng report` makes of a file, made of an import's: the same walk over the same bytes, kept
// sealed.
#include "work/import_stage.h"

#include <pthread.h>

#include "account/workspace.h"
#include "base/log.h"
#include "base/mem.h"
#include "report/render.h"
#include "sys/ordered.h"
#include "work/house.h"
#include "work/walk.h"

#define RENEW_US (15 * US_PER_SECOND)

struct reporting {
    struct house *house;
    struct task *task;
    struct import import;
    struct import_file file;
    const char *path;
    struct zone *zone;
    struct walk walk;
    struct strbuf page;
    // The walk may take minutes: the lease is kept by a thread of its own.
    pthread_mutex_t lock;
    pthread_cond_t over;
    bool is_over;
};

static void *keep_lease(void *ctx) {
    struct reporting *r = ctx;
    struct error e;
    pthread_mutex_lock(&r->lock);
    while (!r->is_over) {
        int64_t until = clock_now_us() + RENEW_US;
        struct timespec t = {until / US_PER_SECOND, until % US_PER_SECOND * 1000};
        if (pthread_cond_timedwait(&r->over, &r->lock, &t) == 0 || r->is_over)
            continue;
        pthread_mutex_unlock(&r->lock);
        if (!task_renew(&r->house->store, r->task, &e))
            log_warn("cannot keep the lease of a report: %s", e.en);
        pthread_mutex_lock(&r->lock);
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

static bool walk_file(struct reporting *r, struct error *err) {
    struct workspace ws;
    struct walk_options o = {.lang = r->import.about.lang,
                             .model = r->house->options.model.len ? r->house->options.model
                                                                  : STR("quick"),
                             .threads = ordered_default_threads()};
    if (!import_source_options(r->house, &r->import, &r->path, &o.source, &r->zone, err))
        return false;
    if (workspace_load(r->house->accounts, r->import.workspace, &r->task->arena, &ws, NULL))
        o.industry = ws.industry;
    o.zone = o.source.zone;
    return walk_run(&o, &r->walk, err);
}

static bool build(struct reporting *r, struct error *err) {
    struct report report;
    struct output *out;
    struct build_input in = {.layout = &r->walk.layout,
                             .texts = &r->walk.texts,
                             .lexicon = r->walk.lexicon,
                             .taxonomy = r->walk.taxonomy,
                             .source = r->walk.source,
                             .counts = &r->walk.counts,
                             .zone = r->zone ? r->zone : house_zone(r->house, r->import.workspace),
                             .model = model_name(r->walk.model),
                             .lang = r->import.about.lang,
                             .generated_us = clock_now_us()};
    if (!report_build(&in, &r->task->arena, &report, err))
        return false;
    output_open_memory(&r->page, &out);
    if (!report_page(&report, out, err)) {
        output_discard(out);
        return false;
    }
    return output_commit(out, err);
}

static bool keep(struct reporting *r, struct error *err) {
    struct seal_writer *w;
    if (!import_part_write(r->house->options.data_dir, &r->import, IMPORT_PART_REPORT, &w, err))
        return false;
    seal_writer_add(w, strbuf_str(&r->page));
    return seal_writer_commit(w, err);
}

static bool make(struct reporting *r, struct error *err) {
    r->path = r->file.path;
    return import_file_open(r->house->options.data_dir, &r->import, &r->file, err) &&
           walk_file(r, err) && build(r, err) && keep(r, err);
}

static bool finish(struct sql *s, void *ctx, struct error *err) {
    const struct reporting *r = ctx;
    return import_set_report(s, r->import.id, r->import.has_report, err) &&
           task_finish(s, r->task, err);
}

static bool make_leased(struct reporting *r, struct error *err) {
    pthread_t keeper;
    bool has_keeper = pthread_create(&keeper, NULL, keep_lease, r) == 0;
    bool ok = make(r, err);
    pthread_mutex_lock(&r->lock);
    r->is_over = true;
    pthread_cond_signal(&r->over);
    pthread_mutex_unlock(&r->lock);
    if (has_keeper)
        pthread_join(keeper, NULL);
    return ok;
}

// A file that gives no report (nothing that could be counted) has been imported all the same.
static bool run(struct reporting *r, struct error *err) {
    struct error e = {0};
    r->import.has_report = make_leased(r, &e);
    if (!r->import.has_report && !import_is_about_file(&e)) {
        if (err)
            *err = e;
        return false;
    }
    if (!r->import.has_report)
        log_warn("no report of an import: %s", e.en);
    if (!sql_write(r->house->store.db, finish, r, err))
        return false;
    import_tell(r->house, &r->import);
    return true;
}

bool import_report_stage(struct house *h, struct task *t, struct error *err) {
    struct reporting *r = NEW(struct reporting);
    struct error e = {0};
    r->house = h;
    r->task = t;
    r->file.fd = -1;
    r->page = strbuf_init(2 * MIB);
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->over, NULL);
    bool ok = imports_load(h, t->workspace, t->subject, &t->arena, &r->import, &e);
    if (!ok)
        ok = e.code == ERROR_NOT_FOUND && task_done(&h->store, t, &e);
    else if (r->import.state != IMPORT_DONE)
        ok = task_done(&h->store, t, &e);
    else
        ok = run(r, &e);
    if (!ok && err)
        *err = e;
    walk_done(&r->walk);
    zone_free(r->zone);
    import_file_close(&r->file);
    crypto_wipe(r->page.ptr, r->page.len);
    strbuf_done(&r->page);
    pthread_cond_destroy(&r->over);
    pthread_mutex_destroy(&r->lock);
    free(r);
    return ok;
}
