// SPDX-License-Identifier: Apache-2.0
#include "app/manual.h"

#include "app/help.h"
#include "app/options.h"
#include "app/settings.h"

static const char *say(enum lang lang, const char *zh, const char *en) {
    return lang == LANG_ZH ? zh : en;
}

// ── manual page ─────────────────────────────────────────────────────────────────────────────────

// Text for roff: backslash and dash are escaped, a dot or quote that begins a line is shielded.
static void roff(struct strbuf *out, struct str s) {
    if (s.len && (s.ptr[0] == '.' || s.ptr[0] == '\''))
        strbuf_adds(out, "\\&");
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\')
            strbuf_adds(out, "\\e");
        else if (s.ptr[i] == '-')
            strbuf_adds(out, "\\-");
        else
            strbuf_addc(out, s.ptr[i]);
    }
}

static void roff_paragraphs(struct strbuf *out, const char *text) {
    struct str rest = str_from(text);
    for (size_t end; (end = str_find(rest, STR("\n\n"))) != STR_NONE;) {
        roff(out, str_slice(rest, 0, end));
        strbuf_adds(out, "\n.PP\n");
        rest = str_slice(rest, end + 2, rest.len);
    }
    roff(out, rest);
    strbuf_addc(out, '\n');
}

static void section(struct strbuf *out, enum lang lang, const char *zh, const char *en) {
    strbuf_addf(out, ".SH \"%s\"\n", say(lang, zh, en));
}

static void man_option(struct strbuf *out, const struct option *row, enum lang lang) {
    CLEANUP(strbuf_done) struct strbuf text = strbuf_init(4 * KIB);
    help_flag(&text, row, lang);
    strbuf_adds(out, ".TP\n\\fB");
    roff(out, strbuf_str(&text));
    strbuf_adds(out, "\\fR\n");
    strbuf_reset(&text);
    strbuf_adds(&text, words_in(row->help, lang));
    help_default(&text, row, lang);
    roff(out, strbuf_str(&text));
    strbuf_addc(out, '\n');
}

static void man_command(struct strbuf *out, const struct command *c, enum lang lang) {
    CLEANUP(strbuf_done) struct strbuf usage = strbuf_init(4 * KIB);
    help_usage(&usage, c, lang);
    strbuf_adds(out, ".SS \"");
    roff(out, strbuf_str(&usage));
    strbuf_adds(out, "\"\n");
    roff_paragraphs(out, words_in(c->about, lang) ? words_in(c->about, lang)
                                                  : words_in(c->summary, lang));
    for (size_t i = 0; help_option(c, i); i++)
        man_option(out, help_option(c, i), lang);
}

static void man_examples(struct strbuf *out, enum lang lang) {
    section(out, lang, "例子", "EXAMPLES");
    for (size_t i = 0; i < n_commands; i++) {
        for (size_t k = 0; k < commands[i]->n_examples; k++) {
            strbuf_adds(out, ".TP\n\\fB");
            roff(out, str_from(commands[i]->examples[k].line));
            strbuf_adds(out, "\\fR\n");
            roff(out, str_from(words_in(commands[i]->examples[k].what, lang)));
            strbuf_addc(out, '\n');
        }
    }
}

static void man_environment(struct strbuf *out, enum lang lang) {
    section(out, lang, "环境变量", "ENVIRONMENT");
    for (size_t i = 0; i < n_settings; i++) {
        char env[80];
        strbuf_addf(out, ".TP\n\\fB%s\\fR\n", settings_env_name(settings[i].name, env, sizeof env));
        roff(out, str_from(words_in(settings[i].help, lang)));
        strbuf_addc(out, '\n');
    }
    section(out, lang, "文件", "FILES");
    strbuf_adds(out, ".TP\n\\fB$XDG_CONFIG_HOME/huisheng/huisheng.conf\\fR\n");
    roff_paragraphs(
        out,
        say(lang, "设置，每行一个 “名称 = 值”；选项和环境变量优先于它。",
            "Settings, a line \"name = value\" each; options and the environment win over it."));
}

void manual_page(struct strbuf *out, enum lang lang) {
    strbuf_adds(out, ".TH HUISHENG 1 \"\" \"huisheng " HUISHENG_VERSION "\" \"\"\n");
    section(out, lang, "名称", "NAME");
    strbuf_adds(out, say(lang, "huisheng \\- 读懂顾客反馈，告诉你该做什么\n",
                         "huisheng \\- read customer feedback and say what to do about it\n"));
    section(out, lang, "概要", "SYNOPSIS");
    strbuf_adds(out, say(lang, "\\fBhuisheng\\fR 命令 [选项…] [参数…]\n",
                         "\\fBhuisheng\\fR COMMAND [OPTION…] [ARGUMENT…]\n"));
    section(out, lang, "命令", "COMMANDS");
    for (size_t i = 0; i < n_commands; i++)
        man_command(out, commands[i], lang);
    section(out, lang, "通用选项", "COMMON OPTIONS");
    for (size_t i = 0; options_common(i); i++)
        man_option(out, options_common(i), lang);
    man_environment(out, lang);
    section(out, lang, "退出状态", "EXIT STATUS");
    for (size_t i = 0; i < n_exit_rows; i++) {
        strbuf_addf(out, ".TP\n\\fB%d\\fR\n", exit_rows[i].status);
        roff(out, str_from(words_in(exit_rows[i].meaning, lang)));
        strbuf_addc(out, '\n');
    }
    man_examples(out, lang);
}

// ── bash completion ─────────────────────────────────────────────────────────────────────────────

