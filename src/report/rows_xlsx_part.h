// SPDX-License-Identifier: Apache-2.0
// What the sheets of the workbook share. Only for rows_xlsx*.c.
#ifndef REPORT_ROWS_XLSX_PART_H
#define REPORT_ROWS_XLSX_PART_H

#include <xlsxwriter.h> // first: see below

// Its macros have been read, the ban may begin.
#undef HUISHENG_FOREIGN_MACROS
#undef BASE_BANNED_H
#include "base/banned.h"

#include "report/rows.h"

enum sheet_style {
    STYLE_PLAIN,
    STYLE_TEXT, // “@”: what looks like a number stays text
    STYLE_HEAD,
    STYLE_TITLE,
    STYLE_WRAP,
    STYLE_NOTE,
    STYLE_COUNT, // 1,234
    STYLE_SCORE, // 4.21
    STYLE_SHARE, // 37.3 %
    STYLE_DIFF,  // +0.12
    STYLE_Q,
    STYLE_TIME,
    STYLE_DATE,
    STYLE_NEG,
    STYLE_POS,
    STYLE_URGENT,
    N_STYLES,
};

// A sheet being written from the top down, left to right.
struct sheet {
    lxw_worksheet *ws;
    lxw_format **styles; // N_STYLES
    enum lang lang;
    struct strbuf *scratch;
    lxw_error *failed; // first error sticks
    lxw_row_t row;
    lxw_col_t col;
};

void sheet_text(struct sheet *s, struct str text, enum sheet_style style);
void sheet_word(struct sheet *s, struct words w, enum sheet_style style);
void sheet_number(struct sheet *s, double v, enum sheet_style style); // empty cell if not finite
void sheet_time(struct sheet *s, const struct civil *c, bool date_only);
void sheet_skip(struct sheet *s);
void sheet_next_row(struct sheet *s);
// Bold first row of words, frozen; column widths in characters.
void sheet_header(struct sheet *s, const struct words *headers, const double *widths, size_t n);

// The three sheets made from the report.
void sheet_overview(struct sheet *s, const struct report *r);
void sheet_issues(struct sheet *s, const struct report *r);
void sheet_todos(struct sheet *s, const struct report *r);

#endif
