// SPDX-License-Identifier: Apache-2.0
// Spans of local days, and which two of them are compared.
//
// --compare PERIOD names the earlier period, the one to compare with:
//   previous | 上期      as many days just before the period of the report
//   last-week | 上周     the last complete week (Monday–Sunday) against the week before it
//   last-month | 上月    the last complete month against the month before it
//   none | 无            no comparison
//   2026-11-16           a day; 2026-11-10..2026-11-16 days, both included; 2026-10 a month;
//   2026-Q3 a quarter;
//                        2026 a year. Dates may also be written 2026/11/10 or 20261110
//   NOW,BEFORE           both periods, each as in the line above
// The period of the report is --since/--until where given. With one PERIOD and no --since/--until
// it is what follows PERIOD, as many days (as far as the data goes); if nothing follows, PERIOD
// itself is reported against as many days before it.
//
// Nothing given: the last complete week against the week before, if the data spans them and both
// have enough; else the last complete month against the month before; else the second half of the
// days against the first; else nothing. Enough: EXPLAIN_GROUP_MIN_N feedbacks a side. With
// --since/--until: `previous`, if both have enough.
#ifndef EXPLAIN_PERIOD_H
#define EXPLAIN_PERIOD_H

#include "explain/layout.h"

struct period {
    int32_t from, to; // local days since 1970-01-01, [from, to)
};
#define PERIOD_ALL ((struct period){INT32_MIN, INT32_MAX}) // rows without a day too

enum compare_kind {
    COMPARE_AUTO,
    COMPARE_NONE,
    COMPARE_PREVIOUS,
    COMPARE_WEEK,
    COMPARE_MONTH,
    COMPARE_HALVES, // only as a result
    COMPARE_GIVEN,  // `before`, and `now` if has_now
};

struct compare_request {
    enum compare_kind kind;
    struct period before;
    bool has_now;
    struct period now;
};

struct comparison {
    bool has;
    enum compare_kind kind; // how it was chosen; COMPARE_NONE if !has
    struct period now, before;
    int64_t n_now, n_before;
};

// Error ERROR_USAGE says what may be written.
bool compare_parse(struct str text, struct compare_request *ret, struct error *err) MUST_USE;
// `report`: from --since/--until, or NULL. A given comparison with too few on a side is still
// returned: every change in it says has = false. Nothing of it depends on today's date: “last” is
// the last that the data has whole.
bool compare_choose(const struct layout *l, const struct compare_request *request,
                    const struct period *report, struct comparison *ret,
                    struct error *err) MUST_USE;

// A day, month, quarter, year or A..B as above (one period). False: not understood.
bool period_parse(struct str text, struct period *ret) MUST_USE;

// A query on the feedbacks of a period that count for scores and texts: system-given ratings left out.
struct query period_query(enum grain grain, struct period p);
void query_period(struct query *q, struct period p); // narrows a query to the days of a period
// Days of a period; INT32_MAX for PERIOD_ALL.
int32_t period_days(struct period p);

#endif
