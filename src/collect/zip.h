// SPDX-License-Identifier: Apache-2.0
// A zip archive over an open file, members read as streams. Sizes that the archive declares are
// never trusted.
#ifndef COLLECT_ZIP_H
#define COLLECT_ZIP_H

#include "base/strbuf.h"
#include "collect/input.h"

struct zip;

#define ZIP_NONE ((size_t)-1)
extern const struct input_limits zip_part_limits; // for the parts of a workbook

// Takes the file over, in any case. At most 65,536 members are listed (else ERROR_LIMIT).
bool zip_open(int fd, uint64_t size, struct zip **ret, struct error *err) MUST_USE;
void zip_close(struct zip *z); // NULL is fine; after the inputs of its members
size_t zip_count(const struct zip *z);
struct str zip_name(const struct zip *z, size_t i); // UTF-8, whatever the archive has
size_t zip_find(const struct zip *z,
                struct str name); // ASCII case ignored, a leading “/” too; or ZIP_NONE
// ERROR_UNSUPPORTED if it needs a password or an unknown method.
bool zip_input(struct zip *z, size_t i, struct input_limits limits, struct input **ret,
               struct error *err) MUST_USE;
// A whole small member, at most `limit` bytes, appended to *ret.
bool zip_read(struct zip *z, size_t i, struct strbuf *ret, struct error *err) MUST_USE;

#endif
