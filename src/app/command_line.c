// SPDX-License-Identifier: Apache-2.0
// The command line, read through the tables of the command it names.
#include "app/options_inner.h"

#include <stdio.h>

#include "base/utf8.h"
#include "sys/file.h"

struct line {
    int argc, at; // `at`: the next argument
    const char *const *argv;
    bool only_args; // after “--”
};

static const struct option *find_short(const struct options *o, char c) {
    for (size_t i = 0; i < o->rows.len; i++)
        if (o->rows.items[i]->short_name == c)
            return o->rows.items[i];
    return NULL;
}

static bool take_flag(struct options *o, const struct option *row, const char *shown,
                      struct str value, struct error *err) {
    if (!option_check(row, shown, value, err))
        return false;
    options_keep(o, row, value, FROM_FLAG);
    return true;
}

// "-" and negative numbers are values; anything else that begins with a dash is the next option.
static bool is_option(const char *arg) {
    return arg[0] == '-' && arg[1] && !(arg[1] >= '0' && arg[1] <= '9');
}

// The value that follows in its own argument, or several for a row that takes many.
static bool take_following(struct options *o, const struct option *row, const char *shown,
                           struct line *l, struct error *err) {
    if (l->at >= l->argc || is_option(l->argv[l->at])) {
        error_set(err, ERROR_USAGE, "%s 后面缺少值（%s）", "%s needs a value (%s)", shown,
                  row->arg.en ? row->arg.en : "VALUE");
        return error_field(err, row->name);
    }
    do {
        if (!take_flag(o, row, shown, str_from(l->argv[l->at++]), err))
            return false;
    } while (row->many && l->at < l->argc && !is_option(l->argv[l->at]));
    return true;
}

static bool takes_next(const struct options *o, const struct option *row, const struct line *l) {
    if (l->at >= l->argc)
        return false;
    struct str next = str_from(l->argv[l->at]);
    return str_eq(next, STR("-")) || (o->args.len && row->alone_suffix && !is_option(next.ptr) &&
                                      str_ends(next, str_from(row->alone_suffix)));
}

static bool unknown_option(const struct options *o, const char *arg, struct error *err) {
    const char *names[96];
    size_t n = 0;
    for (size_t i = 0; i < o->rows.len && n < ARRAY_LEN(names); i++)
        names[n++] = o->rows.items[i]->name;
    struct str word = str_from(arg);
    word = str_slice(word, str_starts(word, STR("--")) ? 2 : 1, word.len);
    word = str_slice(word, 0, str_find_char(word, '='));
    const char *near = option_nearest(word, names, n);
    const char *of = o->command ? o->command->name : "";
    const char *gap = o->command ? " " : "";
    if (near)
        return error_set(err, ERROR_USAGE,
                         "没有选项 %.60s，是不是 --%s？全部选项见 huisheng help%s%s",
                         "no option %.60s; did you mean --%s? All options: huisheng help%s%s", arg,
                         near, gap, of);
    return error_set(err, ERROR_USAGE, "没有选项 %.60s，全部选项见 huisheng help%s%s",
                     "no option %.60s; all options: huisheng help%s%s", arg, gap, of);
}

// “--name”, “--name=value”, “--no-name”
static bool take_long(struct options *o, struct line *l, struct error *err) {
    const char *arg = l->argv[l->at++];
    struct str rest = str_from(arg + 2);
    size_t equals = str_find_char(rest, '=');
    struct str name = str_slice(rest, 0, equals);
    const struct option *row = options_find_row(o, name);
    bool is_no = false;
    if (!row && str_starts(name, STR("no-"))) {
        row = options_find_row(o, str_slice(name, 3, name.len));
        is_no = row && row->type == OPTION_BOOL && equals == STR_NONE;
        row = is_no ? row : NULL;
    }
    if (!row)
        return unknown_option(o, arg, err);
    char shown[72];
    snprintf(shown, sizeof shown, "--%s", row->name);
    if (equals != STR_NONE)
        return take_flag(o, row, shown, str_slice(rest, equals + 1, rest.len), err);
    if (row->type == OPTION_BOOL)
        return take_flag(o, row, shown, is_no ? STR("no") : STR("yes"), err);
    if (row->alone && !takes_next(o, row, l))
        return take_flag(o, row, shown, str_from(row->alone), err);
    return take_following(o, row, shown, l, err);
}

// “-q”, “-o FILE”, “-oFILE”, “-qo FILE”
static bool take_short(struct options *o, struct line *l, struct error *err) {
    const char *arg = l->argv[l->at++];
    for (const char *p = arg + 1; *p; p++) {
        const struct option *row = find_short(o, *p);
        if (!row)
            return unknown_option(o, arg, err);
        char shown[72];
        snprintf(shown, sizeof shown, "-%c", *p);
        if (row->type != OPTION_BOOL)
            return p[1] ? take_flag(o, row, shown, str_from(p + 1), err)
                        : take_following(o, row, shown, l, err);
        if (!take_flag(o, row, shown, STR("yes"), err))
            return false;
    }
    return true;
}

