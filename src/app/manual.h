// SPDX-License-Identifier: Apache-2.0
// Documents made from the tables: the manual page, the bash completion, docs/settings.md. They are written by the
// program itself (`huisheng help --man` …), so they cannot disagree with it.
#ifndef APP_MANUAL_H
#define APP_MANUAL_H

#include "base/lang.h"
#include "base/strbuf.h"

void manual_page(struct strbuf *out, enum lang lang); // huisheng(1), for man
// to source, or for /usr/share/bash-completion
void manual_completion_bash(struct strbuf *out);
void manual_settings(struct strbuf *out); // docs/settings.md, both languages

#endif
