// SPDX-License-Identifier: Apache-2.0
// `huisheng import`: files into the store, by the server that owns the data directory or, where none runs, by a
// house of the command's own. The same rows either way.
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/admin.h"
#include "app/command.h"
#include "app/options.h"
#include "base/utf8.h"
#include "sys/stop.h"
#include "sys/terminal.h"
#include "work/house.h"

#define ANSWER_MOST (256 * KIB)
#define LOOK_MS     300

struct import_command {
    const struct options *options;
    enum lang lang;
    struct data_options data_options;
    char dir[4096];
    bool is_here; // no server runs: this process does the work
    struct data_dir data;
    struct house house;
    struct str map; // in the arena
    struct arena arena;
    struct progress progress;
};

// ── asking ──

static bool ask(struct import_command *c, struct str request, struct json **ret_tree,
                const struct json **ret, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf answer = strbuf_init(ANSWER_MOST);
    bool is_running = true;
    if (c->is_here)
        control_answer(admin_rows, n_admin_rows, &c->data, request, &answer);
    else if (!control_call(c->dir, request, &is_running, &answer, err))
        return false;
    if (!is_running)
        return error_set(
            err, ERROR_UNAVAILABLE, "服务器已停止；再启动后导入会自己继续",
            "the server has stopped; the import goes on by itself when it is started again");
    return control_result(strbuf_str(&answer), ret_tree, ret, err);
}

static void add(struct json_writer *w, const char *key, struct str value) {
    json_key(w, key);
    json_add_str(w, value);
}

static void begin(struct json_writer *w, struct import_command *c, const char *command) {
    json_begin_object(w);
    add(w, "command", str_from(command));
    add(w, "lang", c->lang == LANG_ZH ? STR("zh") : STR("en"));
}

// ── opening ──

static bool open_here(struct import_command *c, struct error *err) {
    c->data_options.existing_only = true;
    if (!data_open(&c->data_options, &c->data, err))
        return false;
    struct house_options h = {.store = {c->data.db, c->data.vault, c->data.ids},
                              .accounts = c->data.accounts,
                              .data_dir = c->data.dir,
                              .model = options_str(c->options, "model")};
    if (!house_open(&h, &c->house, err))
        return false;
    c->is_here = true;
    c->data.house = &c->house;
    return true;
}

// A server answers whatever it is asked; nobody there: we are to do it ourselves.
static bool choose(struct import_command *c, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf answer = strbuf_init(ANSWER_MOST);
    bool is_running;
    if (!data_choose_dir(c->data_options.dir, c->dir, sizeof c->dir, err) ||
        !control_call(c->dir, STR("{\"command\":\"import show\"}"), &is_running, &answer, err))
        return false;
    return is_running || open_here(c, err);
}

static void read_map(struct import_command *c) {
    CLEANUP(strbuf_done) struct strbuf map = strbuf_init(32 * KIB);
    for (size_t i = 0; i < options_count(c->options, "map"); i++) {
        struct str key, value;
        options_pair(c->options, "map", i, &key, &value);
        strbuf_addf(&map, "%s%.*s=%.*s", i ? "," : "", STR_ARG(key), STR_ARG(value));
    }
    c->map = arena_str(&c->arena, strbuf_str(&map));
}

// ── one file ──

struct target {
    struct str id, workspace; // arena
};

static const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool hand_over(struct import_command *c, const char *path, struct target *ret,
                      struct error *err) {
    CLEANUP(strbuf_done) struct strbuf request = strbuf_init(32 * KIB);
    CLEANUP(json_freep) struct json *tree = NULL;
    const struct json *result;
    char *full = realpath(path, NULL);
    struct json_writer w = json_writer_init(&request);
    begin(&w, c, "import add");
    add(&w, "path", str_from(full ? full : path));
    add(&w, "name", str_from(name_of(path)));
    add(&w, "workspace", options_str(c->options, "workspace"));
    json_end_object(&w);
    free(full);
    if (!ask(c, strbuf_str(&request), &tree, &result, err))
        return false;
    *ret = (struct target){arena_str(&c->arena, json_str(json_get(result, "id"))),
                           arena_str(&c->arena, json_str(json_get(result, "workspace")))};
    return true;
}

