// SPDX-License-Identifier: Apache-2.0
// Files that would be written over: an output that is an input, or two outputs that are one file, under whatever
// names.
#ifndef APP_CLASH_H
#define APP_CLASH_H

#include "base/error.h"

// NULL entries, "-" and what is no regular file (devices, pipes) never clash. False with ERROR_USAGE that names
// the file.
bool clash_check(const char *const *outputs, size_t n_outputs, const char *const *inputs,
                 size_t n_inputs, struct error *err) MUST_USE;

#endif
