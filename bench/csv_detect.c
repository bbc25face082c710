// SPDX-License-Identifier: Apache-2.0
// One pass over a file, timed: `csv-detect table FILE` reads rows of cells only, `csv-detect source FILE` understands
// the columns and builds every record. Prints seconds, seconds of processor time and rows; bench/csv_detect.py
// compares.
#include "collect/source.h"
#include "collect/table.h"

static bool read_table(const char *path, uint64_t *ret_rows, struct error *err) {
    CLEANUP(arena_done) struct arena arena = {0};
    struct table_options options = {.sheet = {"", 0}};
    struct table_set *set;
    struct table *t;
    if (!table_set_open(path, &options, &set, err))
        return false;
    bool ok = table_set_next(set, &t, err);
    struct row row = {0};
    while (ok && (ok = table_next(t, &arena, &row, err)) && !row.end)
        if (++*ret_rows % 256 == 0)
            arena_reset(&arena);
    table_set_close(set);
    return ok;
}

static bool read_source(const char *path, uint64_t *ret_rows, struct error *err) {
    static struct feedback batch[256];
    CLEANUP(arena_done) struct arena arena = {0};
    const char *paths[] = {path};
    struct source *s;
    if (!source_open(&(struct source_options){.paths = paths, .n_paths = 1}, &s, err))
        return false;
    bool ok;
    size_t n = 1;
    while ((ok = source_next(s, &arena, batch, ARRAY_LEN(batch), &n, err)) && n > 0) {
        *ret_rows += n;
        arena_reset(&arena);
    }
    source_close(s);
    return ok;
}

int main(int argc, char **argv) {
    struct error err;
    if (argc != 3) {
        fprintf(stderr, "csv-detect table|source FILE\n");
        return 2;
    }
    uint64_t rows = 0;
    int64_t from = clock_monotonic_us();
    bool ok = strcmp(argv[1], "table") == 0 ? read_table(argv[2], &rows, &err)
                                            : read_source(argv[2], &rows, &err);
    if (!ok) {
        fprintf(stderr, "%s\n", err.en);
        return 1;
    }
    double seconds = (double)(clock_monotonic_us() - from) / 1e6;
    printf("%.4f %.4f %" PRIu64 "\n", seconds, (double)clock() / CLOCKS_PER_SEC, rows);
    return 0;
}
