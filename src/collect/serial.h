// SPDX-License-Identifier: Apache-2.0
// Numbers of spreadsheets as people know them: shortest decimal form, and dates where the cell's
// format shows dates.
//
// A serial counts days; 1 is 1900-01-01, and 60 is the 29th of February 1900 that never was
// (ECMA-376 part 1, 18.17.4); in the 1904 system 0 is 1904-01-01.
#ifndef COLLECT_SERIAL_H
#define COLLECT_SERIAL_H

#include "base/str.h"
#include "collect/table.h"

enum number_format {
    FORMAT_NUMBER,
    FORMAT_DATE,
    FORMAT_TIME, // of the day
    FORMAT_DATETIME,
    FORMAT_ELAPSED, // [h]:mm: hours do not wrap
};

// Built-in formats by number (those whose code a file need not spell out), else FORMAT_NUMBER.
enum number_format number_format_builtin(unsigned id);
// Of a format code such as `yyyy"年"m"月"d"日";@`.
enum number_format number_format_of(struct str code);

#define SERIAL_BYTES 48
// The cell's text into buf (≥ SERIAL_BYTES), its kind as result. `raw` is the number as the file
// writes it; text that is no number comes back as it is (*ret borrowed from raw).
enum cell_kind serial_format(struct str raw, enum number_format format, bool is_1904, char *buf,
                             struct str *ret);
// The same for a number that is known.
enum cell_kind serial_format_double(double value, enum number_format format, bool is_1904,
                                    char *buf, struct str *ret);
// "2026-03-01T15:04:05.000Z" → "2026-03-01 15:04:05", as far as it looks like that; CELL_TEXT if it
// does not.
enum cell_kind serial_format_iso(struct str raw, char *buf, struct str *ret);

#endif
