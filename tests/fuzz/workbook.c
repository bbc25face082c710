// SPDX-License-Identifier: Apache-2.0
// The small parts of a workbook: the input is one part after the other, cut at NULs, put into an archive that is made
// on the spot (stored, not packed, so that the fuzzer sees through it).
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "collect/workbook.h"
#include "tests/fuzz/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = {"_rels/.rels",          "xl/_rels/workbook.xml.rels",
                                    "xl/workbook.xml",      "xl/styles.xml",
                                    "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"};
#define PARTS ARRAY_LEN(names)

static void put(struct strbuf *sb, uint64_t v, int bytes) {
    for (int i = 0; i < bytes; i++)
        strbuf_addc(sb, (char)(v >> 8 * i));
}

// The fields that a local header and a directory entry share.
static void put_common(struct strbuf *sb, struct str part, const char *name) {
    put(sb, 20, 2);
    put(sb, 0, 2);
    put(sb, 0, 2); // stored
    put(sb, 0, 4);
    put(sb, crc32(0, (const Bytef *)part.ptr, (uInt)part.len), 4);
    put(sb, part.len, 4);
    put(sb, part.len, 4);
    put(sb, strlen(name), 2);
    put(sb, 0, 2);
}

static void make_archive(struct strbuf *sb, const struct str *parts) {
    size_t at[PARTS];
    for (size_t i = 0; i < PARTS; i++) {
        at[i] = sb->len;
        put(sb, 0x04034b50, 4);
        put_common(sb, parts[i], names[i]);
        strbuf_adds(sb, names[i]);
        strbuf_add(sb, parts[i]);
    }
    size_t directory = sb->len;
    for (size_t i = 0; i < PARTS; i++) {
        put(sb, 0x02014b50, 4);
        put(sb, 20, 2);
        put_common(sb, parts[i], names[i]);
        put(sb, 0, 2);
        put(sb, 0, 2);
        put(sb, 0, 2);
        put(sb, 0, 4);
        put(sb, at[i], 4);
        strbuf_adds(sb, names[i]);
    }
    size_t end = sb->len;
    put(sb, 0x06054b50, 4);
    put(sb, 0, 4);
    put(sb, PARTS, 2);
    put(sb, PARTS, 2);
    put(sb, end - directory, 4);
    put(sb, directory, 4);
    put(sb, 0, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str rest = str_make((const char *)data, size), parts[PARTS];
    for (size_t i = 0; i < PARTS; i++)
        if (!str_cut(&rest, '\0', &parts[i]))
            parts[i] = STR("");
    struct strbuf sb = strbuf_init(64 * MIB);
    make_archive(&sb, parts);
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    fuzz_check(fd >= 0 && write(fd, sb.ptr, sb.len) == (ssize_t)sb.len);
    struct zip *zip;
    struct reader r;
    reader_init(&r);
    if (zip_open(fd, sb.len, &zip, NULL) && xlsx_open(&r, zip, STR(""), NULL))
        fuzz_read_all(&r);
    reader_done(&r);
    strbuf_done(&sb);
    return 0;
}
