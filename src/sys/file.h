// SPDX-License-Identifier: Apache-2.0
// Files read whole, and files written whole or not at all.
//
//     struct output *out;
//     if (!output_open("report.html", &out, err)) return false;
//     output_write(out, text);                                  // errors stick
//     if (!output_commit(out, err)) return false;               // flush, fsync, rename over the old file
//     …or output_discard(out): the old file is untouched, nothing half-written is left
#ifndef SYS_FILE_H
#define SYS_FILE_H

#include "base/error.h"
#include "base/strbuf.h"

// Whole file, at most limit_bytes (else ERROR_LIMIT), appended to *ret. "-" is standard input.
bool file_read(const char *path, size_t limit_bytes, struct strbuf *ret,
               struct error *err) MUST_USE;
bool file_exists(const char *path);

// The folder of the running executable, without a final slash, into buf. False if the system does not tell.
bool file_executable_dir(char *buf, size_t cap);

// Finds what is shipped with the program (`rel`: "models", "templates/industries"; "" is not
// allowed). Looks for DIR/rel and DIR/share/huisheng/rel, DIR being the executable's folder and its
// three nearest parents, then for /usr/share/huisheng/rel: so a build folder, an unpacked archive
// and an installed package all work unasked. Replaces the content of *ret by the path; false, *ret
// untouched, if there is none.
bool file_find_shipped(const char *rel, struct strbuf *ret);

// A file that appears under its name only when it is complete. "-" is standard output (no rename). Owned by
// the caller until output_commit or output_discard, which free it. One thread at a time.
struct output;
bool output_open(const char *path, struct output **ret, struct error *err) MUST_USE;
// The same into memory: appended to *to at commit. For what must not be on a disk as it is.
void output_open_memory(struct strbuf *to, struct output **ret);
// buffered; an error sticks and is reported by commit
void output_write(struct output *o, struct str s);
bool output_commit(struct output *o, struct error *err) MUST_USE;
void output_discard(struct output *o);           // NULL is fine
const char *output_path(const struct output *o); // as it was named, for messages
// the file being written, for libraries that open by name
const char *output_temp_path(const struct output *o);
// Removes what unfinished outputs have left, from a signal or at exit. Async-signal-safe.
void output_discard_all(void);

#endif
