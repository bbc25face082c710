// SPDX-License-Identifier: Apache-2.0
// What the program knows of its terminal, and the progress line on standard error.
#ifndef SYS_TERMINAL_H
#define SYS_TERMINAL_H

#include "base/lang.h"
#include "base/str.h"

bool terminal_is(int fd);
int terminal_columns(int fd); // 80 if it is not a terminal
// HUISHENG_LANG, LC_ALL, LC_MESSAGES, LANG: zh… → LANG_ZH, else LANG_EN
enum lang terminal_lang(void);

// Some libraries print their own troubles. Between the two calls nothing that the process writes to standard error
// appears: only for a moment in which no other thread has anything to say.
int terminal_mute_errors(void); // what terminal_unmute_errors wants
void terminal_unmute_errors(int muted);

// One line, rewritten at most ten times a second: rows, share, rows/s, time left. Silent unless standard error
// is a terminal. Reporting thread only.
struct progress {
    enum lang lang;
    bool enabled;
    int64_t started_us, shown_us;
    int last_width; // columns of the line on screen
};

void progress_init(struct progress *p, enum lang lang, bool quiet);
// `share` of the work done, 0 … 1, or < 0 if it cannot be known. `what`: “读取与分析” …
void progress_show(struct progress *p, struct str what, int64_t rows, double share);
void progress_done(struct progress *p); // clears the line

#endif
