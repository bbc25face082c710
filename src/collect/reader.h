// SPDX-License-Identifier: Apache-2.0
// What the reader of one format provides to table.c, and the tool with which it makes its rows.
#ifndef COLLECT_READER_H
#define COLLECT_READER_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "collect/input.h"
#include "collect/table.h"
#include "collect/zip.h"

// A reader fills end, bad, mended, number, line, cells, kinds, n, column, reason of *ret (zeroed
// before); table.c does peeking and counts rows.
struct reader_ops {
    bool (*next)(void *ctx, struct arena *arena, struct row *ret, struct error *err);
    double (*progress)(void *ctx);
    void (*close)(void *ctx);
};

struct reader {
    const struct reader_ops *ops;
    void *ctx; // owned: ops->close
    struct strbuf kind, other_sheets;
    struct table_counts counts; // recoded, replaced, nuls, late_keys are the reader's
    bool is_plain;
    // Keyed tables: the keys so far.
    const struct str *(*keys)(void *ctx, size_t *ret_n);
};

void reader_init(struct reader *r);
void reader_done(struct reader *r);

// The readers. Each takes what it reads from over when it succeeds; `r` is initialised and keeps
// its address.
bool csv_open(struct reader *r, struct input *in, bool named_csv, struct error *err) MUST_USE;
bool json_rows_open(struct reader *r, struct input *in, struct error *err) MUST_USE;
bool html_open(struct reader *r, struct input *in, struct str sheet, struct error *err) MUST_USE;
bool xml_sheet_open(struct reader *r, struct input *in, struct str sheet,
                    struct error *err) MUST_USE;
bool xlsx_open(struct reader *r, struct zip *zip, struct str sheet, struct error *err) MUST_USE;
bool xls_open(struct reader *r, int fd, struct str sheet, struct error *err) MUST_USE;

// Gathers the cells of one row, in any order of lengths, then lays them out in an arena with two
// allocations.
struct row_maker {
    struct {
        VEC(struct made_cell);
    } cells;
    struct strbuf text;
};

struct made_cell {
    size_t from, len;
    enum cell_kind kind;
};

void row_maker_init(struct row_maker *m);
void row_maker_done(struct row_maker *m);
void row_maker_reset(struct row_maker *m);
// A whole cell at `column` (0-based): a gap before it is filled with empty cells, what stood there
// is replaced.
void row_maker_add(struct row_maker *m, size_t column, struct str text, enum cell_kind kind);
// Trailing empty cells are dropped; false if nothing is left.
bool row_maker_finish(struct row_maker *m, struct arena *arena, struct row *ret);

extern const struct words reason_cell_too_long, reason_too_many_columns, reason_open_quote,
    reason_broken_text;

#endif
