// SPDX-License-Identifier: Apache-2.0
#include "app/help.h"

#include "app/options.h"
#include "app/settings.h"
#include "base/utf8.h"

const struct exit_row exit_rows[] = {
    {0, {"完成", "done"}},
    {2,
     {"用法不对：未知的命令或选项、缺少参数",
      "wrong call: unknown command or option, missing argument"}},
    {65,
     {"输入的内容不对：不是所称的格式、值不可能、太大、已加密",
      "bad input: not what it claims to be, an impossible value, too large, encrypted"}},
    {66, {"找不到输入：文件、表、列或模型", "input not found: file, sheet, column or model"}},
    {69, {"所需的服务或设备没有应答", "a service or device does not answer"}},
    {70, {"程序自身的错误，请报告给我们", "an error of the program itself; please report it"}},
    {73,
     {"不能创建：已存在，或同时被改动", "cannot create: exists already or was changed meanwhile"}},
    {74,
     {"读写失败：磁盘已满、接收方已关闭、设备出错",
      "reading or writing failed: disk full, pipe closed, device error"}},
    {77, {"没有权限，或目录只读", "permission denied or read-only"}},
    {130,
     {"被用户停止（Ctrl-C）；没有留下未完成的文件",
      "stopped by the user (Ctrl-C); no unfinished file is left"}},
};
const size_t n_exit_rows = ARRAY_LEN(exit_rows);

static void spaces(struct strbuf *out, int n) {
    strbuf_addf(out, "%*s", MAX(n, 0), "");
}

static const char *say(enum lang lang, const char *zh, const char *en) {
    return lang == LANG_ZH ? zh : en;
}

static int width(struct str s) {
    return (int)utf8_width(s);
}

// Marks that may not begin a line.
static bool is_closing(uint32_t c) {
    static const uint32_t marks[] = {0x3001, 0x3002, 0xFF0C, 0xFF1A, 0xFF1B, 0xFF01,
                                     0xFF1F, 0xFF09, 0x201D, 0x300B, 0x300D, 0x2026};
    for (size_t i = 0; i < ARRAY_LEN(marks); i++)
        if (c == marks[i])
            return true;
    return false;
}

static bool is_opening(uint32_t c) {
    return c == 0x201C || c == 0xFF08 || c == 0x300A || c == 0x300C;
}

static bool is_wide(uint32_t c) {
    return utf8_char_width(c) == 2 || c == 0x201C || c == 0x201D;
}

// The shortest piece of `s` that a line may end after: a word, or one wide character, with the marks that belong
// to it.
static struct str next_piece(struct str s) {
    size_t pos = 0;
    uint32_t c = utf8_next(s, &pos);
    for (size_t end = pos; pos < s.len; end = pos) {
        uint32_t next = utf8_next(s, &pos);
        bool may_break = (is_wide(c) || is_wide(next)) && !is_closing(next) && !is_opening(c);
        if (next == ' ' || may_break)
            return str_slice(s, 0, end);
        c = next;
    }
    return s;
}

static void wrap_paragraph(struct strbuf *out, struct str text, int at, int indent, int columns) {
    bool line_has_text = false, gap = false;
    while (text.len) {
        if (text.ptr[0] == ' ') {
            gap = line_has_text;
            text = str_slice(text, 1, text.len);
            continue;
        }
        struct str piece = next_piece(text);
        text = str_slice(text, piece.len, text.len);
        if (line_has_text && at + gap + width(piece) > columns) {
            strbuf_addc(out, '\n');
            spaces(out, indent);
            at = indent;
            gap = false;
        }
        if (gap)
            strbuf_addc(out, ' ');
        strbuf_add(out, piece);
        at += gap + width(piece);
        gap = false;
        line_has_text = true;
    }
    strbuf_addc(out, '\n');
}

void help_wrap(struct strbuf *out, struct str text, int at, int indent, int columns) {
    for (size_t end; (end = str_find(text, STR("\n\n"))) != STR_NONE;) {
        wrap_paragraph(out, str_slice(text, 0, end), at, indent, columns);
        strbuf_addc(out, '\n');
        spaces(out, indent);
        at = indent;
        text = str_slice(text, end + 2, text.len);
    }
    wrap_paragraph(out, text, at, indent, columns);
}

