// SPDX-License-Identifier: Apache-2.0
// An import as the API shows it.
#ifndef API_IMPORT_JSON_H
#define API_IMPORT_JSON_H

#include "api/api.h"
#include "work/import_stage.h"

void import_json_add(struct json_writer *w, const struct import *im, enum lang lang);
// Members "sample" and "rejects" of a dry run, into the open object.
void import_json_add_check(struct json_writer *w, const struct import_check *c,
                           const struct principal *p, struct arena *a, enum lang lang);

// {column: role, …} of the API as the text that --map takes: collect/mapping.h. False: a name that cannot be
// written, ERROR_INVALID.
bool import_json_map(const struct json *map, struct strbuf *ret, struct error *err) MUST_USE;

// X-File-Name (percent-encoded UTF-8) as a name without folders and control characters, at most 255 characters;
// "file" where there is none.
struct str import_json_file_name(struct str header, struct arena *a);

#endif
