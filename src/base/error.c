// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// One row a code, in the order of the enum.
static const struct {
    const char *name;
    int exit_status;
} codes[] = {
    [ERROR_NONE] = {"none", 0},
    [ERROR_USAGE] = {"usage", 2},
    [ERROR_INVALID] = {"invalid", 65},
    [ERROR_FORMAT] = {"format", 65},
    [ERROR_LIMIT] = {"limit", 65},
    [ERROR_NOT_FOUND] = {"not_found", 66},
    [ERROR_FORBIDDEN] = {"forbidden", 77},
    [ERROR_CONFLICT] = {"conflict", 73},
    [ERROR_UNSUPPORTED] = {"unsupported", 65},
    [ERROR_UNAVAILABLE] = {"unavailable", 69},
    [ERROR_NO_SPACE] = {"no_space", 74},
    [ERROR_IO] = {"io", 74},
    [ERROR_CORRUPT] = {"corrupt", 65},
    [ERROR_CANCELLED] = {"cancelled", 130},
    [ERROR_INTERNAL] = {"internal", 70},
};

// A cut in the middle of a character would leave broken UTF-8: drop the incomplete tail.
static void trim_utf8(char *s, size_t cap) {
    size_t len = strlen(s);
    if (len + 1 < cap)
        return;
    while (len > 0 && ((unsigned char)s[len - 1] & 0xC0) == 0x80)
        len--;
    if (len > 0 && (unsigned char)s[len - 1] >= 0xC0)
        len--;
    s[len] = '\0';
}

bool error_set(struct error *err, enum error_code code, const char *zh, const char *en, ...) {
    if (!err)
        return false;
    // The arguments may point into `err` itself (a message that wraps another): format aside first.
    struct error next = {.code = code};
    va_list args, again;
    va_start(args, en);
    va_copy(again, args);
    vsnprintf(next.zh, sizeof next.zh, zh, args);
    vsnprintf(next.en, sizeof next.en, en, again);
    va_end(again);
    va_end(args);
    trim_utf8(next.zh, sizeof next.zh);
    trim_utf8(next.en, sizeof next.en);
    *err = next;
    return false;
}

static enum error_code code_of_errno(int errnum) {
    switch (errnum) {
    case ENOSPC:
    case EDQUOT:
        return ERROR_NO_SPACE;
    case EACCES:
    case EPERM:
    case EROFS:
        return ERROR_FORBIDDEN;
    case ENOENT:
    case ENOTDIR:
        return ERROR_NOT_FOUND;
    case EEXIST:
        return ERROR_CONFLICT;
    default:
        return ERROR_IO;
    }
}

// The reasons people meet, in Chinese; anything else is shown as the system says it.
static const char *reason_zh(int errnum) {
    switch (errnum) {
    case ENOSPC:
    case EDQUOT:
        return "磁盘空间不足，请清理后重试";
    case EACCES:
    case EPERM:
        return "没有权限";
    case EROFS:
        return "文件系统只读";
    case ENOENT:
        return "文件不存在";
    case ENOTDIR:
        return "路径中有一段不是目录";
    case EISDIR:
        return "这是一个目录，不是文件";
    case EFBIG:
        return "文件超过允许的大小";
    case EPIPE:
        return "接收方已关闭";
    default:
        return strerror(errnum);
    }
}

bool error_errno(struct error *err, int errnum, const char *what_zh, const char *what_en,
                 const char *path) {
    if (!err)
        return false;
    *err = (struct error){.code = code_of_errno(errnum)};
    snprintf(err->zh, sizeof err->zh, "%s %s：%s", what_zh, path, reason_zh(errnum));
    snprintf(err->en, sizeof err->en, "%s %s: %s", what_en, path, strerror(errnum));
    trim_utf8(err->zh, sizeof err->zh);
    trim_utf8(err->en, sizeof err->en);
    return false;
}

bool error_field(struct error *err, const char *field) {
    if (err)
        snprintf(err->field, sizeof err->field, "%s", field);
    return false;
}

const char *error_text(const struct error *err, enum lang lang) {
    return lang == LANG_ZH ? err->zh : err->en;
}

const char *error_code_name(enum error_code code) {
    return codes[code].name;
}

int error_exit_status(enum error_code code) {
    return codes[code].exit_status;
}
