// SPDX-License-Identifier: Apache-2.0
// The file of a backup: a tar archive compressed with Zstandard, which `tar --zstd -tf` lists too. Its last member,
// manifest.json, names all others with size and SHA-256; a file that was cut off or changed is noticed because of
// it.
//
//     struct archive *a;
//     if (!archive_create(path, &a, err)) …
//     if (!archive_add_file(a, "huisheng.db", from, err)) …
//     archive_add_text(a, "settings.conf", text);                      // errors stick
//     if (!archive_commit(a, head, err)) …   else archive_discard(a)
//
// if (!archive_extract(path, into, &manifest, err)) …              // nothing is to be used unless it returned true
//
// The file appears under its name (0600) when it is complete. One thread at a time.
#ifndef APP_ARCHIVE_H
#define APP_ARCHIVE_H

#include "base/json.h"

#define ARCHIVE_FORMAT    1
#define ARCHIVE_MOST      1000000 // members
#define ARCHIVE_MANIFEST  (256 * MIB)
#define ARCHIVE_NAME_MOST 99

struct archive;

// ERROR_CONFLICT if the file exists.
bool archive_create(const char *path, struct archive **ret, struct error *err) MUST_USE;
bool archive_add_file(struct archive *a, const char *name, const char *path,
                      struct error *err) MUST_USE;
bool archive_add_text(struct archive *a, const char *name, struct str text,
                      struct error *err) MUST_USE;
int64_t archive_bytes(const struct archive *a); // of the members so far
// `head`: writes members of the manifest's object beside "format" and "files". Frees.
bool archive_commit(struct archive *a, void (*head)(void *ctx, struct json_writer *w), void *ctx,
                    struct error *err) MUST_USE;
void archive_discard(struct archive *a); // NULL is fine

// A name that a member may have: words of letters, digits and .-_ with at most one folder, nothing that begins with
// a dot.
bool archive_is_name(struct str name);

// Writes the members into the folder (which is there and empty; files 0600) and checks them against the manifest,
// which the caller frees.
// ERROR_FORMAT: it is no backup, or damaged. `into` NULL: only looks.
bool archive_extract(const char *path, const char *into, struct json **ret_manifest,
                     struct error *err) MUST_USE;

#endif
