// SPDX-License-Identifier: Apache-2.0
// Reads every row of a table several times and prints rows, cells and the seconds of each reading, tab separated.
//     table-read FILE TIMES
#include "base/clock.h"
#include "collect/table.h"

static bool read_once(const char *path, uint64_t *ret_rows, uint64_t *ret_cells,
                      struct error *err) {
    struct table_options options = {.sheet = STR("")};
    struct table_set *set;
    struct table *t = NULL;
    struct arena arena = {0};
    *ret_rows = *ret_cells = 0;
    if (!table_set_open(path, &options, &set, err))
        return false;
    bool ok;
    while ((ok = table_set_next(set, &t, err)) && t) {
        struct row row;
        while ((ok = table_next(t, &arena, &row, err)) && !row.end) {
            ++*ret_rows;
            *ret_cells += row.n;
            if (arena.total_bytes > MIB)
                arena_reset(&arena);
        }
        if (!ok)
            break;
    }
    arena_done(&arena);
    table_set_close(set);
    return ok;
}

int main(int argc, char **argv) {
    int64_t times;
    if (argc != 3 || !str_to_int64(str_from(argv[2]), &times))
        return 2;
    for (int64_t i = 0; i < times; i++) {
        uint64_t rows, cells;
        struct error err;
        int64_t start = clock_monotonic_us();
        if (!read_once(argv[1], &rows, &cells, &err)) {
            fprintf(stderr, "%s\n", err.en);
            return 1;
        }
        printf("%llu\t%llu\t%.6f\n", (unsigned long long)rows, (unsigned long long)cells,
               (double)(clock_monotonic_us() - start) / 1e6);
    }
    return 0;
}
