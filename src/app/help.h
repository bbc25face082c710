// SPDX-License-Identifier: Apache-2.0
// Help for people, from the tables: what the commands, options, settings and exit statuses are. Lines are broken at
// `columns`, Chinese characters counting two. Nothing here knows any command by name.
#ifndef APP_HELP_H
#define APP_HELP_H

#include "app/command.h"
#include "base/strbuf.h"

void help_short(struct strbuf *out, enum lang lang);                 // `huisheng` alone
void help_overview(struct strbuf *out, enum lang lang, int columns); // `huisheng --help`
void help_command(struct strbuf *out, const struct command *c, enum lang lang, int columns);
void help_settings(struct strbuf *out, enum lang lang, int columns); // `huisheng help settings`
void help_exit(struct strbuf *out, enum lang lang, int columns);     // `huisheng help exit`
void help_settings_intro(struct strbuf *out, enum lang lang); // its first paragraph, in one line

// One row an exit status, in rising order: what error_exit_status can give, and 0.
struct exit_row {
    int status;
    struct words meaning;
};
extern const struct exit_row exit_rows[];
extern const size_t n_exit_rows;

// Parts that the manual page is made of too.
// huisheng report [OPTION…] FILE…
void help_usage(struct strbuf *out, const struct command *c, enum lang lang);
void help_flag(struct strbuf *out, const struct option *row, enum lang lang); // -o, --output FILE
// "" or “（默认：quick）”
void help_default(struct strbuf *out, const struct option *row, enum lang lang);
// The i-th option of a command: its own, then the settings it takes; NULL at the end.
const struct option *help_option(const struct command *c, size_t i);
// Appends `text` broken at `columns`; the first line goes on where the current one ends, at column `at`, all others
// begin with `indent` spaces. A blank line separates paragraphs. Ends with a newline.
void help_wrap(struct strbuf *out, struct str text, int at, int indent, int columns);

#endif
