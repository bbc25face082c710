// SPDX-License-Identifier: Apache-2.0
#include "app/report_command.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/clash.h"
#include "app/understood.h"
#include "base/vec.h"
#include "report/render.h"
#include "sys/ordered.h"
#include "sys/stop.h"
#include "work/walk.h"

// Everything that is written. An output that is not wanted is NULL.
struct outputs {
    struct output *page, *json, *csv_file, *xlsx_file;
    struct rows_csv *csv;
    struct rows_xlsx *workbook;
};

struct job {
    const struct options *options;
    enum lang lang;
    bool quiet;
    struct walk_options walk;
    struct zone *zone;
    struct outputs out;
    struct build_input build;
    struct period asked;
    struct progress progress;
    struct arena arena;
};

// ── what was asked for ──

static const char *const *paths(struct job *j, size_t n,
                                const char *(*at)(const struct options *, size_t)) {
    const char **list = ARENA_ARRAY(&j->arena, const char *, n);
    for (size_t i = 0; i < n; i++)
        list[i] = at(j->options, i);
    return list;
}

static const char *order_at(const struct options *o, size_t i) {
    return options_at(o, "orders", i);
}

static void read_source(struct job *j) {
    const struct options *o = j->options;
    struct source_options *s = &j->walk.source;
    CLEANUP(strbuf_done) struct strbuf map = strbuf_init(64 * KIB);
    s->n_paths = options_n_args(o);
    s->paths = paths(j, s->n_paths, options_arg);
    s->n_orders = options_count(o, "orders");
    s->orders = paths(j, s->n_orders, order_at);
    s->sheet = options_str(o, "sheet");
    s->zone = j->zone;
    s->lang = j->lang;
    for (size_t i = 0; i < options_count(o, "map"); i++) {
        struct str key, value;
        options_pair(o, "map", i, &key, &value);
        strbuf_addf(&map, "%s%.*s=%.*s", i ? "," : "", STR_ARG(key), STR_ARG(value));
    }
    s->map = arena_str(&j->arena, strbuf_str(&map));
}

static void read_filters(struct job *j) {
    const struct options *o = j->options;
    size_t n = options_count(o, "where");
    struct walk_filter *where = ARENA_ARRAY(&j->arena, struct walk_filter, n);
    for (size_t i = 0; i < n; i++)
        options_pair(o, "where", i, &where[i].column, &where[i].value);
    j->walk.where = where;
    j->walk.n_where = n;
    int64_t since = INT32_MIN, until = (int64_t)INT32_MAX - 1;
    bool given = options_date(o, "since", &since);
    given = options_date(o, "until", &until) || given;
    j->asked = (struct period){(int32_t)since, (int32_t)until + 1};
    // What is outside is read all the same: the period before is there to compare with.
    j->build.asked = given ? &j->asked : NULL;
}

static bool read_options(struct job *j, struct error *err) {
    const struct options *o = j->options;
    j->lang = options_lang(o);
    j->quiet = options_bool(o, "quiet");
    if (!zone_open(options_str(o, "timezone"), &j->zone, err))
        return error_field(err, "timezone");
    read_source(j);
    read_filters(j);
    int threads = (int)options_int(o, "threads");
    int64_t polite = options_int(o, "nice");
    if (polite > 0 && setpriority(PRIO_PROCESS, 0, (int)polite) != 0)
        return error_errno(err, EPERM, "无法降低优先级", "cannot lower the priority", "nice");
    j->walk.lang = j->lang;
    j->walk.model = options_str(o, "model");
    j->walk.industry = options_str(o, "industry");
    j->walk.zone = j->zone;
    j->walk.threads = threads > 0 ? threads : ordered_default_threads();
    j->walk.mask = options_bool(o, "mask");
    j->walk.progress = &j->progress;
    j->walk.ctx = j;
    j->build.lang = j->lang;
    j->build.zone = j->zone;
    j->build.title = options_str(o, "title");
    struct str compare = options_str(o, "compare");
    if (!compare.len)
        return true;
    return compare_parse(compare, &j->build.compare, err) || error_field(err, "compare");
}

// ── what is written ──

static bool open_output(const char *path, struct output **ret, struct error *err) {
    return !path || output_open(path, ret, err);
}

// Opened before the long work: a wrong folder is told at once.
static bool open_outputs(struct job *j, struct error *err) {
    const struct options *o = j->options;
    const char *page = options_path(o, "output"), *json = options_path(o, "json");
    // `--json -o facts.json`: the file that was named is meant for the facts.
    if (page && json && str_eq(str_from(json), STR("-")) &&
        str_ends(str_from(page), STR(".json"))) {
        json = page;
        page = NULL;
    }
    const char *const outputs[] = {page, json, options_path(o, "csv"), options_path(o, "xlsx")};
    const struct source_options *s = &j->walk.source;
    if (!clash_check(outputs, ARRAY_LEN(outputs), s->paths, s->n_paths, err) ||
        !clash_check(outputs, ARRAY_LEN(outputs), s->orders, s->n_orders, err))
        return false;
    return open_output(page, &j->out.page, err) && open_output(json, &j->out.json, err) &&
           open_output(options_path(o, "csv"), &j->out.csv_file, err) &&
           open_output(options_path(o, "xlsx"), &j->out.xlsx_file, err);
}

