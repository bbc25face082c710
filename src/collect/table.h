// SPDX-License-Identifier: Apache-2.0
// Bytes of any kind that people export → rows of cells. Nothing here knows what a column means: header row,
// mapping and values are source.h's business. The name of a file never decides what it is, its bytes do.
//
//     struct table_set *set; // one path: one table, or a zip of several
//     if (!table_set_open(path, &options, &set, err))
//         return false;
//     struct table *t;
//     while (table_set_next(set, &t, err) && t) {
//         table_peek(t, 200, &rows, &n, err); // look at the first rows; table_next gives them again
//         struct row row;
//         while (table_next(t, &arena, &row, err) && !row.end)
//             use(&row); // arena_reset(&arena) whenever a batch is done
//     }
//     table_set_close(set); // closes its tables too
//
// Formats: CSV, TSV, “;” and “|” (quoting found out), text with a review a line, XLSX, XLS, HTML tables, the XML of
// Excel 2003, NDJSON, a JSON array or an object that wraps one; any of them within .gz, .zst or .zip; UTF-8, GB18030,
// UTF-16 with and without BOM, Windows-1252. Memory is bounded by rows and buffers, never by the file, but for the
// shared strings of XLSX (at most 1 GB), the text of an HTML table and XLS (TABLE_WHOLE_LIMIT).
//
// Merged cells: over several columns the first has the value, over several rows each row has it (XLSX and HTML).
//
// A row that cannot be read is given as a bad row with its place and reason, and the rows after it follow. table_next
// fails only where nothing can follow: a disk error, a truncated archive, a limit on the whole. What was read
// before a failure has been given by then and is good.
//
// A set and its tables belong to one thread at a time. Only the newest table of a set may be read: the next
// table_set_next closes it.
#ifndef COLLECT_TABLE_H
#define COLLECT_TABLE_H

#include "base/arena.h"
#include "base/error.h"

#define TABLE_MAX_COLUMNS    16384       // as many as Excel has; a row with more is bad
#define TABLE_MAX_CELL_BYTES MIB         // a cell above it makes its row bad
#define TABLE_WHOLE_LIMIT    (256 * MIB) // HTML and XLS are read whole: largest size
#define TABLE_MAX_PEEK       1000        // rows

enum cell_kind {
    CELL_EMPTY, // "" or missing
    // The only other kind in CSV, text and HTML: nothing is concluded from the looks of a value.
    CELL_TEXT,
    // A number of XLSX, XLS or JSON, in shortest decimal form: "4", "0.5", "1.23e+20".
    CELL_NUMBER,
    // A date-formatted number of XLSX or XLS, written "2026-03-01", "2026-03-01 15:04:05"
    // (fractions of a second rounded) or, for a time of day alone, "15:04:05". Serials of 1900 and
    // 1904 are already applied; what is no date (before 1900) stays CELL_NUMBER.
    CELL_DATE,
    CELL_BOOL,  // "TRUE" or "FALSE"
    CELL_ERROR, // "#N/A", "#DIV/0!" …: the cell holds no value
};

struct row {
    bool end;    // there is no row, nor will there be
    bool bad;    // not to be used: see reason; cells hold what could be read, perhaps nothing
    bool mended; // used, but something was put right: see reason (open quote, broken characters)
    // 1-based, as the user's program shows it: the row of the sheet (Excel opens a CSV record with
    // line breaks as one row; blank rows count), the line of a text or of NDJSON, the record of a
    // JSON array. 0: the header row that a keyed table makes.
    uint64_t number;
    uint64_t line;       // 1-based physical line where it begins; = number where there are none
    struct str *cells;   // n; valid UTF-8 without NUL, in the arena
    uint8_t *kinds;      // n, enum cell_kind
    size_t n;            // rows differ in length; a sheet's trailing empty cells are not given
    uint32_t column;     // 1-based column concerned, 0 unknown
    struct words reason; // static; {NULL, NULL} unless bad or mended
};

// What was met on the way; grows while rows are read.
struct table_counts {
    uint64_t rows;     // given, bad ones included
    uint64_t bad;      // of these, bad
    uint64_t mended;   // of these, mended
    uint64_t recoded;  // lines in another encoding than the file's, recovered (GBK in UTF-8)
    uint64_t replaced; // characters that no encoding explains, now U+FFFD
    uint64_t nuls;     // NUL characters dropped
    // JSON keys first met after the header row was given: columns that table_keys has and it lacks.
    uint64_t late_keys;
};

struct table_options {
    // Name of a sheet, else its 1-based number; "" chooses the visible sheet with most text. In a
    // zip of tables it applies to each workbook; of an HTML file it is the number of the table.
    struct str sheet;
    struct str name; // shown and judged instead of the path's base name; "" = that
    // What must be read at random (a workbook in an archive) is copied to memory, not to a temporary file.
    bool in_memory;
};

struct table;
struct table_set;

// `path` "-" is standard input. Errors: not found, forbidden; ERROR_FORMAT “not a table: it is a PNG picture”;
// ERROR_UNSUPPORTED for a password; ERROR_INVALID for an empty file (field "empty"); ERROR_NOT_FOUND for a sheet
// (field "sheet"); ERROR_LIMIT for a bomb.
bool table_set_open(const char *path, const struct table_options *options, struct table_set **ret,
                    struct error *err) MUST_USE;
void table_set_close(struct table_set *set); // NULL is fine
// The next table, or NULL after the last. After a failure the next call goes on with the next member of the archive.
bool table_set_next(struct table_set *set, struct table **ret, struct error *err) MUST_USE;
// How many tables there will be: 1, or the number of members of a zip that may hold one.
size_t table_set_count(const struct table_set *set);

// "reviews.csv", or "export.zip/reviews.csv": base names only.
struct str table_name(const struct table *t);
// “CSV UTF-8 ,”, “XLSX “评价””, “JSON lines UTF-8”, “HTML GB18030”, “.gz” in front if packed: for the table of what was
// understood. The same in both languages.
struct str table_kind(const struct table *t);
// Other sheets that were not read, names joined by "、", or "".
struct str table_other_sheets(const struct table *t);
// Share of the file read, 0 … 1; negative if unknown (standard input).
double table_progress(const struct table *t);
const struct table_counts *table_counts(const struct table *t);

// The next row into *ret, its cells in `arena`; ret->end after the last.
bool table_next(struct table *t, struct arena *arena, struct row *ret, struct error *err) MUST_USE;
// The first rows, at most TABLE_MAX_PEEK, kept by the table until it closes; table_next gives them again (the strings
// copied). Before the first table_next; a later call with a larger number reads on. Fails only if not even one row
// could be read.
bool table_peek(struct table *t, size_t max_rows, const struct row **ret, size_t *ret_n,
                struct error *err) MUST_USE;

// Tables whose columns have names by nature (JSON): a header row made of the keys of the first
// records comes first, with number 0. Nested objects are flattened (“user.city”), arrays of plain
// values joined by "、".
bool table_is_keyed(const struct table *t);
// All keys so far: grows beyond the header row when records bring new ones (cells keep their index).
size_t table_keys(const struct table *t, const struct str **ret);
// Text with a review a line: one column, no header row.
bool table_is_plain(const struct table *t);

#endif
