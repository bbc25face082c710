// SPDX-License-Identifier: Apache-2.0
// Merged cells of a worksheet that reach over several rows: a shop's name written once beside its ten reviews belongs
// to all ten. The list stands behind the cells in the file, so it is looked for before they are read.
#ifndef COLLECT_MERGES_H
#define COLLECT_MERGES_H

#include "collect/reader.h"

struct merge {
    uint32_t first, last; // rows, 1-based
    uint32_t column;      // 0-based, the left one
};

struct merge_value {
    uint32_t last, column;
    enum cell_kind kind;
    char *text; // owned
};

struct merges {
    struct {
        VEC(struct merge);
    } list;      // by first row
    size_t next; // not yet begun
    struct {
        VEC(struct merge_value);
    } active;
};

// Looks through the XML of a sheet; takes `in` over. A sheet that cannot be read has none: reading it will say why.
void merges_find(struct merges *m, struct input *in);
void merges_done(struct merges *m); // {0} is fine
// Rows in their order: remembers what stands in the merged cells that begin here, fills those that began above.
void merges_apply(struct merges *m, uint64_t row, struct row_maker *cells);

// Column and row of "AB12" (0-based, 1-based); returns what follows, NULL if it is no reference.
const char *cell_reference(const char *p, uint32_t *ret_column, uint32_t *ret_row);

#endif
