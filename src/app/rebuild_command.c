// SPDX-License-Identifier: Apache-2.0
// `huisheng rebuild`: facts and search, thrown away and built again from the rows.
#include <stdio.h>
#include <time.h>

#include "app/command.h"
#include "app/live.h"
#include "app/options.h"
#include "sys/stop.h"
#include "sys/terminal.h"

#define LOOK_MS 200

static bool ask(struct live *l, const char *command, struct json **ret_tree,
                const struct json **ret, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf request = strbuf_init(4 * KIB);
    struct json_writer w = json_writer_init(&request);
    json_begin_object(&w);
    json_key(&w, "command");
    json_add_cstr(&w, command);
    json_key(&w, "workspace");
    json_add_str(&w, options_str(l->options, "workspace"));
    json_end_object(&w);
    return live_ask(l, strbuf_str(&request), ret_tree, ret, err);
}

static bool stopped(const struct live *l, struct error *err) {
    return error_set(
        err, ERROR_CANCELLED,
        l->is_here ? "已停止；数据没有损失，下次启动服务器时继续重建" : "不再等待；服务器继续重建",
        l->is_here ? "stopped; nothing is lost, and it goes on when a server is started"
                   : "no longer waiting; the server goes on");
}

// *ret_n: feedback taken over.
static bool wait(struct live *l, struct progress *p, int64_t *ret_n, struct error *err) {
    for (;;) {
        CLEANUP(json_freep) struct json *tree = NULL;
        const struct json *r;
        if (!ask(l, "rebuild show", &tree, &r, err))
            return false;
        int64_t n = json_int(json_get(r, "rebuilt"), 0), total = json_int(json_get(r, "total"), 0);
        struct str problem = json_str(json_get(r, "problem"));
        if (problem.len)
            return error_set(err, ERROR_UNAVAILABLE, "没有重建完：%.*s", "not rebuilt: %.*s",
                             STR_ARG(problem));
        if (json_int(json_get(r, "running"), 0) == 0) {
            *ret_n = n;
            return true;
        }
        progress_show(p, options_lang(l->options) == LANG_ZH ? STR("重建") : STR("rebuilding"), n,
                      total ? (double)n / (double)total : -1);
        if (stop_requested())
            return stopped(l, err);
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
    }
}

static bool rebuild(struct live *l, struct error *err) {
    CLEANUP(json_freep) struct json *tree = NULL;
    const struct json *r;
    struct progress p;
    int64_t n = 0;
    enum lang lang = options_lang(l->options);
    if (!ask(l, "rebuild start", &tree, &r, err))
        return false;
    progress_init(&p, lang, options_bool(l->options, "quiet"));
    bool ok = wait(l, &p, &n, err);
    progress_done(&p);
    if (ok)
        printf(lang == LANG_ZH ? "已重建 %" PRId64 " 个工作区的事实和搜索，共 %" PRId64 " 条反馈\n"
                               : "facts and search of %" PRId64 " workspaces rebuilt, %" PRId64
                                 " feedback\n",
               json_int(json_get(r, "workspaces"), 0), n);
    return ok;
}

static bool run(const struct options *o, struct error *err) {
    struct live l;
    bool ok = live_open(o, &l, err) && rebuild(&l, err);
    live_close(&l);
    return ok;
}

static const struct option options[] = {
    {.name = "workspace",
     .type = OPTION_TEXT,
     .arg = {"名称|编号", "NAME|ID"},
     .otherwise_is = {"全部", "all"},
     .help = {"只重建这个工作区", "only this workspace"}},
    {.name = "quiet",
     .short_name = 'q',
     .type = OPTION_BOOL,
     .help = {"不显示进度", "show no progress"}},
};

static const char *const settings_taken[] = {"data", "store", "master-key-command", "model", NULL};

static const struct example examples[] = {
    {"huisheng rebuild --data /srv/huisheng",
     {"从原始记录重新生成统计和搜索", "make statistics and search again from the records"}},
};

const struct command command_rebuild = {
    .name = "rebuild",
    .summary = {"重新生成统计事实和搜索索引", "build facts and search index again"},
    .args = {"", ""},
    .about =
        {"扔掉统计事实和搜索索引，从数据库里的记录重新生成；反馈、分析和更正都不会改变。服务器正在运行时由它完成，期间仍可接收"
         "反馈。中断后下次启动会继续。多节点时每个节点有自己的一份，在需要的节点上运行。",
         "Throws facts and search index away and builds them again from the rows; feedback, analyses and corrections stay as they are. "
         "A running server does it and goes on taking feedback meanwhile. What was interrupted goes on at the next start. With several nodes "
         "each has its own: run it on the one that needs it."},
    .options = options,
    .n_options = ARRAY_LEN(options),
    .settings = settings_taken,
    .examples = examples,
    .n_examples = ARRAY_LEN(examples),
    .run = run,
};
