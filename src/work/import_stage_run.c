// SPDX-License-Identifier: Apache-2.0
#include "work/import_stage_run.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "collect/import_file.h"
#include "collect/import_record.h"
#include "sys/ordered.h"
#include "work/house.h"

struct import_run {
    struct house *house;
    const struct import *import;
    struct import_run_options options;
    struct import_file file;
    const char *path;
    struct zone *zone;
    struct source *source;
    struct import_mapper *mapper;
    int64_t given;        // feedback that the file gave so far
    struct error failure; // of delivering
    bool is_cut;
};

void import_batch_free(struct import_batch *b) {
    if (!b)
        return;
    arena_done(&b->arena);
    free(b);
}

// ── opening ──

bool import_is_about_file(const struct error *e) {
    switch (e->code) {
    case ERROR_USAGE:
    case ERROR_INVALID:
    case ERROR_FORMAT:
    case ERROR_LIMIT:
    case ERROR_NOT_FOUND:
    case ERROR_UNSUPPORTED:
        return true;
    case ERROR_NONE:
    case ERROR_FORBIDDEN:
    case ERROR_CONFLICT:
    case ERROR_UNAVAILABLE:
    case ERROR_NO_SPACE:
    case ERROR_IO:
    case ERROR_CORRUPT:
    case ERROR_CANCELLED:
    case ERROR_INTERNAL:
        break;
    }
    return false;
}

bool import_source_options(struct house *h, const struct import *im, const char *const *path,
                           struct source_options *ret, struct zone **ret_zone, struct error *err) {
    *ret_zone = NULL;
    if (im->about.time_zone.len && !zone_open(im->about.time_zone, ret_zone, err))
        return error_field(err, "time_zone");
    *ret = (struct source_options){
        .paths = path,
        .n_paths = 1,
        .names = &im->about.file_name,
        .in_memory = true,
        .map = im->about.map,
        .sheet = im->about.sheet,
        .lang = im->about.lang,
        .zone = *ret_zone ? *ret_zone : house_zone(h, im->workspace),
    };
    return true;
}

bool import_run_open(struct house *h, const struct import *im, const struct import_run_options *o,
                     struct import_run **ret, struct error *err) {
    struct import_run *run = NEW(struct import_run);
    struct source_options options;
    *run = (struct import_run){.house = h, .import = im, .options = *o, .file = {.fd = -1}};
    bool ok = import_file_open(h->options.data_dir, im, &run->file, err);
    run->path = run->file.path;
    if (ok && import_source_options(h, im, &run->path, &options, &run->zone, err)) {
        options.on_reject = o->on_reject;
        options.ctx = o->ctx;
        ok = source_open(&options, &run->source, err);
    } else {
        ok = false;
    }
    if (!ok) {
        import_run_close(run);
        return false;
    }
    run->mapper = import_mapper_new(run->source);
    *ret = run;
    return true;
}

void import_run_close(struct import_run *run) {
    if (!run)
        return;
    import_mapper_free(run->mapper);
    source_close(run->source);
    zone_free(run->zone);
    import_file_close(&run->file);
    free(run);
}

struct source *import_run_source(struct import_run *run) {
    return run->source;
}

bool import_run_is_cut(const struct import_run *run) {
    return run->is_cut;
}

void import_run_counts(const struct import_run *run, struct import_counts *ret, double *ret_share) {
    size_t n;
    const struct source_info *files = source_files(run->source, &n);
    ret->read = ret->rejected = ret->duplicate = 0;
    for (size_t i = 0; i < n; i++) {
        ret->read += (int64_t)files[i].read;
        ret->rejected += (int64_t)files[i].rejected;
        ret->duplicate += (int64_t)files[i].skipped;
    }
    double share = source_progress(run->source).share;
    *ret_share = share < 0 ? 0 : MIN(share, 1.0);
}

// ── the parallel part ──

static void seal_batch(void *ctx, UNUSED int worker, void *item) {
    struct import_run *run = ctx;
    struct import_batch *b = item;
    // Texts were cut to what we keep: none is too large to be sealed.
    for (size_t i = 0; i < b->n; i++)
        if (!intake_prepare(run->house->intake, &b->request, &b->records[i], b->nth[i], &b->arena,
                            &b->items[i], &b->failure))
            return;
    b->request.items = b->items;
    b->request.n_items = b->n;
}

// ── the ordered part ──

static bool deliver(void *ctx, void *item) {
    struct import_run *run = ctx;
    struct import_batch *b = item;
    if (b->failure.code != ERROR_NONE) {
        run->failure = b->failure;
        import_batch_free(b);
        return false;
    }
    return run->options.deliver(run->options.ctx, b, &run->failure);
}

static void drop(UNUSED void *ctx, void *item) {
    import_batch_free(item);
}

// What is written already is counted, so that what follows is known as how many-th it is, and left out.
static void map_batch(struct import_run *run, struct import_batch *b, size_t n) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        static const struct words too_long = {"内容太长，只保留开头",
                                              "too long: only the beginning is kept"};
        struct words cut;
        b->nth[kept] =
            import_mapper_next(run->mapper, &b->feedback[i], &b->arena, &b->records[kept], &cut);
        const struct reject r = {b->feedback[i].file, b->feedback[i].row,
                                 str_from(words_in(cut, run->import->about.lang)), too_long,
                                 utf8_cut(b->feedback[i].text, 40)};
        if (cut.zh && run->options.on_reject)
            run->options.on_reject(run->options.ctx, N_REJECTS, &r);
        b->feedback[kept] = b->feedback[i];
        if (run->given++ >= run->options.skip)
            kept++;
    }
    b->n = kept;
}

// *ret is NULL at the end.
static bool next_batch(struct import_run *run, struct import_batch **ret, struct error *err) {
    struct import_batch *b = NULL;
    size_t n;
    do {
        import_batch_free(b);
        b = NEW(struct import_batch);
        if (!source_next(run->source, &b->arena, b->feedback, IMPORT_BATCH, &n, err)) {
            import_batch_free(b);
            return false;
        }
        map_batch(run, b, n);
    } while (n > 0 && b->n == 0);
    if (run->given > IMPORT_MAX_ROWS) {
        import_batch_free(b);
        return error_set(err, ERROR_LIMIT, "文件超过 %d 行，请分成几个文件",
                         "the file has more than %d rows; hand it over in parts", IMPORT_MAX_ROWS);
    }
    if (n == 0) {
        import_batch_free(b);
        b = NULL;
    } else {
        b->first = run->given - (int64_t)b->n;
        b->request = (struct intake_request){.workspace = run->import->workspace,
                                             .actor = run->options.actor,
                                             .import = run->import->id,
                                             .lane = LANE_BULK};
    }
    *ret = b;
    return true;
}

bool import_run_all(struct import_run *run, struct error *err) {
    struct ordered *o = ordered_new(ordered_default_threads(), seal_batch, deliver, drop, run);
    struct import_batch *b;
    bool ok = next_batch(run, &b, err);
    while (ok && b && ordered_submit(o, b)) {
        b = NULL;
        run->is_cut = run->options.until_us && clock_monotonic_us() > run->options.until_us;
        ok = run->is_cut || next_batch(run, &b, err);
    }
    // What was read before a failure is good: it is delivered too.
    bool delivered = ordered_finish(o);
    if (ok && !delivered && err)
        *err = run->failure;
    return ok && delivered;
}
