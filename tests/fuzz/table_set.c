// SPDX-License-Identifier: Apache-2.0
// A file of any kind, through the front door: archives, workbooks with their styles and strings, packed streams.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "collect/table.h"
#include "tests/fuzz/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_table(struct table *t) {
    struct arena arena = {0};
    struct row row;
    while (table_next(t, &arena, &row, NULL) && !row.end)
        arena_reset(&arena);
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    fuzz_check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct table_options options = {.sheet = STR("")};
    struct table_set *set;
    struct error err = {0};
    if (table_set_open(path, &options, &set, &err)) {
        struct table *t = NULL;
        size_t left = table_set_count(set) + 2;
        while (left-- > 0 && (!table_set_next(set, &t, NULL) || t))
            if (t)
                read_table(t);
        table_set_close(set);
    } else {
        fuzz_check(err.code != ERROR_NONE && err.zh[0] && err.en[0]);
    }
    close(fd);
    return 0;
}
