// SPDX-License-Identifier: Apache-2.0
#include "app/options.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/options_inner.h"
#include "app/settings.h"
#include "base/log.h"
#include "sys/file.h"
#include "sys/terminal.h"

#define CONFIG_LIMIT (256 * KIB)

// Taken by every command, and before its name.
static const struct option common[] = {
    {.name = "config",
     .type = OPTION_PATH,
     .arg = {"文件", "FILE"},
     .help = {"从这个文件读取设置", "read settings from this file"}},
    {.name = "help", .short_name = 'h', .type = OPTION_BOOL, .help = {"显示说明", "show help"}},
};
static const char *const common_settings[] = {"lang", "log-level", "log-format"};

const struct option *options_common(size_t i) {
    if (i < ARRAY_LEN(common_settings))
        return settings_find(str_from(common_settings[i]));
    i -= ARRAY_LEN(common_settings);
    return i < ARRAY_LEN(common) ? &common[i] : NULL;
}

void options_add_rows(struct options *o, const struct command *c) {
    o->rows.len = 0;
    for (size_t i = 0; c && i < c->n_options; i++)
        vec_push(&o->rows, &c->options[i]);
    for (size_t i = 0; c && c->settings && c->settings[i]; i++)
        vec_push(&o->rows, settings_find(str_from(c->settings[i])));
    for (size_t i = 0; options_common(i); i++)
        vec_push(&o->rows, options_common(i));
}

const struct option *options_find_row(const struct options *o, struct str name) {
    for (size_t i = 0; i < o->rows.len; i++)
        if (str_eq(name, str_from(o->rows.items[i]->name)))
            return o->rows.items[i];
    return NULL;
}

static void keep(struct options *o, const struct option *row, struct str value,
                 enum source source) {
    const char *text = arena_str(&o->arena, value).ptr;
    vec_push(&o->values, ((struct value){row, text, source}));
}

// Splits “a=1,b=2,3” into “a=1” and “b=2,3”: a comma separates only where another NAME= follows.
static void keep_pairs(struct options *o, const struct option *row, struct str value,
                       enum source source) {
    while (value.len) {
        size_t end = value.len, from = 0;
        for (size_t comma;
             (comma = str_find_char(str_slice(value, from, value.len), ',')) != STR_NONE;
             from += comma + 1) {
            struct str after = str_slice(value, from + comma + 1, value.len);
            size_t next = MIN(str_find_char(after, ','), after.len);
            size_t equals = str_find_char(str_slice(after, 0, next), '=');
            if (equals != STR_NONE && equals > 0) {
                end = from + comma;
                break;
            }
        }
        keep(o, row, str_slice(value, 0, end), source);
        value = str_slice(value, end + 1, value.len);
    }
}

void options_keep(struct options *o, const struct option *row, struct str value,
                  enum source source) {
    if (row->type == OPTION_PAIRS)
        keep_pairs(o, row, value, source);
    else
        keep(o, row, value, source);
}

// ── the environment and the file ────────────────────────────────────────────────────────────────

static bool take_environment(struct options *o, struct error *err) {
    for (size_t i = 0; i < o->rows.len; i++) {
        const struct option *row = o->rows.items[i];
        char name[80];
        if (settings_find(str_from(row->name)) != row)
            continue;
        const char *value = getenv(settings_env_name(row->name, name, sizeof name));
        if (!value || !*value)
            continue;
        if (!option_check(row, name, str_from(value), err)) {
            if (err)
                err->code = ERROR_INVALID;
            return false;
        }
        options_keep(o, row, str_from(value), FROM_ENVIRONMENT);
    }
    return true;
}

static void keep_from_file(void *ctx, const struct option *row, struct str value) {
    options_keep(ctx, row, value, FROM_FILE);
}

static bool take_file(struct options *o, struct error *err) {
    char own[4096];
    const char *path = options_path(o, "config");
    if (!path) {
        if (!settings_default_path(own, sizeof own) || !file_exists(own))
            return true;
        path = own;
    }
    CLEANUP(strbuf_done) struct strbuf text = strbuf_init(CONFIG_LIMIT);
    return file_read(path, CONFIG_LIMIT, &text, err) &&
           settings_parse(strbuf_str(&text), path, keep_from_file, o, err);
}

// ── the whole ───────────────────────────────────────────────────────────────────────────────────

