// SPDX-License-Identifier: Apache-2.0
// Where the records and cells of delimited text are: RFC 4180 and what people really write. Pure:
// looks at bytes in memory, copies nothing.
//
//   a quote is one only at the start of a cell (spaces and Excel's “=” may stand before it)
//   a quote inside a quoted cell that no delimiter or line end follows is an ordinary character
//   a quote that is never closed is an ordinary character too, so that the rows after it are not
//   lost: it is found out by the end of the text, by the size limit, or by a quote that opens where
//   one should close, and believed if the line then has as many cells as the others LF, CR LF, CR
//   CR LF end a record; CR alone does where the dialect says so or the record is complete then
#ifndef COLLECT_CSV_SCAN_H
#define COLLECT_CSV_SCAN_H

#include "base/str.h"
#include "base/vec.h"

struct csv_dialect {
    char delimiter; // 0: one column, a cell is a line
    char quote;     // '"', '\'' or 0: none
    char escape;    // '\\' or 0: quotes are doubled
    bool cr_ends;   // CR alone always ends a record
    size_t columns; // cells of most records; 0: not known
};

enum csv_how {
    CSV_PLAIN,
    CSV_QUOTED,  // what stands between the quotes
    CSV_ESCAPED, // the same, with doubled or escaped quotes inside: csv_unescape
};

struct csv_cell {
    uint32_t from, len; // bytes from the start of the record
    enum csv_how how;
};

struct csv_record {
    VEC(struct csv_cell);   // len cells, at most TABLE_MAX_COLUMNS kept
    size_t n_cells;         // all of them
    size_t bytes;           // record with its line end
    size_t body;            // without
    uint32_t line_breaks;   // inside its cells
    bool mended;            // a quote that is not closed was read as a character …
    uint32_t mended_column; // … in this 1-based column
    // Where the scan stood when the text ended too early.
    size_t open_cell; // start of the unfinished cell
    bool open_quote;  // it is quoted
};

enum csv_found {
    CSV_FOUND_RECORD,
    CSV_FOUND_PART,     // the record goes on behind the text
    CSV_FOUND_TOO_LONG, // forced: it does, and it is not because of a quote that is never closed
};

enum csv_reach {
    CSV_MORE_MAY_COME,
    CSV_TEXT_ENDS,   // the text is complete
    CSV_TEXT_FORCED, // more will not be fetched for this record: it is too long
};

// The first record of `text` (not empty) into *r, which is reused.
enum csv_found csv_scan(const struct csv_dialect *d, struct str text, enum csv_reach reach,
                        struct csv_record *r);

// Takes doubled and escaped quotes out in place; returns the new length.
size_t csv_unescape(const struct csv_dialect *d, char *p, size_t n);

// The first delimiter, LF or CR in [p, end), or end.
const char *csv_find(const char *p, const char *end, char delimiter);

#endif
