// SPDX-License-Identifier: Apache-2.0
// Lines for the operator, on standard error, as logfmt: `level=warn msg="…" key=value`.
// Results go to standard output and never through here. The level is the program's one mutable global.
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/def.h"

enum log_level {
    LOG_DEBUG,
    LOG_INFO,
    LOG_WARN,
    LOG_ERROR,
};

void log_set_level(enum log_level level); // at start, before threads
bool log_enabled(enum log_level level);

// `fmt` is the message; it must not end in a newline. Quotes and control characters are escaped.
void log_line(enum log_level level, const char *fmt, ...) PRINTF(2, 3);

#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
#define log_info(...)  log_line(LOG_INFO, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)

#endif
