// SPDX-License-Identifier: Apache-2.0
// The row of `huisheng serve`.
#include "app/command.h"
#include "app/options.h"
#include "app/serve_command.h"
#include "base/def.h"
#include "base/log.h"

static const struct option options[] = {
    {.name = "listen",
     .type = OPTION_TEXT,
     .arg = {"地址:端口", "ADDRESS:PORT"},
     .otherwise = "127.0.0.1:8080",
     .help = {"监听的地址和端口", "address and port to listen on"}},
    {.name = "cert",
     .type = OPTION_PATH,
     .arg = {"文件", "FILE"},
     .help = {"TLS 证书（PEM）", "TLS certificate (PEM)"}},
    {.name = "key",
     .type = OPTION_PATH,
     .arg = {"文件", "FILE"},
     .help = {"TLS 私钥（PEM）", "TLS private key (PEM)"}},
    {.name = "duckdb",
     .type = OPTION_PATH,
     .arg = {"文件", "FILE"},
     .otherwise_is = {"自动查找", "looked for"},
     .help = {"libduckdb.so 的位置", "where libduckdb.so is"}},
};
static const char *const settings_taken[] = {"data",  "store",   "master-key-command",
                                             "model", "threads", NULL};
static const struct example examples[] = {
    {"huisheng serve",
     {"启动，按提示在浏览器建立管理员", "start; make the administrator in the browser as told"}},
    {"huisheng serve --data /srv/huisheng --listen 0.0.0.0:8080",
     {"指定数据目录，允许局域网访问", "a data directory, reachable from the network"}},
};

// At SIGHUP: a file that is wrong changes nothing.
static void reload(const void *ctx) {
    const struct options *o = ctx;
    struct options *now;
    struct error e = {0};
    if (!options_parse_again(o, &now, &e)) {
        log_error("the settings stay as they were: %s", e.en);
        return;
    }
    options_set_log_level(now);
    options_free(now);
    log_info("the settings were read again");
}

static bool run(const struct options *o, struct error *err) {
    struct serve_options s = {
        .lang = options_lang(o),
        .data = options_str(o, "data"),
        .store = options_str(o, "store"),
        .key_command = options_str(o, "master-key-command"),
        .listen = options_str(o, "listen"),
        .model = options_str(o, "model"),
        .duckdb = options_path(o, "duckdb"),
        .cert = options_path(o, "cert"),
        .key = options_path(o, "key"),
        .workers = (int)options_int(o, "threads"),
        .reload = reload,
        .reload_ctx = o,
    };
    if (!s.cert != !s.key)
        return error_set(err, ERROR_USAGE, "--cert 与 --key 要一起给出",
                         "--cert and --key belong together");
    if (!str_eq(options_str(o, "log-format"), STR("json")))
        log_set_format(LOG_LOGFMT); // with times
    return serve(&s, err);
}

const struct command command_serve = {
    .name = "serve",
    .summary = {"启动服务器", "start the server"},
    .args = {"", ""},
    .about =
        {"启动一个进程：网页、API、分析和存储都在里面。数据目录第一次使用时建立，只有本用户可读；主密钥 master.key 也在其中，"
         "请另外备份。\n\nSIGTERM 或 Ctrl-C 完成进行中的请求后结束，SIGHUP 重新读取可以重载的设置。",
         "Starts one process that holds the pages, the API, analysis and stores. The data directory is made at the first use, readable "
         "by this user only; the master key master.key is in it: keep a copy elsewhere.\n\nSIGTERM or Ctrl-C ends it after the requests "
         "in flight; SIGHUP reads the settings again that can be reloaded."},
    .options = options,
    .n_options = ARRAY_LEN(options),
    .settings = settings_taken,
    .examples = examples,
    .n_examples = ARRAY_LEN(examples),
    .run = run,
};
