// SPDX-License-Identifier: Apache-2.0
// Small questions about one cell: is it empty in disguise, is it a number, is it an id that a spreadsheet has
// ruined. Pure functions, any thread. Cells may begin with a tab or an apostrophe (exports that force text).
#ifndef COLLECT_CELL_H
#define COLLECT_CELL_H

#include "base/def.h"
#include "base/str.h"

// Without white space at both ends and without a leading apostrophe of ="…"; still borrowed.
struct str cell_trim(struct str cell);

// What people and programs write for “nothing”: - -- — / N/A null None (空) (跳过) 无 暂无 …; takes a trimmed cell.
bool cell_is_filler(struct str trimmed);

// Trimmed, and "" if it is a filler.
struct str cell_value(struct str cell);

// Writes `s` to buf as people compare it: full-width forms as ASCII, ASCII letters small, U+3000 and U+00A0 as
// space, other white space as space. At most cap bytes (cut at a character); returns the part written.
struct str cell_fold(struct str s, char *buf, size_t cap);

enum number_unit {
    NUMBER_PLAIN,
    NUMBER_PERCENT,  // “85%”: value 85
    NUMBER_MONEY,    // “￥1,234.50”, “12元”: value in the currency's unit
    NUMBER_DURATION, // “3天2小时”, “45分钟”, “1:30:00”: value in minutes
    NUMBER_COUNT,    // “3件”, “2人”
};

struct number_cell {
    double value;
    enum number_unit unit;
};

// A number as people write it: thousands separators, full-width digits, units, 万. False if it is none.
bool number_cell_parse(struct str cell, struct number_cell *ret) MUST_USE;

// A long id that a spreadsheet turned into a number: “1.23E+17”, “1.23457E+15”.
bool cell_is_lost_id(struct str trimmed);

// Web addresses and lists of them, JSON lists, picture names: nothing that a person reads.
bool cell_is_link(struct str trimmed);
// Mobile and landline numbers (also masked “138****1234”), e-mail addresses, identity card numbers, IP addresses.
bool cell_is_personal(struct str trimmed);
// One run of digits, letters and dashes that only a program would make up: order numbers, uuids.
bool cell_is_code(struct str trimmed);

#endif
