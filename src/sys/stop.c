// SPDX-License-Identifier: Apache-2.0
#include "sys/stop.h"

#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "sys/file.h"

static atomic_bool requested; // written by the handler, read by any thread

static void on_signal(int signo) {
    if (atomic_exchange(&requested, true)) {
        output_discard_all();
        _exit(128 + signo);
    }
}

void stop_install(void) {
    struct sigaction sa = {.sa_handler = on_signal};
    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    sa.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &sa, NULL);
    sigaction(SIGXFSZ, &sa, NULL);
}

bool stop_requested(void) {
    return atomic_load_explicit(&requested, memory_order_relaxed);
}

bool stop_error(struct error *err) {
    return error_set(err, ERROR_CANCELLED, "已停止，没有留下未完成的文件",
                     "stopped; no unfinished file was left");
}
