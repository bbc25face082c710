// SPDX-License-Identifier: Apache-2.0
// A block of a tar archive (POSIX.1-2001 ustar; sizes of 8 GiB and more in base 256, as GNU tar writes them), for
// archive.c and archive_read.c.
#ifndef APP_ARCHIVE_INNER_H
#define APP_ARCHIVE_INNER_H

#include "app/archive.h"
#include "sys/crypto.h"

#define TAR_BLOCK 512
#define MANIFEST  "manifest.json"

struct tar_head {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8];
    char type, link[100], magic[8], owner[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct tar_head) == TAR_BLOCK, "a block");

// Sum of the bytes with the checksum read as spaces.
unsigned tar_checksum(const struct tar_head *h);
void tar_format(struct tar_head *ret, const char *name, int64_t size);
// False: it is no head that tar_format would have made.
bool tar_parse(const struct tar_head *h, struct str *ret_name, int64_t *ret_size) MUST_USE;

#endif
