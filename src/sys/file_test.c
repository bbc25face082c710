// SPDX-License-Identifier: Apache-2.0
#include "sys/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/support/test.h"

static void read_all(const char *path, struct strbuf *out) {
    strbuf_reset(out);
    struct error err = {0};
    if (!file_read(path, 1 * MIB, out, &err))
        fail_msg("%s", err.en);
}

// Path of a file in the test's folder that does not exist.
static const char *new_path(const char *name) {
    const char *path = test_tmp_file(name, STR(""));
    unlink(path);
    return path;
}

static void path_of_part(const char *path, char *buf, size_t cap) {
    snprintf(buf, cap, "%s.part-%d", path, (int)getpid());
}

TEST(file_read_appends_up_to_the_limit) {
    const char *path = test_tmp_file("five", STR("a\0b\nc"));
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(100);
    strbuf_adds(&sb, ">");
    assert_true(file_read(path, 5, &sb, NULL));
    assert_int_equal(sb.len, 6);
    assert_memory_equal(sb.ptr, ">a\0b\nc", 6);
    struct error err;
    assert_false(file_read(path, 4, &sb, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_false(file_read("/nonexistent", 4, &sb, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_false(file_read(test_tmp_dir(), 4, &sb, &err));
    assert_true(str_has(str_from(err.zh), STR("这是一个目录")));
}

TEST(output_appears_only_when_committed) {
    const char *path = test_tmp_file("kept", STR("old"));
    CLEANUP(strbuf_done) struct strbuf sb = strbuf_init(1 * MIB);
    struct output *o;
    assert_true(output_open(path, &o, NULL));
    output_write(o, STR("new"));
    read_all(path, &sb);
    assert_str(strbuf_str(&sb), "old");
    assert_true(output_commit(o, NULL));
    read_all(path, &sb);
    assert_str(strbuf_str(&sb), "new");

    assert_true(output_open(path, &o, NULL));
    output_write(o, STR("never"));
    assert_true(file_exists(output_temp_path(o)));
    output_discard(o);
    output_discard(NULL);
    read_all(path, &sb);
    assert_str(strbuf_str(&sb), "new");
    char part[300];
    path_of_part(path, part, sizeof part);
    assert_false(file_exists(part));
}

TEST(output_discard_all_removes_every_unfinished_file) {
    struct output *open[3];
    char parts[3][300];
    for (size_t i = 0; i < ARRAY_LEN(open); i++) {
        char name[16];
        snprintf(name, sizeof name, "unfinished%zu", i);
        const char *path = new_path(name);
        assert_true(output_open(path, &open[i], NULL));
        path_of_part(path, parts[i], sizeof parts[i]);
        assert_true(file_exists(parts[i]));
    }
    output_discard_all();
    for (size_t i = 0; i < ARRAY_LEN(open); i++) {
        assert_false(file_exists(parts[i]));
        output_discard(open[i]);
    }
}

TEST(output_errors_say_which_file_and_leave_nothing) {
    struct output *o;
    struct error err;
    assert_false(output_open("/nonexistent/x", &o, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_false(output_open(test_tmp_dir(), &o, &err));
    assert_true(str_has(str_from(err.zh), STR("这是一个目录")));
    assert_true(output_open("/dev/full", &o, &err));
    output_write(o, STR("x"));
    assert_false(output_commit(o, &err));
    assert_int_equal(err.code, ERROR_NO_SPACE);
    assert_string_equal(err.en, "cannot write /dev/full: No space left on device");
}

TEST(output_reports_a_full_disk_at_any_size) {
    // Smaller and larger than the buffer: the failure comes at commit or before it.
    static const size_t sizes[] = {1, 1000, 300 * 1024, 2 * 1024 * 1024};
    char *block = mem_zero(1, sizes[3]);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct output *o;
        struct error err = {0};
        assert_true(output_open("/dev/full", &o, &err));
        output_write(o, str_make(block, sizes[i]));
        output_write(o, STR("more"));
        assert_false(output_commit(o, &err));
        assert_int_equal(err.code, ERROR_NO_SPACE);
    }
    free(block);
}

TEST(output_in_a_read_only_folder_is_forbidden) {
    const char *dir = new_path("locked");
    char path[300];
    snprintf(path, sizeof path, "%s/x", dir);
    assert_int_equal(mkdir(dir, 0555), 0);
    // Root may write anywhere: become somebody else for the moment.
    bool is_root = geteuid() == 0;
    if (is_root)
        assert_true(chmod(test_tmp_dir(), 0755) == 0 && seteuid(65534) == 0);
    struct output *o;
    struct error err = {0};
    bool opened = output_open(path, &o, &err);
    if (is_root)
        assert_int_equal(seteuid(0), 0);
    assert_false(opened);
    assert_int_equal(err.code, ERROR_FORBIDDEN);
}

TEST(output_writes_into_pipes_in_place) {
    const char *path = new_path("pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct output *o;
    assert_true(output_open(path, &o, NULL));
    output_write(o, STR("through"));
    assert_true(output_commit(o, NULL));
    char buf[16];
    assert_int_equal(read(reader, buf, sizeof buf), 7);
    close(reader);
}

TEST(file_executable_dir_has_no_final_slash) {
    char buf[4096];
    assert_true(file_executable_dir(buf, sizeof buf));
    assert_true(buf[0] == '/' && !str_ends(str_from(buf), STR("/")));
    assert_true(file_exists(buf));
}
