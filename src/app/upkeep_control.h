// SPDX-License-Identifier: Apache-2.0
// What `huisheng rebuild` and `huisheng backup` ask for: rows of app/admin.h, whose ctx is a data_dir.
//
//     rebuild start   {workspace}   "": all                     →  {workspaces}
//     rebuild show    {workspace}                               →  {running, rebuilt, total, problem}
//     backup rows     {path}        of a new file               →  {}
//                     the rows of a SQLite store, as they are at one moment
#ifndef APP_UPKEEP_CONTROL_H
#define APP_UPKEEP_CONTROL_H

#include "base/json.h"

bool rebuild_control_start(void *ctx, const struct json *in, struct json_writer *out,
                           struct error *err) MUST_USE;
bool rebuild_control_show(void *ctx, const struct json *in, struct json_writer *out,
                          struct error *err) MUST_USE;
bool backup_control_rows(void *ctx, const struct json *in, struct json_writer *out,
                         struct error *err) MUST_USE;

#endif