// Calls fn for every option that a command takes, the common ones last.
static void each_option(const struct command *c,
                        void (*fn)(struct strbuf *out, const struct option *row),
                        struct strbuf *out) {
    for (size_t i = 0; help_option(c, i); i++)
        fn(out, help_option(c, i));
    for (size_t i = 0; options_common(i); i++)
        fn(out, options_common(i));
}

static void flag_word(struct strbuf *out, const struct option *row) {
    bool on =
        row->type == OPTION_BOOL && row->otherwise && str_eq(str_from(row->otherwise), STR("yes"));
    strbuf_addf(out, " --%s%s", on ? "no-" : "", row->name);
}

// What may follow an option: nothing for files (bash's own completion), else the words to choose from.
static void value_case(struct strbuf *out, const struct option *row) {
    if (row->type == OPTION_BOOL)
        return;
    strbuf_addf(out, "            --%s", row->name);
    if (row->short_name)
        strbuf_addf(out, "|-%c", row->short_name);
    strbuf_adds(out, ") ");
    if (row->type == OPTION_PATH) {
        strbuf_adds(out, "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")");
    } else {
        strbuf_adds(out, "mapfile -t COMPREPLY < <(compgen -W \"");
        for (size_t i = 0; row->choices && row->choices[i]; i++)
            strbuf_addf(out, "%s%s", i ? " " : "", row->choices[i]);
        strbuf_adds(out, "\" -- \"$cur\")");
    }
    strbuf_adds(out, "; return ;;\n");
}

static void completion_of_command(struct strbuf *out, const struct command *c) {
    strbuf_addf(out, "    \"%s\")\n        case $prev in\n", c->name);
    each_option(c, value_case, out);
    strbuf_adds(out, "        esac\n        words=\"");
    each_option(c, flag_word, out);
    strbuf_adds(out, "\" ;;\n");
}

void manual_completion_bash(struct strbuf *out) {
    strbuf_adds(out, "# bash completion of huisheng " HUISHENG_VERSION
                     "; made by: huisheng help --completion bash\n"
                     "_huisheng() {\n"
                     "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                     "    local command=${COMP_WORDS[1]} words commands=\"");
    for (size_t i = 0; i < n_commands; i++)
        strbuf_addf(out, "%s%s", i ? "\n" : "", commands[i]->name);
    strbuf_adds(
        out,
        "\"\n"
        "    if (( COMP_CWORD == 1 )); then\n"
        "        mapfile -t COMPREPLY < <(compgen -W \"$(cut -d' ' -f1 <<<\"$commands\")\" -- \"$cur\")\n"
        "        return\n"
        "    fi\n"
        "    if grep -q \"^$command \" <<<\"$commands\"; then\n"
        "        if (( COMP_CWORD == 2 )); then\n"
        "            mapfile -t COMPREPLY < <(compgen -W \"$(sed -n \"s/^$command //p\" <<<\"$commands\")\" -- \"$cur\")\n"
        "            return\n"
        "        fi\n"
        "        command=\"$command ${COMP_WORDS[2]}\"\n"
        "    fi\n"
        "    case $command in\n");
    for (size_t i = 0; i < n_commands; i++)
        completion_of_command(out, commands[i]);
    strbuf_adds(
        out,
        "    esac\n"
        "    if [[ $cur == -* ]]; then\n"
        "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
        "    elif [[ $command == help ]]; then\n"
        "        mapfile -t COMPREPLY < <(compgen -W \"$(cut -d' ' -f1 <<<\"$commands\") exit settings\" -- \"$cur\")\n"
        "    else\n"
        "        compopt -o filenames\n"
        "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
        "    fi\n"
        "}\n"
        "complete -F _huisheng huisheng\n");
}

// ── docs/settings.md ────────────────────────────────────────────────────────────────────────────

static void settings_table(struct strbuf *out, enum lang lang) {
    strbuf_adds(out, say(lang, "| 设置 | 环境变量 | 值 | 默认 | 说明 |\n",
                         "| setting | environment | value | default | what it does |\n"));
    strbuf_adds(out, "|---|---|---|---|---|\n");
    for (size_t i = 0; i < n_settings; i++) {
        const struct option *row = &settings[i];
        char env[80];
        const char *is = words_in(row->otherwise_is, lang);
        strbuf_addf(out, "| `%s` | `%s` | ", row->name,
                    settings_env_name(row->name, env, sizeof env));
        if (row->type == OPTION_INT)
            strbuf_addf(out, "%lld … %lld", (long long)row->low, (long long)row->high);
        else if (row->choices)
            for (size_t k = 0; row->choices[k]; k++)
                strbuf_addf(out, "%s`%s`", k ? ", " : "", row->choices[k]);
        else
            for (const char *p = words_in(row->arg, lang); *p; p++)
                strbuf_addf(out, *p == '|' ? "\\%c" : "%c", *p);
        strbuf_addf(out, " | %s%s%s | %s |\n", row->otherwise ? row->otherwise : "",
                    row->otherwise && is ? ": " : "", is ? is : "", words_in(row->help, lang));
    }
}

void manual_settings(struct strbuf *out) {
    strbuf_adds(
        out, "<!-- made by `huisheng help --settings-page`; do not edit -->\n# Settings 设置\n\n");
    for (int lang = LANG_EN; lang >= LANG_ZH; lang--) {
        help_settings_intro(out, (enum lang)lang);
        strbuf_adds(out, "\n\n");
        settings_table(out, (enum lang)lang);
        strbuf_addc(out, '\n');
    }
}
