// SPDX-License-Identifier: Apache-2.0
// Each input row with what was found in it, as CSV (`--csv`) or as the sheet 明细 of a workbook
// (`--xlsx`). Both are written row by row while the input is walked; memory does not grow with the
// number of rows.
//
//     struct rows_csv *c = rows_csv_new(out, lang, zone, headers, n_headers);
//     rows_csv_add(c, &row);                                     // in the order of the input
//     rows_csv_free(c);                                          // then output_commit(out, err)
//
//     struct workbook *w;
//     if (!workbook_open(out, lang, zone, headers, n_headers, &w, err)) return false;
//     workbook_add(w, &row);                                     // errors stick
//     if (!workbook_close(w, &report, err)) return false;        // 总览 问题 待回复; then
//     output_commit(out, err)
//
// Columns: the original ones under their own headers, then ours (rows_header). A row with fewer
// cells than headers is filled up with empty ones, further cells are dropped. Cells are written as
// they were read, so they may hold personal data; only our own column “masked text” is free of it.
//
// CSV is RFC 4180 with CRLF, and a BOM so that Excel reads UTF-8. For Excel's sake a cell is marked
// in two cases:
//   - it begins with = + - @ TAB CR LF or a full-width ＝＋－＠, and is not a plain number: an
//   apostrophe goes
//     before it, so that no spreadsheet takes it for a formula
//   - it is a run of 12 or more digits, or digits with a leading zero (order numbers, phones): a
//   TAB goes before
//     it, as the marketplaces' own exports do, so that Excel keeps every digit. Programs strip the
//     white space (pandas: dtype=str, then .str.strip()); `huisheng` itself does.
// In the workbook such cells are text cells and need no mark.
#ifndef REPORT_ROWS_H
#define REPORT_ROWS_H

#include "report/report.h"
#include "sys/file.h"

struct detail_row {
    struct str file;         // base name
    uint64_t row;            // 1-based row or line in that file
    const struct str *cells; // as read, in the order of the headers
    size_t n_cells;
    int64_t occurred_us; // TIME_NONE if unknown
    bool date_only;
    struct str channel;
    struct str order, product; // recognised; "" if none
    struct str text;           // masked, the follow-up joined
    double satisfaction;       // 1–5, NAN if not known
    bool satisfaction_from_text;
    uint8_t sentiment;      // enum sentiment; N_SENTIMENTS where the row was not analysed
    double sentiment_score; // confidence 0 … 1, NAN if not known
    struct str dimensions;  // "logistics:neg quality:pos"
    struct str issues;      // local names, joined with “；”
    uint8_t urgency;        // enum urgency
    bool replied;
    struct str validity;   // "ok", or the code of a quality row: "blank", "near_duplicate" …
    struct str flags;      // further codes, space between: "default_rating out_of_range"
    struct str keywords;   // joined with “；”
    struct str department; // of the main issue, "" if none
};

// Our columns, after the original ones.
enum rows_column {
    ROWS_FILE,
    ROWS_ROW,
    ROWS_TIME,
    ROWS_CHANNEL,
    ROWS_ORDER,
    ROWS_PRODUCT,
    ROWS_TEXT,
    ROWS_SCORE,
    ROWS_SCORE_SOURCE,
    ROWS_SENTIMENT,
    ROWS_CONFIDENCE,
    ROWS_DIMENSIONS,
    ROWS_ISSUES,
    ROWS_DEPARTMENT,
    ROWS_URGENCY,
    ROWS_REPLIED,
    ROWS_VALIDITY,
    ROWS_FLAGS,
    ROWS_KEYWORDS,
    N_ROWS_COLUMNS,
};
const char *rows_header(enum rows_column column, enum lang lang);

// The text of one of our columns, as it stands in the CSV before any marking; numbers plain, times
// “2026-11-12 14:05:00” in the zone. Borrowed from the row or taken from the arena.
struct str rows_cell(const struct detail_row *row, enum rows_column column, enum lang lang,
                     const struct zone *zone, struct arena *a);

struct rows_csv;
struct rows_csv *rows_csv_new(struct output *out, enum lang lang, const struct zone *zone,
                              const struct str *headers, size_t n_headers);
void rows_csv_add(struct rows_csv *c, const struct detail_row *row);
void rows_csv_free(struct rows_csv *c); // writes what is buffered; does not commit `out`

// A workbook with the sheets 总览, 问题, 待回复 and 明细 (Overview, Issues, To answer, Rows). Long
// numbers are text, times real dates; past 1,048,576 rows it goes on in 明细2.
struct rows_xlsx;
// `out` must be a file: a workbook cannot be written to standard output or a pipe
// (ERROR_UNSUPPORTED).
bool rows_xlsx_open(struct output *out, enum lang lang, const struct zone *zone,
                    const struct str *headers, size_t n_headers, struct rows_xlsx **ret,
                    struct error *err) MUST_USE;
void rows_xlsx_add(struct rows_xlsx *x, const struct detail_row *row);
// Writes the other sheets from the report, then the file; frees `x` either way.
bool rows_xlsx_close(struct rows_xlsx *x, const struct report *r, struct error *err) MUST_USE;
void rows_xlsx_discard(struct rows_xlsx *x); // frees without writing; NULL is fine

#endif
