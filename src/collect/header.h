// SPDX-License-Identifier: Apache-2.0
// Which row names the columns. It may be the first, the third below a title, two rows with merged groups above, the
// first of Qualtrics' three, or none at all.
#ifndef COLLECT_HEADER_H
#define COLLECT_HEADER_H

#include "base/arena.h"
#include "collect/exports.h"
#include "collect/table.h"

struct header {
    bool found;
    size_t data_from;  // index of the first row of data among the sampled ones
    uint64_t row;      // number of the last header row, 0 = none
    size_t n;          // columns
    struct str *names; // n; shown to people: unique, never empty (“列3” / “column 3”)
    struct str *written; // n; as in the file, "" where there is none; groups in front: “评分/描述”
    size_t title_rows; // rows above the header that held something
};

// `keyed`: the first row is the header by nature (JSON); `plain`: there is none (text with a review a line).
// Memory from the arena.
struct header header_find(const struct exports *e, const struct row *rows, size_t n, bool keyed,
                          bool plain, struct arena *arena);

#endif
