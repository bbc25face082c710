// SPDX-License-Identifier: Apache-2.0
// `huisheng help` and `huisheng version`.
#include <stdio.h>
#include <unistd.h>

#include "app/command.h"
#include "app/help.h"
#include "app/manual.h"
#include "app/options.h"
#include "base/arena.h"
#include "sys/terminal.h"

#define HELP_LIMIT (1 * MIB)

// Reading is easiest below 100 columns, however wide the window is.
static int columns(void) {
    return MIN(terminal_columns(STDOUT_FILENO), 100);
}

// One topic: a command, a group of commands, or one of the two pages that are no command.
static bool show_topic(struct strbuf *out, struct str topic, enum lang lang, struct error *err) {
    const struct command *c = command_find(topic);
    size_t before = out->len;
    if (c)
        help_command(out, c, lang, columns());
    else if (str_eq(topic, STR("exit")))
        help_exit(out, lang, columns());
    else if (str_eq(topic, STR("settings")))
        help_settings(out, lang, columns());
    for (size_t i = 0; !c && i < n_commands; i++) {
        struct str name = str_from(commands[i]->name);
        if (!str_starts(name, topic) || name.len <= topic.len || name.ptr[topic.len] != ' ')
            continue;
        if (out->len > before)
            strbuf_addc(out, '\n');
        help_command(out, commands[i], lang, columns());
    }
    return out->len > before ||
           error_set(err, ERROR_USAGE, "没有命令 “%.*s”，全部命令见 huisheng help",
                     "no command \"%.*s\"; all commands: huisheng help", STR_ARG(topic));
}

static bool run_help(const struct options *o, struct error *err) {
    CLEANUP(strbuf_done) struct strbuf out = strbuf_init(HELP_LIMIT);
    CLEANUP(arena_done) struct arena arena = {0};
    enum lang lang = options_lang(o);
    if (options_bool(o, "man")) {
        manual_page(&out, lang);
    } else if (options_is_given(o, "completion")) {
        manual_completion_bash(&out);
    } else if (options_bool(o, "settings-page")) {
        manual_settings(&out);
    } else if (options_n_args(o) == 0) {
        help_overview(&out, lang, columns());
    } else {
        struct str topic = str_from(options_arg(o, 0));
        if (options_n_args(o) == 2)
            topic = arena_printf(&arena, "%s %s", options_arg(o, 0), options_arg(o, 1));
        if (!show_topic(&out, topic, lang, err))
            return false;
    }
    fwrite(out.ptr, 1, out.len, stdout);
    return true;
}

static bool run_version(UNUSED const struct options *o, UNUSED struct error *err) {
    puts("huisheng " HUISHENG_VERSION);
    return true;
}

static const char *const shells[] = {"bash", NULL};

static const struct option help_options[] = {
    {.name = "man",
     .type = OPTION_BOOL,
     .help = {"输出手册页 huisheng(1)", "print the manual page huisheng(1)"}},
    {.name = "completion",
     .type = OPTION_CHOICE,
     .choices = shells,
     .arg = {"SHELL", "SHELL"},
     .help = {"输出命令补全脚本：bash", "print the completion script of a shell: bash"}},
    {.name = "settings-page",
     .type = OPTION_BOOL,
     .help = {"输出 docs/settings.md", "print docs/settings.md"}},
};

static const struct example help_examples[] = {
    {"huisheng help exit", {"退出状态的含义", "what the exit statuses mean"}},
    {"source <(huisheng help --completion bash)",
     {"在当前 bash 中打开命令补全", "turn on completion in this bash"}},
    {"huisheng help --man | man -l -", {"阅读手册", "read the manual"}},
};

const struct command command_help = {
    .name = "help",
    .summary = {"说明：命令、设置（settings）、退出状态（exit）",
                "explain a command, the settings or the exit statuses"},
    .args = {"[命令|settings|exit]", "[COMMAND|settings|exit]"},
    .max_args = 2,
    .options = help_options,
    .n_options = ARRAY_LEN(help_options),
    .examples = help_examples,
    .n_examples = ARRAY_LEN(help_examples),
    .run = run_help,
};

const struct command command_version = {
    .name = "version",
    .summary = {"显示版本", "print the version"},
    .args = {"", ""},
    .run = run_version,
};
