// SPDX-License-Identifier: Apache-2.0
// What went wrong, once, in both languages. A fallible function returns bool, is MUST_USE, takes
// `struct error *err` as its last parameter, and on false has filled it; on true it has not touched it.
// Either log an error or return it, never both. A message says what happened, what is safe, what to do.
//
//     if (!file_read(path, limit, &text, err))
//         return false;                                     // already says which file and why
//     if (n == 0)
//         return error_set(err, ERROR_FORMAT, "%s 里没有数据", "%s has no data", path);
//
// `err` may be NULL where the caller does not want to know.
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/def.h"
#include "base/lang.h"

enum error_code {
    ERROR_NONE,        // no error
    ERROR_USAGE,       // wrong call: unknown option, missing argument
    ERROR_INVALID,     // a value that cannot be right
    ERROR_FORMAT,      // a file or message that is not what it claims to be
    ERROR_LIMIT,       // larger than we accept
    ERROR_NOT_FOUND,   // no such file, column, record
    ERROR_FORBIDDEN,   // permission denied, read-only
    ERROR_CONFLICT,    // exists already, changed meanwhile
    ERROR_UNSUPPORTED, // understood, but we do not do it (encrypted workbook)
    ERROR_UNAVAILABLE, // a service or device does not answer
    ERROR_NO_SPACE,    // disk full
    ERROR_IO,          // any other failure of reading or writing
    ERROR_CORRUPT,     // our own store or index is damaged
    ERROR_CANCELLED,   // stopped by the user
    ERROR_INTERNAL,    // our bug
};

struct error {
    enum error_code code;
    char field[64]; // the option, column or member concerned, or ""
    char zh[480];   // UTF-8, one line, no final full stop needed
    char en[480];
};

// Fills `err` (unless NULL) and returns false. Both formats take the same arguments in the same order.
bool error_set(struct error *err, enum error_code code, const char *zh, const char *en, ...)
    PRINTF(3, 5) PRINTF(4, 5);

// The same from errno: chooses the code (ENOSPC → ERROR_NO_SPACE, EACCES/EROFS → ERROR_FORBIDDEN,
// ENOENT → ERROR_NOT_FOUND) and appends the reason. `what_*` read like "无法写入" / "cannot write".
bool error_errno(struct error *err, int errnum, const char *what_zh, const char *what_en,
                 const char *path);

// Names the member or option concerned; keeps the rest. Returns false for chaining.
bool error_field(struct error *err, const char *field);

const char *error_text(const struct error *err, enum lang lang);
const char *error_code_name(enum error_code code); // "invalid", "not_found" …: stable, for JSON

// Process exit status for a code: 0 none, 2 usage, 65 bad data, 66 no input, 69 unavailable, 70 internal,
// 73 cannot create, 74 I/O, 77 permission, 130 cancelled (sysexits.h; documented in `huisheng help exit`).
int error_exit_status(enum error_code code);

#endif
