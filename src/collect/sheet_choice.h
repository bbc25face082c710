// SPDX-License-Identifier: Apache-2.0
// Which of several sheets is meant: the one that was asked for, else the one with most text.
#ifndef COLLECT_SHEET_CHOICE_H
#define COLLECT_SHEET_CHOICE_H

#include "base/strbuf.h"
#include "collect/table.h"

#define SHEET_LOOK_ROWS 200 // of each sheet, to see which has most text

// How much people have written in the cells of a row: longer texts count more.
size_t sheet_choice_text(const struct row *row);
// By name, then by name without regard to case and spaces, then by number. ERROR_NOT_FOUND lists
// the names.
bool sheet_find(const struct str *names, size_t n, struct str wanted, size_t *ret,
                struct error *err) MUST_USE;
// All names but one, joined by "、"; `except` SIZE_MAX for all.
void sheet_list(const struct str *names, size_t n, size_t except, struct strbuf *ret);

#endif