const struct option *help_option(const struct command *c, size_t i) {
    if (i < c->n_options)
        return &c->options[i];
    i -= c->n_options;
    for (size_t k = 0; c->settings && c->settings[k]; k++)
        if (k == i)
            return settings_find(str_from(c->settings[k]));
    return NULL;
}

void help_usage(struct strbuf *out, const struct command *c, enum lang lang) {
    strbuf_addf(out, "huisheng %s", c->name);
    if (help_option(c, 0))
        strbuf_adds(out, say(lang, " [选项…]", " [OPTION…]"));
    const char *args = words_in(c->args, lang);
    if (args && *args)
        strbuf_addf(out, " %s", args);
}

void help_flag(struct strbuf *out, const struct option *row, enum lang lang) {
    if (row->short_name)
        strbuf_addf(out, "-%c, ", row->short_name);
    bool on =
        row->type == OPTION_BOOL && row->otherwise && str_eq(str_from(row->otherwise), STR("yes"));
    strbuf_addf(out, "--%s%s", on ? "no-" : "", row->name);
    const char *arg = words_in(row->arg, lang);
    if (arg)
        strbuf_addf(out, row->alone ? "[=%s]" : " %s", arg);
}

void help_default(struct strbuf *out, const struct option *row, enum lang lang) {
    const char *is = words_in(row->otherwise_is, lang);
    if (!is && row->type != OPTION_BOOL)
        is = row->otherwise;
    if (is)
        strbuf_addf(out, "%s%s%s", say(lang, "（默认：", " (default: "), is, say(lang, "）", ")"));
}

#define HELP_COLUMN 28

static void option_line(struct strbuf *out, const struct option *row, enum lang lang, int columns) {
    size_t start = out->len;
    strbuf_adds(out, row->short_name ? "  " : "      ");
    help_flag(out, row, lang);
    int at = width(str_slice(strbuf_str(out), start, out->len));
    if (at > HELP_COLUMN - 2) {
        strbuf_addc(out, '\n');
        at = 0;
    }
    spaces(out, HELP_COLUMN - at);
    CLEANUP(strbuf_done) struct strbuf text = strbuf_init(4 * KIB);
    strbuf_adds(&text, words_in(row->help, lang));
    help_default(&text, row, lang);
    help_wrap(out, strbuf_str(&text), HELP_COLUMN, HELP_COLUMN, columns);
}

static void common_options(struct strbuf *out, enum lang lang, int columns) {
    strbuf_adds(out, say(lang, "\n各命令通用的选项：\n", "\nOptions of every command:\n"));
    for (size_t i = 0; options_common(i); i++)
        option_line(out, options_common(i), lang, columns);
}

static void command_lines(struct strbuf *out, enum lang lang) {
    int most = 0;
    for (size_t i = 0; i < n_commands; i++)
        most = MAX(most, width(str_from(commands[i]->name)));
    for (size_t i = 0; i < n_commands; i++)
        strbuf_addf(out, "  %-*s  %s\n", most, commands[i]->name,
                    words_in(commands[i]->summary, lang));
}

void help_short(struct strbuf *out, enum lang lang) {
    strbuf_adds(out,
                say(lang, "回声：读懂顾客说的话，告诉你该做什么。\n\n",
                    "Huisheng reads what customers say and tells you what to do about it.\n\n"));
    for (size_t i = 0; i < n_commands; i++)
        if (commands[i]->n_examples) {
            strbuf_addf(out, "  %s\n\n", commands[i]->examples[0].line);
            break;
        }
    strbuf_adds(out, say(lang, "命令：\n", "Commands:\n"));
    command_lines(out, lang);
    strbuf_adds(out,
                say(lang, "\n详细说明：huisheng help 命令\n", "\nMore: huisheng help COMMAND\n"));
}