static bool ask_about(struct import_command *c, const char *command, const struct target *t,
                      struct json **ret_tree, const struct json **ret, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf request = strbuf_init(64 * KIB);
    struct json_writer w = json_writer_init(&request);
    begin(&w, c, command);
    add(&w, "id", t->id);
    add(&w, "workspace", t->workspace);
    add(&w, "map", c->map);
    add(&w, "sheet", options_str(c->options, "sheet"));
    add(&w, "time_zone",
        options_is_given(c->options, "timezone") ? options_str(c->options, "timezone")
                                                 : (struct str){"", 0});
    json_end_object(&w);
    return ask(c, strbuf_str(&request), ret_tree, ret, err);
}

static long long number(const struct json *j, const char *name) {
    return json_int(json_get(j, name), 0);
}

static void print_counts(const struct import_command *c, const char *path, const struct json *j,
                         bool dry) {
    if (dry)
        fputs(c->lang == LANG_ZH ? "试读，没有写入：" : "dry run, nothing written: ", stdout);
    printf(
        c->lang == LANG_ZH
            ? "%s：读到 %lld 行，新增 %lld，更新 %lld，未变 %lld，无法读取 %lld，重复或合计 %lld\n"
            : "%s: %lld rows read, %lld new, %lld updated, %lld unchanged, %lld unreadable, %lld repeats or totals\n",
        name_of(path), number(j, "read"), number(j, "created"), number(j, "updated"),
        number(j, "unchanged"), number(j, "rejected"), number(j, "duplicate"));
    fflush(stdout);
}

static void print_check(const struct import_command *c, const struct json *j) {
    const struct json *columns = json_get(j, "columns"), *rejects = json_get(j, "rejects");
    for (size_t i = 0; i < json_len(columns); i++) {
        const struct json *col = json_at(columns, i);
        struct str name = json_str(json_get(col, "column"));
        int pad = 22 - (int)utf8_width(name);
        printf("  %.*s%*s  %.*s\n", STR_ARG(name), pad > 0 ? pad : 0, "",
               STR_ARG(json_str(json_get(col, "meaning"))));
    }
    for (size_t i = 0; i < json_len(rejects); i++) {
        const struct json *r = json_at(rejects, i);
        printf(c->lang == LANG_ZH ? "  第 %lld 行 %.*s：%.*s  %.*s\n"
                                  : "  row %lld %.*s: %.*s  %.*s\n",
               number(r, "row"), STR_ARG(json_str(json_get(r, "column"))),
               STR_ARG(json_str(json_get(r, "reason"))), STR_ARG(json_str(json_get(r, "sample"))));
    }
}

static bool is_over(const struct json *j) {
    struct str state = json_str(json_get(j, "state"));
    return !str_eq(state, STR("running"));
}

// *ret is freed by the caller.
static bool wait(struct import_command *c, const struct target *t, struct json **ret_tree,
                 const struct json **ret, struct error *err) {
    for (;;) {
        if (!ask_about(c, "import show", t, ret_tree, ret, err))
            return false;
        if (is_over(*ret))
            return true;
        progress_show(&c->progress, c->lang == LANG_ZH ? STR("导入") : STR("importing"),
                      number(*ret, "read"), json_num(json_get(*ret, "share"), -1));
        json_free(*ret_tree);
        *ret_tree = NULL;
        if (stop_requested())
            return error_set(
                err, ERROR_CANCELLED,
                c->is_here ? "已停止；下次启动服务器或再导入时继续" : "不再等待；服务器继续导入",
                c->is_here ? "stopped; it goes on when a server is started, or with the next import"
                           : "no longer waiting; the server goes on importing");
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
    }
}

