// SPDX-License-Identifier: Apache-2.0
// Any bytes as a file of feedback, walked to its end; the same bytes as a table of orders too. Every row is counted
// once, every record is within the schema.
#include "collect/source.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "collect/exports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct source *s, const struct feedback *f) {
    const struct schema *schema = source_schema(s);
    size_t n_files;
    source_files(s, &n_files);
    if (f->file >= n_files || f->n_scores > FEEDBACK_MAX_SCORES || !utf8_is_valid(f->text))
        abort();
    for (int i = 0; i < f->n_scores; i++)
        if (f->scores[i].column >= schema->n_scores)
            abort();
    for (int i = 0; i < schema->n_attrs; i++)
        if (!utf8_is_valid(f->attrs[i]))
            abort();
}

static void walk(struct source *s) {
    uint64_t given = 0;
    for (size_t n = 1; n > 0;) {
        struct arena arena = {0};
        struct feedback batch[8];
        if (!source_next(s, &arena, batch, 8, &n, NULL))
            n = 0;
        for (size_t i = 0; i < n; i++)
            check(s, &batch[i]);
        given += n;
        arena_done(&arena);
    }
    size_t n_files;
    const struct source_info *files = source_files(s, &n_files);
    uint64_t used = 0;
    for (size_t i = 0; i < n_files; i++) {
        used += files[i].used;
        if (files[i].read != files[i].used + files[i].rejected + files[i].skipped)
            abort();
    }
    if (used < given) // a conversation has several messages
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const char *paths[] = {path};
    static struct exports *exports; // loading them costs more than reading a small file
    struct error err = {0};
    if (!exports && !exports_load(NULL, &exports, &err))
        abort();
    struct source_options o = {
        .paths = paths, .n_paths = 1, .orders = paths, .n_orders = size % 2, .exports = exports};
    struct source *s;
    if (source_open(&o, &s, &err)) {
        walk(s);
        source_close(s);
    } else if (err.code == ERROR_NONE || !*err.zh || !utf8_is_valid(str_from(err.zh))) {
        abort();
    }
    close(fd);
    return 0;
}
