// SPDX-License-Identifier: Apache-2.0
// Lines for the operator, on standard error: `level=warn msg="…" key=value` (logfmt), or one JSON object each.
// Results go to standard output and never through here. Level and format are mutable globals, set at start.
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

enum log_level {
    LOG_DEBUG,
    LOG_INFO,
    LOG_WARN,
    LOG_ERROR,
};

enum log_format {
    LOG_PLAIN,  // logfmt without a time: for commands that a person waits for
    LOG_LOGFMT, // time=2026-11-24T13:00:00Z level=…
    LOG_JSON,   // {"time":…,"level":…,"msg":…}
};

void log_set_level(enum log_level level);    // at start, before threads
void log_set_format(enum log_format format); // the same
bool log_enabled(enum log_level level);

// `fmt` is the message; it must not end in a newline. Quotes and control characters are escaped.
void log_line(enum log_level level, const char *fmt, ...) PRINTF(2, 3);

// A message with named values beside it: `msg=request id=… status=200`. Numbers are texts that need no quotes.
struct log_field {
    const char *name;
    struct str value;
    bool is_number;
};
void log_fields(enum log_level level, const char *message, const struct log_field *fields,
                size_t n);

#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
#define log_info(...)  log_line(LOG_INFO, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)

#endif
