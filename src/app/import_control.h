// SPDX-License-Identifier: Apache-2.0
// What `huisheng import` asks for, done by the server that owns the data directory, or by the command itself with a
// house of its own: rows of app/admin.h, whose ctx is a data_dir with its house.
//
//     import add     {path, name, workspace, lang}                        →  {id, workspace}
//     import check   {id, workspace, map, sheet, time_zone, lang}         →  {counts…, columns, rejects}
//     import start   {id, workspace, map, sheet, time_zone, lang}         →  {}
//     import remove  {id, workspace}                                      →  {}
//     import show    {id, workspace}                                      →  {state, counts…}
#ifndef APP_IMPORT_CONTROL_H
#define APP_IMPORT_CONTROL_H

#include "base/json.h"

bool import_control_add(void *ctx, const struct json *in, struct json_writer *out,
                        struct error *err) MUST_USE;
bool import_control_check(void *ctx, const struct json *in, struct json_writer *out,
                          struct error *err) MUST_USE;
bool import_control_start(void *ctx, const struct json *in, struct json_writer *out,
                          struct error *err) MUST_USE;
bool import_control_remove(void *ctx, const struct json *in, struct json_writer *out,
                           struct error *err) MUST_USE;
bool import_control_show(void *ctx, const struct json *in, struct json_writer *out,
                         struct error *err) MUST_USE;

#endif
