// SPDX-License-Identifier: Apache-2.0
#include "collect/input.h"

#include <unistd.h>

#include "tests/support/test.h"

TEST(input_peek_takes_nothing) {
    struct input *in = input_memory(STR("abcdef"));
    struct str head;
    char buf[8];
    size_t n;
    assert_true(input_peek(in, 2, &head, NULL));
    assert_str(head, "ab");
    assert_true(input_peek(in, 4, &head, NULL));
    assert_str(head, "abcd");
    assert_true(input_read(in, buf, 3, &n, NULL));
    assert_str(str_make(buf, n), "abc");
    assert_true(input_peek(in, 100, &head, NULL));
    assert_str(head, "def");
    assert_true(input_read(in, buf, 8, &n, NULL));
    assert_str(str_make(buf, n), "def");
    assert_true(input_read(in, buf, 8, &n, NULL));
    assert_int_equal(n, 0);
    assert_float_equal(input_progress(in), 1, 0);
    input_close(in);
}

static bool fail_read(void *ctx, char *buf, size_t cap, size_t *ret_n, struct error *err) {
    int *left = ctx;
    if (*left == 0)
        return error_set(err, ERROR_IO, "坏", "broken");
    *ret_n = MIN(cap, (size_t)1);
    *buf = 'x';
    --*left;
    return true;
}

static double no_progress(UNUSED void *ctx) {
    return -1;
}

static void no_close(UNUSED void *ctx) {
}

// What was read before an error is given out first.
TEST(input_peek_keeps_an_error_for_the_reader) {
    static const struct input_ops ops = {fail_read, no_progress, no_close};
    int left = 2;
    struct input *in = input_new(&ops, &left);
    struct str head;
    struct error err = {0};
    char buf[8];
    size_t n;
    assert_true(input_peek(in, 8, &head, &err));
    assert_str(head, "xx");
    assert_true(input_read(in, buf, 8, &n, &err));
    assert_int_equal(n, 2);
    assert_false(input_read(in, buf, 8, &n, &err));
    assert_int_equal(err.code, ERROR_IO);
    assert_false(input_peek(in, 8, &head, &err));
    input_close(in);
}

TEST(input_spool_makes_a_file_of_anything) {
    const char *path = test_tmp_file("spool", STR("abcdef"));
    for (int i = 0; i < 3; i++) {
        struct input *in;
        struct str head;
        int fd;
        uint64_t size;
        char buf[8];
        if (i == 0)
            assert_true(input_open(path, &in, NULL));
        else
            in = input_memory(STR("abcdef"));
        assert_true(input_peek(in, 2, &head, NULL)); // does no harm
        assert_true(input_spool(in, 100, i == 2, &fd, &size, NULL));
        assert_int_equal(size, 6);
        assert_int_equal(pread(fd, buf, sizeof buf, 0), 6);
        assert_memory_equal(buf, "abcdef", 6);
        close(fd);
        input_close(in);
    }
    struct input *in = input_memory(STR("abcdef"));
    struct error err = {0};
    int fd;
    uint64_t size;
    assert_false(input_spool(in, 5, false, &fd, &size, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    input_close(in);
}