static bool run_file(struct import_command *c, const char *path, struct error *err) {
    CLEANUP(json_freep) struct json *tree = NULL, *ignored = NULL;
    const struct json *result;
    struct target t;
    if (!hand_over(c, path, &t, err))
        return false;
    if (options_bool(c->options, "dry-run")) {
        bool checked = ask_about(c, "import check", &t, &tree, &result, err);
        if (checked) {
            print_check(c, result);
            print_counts(c, path, result, true);
        }
        // Nothing of it stays.
        return ask_about(c, "import remove", &t, &ignored, &result, checked ? err : NULL) &&
               checked;
    }
    if (!ask_about(c, "import start", &t, &ignored, &result, err))
        return false;
    progress_init(&c->progress, c->lang, options_bool(c->options, "quiet"));
    bool ok = wait(c, &t, &tree, &result, err);
    progress_done(&c->progress);
    if (!ok)
        return false;
    print_counts(c, path, result, false);
    struct str zh = json_str(json_get(result, "problem_zh"));
    struct str en = json_str(json_get(result, "problem_en"));
    if (str_eq(json_str(json_get(result, "state")), STR("done")))
        return true;
    if (err) {
        *err = (struct error){.code = ERROR_FORMAT};
        snprintf(err->zh, sizeof err->zh, "没有导入完：%.*s", STR_ARG(zh));
        snprintf(err->en, sizeof err->en, "not imported to the end: %.*s", STR_ARG(en));
    }
    return false;
}

static bool run(const struct options *o, struct error *err) {
    struct import_command c = {
        .options = o, .lang = options_lang(o), .data_options = data_options_of(o)};
    read_map(&c);
    bool ok = choose(&c, err);
    for (size_t i = 0; ok && i < options_n_args(o); i++)
        ok = run_file(&c, options_arg(o, i), err);
    if (c.is_here)
        house_close(&c.house);
    data_close(&c.data);
    arena_done(&c.arena);
    return ok;
}

static const struct option options[] = {
    {.name = "map",
     .type = OPTION_PAIRS,
     .repeatable = true,
     .arg = {"含义=列名,…", "MEANING=COLUMN,…"},
     .help = {"指定列的含义，如 text=评价内容,score=评分",
              "say what a column is, such as text=Comment,score=Stars"}},
    {.name = "sheet",
     .type = OPTION_TEXT,
     .arg = {"名称", "NAME"},
     .help = {"读取工作簿中的这张表", "read this sheet of a workbook"}},
    {.name = "workspace",
     .type = OPTION_TEXT,
     .arg = {"名称|编号", "NAME|ID"},
     .otherwise_is = {"唯一的那个", "the only one"},
     .help = {"导入到这个工作区", "workspace to import into"}},
    {.name = "dry-run",
     .type = OPTION_BOOL,
     .help = {"只试读：列的含义、会新增和更新多少、有问题的行",
              "only look: what the columns are, how many would be new and updated, bad rows"}},
    {.name = "quiet",
     .short_name = 'q',
     .type = OPTION_BOOL,
     .help = {"不显示进度", "show no progress"}},
};

static const char *const settings_taken[] = {"data",  "store",    "master-key-command",
                                             "model", "timezone", NULL};

static const struct example examples[] = {
    {"huisheng import reviews.xlsx --data /srv/huisheng",
     {"导入一个文件；再导一次只改变有变化的",
      "import a file; once more changes only what changed"}},
    {"huisheng import october.csv --dry-run --map text=Comment,score=Stars",
     {"先看会怎样", "see first what would happen"}},
};

const struct command command_import = {
    .name = "import",
    .summary = {"把反馈文件导入数据库", "take files of feedback into the store"},
    .args = {"文件…", "FILE…"},
    .min_args = 1,
    .max_args = SIZE_MAX,
    .about =
        {"读取 report 能读的所有文件，写入数据目录。服务器正在运行时由它完成，否则由本命令完成。同一条反馈再次出现时，"
         "只更新有变化的内容（追评、商家回复、改评），旧版本保留；中断后再次启动会从断点继续。整个导入可以在控制台撤销。",
         "Reads every file that report reads and writes it into the data directory: by the server while one runs, else by the "
         "command itself. Feedback that comes again is updated where it changed, and the version before is kept. What "
         "was interrupted goes on at the next start. A whole import can be undone in the console."},
    .options = options,
    .n_options = ARRAY_LEN(options),
    .settings = settings_taken,
    .examples = examples,
    .n_examples = ARRAY_LEN(examples),
    .run = run,
};
