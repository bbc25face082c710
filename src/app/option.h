// SPDX-License-Identifier: Apache-2.0
// One option or setting, as a row of a table. The same row gives the flag (`--timezone TZ`), its check, its
// line in `--help`, the manual page, the shell completion and docs/settings.md; a row of the settings table
// gives the key of the configuration file (`timezone = …`) and the environment variable (`HUISHENG_TIMEZONE`)
// too.
#ifndef APP_OPTION_H
#define APP_OPTION_H

#include "base/error.h"
#include "base/lang.h"
#include "base/str.h"

enum option_type {
    // --quiet, --no-quiet, quiet = yes; `otherwise` "yes" makes `--no-NAME` the one shown
    OPTION_BOOL,
    OPTION_TEXT,   // any text that is UTF-8 and not empty
    OPTION_PATH,   // a file name, any bytes; "-" is standard input or output
    OPTION_INT,    // low … high
    OPTION_CHOICE, // one of `choices`
    OPTION_DATE,   // 2026-03-01, 2026/3/1, 2026年3月1日
    OPTION_PAIRS,  // KEY=VALUE, several by comma; a comma that no KEY= follows belongs to the value
};

struct option {
    const char *name; // "no dashes"
    char short_name;  // 'o' for -o, 0 for none
    enum option_type type;
    bool repeatable; // may be given again, all values are kept; otherwise the last one counts
    bool many;       // takes all arguments up to the next option
    // Value when given without one. Then a value follows after “=”; as an argument of its own only “-”, or, once
    // a file to read was named, what ends in `alone_suffix`. NULL: a value must follow.
    const char *alone;
    const char *alone_suffix;
    bool secret;               // never shown
    bool reloadable;           // a running server takes a change over
    struct words arg;          // name of the argument: “文件” / "FILE"
    const char *otherwise;     // default as it would be typed, NULL for none
    struct words otherwise_is; // what to say instead of it: “全部处理器” / "all processors"
    int64_t low, high;         // bounds of OPTION_INT
    const char *const *choices; // NULL-terminated
    struct words help;          // one sentence, no full stop at the end
};

// A value that is wrong gets a line that says what would be right, with the option as `field`. `shown` is how
// the user wrote the name: "--threads", "HUISHENG_THREADS", "threads (line 3)".
bool option_check(const struct option *row, const char *shown, struct str value,
                  struct error *err) MUST_USE;
bool option_parse_bool(struct str value, bool *ret) MUST_USE; // yes no true false on off 1 0 是 否
bool option_parse_date(struct str value, int64_t *ret_days) MUST_USE; // local days since 1970-01-01

// The name in `names` that is most like `word` (one or two slips), or NULL: “did you mean …”.
const char *option_nearest(struct str word, const char *const *names, size_t n);

#endif
