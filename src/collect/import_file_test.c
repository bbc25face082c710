// SPDX-License-Identifier: Apache-2.0
#include "collect/import_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/crypto.h"
#include "sys/file.h"
#include "tests/support/test.h"

static const char *folder(void) {
    static char path[200];
    static unsigned n;
    snprintf(path, sizeof path, "%s/import-file-%u", test_tmp_dir(), n++);
    assert_int_equal(mkdir(path, 0700), 0);
    return path;
}

static int files_in(const char *dir) {
    char path[300];
    snprintf(path, sizeof path, "%s/uploads", dir);
    DIR *d = opendir(path);
    int n = 0;
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

TEST(import_file_comes_back_as_it_was_uploaded) {
    const char *dir = folder();
    struct error err;
    struct import_upload *u;
    struct import_file f;
    uint8_t key[CRYPTO_KEY_BYTES];
    int64_t bytes, id = 12345;
    size_t n = 3 * MIB + 17;
    char *text = mem_alloc(n), *back = mem_alloc(n);
    for (size_t i = 0; i < n; i++)
        text[i] = (char)(i * 7 + i / 251);
    assert_true(import_upload_begin(dir, id, &u, &err));
    for (size_t at = 0; at < n; at += 100001)
        assert_true(import_upload_add(u, str_make(text + at, MIN(n - at, (size_t)100001)), &err));
    assert_int_equal(files_in(dir), 1); // not yet under its name
    assert_true(import_upload_commit(u, &bytes, key, &err));
    assert_int_equal(bytes, n);
    struct import im = {.id = id, .file_key = str_make((const char *)key, sizeof key)};
    assert_true(import_file_open(dir, &im, &f, &err));
    FILE *again = fopen(f.path, "rb"); // as a reader opens it, from its beginning
    assert_non_null(again);
    assert_int_equal(fread(back, 1, n, again), n);
    assert_int_equal(fgetc(again), EOF);
    assert_memory_equal(text, back, n);
    fclose(again);
    import_file_close(&f);
    key[3] ^= 1;
    assert_false(import_file_open(dir, &im, &f, &err));
    assert_int_equal(err.code, ERROR_CORRUPT);
    import_part_remove(dir, id, IMPORT_PART_FILE);
    assert_false(import_file_open(dir, &im, &f, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    free(text);
    free(back);
}

TEST(import_upload_that_is_given_up_leaves_nothing) {
    const char *dir = folder();
    struct error err;
    struct import_upload *u;
    uint8_t key[CRYPTO_KEY_BYTES];
    int64_t bytes;
    assert_true(import_upload_begin(dir, 1, &u, &err));
    assert_true(import_upload_add(u, STR("half"), &err));
    import_upload_discard(u);
    assert_int_equal(files_in(dir), 0);
    assert_true(import_upload_begin(dir, 2, &u, &err));
    assert_false(import_upload_commit(u, &bytes, key, &err));
    assert_int_equal(err.code, ERROR_INVALID); // empty
    assert_int_equal(files_in(dir), 0);
    import_upload_discard(NULL);
}

TEST(import_upload_clears_what_a_killed_process_left) {
    const char *dir = folder();
    char path[300];
    struct error err;
    struct import_upload *u;
    assert_true(import_upload_begin(dir, 1, &u, &err));
    import_upload_discard(u);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/uploads/x.part-%d", dir, i);
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        fclose(f);
        struct timespec times[2] = {{.tv_sec = i ? time(NULL) : 1000},
                                    {.tv_sec = i ? time(NULL) : 1000}};
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    }
    assert_true(import_upload_begin(dir, 2, &u, &err));
    import_upload_discard(u);
    assert_int_equal(files_in(dir), 1); // the young one is somebody's
}

TEST(import_upload_beyond_the_limit_is_refused) {
    const char *dir = folder();
    struct error err;
    struct import_upload *u;
    struct str piece = str_make(mem_zero(1, MIB), MIB);
    assert_true(import_upload_begin(dir, 1, &u, &err));
    for (size_t i = 0; i < 4; i++)
        assert_true(import_upload_add(u, piece, &err));
    // The rest is only counted: a piece of the whole limit.
    assert_false(import_upload_add(u, str_make(piece.ptr, IMPORT_MAX_BYTES), &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    import_upload_discard(u);
    assert_int_equal(files_in(dir), 0);
    free((void *)(uintptr_t)piece.ptr);
}

// In a process that may not write large files: what a full disk does to write().
static int upload_without_space(const char *dir) {
    struct rlimit limit = {100 * KIB, 100 * KIB};
    struct error err = {0};
    struct import_upload *u;
    uint8_t key[CRYPTO_KEY_BYTES];
    int64_t bytes;
    static char zeros[64 * KIB];
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0 || !import_upload_begin(dir, 1, &u, &err))
        return 1;
    for (int i = 0; i < 20; i++)
        if (!import_upload_add(u, str_make(zeros, sizeof zeros), &err))
            return 2;
    if (import_upload_commit(u, &bytes, key, &err))
        return 3;
    return err.code != ERROR_NONE && err.zh[0] && err.en[0] ? 0 : 4;
}

TEST(import_upload_to_a_full_disk_fails_clearly_and_leaves_nothing) {
    const char *dir = folder();
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(upload_without_space(dir));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(files_in(dir), 0);
}
