// SPDX-License-Identifier: Apache-2.0
// Inside of app/options.h, shared by its two sources: options.c (environment, file, look-ups) and command_line.c.
#ifndef APP_OPTIONS_INNER_H
#define APP_OPTIONS_INNER_H

#include "app/command.h"
#include "app/options.h"
#include "base/arena.h"
#include "base/vec.h"

// Who wins over whom, weakest first.
enum source {
    FROM_DEFAULT,
    FROM_FILE,
    FROM_ENVIRONMENT,
    FROM_FLAG,
};

struct value {
    const struct option *row;
    const char *text; // arena memory, NUL-terminated
    enum source source;
};

struct options {
    int argc; // as given to options_parse
    const char *const *argv;
    const struct command *command; // NULL: none was named
    struct {
        VEC(const struct option *);
    } rows; // everything that may be asked for
    struct {
        VEC(struct value);
    } values; // in the order they came; only those of the strongest source count
    struct {
        VEC(const char *);
    } args; // borrowed from argv
    struct arena arena;
};

// Makes `rows` those of a command and those that every command takes; NULL: only the latter.
void options_add_rows(struct options *o, const struct command *c);
const struct option *options_find_row(const struct options *o, struct str name); // or NULL
// Adds a value that option_check has accepted.
void options_keep(struct options *o, const struct option *row, struct str value,
                  enum source source);

// Fills command, rows, values and args from the command line.
bool command_line_parse(struct options *o, int argc, const char *const *argv,
                        struct error *err) MUST_USE;
// The same for what follows the name of a command, which need not be in the table.
bool command_line_parse_rest(struct options *o, const struct command *c, int argc,
                             const char *const *argv, struct error *err) MUST_USE;

#endif
