// SPDX-License-Identifier: Apache-2.0
// Our side of bench/neardup.py: texts of a file, one a line, through neardup; prints “id first” for every repeat and
// the seconds on standard error.
#include <stdio.h>

#include "base/clock.h"
#include "base/strbuf.h"
#include "nlp/neardup.h"
#include "sys/file.h"

int main(int argc, char **argv) {
    CLEANUP(strbuf_done) struct strbuf file = strbuf_init(4 * GIB);
    struct error err;
    if (argc != 2 || !file_read(argv[1], 4 * GIB, &file, &err)) {
        fprintf(stderr, "usage: bench-neardup FILE\n");
        return 2;
    }
    struct str rest = strbuf_str(&file), line;
    struct neardup *nd = neardup_new();
    uint32_t id = 0;
    int64_t started = clock_monotonic_us();
    for (; str_cut(&rest, '\n', &line); id++) {
        struct neardup_sketch s;
        neardup_sketch(line, &s);
        uint32_t first = neardup_add(nd, &s, id);
        if (first != NEARDUP_NONE)
            printf("%u %u\n", id, first);
    }
    fprintf(stderr, "%u %.3f %zu\n", id, (double)(clock_monotonic_us() - started) / 1e6,
            neardup_bytes(nd));
    neardup_free(nd);
    return 0;
}
