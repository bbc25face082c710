// SPDX-License-Identifier: Apache-2.0
#include "num/vector.h"

static void int8_tile(const int16_t *const rows[VECTOR_TILE_ROWS],
                      const int16_t (*panel)[VECTOR_TILE_COLUMNS][2], size_t n_pairs,
                      int32_t ret[VECTOR_TILE_ROWS][VECTOR_TILE_COLUMNS]) {
    memset(ret, 0, sizeof(int32_t[VECTOR_TILE_ROWS][VECTOR_TILE_COLUMNS]));
    for (size_t r = 0; r < VECTOR_TILE_ROWS; r++)
        for (size_t k = 0; k < n_pairs; k++) {
            int32_t a = rows[r][2 * k], b = rows[r][2 * k + 1];
            for (size_t c = 0; c < VECTOR_TILE_COLUMNS; c++)
                ret[r][c] += a * panel[k][c][0] + b * panel[k][c][1];
        }
}

#define VECTOR_OPS  vector_generic
#define VECTOR_NAME "generic"
#include "num/vector.inc"
