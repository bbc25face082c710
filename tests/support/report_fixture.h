// SPDX-License-Identifier: Apache-2.0
// Finished reports by hand, for the renderers' tests and for looking at pages. All texts are our
// own.
#ifndef TESTS_SUPPORT_REPORT_FIXTURE_H
#define TESTS_SUPPORT_REPORT_FIXTURE_H

#include "report/report.h"

enum report_fixture {
    FIXTURE_WEEK,    // an online shop's week against the week before, everything known
    FIXTURE_LIST,    // 14 texts: nothing is tested
    FIXTURE_EMPTY,   // a file without a usable text
    FIXTURE_NO_TIME, // no dates, no comparison, no ratings
    FIXTURE_RUBBISH, // huge and missing numbers, endless names, markup, control and direction
                     // characters
    FIXTURE_LARGE,   // 100,000 rows: every list longer than any page can show
    N_REPORT_FIXTURES,
};
extern const char *const report_fixture_names[N_REPORT_FIXTURES];

// Lives as long as the arena.
const struct report *report_fixture(enum report_fixture which, enum lang lang, struct arena *a);

#endif
