// SPDX-License-Identifier: Apache-2.0
#include "search/merge.h"

#include "base/mem.h"
#include "tests/support/test.h"

TEST(merge_takes_the_youngest_when_it_pays) {
    static const struct {
        uint32_t blocks[24]; // oldest first
        uint32_t dead_of[24];
        size_t n, from, count;
    } cases[] = {
        {{3, 3, 3}, {0}, 3, 0, 0},
        {{3, 3, 3, 3, 3, 3, 3, 3}, {0}, 8, 0, 8},
        {{3, 3, 3, 3, 3, 3, 3}, {0}, 7, 0, 0},
        {{5000, 3, 3, 3, 3, 3, 3, 3, 3}, {0}, 9, 1, 8},
        // the older ones are worth it
        {{100, 100, 100, 100, 3, 3, 3, 3}, {0}, 8, 0, 8},
        {{3, 3, 3, 3, 5000, 3, 3, 3, 3}, {0}, 9, 0, 0}, // too large for what is around it
        {{5000, 3, 3, 3, 3, 3, 3, 3}, {0}, 8, 0, 0},
        {{20, 5000, 700, 600, 600, 600, 600, 600, 600, 600, 3}, {0}, 11, 2, 9},
        {{20, 4000, 700, 600, 600, 600, 600, 600, 600, 600, 3}, {0}, 11, 0, 11},
        {{5000, 300, 3}, {0, 60000, 0}, 3, 1, 1}, // most of it is dead
        {{5000, 300, 3}, {0, 40000, 0}, 3, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct segment *segments[24];
        for (size_t k = 0; k < cases[i].n; k++) {
            segments[k] = NEW(struct segment);
            segments[k]->file.n_blocks = cases[i].blocks[k];
            segments[k]->part.n_docs = 100000;
            segments[k]->part.n_dead = cases[i].dead_of[k];
        }
        struct merge_range r = {0};
        bool due = merge_plan(segments, cases[i].n, &r);
        if (due != (cases[i].count > 0) ||
            (due && (r.from != cases[i].from || r.n != cases[i].count)))
            fail_msg("case %zu: %zu from %zu", i, r.n, r.from);
        for (size_t k = 0; k < cases[i].n; k++)
            free(segments[k]);
    }
}
