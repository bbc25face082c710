// SPDX-License-Identifier: Apache-2.0
#include "sys/terminal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"

bool terminal_is(int fd) {
    return isatty(fd) == 1;
}

int terminal_columns(int fd) {
    struct winsize ws;
    if (ioctl(fd, TIOCGWINSZ, &ws) == 0 && ws.ws_col >= 20)
        return ws.ws_col;
    return 80;
}

enum lang terminal_lang(void) {
    static const char *const names[] = {"HUISHENG_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const char *v = getenv(names[i]);
        if (v && *v)
            return str_starts(str_from(v), STR("zh")) ? LANG_ZH : LANG_EN;
    }
    return LANG_EN;
}

int terminal_mute_errors(void) {
    fflush(stderr);
    int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (saved >= 0 && null >= 0)
        dup2(null, STDERR_FILENO);
    if (null >= 0)
        close(null);
    return saved;
}

void terminal_unmute_errors(int muted) {
    if (muted < 0)
        return;
    fflush(stderr);
    dup2(muted, STDERR_FILENO);
    close(muted);
}

void progress_init(struct progress *p, enum lang lang, bool quiet) {
    *p = (struct progress){.lang = lang,
                           .enabled = !quiet && terminal_is(STDERR_FILENO),
                           .started_us = clock_monotonic_us()};
}

static void duration(double seconds, enum lang lang, char *buf, size_t cap) {
    int s = (int)(seconds + 0.5);
    if (s < 60)
        snprintf(buf, cap, lang == LANG_ZH ? "%d 秒" : "%d s", s);
    else
        snprintf(buf, cap, lang == LANG_ZH ? "%d 分 %02d 秒" : "%d min %02d s", s / 60, s % 60);
}

static struct str cut_to_width(struct str s, int columns) {
    size_t end = 0, pos = 0;
    for (int width = 0; pos < s.len; end = pos) {
        width += utf8_char_width(utf8_next(s, &pos));
        if (width > columns)
            break;
    }
    return str_slice(s, 0, end);
}

void progress_show(struct progress *p, struct str what, int64_t rows, double share) {
    int64_t now = clock_monotonic_us();
    if (!p->enabled || now - p->shown_us < US_PER_SECOND / 10)
        return;
    p->shown_us = now;
    double elapsed = MAX((double)(now - p->started_us) / US_PER_SECOND, 0.001);
    double rate = (double)rows / elapsed;
    char line[256], left[32] = "";
    if (share > 0.01)
        duration(elapsed / share - elapsed, p->lang, left, sizeof left);
    if (share >= 0)
        snprintf(line, sizeof line,
                 p->lang == LANG_ZH ? "%.*s %lld 行  %.0f%%  %.0f 行/秒  剩余 %s"
                                    : "%.*s %lld rows  %.0f%%  %.0f rows/s  %s left",
                 STR_ARG(what), (long long)rows, share * 100, rate, *left ? left : "…");
    else
        snprintf(line, sizeof line,
                 p->lang == LANG_ZH ? "%.*s %lld 行  %.0f 行/秒" : "%.*s %lld rows  %.0f rows/s",
                 STR_ARG(what), (long long)rows, rate);
    // A line that wraps could not be rewritten.
    struct str shown = cut_to_width(str_from(line), terminal_columns(STDERR_FILENO) - 1);
    int width = (int)utf8_width(shown);
    fprintf(stderr, "\r%.*s%*s", STR_ARG(shown), MAX(p->last_width - width, 0), "");
    fflush(stderr);
    p->last_width = width;
}

void progress_done(struct progress *p) {
    if (p->enabled && p->last_width)
        fprintf(stderr, "\r%*s\r", p->last_width, "");
    p->last_width = 0;
}
