// SPDX-License-Identifier: Apache-2.0
// What fuzz targets of readers share: all rows of a reader, checked against what table.h promises.
#ifndef TESTS_FUZZ_TABLE_H
#define TESTS_FUZZ_TABLE_H

#include <stdlib.h>

#include "base/utf8.h"
#include "collect/reader.h"

static inline void fuzz_check(bool holds) {
    if (!holds)
        abort();
}

static inline void fuzz_read_all(struct reader *r) {
    struct arena arena = {0};
    struct error err = {0};
    struct row row = {.end = false};
    while (r->ops->next(r->ctx, &arena, &row, &err) && !row.end) {
        fuzz_check(row.n <= TABLE_MAX_COLUMNS);
        fuzz_check(!(row.bad || row.mended) || (row.reason.zh && row.reason.en));
        for (size_t i = 0; i < row.n; i++) {
            fuzz_check(row.cells[i].len <= TABLE_MAX_CELL_BYTES);
            fuzz_check(utf8_is_valid(row.cells[i]));
            fuzz_check(!row.cells[i].len || !memchr(row.cells[i].ptr, 0, row.cells[i].len));
            fuzz_check((row.kinds[i] == CELL_EMPTY) == (row.cells[i].len == 0));
        }
        arena_reset(&arena);
        row = (struct row){.end = false};
    }
    arena_done(&arena);
}

#endif
