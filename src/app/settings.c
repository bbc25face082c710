// SPDX-License-Identifier: Apache-2.0
#include "app/settings.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"

static const char *const langs[] = {"zh", "en", NULL};
static const char *const log_formats[] = {"logfmt", "json", NULL};
static const char *const log_levels[] = {"debug", "info", "warn", "error", NULL};

const struct option settings[] = {
    {.name = "lang",
     .type = OPTION_CHOICE,
     .choices = langs,
     .arg = {"语言", "LANG"},
     .otherwise_is = {"取自 LC_ALL、LC_MESSAGES、LANG", "from LC_ALL, LC_MESSAGES, LANG"},
     .help = {"报告和提示的语言：zh 或 en", "language of reports and messages: zh or en"}},
    {.name = "timezone",
     .type = OPTION_TEXT,
     .arg = {"时区", "TZ"},
     .otherwise_is = {"本机时区", "the machine's own"},
     .help = {"数据中的时间属于哪个时区，如 Asia/Shanghai、+08:00",
              "time zone of the times in the data, such as Asia/Shanghai or +08:00"}},
    {.name = "industry",
     .type = OPTION_TEXT,
     .arg = {"行业", "NAME"},
     .otherwise_is = {"根据数据判断", "judged from the data"},
     .help = {"行业模板：问题叫什么、各维度的权重、改进措施",
              "industry template: names of issues, weights of dimensions, measures"}},
    {.name = "model",
     .type = OPTION_TEXT,
     .arg = {"名称|目录", "NAME|DIR"},
     .otherwise = "quick",
     .help = {"用哪个模型理解文字：名称，或含有模型的目录",
              "model that reads the texts: a name or a directory with a model"}},
    {.name = "threads",
     .type = OPTION_INT,
     .high = 64,
     .arg = {"数量", "N"},
     .otherwise = "0",
     .otherwise_is = {"全部处理器", "all processors"},
     .help = {"同时使用的处理器数，0 表示全部；结果与数量无关",
              "processors to use at the same time, 0 for all; results do not depend on it"}},
    {.name = "nice",
     .type = OPTION_INT,
     .high = 19,
     .arg = {"级别", "N"},
     .otherwise = "0",
     .help = {"给别的程序让路：0 不让，19 让到最多",
              "give way to other programs: 0 not at all, 19 most"}},
    {.name = "data",
     .type = OPTION_PATH,
     .arg = {"目录", "DIR"},
     .otherwise_is = {"~/.local/share/huisheng", "~/.local/share/huisheng"},
     .help = {"数据目录：数据库、主密钥和索引", "data directory: store, master key and indexes"}},
    {.name = "store",
     .type = OPTION_TEXT,
     .secret = true,
     .arg = {"postgres://…", "postgres://…"},
     .otherwise_is = {"数据目录中的 SQLite", "SQLite in the data directory"},
     .help = {"把反馈存入这个 PostgreSQL 数据库，多个节点可以共用",
              "keep feedback in this PostgreSQL database, which several nodes may share"}},
    {.name = "master-key-command",
     .type = OPTION_TEXT,
     .arg = {"命令", "COMMAND"},
     .otherwise_is = {"数据目录中的 master.key", "master.key in the data directory"},
     .help = {"在标准输出上给出主密钥的命令（64 位十六进制或 base64）",
              "command that prints the master key (64 hex digits or base64)"}},
    {.name = "log-level",
     .type = OPTION_CHOICE,
     .choices = log_levels,
     .reloadable = true,
     .arg = {"级别", "LEVEL"},
     .otherwise = "warn",
     .help = {"运行日志的详细程度：debug、info、warn、error",
              "how much the log says: debug, info, warn or error"}},
    {.name = "log-format",
     .type = OPTION_CHOICE,
     .choices = log_formats,
     .arg = {"格式", "FORMAT"},
     .otherwise = "logfmt",
     .help = {"运行日志的格式：logfmt 或 json，每行一条",
              "format of the log: logfmt or json, one line each"}},
};
const size_t n_settings = ARRAY_LEN(settings);

