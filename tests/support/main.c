// SPDX-License-Identifier: Apache-2.0
#include "tests/support/test.h"

#include <ftw.h>
#include <unistd.h>

#include "base/vec.h"

static struct { VEC(struct CMUnitTest); } tests;

static char tmp_dir[64];

void test_register(const char *name, test_fn *fn) {
    vec_push(&tests, ((struct CMUnitTest){.name = name, .test_func = fn}));
}

void test_assert_str(struct str actual, const char *expected, const char *file, int line) {
    if (str_eq(actual, str_from(expected)))
        return;
    print_error("\"%.*s\" != \"%s\"\n", STR_ARG(actual), expected);
    _fail(file, line);
}

const char *test_tmp_dir(void) {
    if (!*tmp_dir) {
        snprintf(tmp_dir, sizeof tmp_dir, "/tmp/huisheng-test-XXXXXX");
        if (!mkdtemp(tmp_dir))
            fail_msg("cannot make %s", tmp_dir);
    }
    return tmp_dir;
}

const char *test_tmp_file(const char *name, struct str content) {
    static char paths[4][256];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, 256, "%s/%s", test_tmp_dir(), name);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(content.ptr ? content.ptr : "", 1, content.len, f) != content.len ||
        fclose(f) != 0)
        fail_msg("cannot write %s", path);
    return path;
}

const char *test_source_dir(void) {
    const char *dir = getenv("HUISHENG_SOURCE_DIR");
    return dir && *dir ? dir : ".";
}

const char *test_data_dir(void) {
    const char *dir = getenv("HUISHENG_DATA_SETS");
    return dir && *dir ? dir : NULL;
}

static int remove_entry(const char *path, UNUSED const struct stat *st, UNUSED int type,
                        UNUSED struct FTW *ftw) {
    return remove(path);
}

static int by_name(const void *a, const void *b) {
    const struct CMUnitTest *x = a, *y = b;
    return strcmp(x->name, y->name);
}

int main(int argc, char **argv) {
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    qsort(tests.items, tests.len, sizeof *tests.items, by_name);
    int failed = _cmocka_run_group_tests("huisheng", tests.items, tests.len, NULL, NULL);
    if (*tmp_dir)
        nftw(tmp_dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    vec_done(&tests);
    return failed ? 1 : 0;
}
