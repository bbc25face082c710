// SPDX-License-Identifier: Apache-2.0
// The parts of an .xlsx around its sheets: which sheets there are, what formats cells may have, the
// shared strings. Transitional and strict OOXML, any prefixes (ECMA-376 part 1, 18.2, 18.4, 18.8).
#ifndef COLLECT_WORKBOOK_H
#define COLLECT_WORKBOOK_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "collect/zip.h"

struct sheet_entry {
    struct str name;
    struct str relation; // id
    struct str part;     // member of the archive
    bool hidden;
};

// All strings one behind the other: 4 bytes and their text each.
struct shared_strings {
    struct strbuf text;
    struct {
        VEC(uint32_t);
    } ends; // of string i in text
};

struct workbook {
    struct zip *zip; // borrowed
    struct arena arena;
    struct {
        VEC(struct sheet_entry);
    } sheets; // worksheets only, in the order of their tabs
    struct {
        VEC(uint8_t);
    } formats; // of cell style i: enum number_format
    struct shared_strings strings;
    bool is_1904;
};

bool workbook_open(struct zip *zip, struct workbook *ret, struct error *err) MUST_USE;
void workbook_done(struct workbook *w); // {0} is fine

static inline bool shared_string(const struct shared_strings *s, size_t i, struct str *ret) {
    if (i >= s->ends.len)
        return false;
    uint32_t from = i ? s->ends.items[i - 1] : 0;
    *ret = (struct str){s->text.ptr + from, s->ends.items[i] - from};
    return true;
}

// Puts _x000D_ and its like back into characters, in place; returns the new length. What is no
// valid character goes.
size_t workbook_unescape(char *p, size_t n);

#endif
