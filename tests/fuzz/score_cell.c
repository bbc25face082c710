// SPDX-License-Identifier: Apache-2.0
// Any bytes as a cell: as a score on several scales, as a number.
#include "collect/score_cell.h"
#include "collect/cell.h"
#include "unify/scale.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct score_column columns[] = {
        {.low = 1, .high = 5},
        {.low = 1, .high = 5, .reversed = true},
        {.low = 1, .high = 3, .is_words = true},
        {.low = 0, .high = 10, .metric = METRIC_NPS},
        {.low = 0, .high = 100},
    };
    struct str cell = {(const char *)data, size};
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        double satisfaction, original;
        enum scale_result r = scale_unify(&columns[i], cell, &satisfaction, &original);
        bool rated = r == SCALE_OK && columns[i].metric != METRIC_NPS;
        if (rated != !isnan(satisfaction) || (r == SCALE_OK) != !isnan(original))
            abort();
        if (rated && !(satisfaction >= 1 && satisfaction <= 5))
            abort();
        if (r == SCALE_OK && !(original >= columns[i].low && original <= columns[i].high))
            abort();
    }
    struct number_cell n;
    if (number_cell_parse(cell, &n) && !isfinite(n.value))
        abort();
    struct str value = cell_value(cell);
    if (value.len > cell.len || (cell_is_lost_id(value) && cell_is_link(value)))
        abort();
    return 0;
}