// A wrong call must be answered in the right language too: look for --lang before anything is understood.
static enum lang guess_lang(int argc, const char *const *argv) {
    for (int i = 0; i < argc; i++) {
        struct str arg = str_from(argv[i]);
        struct str value = STR("");
        if (str_starts(arg, STR("--lang=")))
            value = str_slice(arg, 7, arg.len);
        else if (str_eq(arg, STR("--lang")) && i + 1 < argc)
            value = str_from(argv[i + 1]);
        if (str_eq(value, STR("zh")) || str_eq(value, STR("en")))
            return str_eq(value, STR("zh")) ? LANG_ZH : LANG_EN;
    }
    return terminal_lang();
}

bool options_parse(int argc, const char *const *argv, struct options **ret, enum lang *ret_lang,
                   struct error *err) {
    *ret_lang = guess_lang(argc, argv);
    struct options *o = NEW(struct options);
    o->argc = argc;
    o->argv = argv;
    struct error cause = {0};
    if (!command_line_parse(o, argc, argv, &cause) || !take_environment(o, &cause) ||
        !take_file(o, &cause)) {
        options_free(o);
        if (err)
            *err = cause;
        return false;
    }
    *ret_lang = options_lang(o);
    *ret = o;
    return true;
}

bool options_parse_again(const struct options *o, struct options **ret, struct error *err) {
    enum lang lang;
    return options_parse(o->argc, o->argv, ret, &lang, err);
}

void options_set_log_level(const struct options *o) {
    static const char *const names[] = {"debug", "info", "warn", "error"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq(options_str(o, "log-level"), str_from(names[i])))
            log_set_level((enum log_level)i);
}

void options_free(struct options *o) {
    if (!o)
        return;
    vec_done(&o->rows);
    vec_done(&o->values);
    vec_done(&o->args);
    arena_done(&o->arena);
    free(o);
}

const struct command *options_command(const struct options *o) {
    return o->command;
}

bool options_wants_help(const struct options *o) {
    return options_bool(o, "help");
}

enum lang options_lang(const struct options *o) {
    if (!options_is_given(o, "lang"))
        return terminal_lang();
    return str_eq(options_str(o, "lang"), STR("zh")) ? LANG_ZH : LANG_EN;
}

size_t options_n_args(const struct options *o) {
    return o->args.len;
}

const char *options_arg(const struct options *o, size_t i) {
    return o->args.items[i];
}

// The row of a name that the caller knows to exist.
static const struct option *must_find(const struct options *o, const char *name) {
    const struct option *row = options_find_row(o, str_from(name));
    if (!row) {
        fprintf(stderr, "huisheng: no option %s in this command's table\n", name);
        abort();
    }
    return row;
}

static enum source strongest(const struct options *o, const struct option *row) {
    enum source best = FROM_DEFAULT;
    for (size_t i = 0; i < o->values.len; i++)
        if (o->values.items[i].row == row)
            best = MAX(best, o->values.items[i].source);
    return best;
}

bool options_is_given(const struct options *o, const char *name) {
    return strongest(o, must_find(o, name)) != FROM_DEFAULT;
}

size_t options_count(const struct options *o, const char *name) {
    const struct option *row = must_find(o, name);
    enum source source = strongest(o, row);
    size_t n = 0;
    for (size_t i = 0; i < o->values.len; i++)
        n += o->values.items[i].row == row && o->values.items[i].source == source;
    return n;
}

const char *options_at(const struct options *o, const char *name, size_t i) {
    const struct option *row = must_find(o, name);
    enum source source = strongest(o, row);
    for (size_t k = 0; k < o->values.len; k++) {
        const struct value *v = &o->values.items[k];
        if (v->row == row && v->source == source && i-- == 0)
            return v->text;
    }
    abort();
}

const char *options_path(const struct options *o, const char *name) {
    const struct option *row = must_find(o, name);
    size_t n = options_count(o, name);
    return n ? options_at(o, name, n - 1) : row->otherwise;
}

struct str options_str(const struct options *o, const char *name) {
    const char *text = options_path(o, name);
    return text ? str_from(text) : STR("");
}

bool options_bool(const struct options *o, const char *name) {
    bool value = false;
    return option_parse_bool(options_str(o, name), &value) && value;
}

int64_t options_int(const struct options *o, const char *name) {
    int64_t value = 0;
    return str_to_int64(options_str(o, name), &value) ? value : 0;
}

bool options_date(const struct options *o, const char *name, int64_t *ret_days) {
    return option_parse_date(options_str(o, name), ret_days);
}

void options_pair(const struct options *o, const char *name, size_t i, struct str *ret_key,
                  struct str *ret_value) {
    struct str pair = str_from(options_at(o, name, i));
    size_t equals = str_find_char(pair, '=');
    *ret_key = str_trim(str_slice(pair, 0, equals));
    *ret_value = equals == STR_NONE ? STR("") : str_trim(str_slice(pair, equals + 1, pair.len));
}
