// SPDX-License-Identifier: Apache-2.0
// Ctrl-C and SIGTERM ask for an end; long loops look. The second signal ends at once, still leaving no half
// file (sys/file.h). SIGPIPE and SIGXFSZ are ignored: a closed pipe and a file at its limit are ordinary write
// errors.
#ifndef SYS_STOP_H
#define SYS_STOP_H

#include "base/error.h"

void stop_install(void);            // once, at start
bool stop_requested(void);          // any thread, cheap
bool stop_error(struct error *err); // sets ERROR_CANCELLED, returns false

#endif
