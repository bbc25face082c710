// SPDX-License-Identifier: Apache-2.0
// The settings table: what can be set once instead of typed each time. A row NAME is the key NAME in the
// configuration file, HUISHENG_NAME in the environment (dashes become underscores) and, for the commands that
// list it, --NAME.
//
// The file is $XDG_CONFIG_HOME/huisheng/huisheng.conf (~/.config/…), or --config FILE:
//
//     # comment; a name under [http] reads as http-NAME
//     timezone = Asia/Shanghai
//     model    = "quick"
#ifndef APP_SETTINGS_H
#define APP_SETTINGS_H

#include "app/option.h"
#include "base/error.h"

extern const struct option settings[];
extern const size_t n_settings;

const struct option *settings_find(struct str name); // NULL if there is none

// "HUISHENG_TIMEZONE" of "timezone" into buf; returns buf.
const char *settings_env_name(const char *name, char *buf, size_t cap);

// Calls `fn` for each key of a configuration text, checked against the table: unknown keys and wrong values are
// errors that name the line. `value` is without quotes. `path` is for messages.
typedef void settings_fn(void *ctx, const struct option *row, struct str value);
bool settings_parse(struct str text, const char *path, settings_fn *fn, void *ctx,
                    struct error *err) MUST_USE;

// The path of the user's own file into buf; false if neither XDG_CONFIG_HOME nor HOME is set.
bool settings_default_path(char *buf, size_t cap);

#endif
