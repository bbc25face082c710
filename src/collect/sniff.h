// SPDX-License-Identifier: Apache-2.0
// What bytes are, from their beginning.
#ifndef COLLECT_SNIFF_H
#define COLLECT_SNIFF_H

#include "base/lang.h"
#include "base/str.h"

enum sniff {
    SNIFF_EMPTY, // nothing, or nothing but white space
    SNIFF_TEXT,  // lines or delimited
    SNIFF_JSON,
    SNIFF_HTML,
    SNIFF_SPREADSHEET_XML, // Excel 2003 XML
    SNIFF_ZIP,
    SNIFF_GZIP,
    SNIFF_ZSTD,
    SNIFF_OLE,   // XLS, a document of another program, or an encrypted workbook
    SNIFF_OTHER, // known and no table, or binary
};

#define SNIFF_BYTES (64 * KIB) // how much to show it

// For SNIFF_OTHER *ret_name says what it is (“PNG 图片” / “a PNG picture”) and *ret_advice what to
// do.
enum sniff sniff(struct str head, bool complete, struct words *ret_name, struct words *ret_advice);

#endif
