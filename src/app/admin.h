// SPDX-License-Identifier: Apache-2.0
// What the commands for administrators do, wherever it is done: in the server that owns the data directory (`serve`
// hands the rows to control_start), or in the command itself when none runs. Whoever may open the directory may
// do all of it.
//
//     setup        {email, password, name, lang, workspace, time_zone, industry}  →  {email, workspace}
//     key create   {name, scopes, workspace, expires_us}                          →  {id, key}
//     key rotate   {}                                                             →  {generation}
//     import …                                          app/import_control.h
//     rebuild …, backup …                               app/upkeep_control.h
//     user reset   {email}                                                        →  {path}
#ifndef APP_ADMIN_H
#define APP_ADMIN_H

#include "app/control.h"
#include "app/data.h"

// The workspace that was named, by its name or id, or the only one there is.
bool admin_workspace(struct accounts *a, struct str asked, int64_t *ret,
                     struct error *err) MUST_USE;

// The rows; their ctx is a struct data_dir.
extern const struct control_row admin_rows[];
extern const size_t n_admin_rows;

// Does the request (one JSON object with its "command") by the running server or here. On PostgreSQL always here: the
// store is open to all. *ret_result is borrowed from *ret_tree, which the caller frees.
bool admin_call(const struct data_options *o, struct str request, struct json **ret_tree,
                const struct json **ret_result, struct error *err) MUST_USE;

#endif