void help_overview(struct strbuf *out, enum lang lang, int columns) {
    strbuf_adds(out, say(lang, "用法：huisheng 命令 [选项…] [参数…]\n\n",
                         "Usage: huisheng COMMAND [OPTION…] [ARGUMENT…]\n\n"));
    strbuf_adds(out, say(lang, "命令：\n", "Commands:\n"));
    command_lines(out, lang);
    common_options(out, lang, columns);
    strbuf_addc(out, '\n');
    help_wrap(
        out,
        str_from(say(
            lang,
            "huisheng help 命令：这个命令的全部选项和例子。huisheng help settings：设置、环境变量与"
            "配置文件。huisheng help exit：退出状态。",
            "huisheng help COMMAND: all options of a command, with examples. huisheng help "
            "settings: settings, environment and configuration file. huisheng help exit: "
            "exit statuses.")),
        0, 0, columns);
}

void help_command(struct strbuf *out, const struct command *c, enum lang lang, int columns) {
    strbuf_adds(out, say(lang, "用法：", "Usage: "));
    help_usage(out, c, lang);
    strbuf_adds(out, "\n\n");
    const char *about = words_in(c->about, lang);
    help_wrap(out, str_from(about ? about : words_in(c->summary, lang)), 0, 0, columns);
    if (help_option(c, 0))
        strbuf_adds(out, say(lang, "\n选项：\n", "\nOptions:\n"));
    for (size_t i = 0; help_option(c, i); i++)
        option_line(out, help_option(c, i), lang, columns);
    common_options(out, lang, columns);
    if (c->n_examples)
        strbuf_adds(out, say(lang, "\n例子：\n", "\nExamples:\n"));
    for (size_t i = 0; i < c->n_examples; i++)
        strbuf_addf(out, "  %s\n      %s\n", c->examples[i].line,
                    words_in(c->examples[i].what, lang));
}

void help_settings_intro(struct strbuf *out, enum lang lang) {
    strbuf_adds(
        out,
        say(lang,
            "每个设置都可以写成选项 --名称（在接受它的命令里）、环境变量 HUISHENG_名称，或配置文件里的一行 "
            "“名称 = 值”；前面的优先。配置文件是 $XDG_CONFIG_HOME/huisheng/huisheng.conf"
            "（通常是 ~/.config/huisheng/huisheng.conf），或用 --config 指定。",
            "A setting can be given as an option --NAME (to the commands that take it), as an "
            "environment variable HUISHENG_NAME, or as a line \"name = value\" of the configuration "
            "file; the former wins. The file is $XDG_CONFIG_HOME/huisheng/huisheng.conf (usually "
            "~/.config/huisheng/huisheng.conf), or the one named by --config."));
}

void help_settings(struct strbuf *out, enum lang lang, int columns) {
    CLEANUP(strbuf_done) struct strbuf intro = strbuf_init(4 * KIB);
    help_settings_intro(&intro, lang);
    help_wrap(out, strbuf_str(&intro), 0, 0, columns);
    strbuf_addc(out, '\n');
    for (size_t i = 0; i < n_settings; i++) {
        char env[80];
        strbuf_addf(out, "  %s    %s\n", settings[i].name,
                    settings_env_name(settings[i].name, env, sizeof env));
        spaces(out, 6);
        CLEANUP(strbuf_done) struct strbuf text = strbuf_init(4 * KIB);
        strbuf_adds(&text, words_in(settings[i].help, lang));
        help_default(&text, &settings[i], lang);
        help_wrap(out, strbuf_str(&text), 6, 6, columns);
    }
}

void help_exit(struct strbuf *out, enum lang lang, int columns) {
    help_wrap(
        out,
        str_from(say(
            lang, "失败时，标准错误上有一行说明发生了什么、该怎么做；退出状态说明是哪一类：",
            "A failure puts one line on standard error that says what happened and what to do; the "
            "exit status says of which kind it is:")),
        0, 0, columns);
    strbuf_addc(out, '\n');
    for (size_t i = 0; i < n_exit_rows; i++) {
        strbuf_addf(out, "  %3d  ", exit_rows[i].status);
        help_wrap(out, str_from(words_in(exit_rows[i].meaning, lang)), 7, 7, columns);
    }
}
