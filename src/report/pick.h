// SPDX-License-Identifier: Apache-2.0
// Small questions that several renderers ask of a report, so that they answer alike.
#ifndef REPORT_PICK_H
#define REPORT_PICK_H

#include "report/report.h"

// It has a value, the value is a number, and it rests on something.
bool estimate_is_known(const struct estimate *e);

// Dimensions worth saying that customers love: at least three times as much praise as complaint, in
// the report's order, `overall` left out. Returns how many of at most `most` were found.
size_t loved_dimensions(const struct report *r, const struct dimension_row **ret, size_t most);

// “…4521”: with the ellipsis, whoever made it.
struct str tail_of(struct arena *a, const struct quote *q);

// The issue's local name, else the dimension's, else its code.
struct str issue_name_of(const struct issue *issue, enum lang lang);

#endif
