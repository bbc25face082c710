// SPDX-License-Identifier: Apache-2.0
// Questions about a cell that the CSV and the workbook ask alike. Only for rows*.c.
#ifndef REPORT_ROWS_CELLS_H
#define REPORT_ROWS_CELLS_H

#include "report/rows.h"

// Our header; marked as ours where the input has a column of that name.
struct str rows_header_beside(enum rows_column column, enum lang lang, const struct str *originals,
                              size_t n, struct arena *a);

// Local wall clock of the row; false if its time is not known.
bool rows_civil(const struct detail_row *row, const struct zone *zone, struct civil *ret);

// Digits that a spreadsheet would spoil: 12 or more, or with a leading zero.
bool cell_is_long_id(struct str s);
// A number as people write it: “-3.5”, “1,234.50”, “+12%”, “1e5”.
bool cell_is_number(struct str s);
// Begins like a formula (= + - @ TAB CR LF, or a full-width ＝＋－＠) and is not a number.
bool cell_is_dangerous(struct str s);

#endif
