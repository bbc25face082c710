// SPDX-License-Identifier: Apache-2.0
#include "sys/terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "tests/support/test.h"

TEST(terminal_lang_is_the_first_that_is_set) {
    static const struct {
        const char *ours, *lc_all, *lc_messages, *lang;
        enum lang expected;
    } cases[] = {
        {NULL, NULL, NULL, NULL, LANG_EN},
        {NULL, NULL, NULL, "zh_CN.UTF-8", LANG_ZH},
        {NULL, NULL, "en_US", "zh_CN.UTF-8", LANG_EN},
        {NULL, "zh_TW", "en_US", "C", LANG_ZH},
        {NULL, "", "", "zh", LANG_ZH},
        {"en", "zh_CN", "zh_CN", "zh_CN", LANG_EN},
        {"zh", "C", "C", "C", LANG_ZH},
    };
    static const char *const names[] = {"HUISHENG_LANG", "LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *const values[] = {cases[i].ours, cases[i].lc_all, cases[i].lc_messages,
                                      cases[i].lang};
        for (size_t k = 0; k < ARRAY_LEN(names); k++) {
            if (values[k])
                setenv(names[k], values[k], 1);
            else
                unsetenv(names[k]);
        }
        assert_int_equal(terminal_lang(), cases[i].expected);
    }
    for (size_t k = 0; k < ARRAY_LEN(names); k++)
        unsetenv(names[k]);
}

// Opens a pseudo terminal of so many columns in place of standard error; returns the side that reads.
static int become_terminal(int columns, int *ret_saved) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    char name[64];
    if (master < 0 || grantpt(master) || unlockpt(master) || ptsname_r(master, name, sizeof name))
        skip_loudly("no pseudo terminals here");
    int slave = open(name, O_RDWR | O_NOCTTY);
    struct winsize ws = {.ws_col = (unsigned short)columns, .ws_row = 24};
    ioctl(slave, TIOCSWINSZ, &ws);
    fflush(stderr);
    *ret_saved = dup(STDERR_FILENO);
    dup2(slave, STDERR_FILENO);
    close(slave);
    return master;
}

TEST(progress_line_fits_the_window_and_goes_away) {
    static const int widths[] = {20, 40, 80};
    for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
        int saved, master = become_terminal(widths[i], &saved);
        int columns = terminal_columns(STDERR_FILENO);
        struct progress p;
        progress_init(&p, LANG_ZH, false);
        p.started_us -= 10 * US_PER_SECOND;
        progress_show(&p, STR("读取与分析"), 50000, 0.5);
        progress_show(&p, STR("too soon"), 50001, 0.5); // at most ten a second
        progress_done(&p);
        char buf[2048];
        ssize_t n = read(master, buf, sizeof buf);
        dup2(saved, STDERR_FILENO);
        close(saved);
        close(master);
        assert_int_equal(columns, widths[i]);
        assert_true(n > 0);
        struct str all = str_make(buf, (size_t)n), part;
        assert_true(str_starts(all, STR("\r读取与分析 50000 行")));
        assert_false(str_has(all, STR("too soon")));
        assert_true(str_ends(all, STR(" \r")));
        while (str_cut(&all, '\r', &part))
            assert_true((int)utf8_width(part) < widths[i]);
    }
}

TEST(progress_is_silent_when_quiet_or_not_a_terminal) {
    struct progress p;
    progress_init(&p, LANG_EN, true);
    assert_false(p.enabled);
    int saved, master = become_terminal(80, &saved);
    progress_init(&p, LANG_EN, true);
    bool quiet = p.enabled;
    progress_init(&p, LANG_EN, false);
    bool loud = p.enabled;
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(master);
    assert_false(quiet);
    assert_true(loud);
}

TEST(terminal_columns_of_a_file_is_80) {
    int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_false(terminal_is(fd));
    assert_int_equal(terminal_columns(fd), 80);
    close(fd);
}

TEST(terminal_mute_errors_lasts_until_unmuted) {
    const char *path = test_tmp_file("muted", STR(""));
    fflush(stderr);
    int saved = dup(STDERR_FILENO), fd = open(path, O_WRONLY | O_CLOEXEC);
    dup2(fd, STDERR_FILENO);
    fprintf(stderr, "a");
    int muted = terminal_mute_errors();
    fprintf(stderr, "b");
    terminal_unmute_errors(muted);
    fprintf(stderr, "c");
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(fd);
    char buf[8];
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t n = fread(buf, 1, sizeof buf, f);
    fclose(f);
    assert_str(str_make(buf, n), "ac");
    terminal_unmute_errors(-1); // muting had failed: nothing to undo
}