static bool on_open(void *ctx, const struct walk *w, struct error *err) {
    struct job *j = ctx;
    if (!j->quiet)
        understood_print(w->source, w->taxonomy, j->lang, stderr);
    if (j->out.csv_file)
        j->out.csv = rows_csv_new(j->out.csv_file, j->lang, j->zone, w->headers, w->n_headers);
    return !j->out.xlsx_file || rows_xlsx_open(j->out.xlsx_file, j->lang, j->zone, w->headers,
                                               w->n_headers, &j->out.workbook, err);
}

static void on_row(void *ctx, const struct detail_row *row) {
    struct job *j = ctx;
    if (j->out.csv)
        rows_csv_add(j->out.csv, row);
    if (j->out.workbook)
        rows_xlsx_add(j->out.workbook, row);
}

// Commits and forgets.
static bool commit(struct output **out, struct error *err) {
    struct output *o = *out;
    *out = NULL;
    return !o || output_commit(o, err);
}

static bool write_text(struct job *j, const struct report *r, struct error *err) {
    const struct options *o = j->options;
    bool to_terminal = options_bool(o, "text"), brief = options_bool(o, "brief");
    // Nothing was asked for: the summary is the most useful answer. (j->out has been committed and forgotten.)
    if (!options_path(o, "output") && !options_path(o, "json") && !options_path(o, "csv") &&
        !options_path(o, "xlsx") && !brief)
        to_terminal = true;
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(16 * MIB);
    if (to_terminal)
        report_text(r, terminal_is(STDOUT_FILENO) && !getenv("NO_COLOR"), &sb);
    if (brief)
        report_brief(r, &sb);
    if (!sb.len)
        return true;
    struct output *out;
    if (!output_open("-", &out, err))
        return false;
    output_write(out, strbuf_str(&sb));
    return output_commit(out, err);
}

static bool write_report(struct job *j, const struct report *r, struct error *err) {
    struct outputs *out = &j->out;
    if (out->page && !report_page(r, out->page, err))
        return false;
    if (out->json) {
        CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(64 * MIB);
        report_json(r, &sb);
        if (sb.overflow)
            return error_set(err, ERROR_LIMIT, "JSON 超过 %d MB，请用 --since 或 --where 缩小范围",
                             "the JSON passes %d MB; narrow it with --since or --where", 64);
        output_write(out->json, strbuf_str(&sb));
    }
    if (out->csv) {
        rows_csv_free(out->csv);
        out->csv = NULL;
    }
    if (out->workbook) {
        struct rows_xlsx *w = out->workbook;
        out->workbook = NULL;
        if (!rows_xlsx_close(w, r, err))
            return false;
    }
    return commit(&out->page, err) && commit(&out->json, err) && commit(&out->csv_file, err) &&
           commit(&out->xlsx_file, err) && write_text(j, r, err);
}

static void discard(struct outputs *out) {
    if (out->csv)
        rows_csv_free(out->csv);
    rows_xlsx_discard(out->workbook);
    output_discard(out->page);
    output_discard(out->json);
    output_discard(out->csv_file);
    output_discard(out->xlsx_file);
}

static void say_written(const struct job *j, const struct report *r) {
    const char *page = options_path(j->options, "output");
    if (j->quiet || !page || str_eq(str_from(page), STR("-")))
        return;
    fprintf(stderr, j->lang == LANG_ZH ? "%.*s\n已写入 %s\n" : "%.*s\nwritten to %s\n",
            STR_ARG(r->headline), page);
}

static bool run(struct job *j, struct walk *w, struct error *err) {
    bool rows = j->out.csv_file || j->out.xlsx_file;
    j->walk.on_open = on_open;
    j->walk.on_row = rows ? on_row : NULL;
    progress_init(&j->progress, j->lang, j->quiet);
    bool ok = walk_run(&j->walk, w, err);
    progress_done(&j->progress);
    if (!ok)
        return false;
    j->build.layout = &w->layout;
    j->build.texts = &w->texts;
    j->build.lexicon = w->lexicon;
    j->build.taxonomy = w->taxonomy;
    j->build.source = w->source;
    j->build.counts = &w->counts;
    j->build.model = model_name(w->model);
    j->build.generated_us = clock_now_us();
    struct report r;
    if (!report_build(&j->build, &j->arena, &r, err))
        return false;
    if (stop_requested())
        return stop_error(err);
    if (!write_report(j, &r, err))
        return false;
    say_written(j, &r);
    return true;
}

bool report_command(const struct options *o, struct error *err) {
    struct job j = {.options = o};
    struct walk w = {0};
    bool ok = read_options(&j, err) && open_outputs(&j, err) && run(&j, &w, err);
    discard(&j.out);
    walk_done(&w);
    zone_free(j.zone);
    arena_done(&j.arena);
    return ok;
}
