// SPDX-License-Identifier: Apache-2.0
// The commands of the program, one row each. Dispatch, `--help`, `help COMMAND`, the manual page and the shell
// completion all read this table. A row stands with its command (help_command.c, report_options.c …), is declared
// here and listed in command.c.
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include "app/option.h"
#include "base/error.h"

struct options;

struct example {
    const char *line; // what to type, without the prompt
    struct words what;
};

struct command {
    const char *name;          // "report", "nlp analyse": one or two words
    struct words summary;      // one line
    struct words args;         // “文件…” / "FILE…", "" if it takes none
    size_t min_args, max_args; // SIZE_MAX: any number
    struct words about;        // paragraphs, separated by a blank line; NULL is fine
    const struct option *options;
    size_t n_options;
    // names of app/settings.h that it takes as flags, NULL-terminated; NULL: none
    const char *const *settings;
    const struct example *examples;
    size_t n_examples;
    // Results go to standard output or files, the reason of a failure into err; main prints it and
    // exits with error_exit_status.
    bool (*run)(const struct options *o, struct error *err);
};

extern const struct command *const commands[];
extern const size_t n_commands;

const struct command *command_find(struct str name); // "nlp analyse"; NULL if there is none

extern const struct command command_backup;
extern const struct command command_demo;
extern const struct command command_doctor;
extern const struct command command_export;
extern const struct command command_help;
extern const struct command command_import;
extern const struct command command_key_create;
extern const struct command command_key_rotate;
extern const struct command command_nlp_analyse;
extern const struct command command_nlp_bench;
extern const struct command command_nlp_dedup;
extern const struct command command_nlp_phrases;
extern const struct command command_nlp_pii;
extern const struct command command_rebuild;
extern const struct command command_report;
extern const struct command command_restore;
extern const struct command command_serve;
extern const struct command command_setup;
extern const struct command command_support_bundle;
extern const struct command command_user_reset;
extern const struct command command_version;

#endif
