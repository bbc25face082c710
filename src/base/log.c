// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

static _Atomic enum log_level lowest = LOG_WARN;

void log_set_level(enum log_level level) {
    lowest = level;
}

bool log_enabled(enum log_level level) {
    return level >= lowest;
}

void log_line(enum log_level level, const char *fmt, ...) {
    static const char *const names[] = {"debug", "info", "warn", "error"};
    if (!log_enabled(level))
        return;
    char message[1024], line[2200];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    int n = snprintf(line, sizeof line, "level=%s msg=\"", names[level]);
    for (const char *p = message; *p && n < (int)sizeof line - 8; p++) {
        if (*p == '"' || *p == '\\')
            line[n++] = '\\';
        line[n++] = (unsigned char)*p < 0x20 ? ' ' : *p;
    }
    line[n++] = '"';
    line[n++] = '\n';
    fwrite(line, 1, (size_t)n, stderr); // one call: lines of several threads do not mix
}
