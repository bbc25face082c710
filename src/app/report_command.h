// SPDX-License-Identifier: Apache-2.0
// `huisheng report`: the one-shot report. Its row in the command table is report_options.c.
#ifndef APP_REPORT_COMMAND_H
#define APP_REPORT_COMMAND_H

#include "app/options.h"

// Nothing is left half-written on failure: each file appears complete or not at all.
bool report_command(const struct options *o, struct error *err) MUST_USE;

#endif
