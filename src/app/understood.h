// SPDX-License-Identifier: Apache-2.0
// The short table on standard error that says what was understood of the files, before the long work begins, so
// that a wrong guess can be stopped and corrected with --map.
#ifndef APP_UNDERSTOOD_H
#define APP_UNDERSTOOD_H

#include <stdio.h>

#include "analyse/taxonomy.h"
#include "collect/source.h"

void understood_print(const struct source *s, const struct taxonomy *t, enum lang lang, FILE *to);

#endif
