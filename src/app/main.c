// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "app/command.h"
#include "app/help.h"
#include "app/options.h"
#include "app/settings.h"
#include "base/log.h"
#include "sys/stop.h"
#include "sys/terminal.h"

// A standard stream that the caller has closed would lend its number to the next file we open. It gets /dev/null,
// opened the wrong way round, so that using it still fails.
static void open_standard_streams(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) < 0)
            _exit(70);
}

static bool run(const struct options *o, struct error *err) {
    const struct command *c = options_command(o);
    if (c && !options_wants_help(o))
        return c->run(o, err);
    CLEANUP(strbuf_done) struct strbuf out = strbuf_init(1 * MIB);
    enum lang lang = options_lang(o);
    int columns = MIN(terminal_columns(STDOUT_FILENO), 100);
    if (c)
        help_command(&out, c, lang, columns);
    else if (options_wants_help(o))
        help_overview(&out, lang, columns);
    else
        help_short(&out, lang);
    fwrite(out.ptr, 1, out.len, stdout);
    return true;
}

// What is still buffered must get out, or the user must hear of it.
static bool flush_stdout(struct error *err) {
    errno = 0;
    bool failed = ferror(stdout) != 0;
    if (fflush(stdout) == 0 && !failed)
        return true;
    return error_errno(err, errno ? errno : EIO, "无法写入", "cannot write", "stdout");
}

int main(int argc, char **argv) {
    open_standard_streams();
    stop_install();
    struct options *o = NULL;
    struct error err = {0};
    enum lang lang;
    bool ok = options_parse(argc - 1, (const char *const *)argv + 1, &o, &lang, &err);
    if (ok) {
        options_set_log_level(o);
        if (str_eq(options_str(o, "log-format"), STR("json")))
            log_set_format(LOG_JSON);
        ok = run(o, &err) && flush_stdout(&err);
    }
    options_free(o);
    if (ok)
        return 0;
    fprintf(stderr, "huisheng: %s\n", error_text(&err, lang));
    return error_exit_status(err.code);
}
