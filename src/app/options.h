// SPDX-License-Identifier: Apache-2.0
// What the user asked for: the command line, the environment and the configuration file read through the
// tables. For each name the flag wins over HUISHENG_NAME, that over the file, that over the default of the row.
//
//     for (size_t i = 0; i < options_n_args(o); i++) read(options_arg(o, i));
//     const char *page = options_path(o, "output");                 // NULL if not given
//     for (size_t i = 0; i < options_count(o, "where"); i++)
//         options_pair(o, "where", i, &key, &value);
//
// All strings are borrowed from `o`, live as long as it, and are NUL-terminated after their last byte. Asking
// for a name that the command's tables do not have is our own mistake and aborts. Read-only after parsing.
#ifndef APP_OPTIONS_H
#define APP_OPTIONS_H

#include "base/error.h"
#include "base/str.h"

struct command;
struct option;
struct options;

// `argv` without the program's name. Errors are ERROR_USAGE (flags) and ERROR_INVALID (file, environment).
// ret_lang: the language to speak, known even when parsing fails. The caller frees with options_free.
bool options_parse(int argc, const char *const *argv, struct options **ret, enum lang *ret_lang,
                   struct error *err) MUST_USE;
// The same command line again, with the configuration file as it is now.
bool options_parse_again(const struct options *o, struct options **ret, struct error *err) MUST_USE;
void options_free(struct options *o);
void options_set_log_level(const struct options *o);

const struct command *options_command(const struct options *o);
bool options_wants_help(const struct options *o); // --help anywhere before `--`
enum lang options_lang(const struct options *o);

size_t options_n_args(const struct options *o); // arguments that are not options: the files
const char *options_arg(const struct options *o, size_t i);

bool options_is_given(const struct options *o, const char *name);    // by flag, environment or file
struct str options_str(const struct options *o, const char *name);   // "" if absent
const char *options_path(const struct options *o, const char *name); // NULL if absent, "-" as given
bool options_bool(const struct options *o, const char *name);
int64_t options_int(const struct options *o, const char *name);
bool options_date(const struct options *o, const char *name, int64_t *ret_days); // false if absent
// Repeatable and many-valued options.
size_t options_count(const struct options *o, const char *name);
const char *options_at(const struct options *o, const char *name, size_t i);
void options_pair(const struct options *o, const char *name, size_t i, struct str *ret_key,
                  struct str *ret_value);

// The rows that every command takes, for help: i = 0, 1 … until NULL.
const struct option *options_common(size_t i);

#endif
