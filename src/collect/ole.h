// SPDX-License-Identifier: Apache-2.0
// What an OLE container holds, from the names of its streams (MS-CFB): old Office documents of all
// kinds begin with the same bytes, and so does a workbook with a password.
#ifndef COLLECT_OLE_H
#define COLLECT_OLE_H

#include "base/def.h"

enum ole_content {
    OLE_WORKBOOK,
    OLE_ENCRYPTED, // an .xlsx with a password
    OLE_DOCUMENT,  // Word
    OLE_SLIDES,    // PowerPoint
    OLE_OTHER,
    OLE_DAMAGED, // its directory cannot be read
};

enum ole_content ole_content(int fd);

#endif