// Options up to the next argument that is none; its text, or NULL at the end.
static bool next_arg(struct options *o, struct line *l, const char **ret, struct error *err) {
    *ret = NULL;
    while (l->at < l->argc) {
        const char *arg = l->argv[l->at];
        if (!l->only_args && str_eq(str_from(arg), STR("--"))) {
            l->only_args = true;
            l->at++;
        } else if (l->only_args || arg[0] != '-' || !arg[1]) {
            *ret = arg;
            l->at++;
            return true;
        } else if (!(arg[1] == '-' ? take_long(o, l, err) : take_short(o, l, err))) {
            return false;
        }
    }
    return true;
}

static bool unknown_command(struct str name, const char *word, struct error *err) {
    const char *names[64];
    size_t n = 0;
    for (size_t i = 0; i < n_commands && n < ARRAY_LEN(names); i++)
        names[n++] = commands[i]->name;
    const char *near = option_nearest(name, names, n);
    struct str shown = utf8_cut(name, 40);
    if (near)
        return error_set(err, ERROR_USAGE, "没有命令 “%.*s”，是不是 huisheng %s？",
                         "no command \"%.*s\"; did you mean huisheng %s?", STR_ARG(shown), near);
    if (command_find(STR("report")) && file_exists(word))
        return error_set(err, ERROR_USAGE, "要为 %s 写报告，请输入 huisheng report %s",
                         "to report on %s type huisheng report %s", word, word);
    return error_set(err, ERROR_USAGE, "没有命令 “%.*s”，全部命令见 huisheng help",
                     "no command \"%.*s\"; all commands: huisheng help", STR_ARG(shown));
}

static bool is_first_word(struct str word) {
    for (size_t i = 0; i < n_commands; i++) {
        struct str name = str_from(commands[i]->name);
        if (name.len > word.len && name.ptr[word.len] == ' ' && str_starts(name, word))
            return true;
    }
    return false;
}

// The command, of one or two words. Only common options may stand before and between them.
static bool take_command(struct options *o, struct line *l, struct error *err) {
    const char *first, *second = NULL;
    if (!next_arg(o, l, &first, err))
        return false;
    if (!first)
        return true;
    o->command = command_find(str_from(first));
    if (o->command)
        return true;
    struct str name = str_from(first);
    if (is_first_word(name)) {
        if (!next_arg(o, l, &second, err))
            return false;
        name = arena_printf(&o->arena, "%s%s%s", first, second ? " " : "", second ? second : "");
        o->command = command_find(name);
        if (!second && options_wants_help(o))
            return true;
        if (!second)
            return error_set(err, ERROR_USAGE, "%s 后面要写做什么，见 huisheng help",
                             "say what %s should do; see huisheng help", first);
    }
    return o->command || unknown_command(name, first, err);
}

static bool check_count(const struct options *o, struct error *err) {
    const struct command *c = o->command;
    if (o->args.len > c->max_args)
        return error_set(err, ERROR_USAGE, "%s：多出的参数 “%.60s”",
                         "%s: unexpected argument \"%.60s\"", c->name, o->args.items[c->max_args]);
    if (o->args.len >= c->min_args)
        return true;
    for (size_t i = 0; i < o->values.len; i++)
        if (o->values.items[i].row->many)
            return error_set(
                err, ERROR_USAGE,
                "%s 缺少 %s：--%s 会取走它后面的所有文件，请把要分析的文件写在它前面",
                "%s needs %s: --%s takes all files after it; put the files to read before it",
                c->name, c->args.en, o->values.items[i].row->name);
    return error_set(err, ERROR_USAGE, "%s 缺少 %s，见 huisheng help %s",
                     "%s needs %s; see huisheng help %s", c->name, c->args.en, c->name);
}

// What follows the command's name.
static bool take_rest(struct options *o, struct line *l, struct error *err) {
    options_add_rows(o, o->command);
    for (const char *arg;;) {
        if (!next_arg(o, l, &arg, err))
            return false;
        if (!arg)
            break;
        vec_push(&o->args, arg);
    }
    return options_wants_help(o) || check_count(o, err);
}

bool command_line_parse(struct options *o, int argc, const char *const *argv, struct error *err) {
    struct line l = {.argc = argc, .argv = argv};
    options_add_rows(o, NULL);
    if (!take_command(o, &l, err))
        return false;
    return !o->command || take_rest(o, &l, err);
}

bool command_line_parse_rest(struct options *o, const struct command *c, int argc,
                             const char *const *argv, struct error *err) {
    struct line l = {.argc = argc, .argv = argv};
    o->command = c;
    return take_rest(o, &l, err);
}
