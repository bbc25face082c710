// SPDX-License-Identifier: Apache-2.0
// One worksheet part as rows, streamed.
#ifndef COLLECT_XLSX_SHEET_H
#define COLLECT_XLSX_SHEET_H

#include "collect/reader.h"
#include "collect/workbook.h"

struct xlsx_sheet;

// Borrows the workbook; takes `in` over, and `merges`: the same part once more, looked through for merged cells
// before the rows are read. NULL leaves merged cells as they are.
struct xlsx_sheet *xlsx_sheet_new(const struct workbook *w, struct input *in, struct input *merges);
void xlsx_sheet_free(struct xlsx_sheet *s); // NULL is fine
// As struct reader_ops has it. Rows without any value are passed over.
bool xlsx_sheet_next(struct xlsx_sheet *s, struct arena *arena, struct row *ret,
                     struct error *err) MUST_USE;
double xlsx_sheet_progress(const struct xlsx_sheet *s);

#endif
