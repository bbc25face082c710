// SPDX-License-Identifier: Apache-2.0
// GB18030 (and GBK, GB2312, which it contains) → UTF-8, through ICU and, for whole files of it, a table.
#ifndef COLLECT_GB18030_H
#define COLLECT_GB18030_H

#include "collect/text_buf.h"

struct gb18030 {
    struct UConverter *icu; // opened when first needed
    // what the two-byte characters stand for, 0 nothing: most of any text goes this way
    uint16_t *pairs;
    // set by the caller: much text will come, the table is worth making (a millisecond or two)
    bool is_busy;
};

void gb18030_done(struct gb18030 *g); // {0} is fine
// Appends the text. Bad sequences become U+FFFD and are counted in *replaced; if that is NULL the first one makes it
// return false, with `out` as it was.
bool gb18030_add(struct gb18030 *g, struct str s, uint64_t *replaced, struct text_buf *out);

#endif