const struct option *settings_find(struct str name) {
    for (size_t i = 0; i < n_settings; i++)
        if (str_eq(name, str_from(settings[i].name)))
            return &settings[i];
    return NULL;
}

const char *settings_env_name(const char *name, char *buf, size_t cap) {
    int n = snprintf(buf, cap, "HUISHENG_%s", name);
    for (int i = 0; i < n && i < (int)cap - 1; i++) {
        if (buf[i] == '-')
            buf[i] = '_';
        else if (buf[i] >= 'a' && buf[i] <= 'z')
            buf[i] = (char)(buf[i] - 'a' + 'A');
    }
    return buf;
}

static bool unknown_key(const char *path, int line, struct str key, struct error *err) {
    const char *names[ARRAY_LEN(settings)];
    for (size_t i = 0; i < n_settings; i++)
        names[i] = settings[i].name;
    const char *near = option_nearest(key, names, n_settings);
    if (near)
        return error_set(err, ERROR_INVALID, "%s 第 %d 行：没有设置 “%.*s”，是不是 %s？",
                         "%s line %d: no setting \"%.*s\"; did you mean %s?", path, line,
                         STR_ARG(utf8_cut(key, 40)), near);
    return error_set(err, ERROR_INVALID, "%s 第 %d 行：没有设置 “%.*s”，见 huisheng help settings",
                     "%s line %d: no setting \"%.*s\"; see huisheng help settings", path, line,
                     STR_ARG(utf8_cut(key, 40)));
}

static struct str unquote(struct str value) {
    bool quoted = value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"';
    return quoted ? str_slice(value, 1, value.len - 1) : value;
}

// `line` is trimmed and neither empty nor a comment. `section` is the name in [brackets] or "".
static bool parse_line(struct str line, struct str section, const char *path, int number,
                       settings_fn *fn, void *ctx, struct error *err) {
    size_t at = str_find_char(line, '=');
    struct str key = str_trim(str_slice(line, 0, at));
    if (at == STR_NONE || key.len == 0)
        return error_set(err, ERROR_INVALID, "%s 第 %d 行：应写成 “名称 = 值”",
                         "%s line %d: must read \"name = value\"", path, number);
    char name[64], shown[320];
    snprintf(name, sizeof name, "%.*s%s%.*s", STR_ARG(utf8_cut_bytes(section, 20)),
             section.len ? "-" : "", STR_ARG(utf8_cut_bytes(key, 40)));
    const struct option *row = settings_find(str_from(name));
    if (!row)
        return unknown_key(path, number, str_from(name), err);
    struct str value = unquote(str_trim(str_slice(line, at + 1, line.len)));
    snprintf(shown, sizeof shown, "%.200s:%d: %s", path, number, name);
    if (!option_check(row, shown, value, err)) {
        if (err)
            err->code = ERROR_INVALID;
        return false;
    }
    fn(ctx, row, value);
    return true;
}

bool settings_parse(struct str text, const char *path, settings_fn *fn, void *ctx,
                    struct error *err) {
    if (!utf8_is_valid(text) || str_find_char(text, '\0') != STR_NONE)
        return error_set(err, ERROR_INVALID, "%s 不是 UTF-8 文本", "%s is not UTF-8 text", path);
    struct str line, section = STR("");
    for (int number = 1; str_cut(&text, '\n', &line); number++) {
        line = str_trim(line);
        if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';')
            continue;
        if (line.ptr[0] == '[' && line.ptr[line.len - 1] == ']')
            section = str_trim(str_slice(line, 1, line.len - 1));
        else if (!parse_line(line, section, path, number, fn, ctx, err))
            return false;
    }
    return true;
}

bool settings_default_path(char *buf, size_t cap) {
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int n;
    if (config && *config == '/')
        n = snprintf(buf, cap, "%s/huisheng/huisheng.conf", config);
    else if (home && *home == '/')
        n = snprintf(buf, cap, "%s/.config/huisheng/huisheng.conf", home);
    else
        return false;
    return n > 0 && (size_t)n < cap;
}
