// SPDX-License-Identifier: Apache-2.0
#include "collect/ole.h"

#include <unistd.h>

#include "base/str.h"

#define HEADER_BYTES 512
#define HEADER_FAT   109  // sector numbers of the allocation table that the header has room for
#define MAX_SECTORS  4096 // of the directory
#define MAX_SECTOR   4096 // bytes
#define ENTRY_BYTES  128
#define END_OF_CHAIN 0xFFFFFFFAu // this and everything above is no sector

struct ole {
    int fd;
    unsigned char header[HEADER_BYTES];
    size_t sector_bytes;
};

static uint32_t get32(const unsigned char *p) {
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool read_at(int fd, void *buf, size_t n, uint64_t at) {
    return pread(fd, buf, n, (off_t)at) == (ssize_t)n;
}

static uint64_t sector_at(const struct ole *o, uint32_t sector) {
    return ((uint64_t)sector + 1) * o->sector_bytes;
}

// The sector after this one in its chain.
static uint32_t next_sector(const struct ole *o, uint32_t sector) {
    size_t per_sector = o->sector_bytes / 4, table = sector / per_sector;
    unsigned char entry[4];
    if (table >= HEADER_FAT)
        return END_OF_CHAIN;
    uint32_t fat = get32(o->header + 76 + 4 * table);
    uint64_t at = sector_at(o, fat) + 4 * (sector % per_sector);
    return fat < END_OF_CHAIN && read_at(o->fd, entry, sizeof entry, at) ? get32(entry)
                                                                         : END_OF_CHAIN;
}

static bool has_name(const unsigned char *entry, const char *name) {
    size_t bytes = (size_t)entry[64] | (size_t)entry[65] << 8, n = strlen(name);
    if (bytes != 2 * (n + 1) || bytes > 64)
        return false;
    for (size_t i = 0; i < n; i++)
        if (entry[2 * i] != (unsigned char)name[i] || entry[2 * i + 1])
            return false;
    return true;
}

enum ole_content ole_content(int fd) {
    static const struct {
        const char *name;
        enum ole_content content;
    } known[] = {
        {"EncryptedPackage", OLE_ENCRYPTED},
        {"Workbook", OLE_WORKBOOK},
        {"WORKBOOK", OLE_WORKBOOK},
        {"Book", OLE_WORKBOOK},
        {"BOOK", OLE_WORKBOOK},
        {"WordDocument", OLE_DOCUMENT},
        {"PowerPoint Document", OLE_SLIDES},
    };
    struct ole o = {.fd = fd};
    unsigned char sector[MAX_SECTOR];
    if (!read_at(fd, o.header, sizeof o.header, 0) || (o.header[30] != 9 && o.header[30] != 12))
        return OLE_DAMAGED;
    o.sector_bytes = (size_t)1 << o.header[30];
    uint32_t s = get32(o.header + 48);
    enum ole_content found = OLE_OTHER;
    for (int n = 0; s < END_OF_CHAIN && n < MAX_SECTORS; n++, s = next_sector(&o, s)) {
        if (!read_at(fd, sector, o.sector_bytes, sector_at(&o, s)))
            return found == OLE_OTHER ? OLE_DAMAGED : found;
        for (size_t at = 0; at < o.sector_bytes; at += ENTRY_BYTES)
            for (size_t i = 0; i < ARRAY_LEN(known); i++)
                if (has_name(sector + at, known[i].name) && found != OLE_ENCRYPTED)
                    found = known[i].content;
    }
    return found;
}
