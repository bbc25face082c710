// SPDX-License-Identifier: Apache-2.0
#include "sys/stop.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/file.h"
#include "tests/support/test.h"

// Runs `body` in a child process and returns its exit status, or 128 + the signal that ended it.
static int in_child(void (*body)(const char *path), const char *path) {
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        body(path);
        _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void one_signal(const char *path) {
    stop_install();
    if (stop_requested())
        _exit(1);
    struct output *o;
    if (!output_open(path, &o, NULL))
        _exit(2);
    raise(SIGINT);
    struct error err = {0};
    if (!stop_requested() || stop_error(&err) || err.code != ERROR_CANCELLED)
        _exit(3);
    output_discard(o);
    _exit(error_exit_status(err.code));
}

static void two_signals(const char *path) {
    stop_install();
    struct output *o;
    if (!output_open(path, &o, NULL))
        _exit(2);
    raise(SIGTERM);
    raise(SIGTERM);
    _exit(4); // not reached
}

static void closed_pipe(const char *path) {
    stop_install();
    int ends[2];
    if (pipe(ends) != 0)
        _exit(2);
    close(ends[0]);
    _exit(write(ends[1], path, 1) == -1 ? 7 : 1); // an error, not a death
}

static void file_limit(const char *path) {
    stop_install();
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    if (fd < 0 || unlink(path) != 0 || setrlimit(RLIMIT_FSIZE, &(struct rlimit){1, 1}) != 0)
        _exit(2);
    _exit(write(fd, "ab", 2) == 1 && write(fd, "c", 1) == -1 ? 7 : 1);
}

TEST(stop_is_asked_by_the_first_signal_and_done_by_the_second) {
    char path[200];
    snprintf(path, sizeof path, "%s/stopped", test_tmp_dir());
    assert_int_equal(in_child(one_signal, path), 130);
    assert_int_equal(in_child(two_signals, path), 128 + SIGTERM);
    assert_int_equal(in_child(closed_pipe, path), 7);
    assert_int_equal(in_child(file_limit, path), 7);
    // Neither the file nor a part of it.
    char command[300];
    snprintf(command, sizeof command, "ls '%s' | grep -c '^stopped'", test_tmp_dir());
    FILE *p = popen(command, "r");
    char line[16] = "";
    assert_non_null(fgets(line, sizeof line, p));
    pclose(p);
    assert_string_equal(line, "0\n");
    assert_false(stop_requested()); // here nothing happened
}
