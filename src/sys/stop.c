// SPDX-License-Identifier: Apache-2.0
#include "sys/stop.h"

#include <signal.h>
#include <unistd.h>

#include "sys/file.h"

static volatile sig_atomic_t requested; // written by the handler only

static void on_signal(int signo) {
    if (requested) {
        output_discard_all();
        _exit(128 + signo);
    }
    requested = 1;
}

void stop_install(void) {
    struct sigaction sa = {.sa_handler = on_signal};
    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    sa.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &sa, NULL);
}

bool stop_requested(void) {
    return requested != 0;
}

bool stop_error(struct error *err) {
    return error_set(err, ERROR_CANCELLED, "已停止，没有留下未完成的文件",
                     "stopped; no unfinished file was left");
}
