// SPDX-License-Identifier: Apache-2.0
// What the fixtures are made with. Only for report_fixture*.c.
#ifndef TESTS_SUPPORT_REPORT_FIXTURE_PART_H
#define TESTS_SUPPORT_REPORT_FIXTURE_PART_H

#include <math.h>

#include "tests/support/report_fixture.h"

struct maker {
    struct arena *a;
    enum lang lang;
    struct report *r;
};

struct quote_line {
    struct words text, proof;
    uint64_t row;
    const char *channel[2], *tail;
    int day, hour; // of November 2026; day 0: no time
    double score;
};

#define TMALL                                                                                      \
    { "天猫", "Tmall" }
#define JD                                                                                         \
    { "京东", "JD" }
#define MEITUAN                                                                                    \
    { "美团", "Meituan" }

#define WEEK_BUCKETS 14 // days

extern const struct quote_line fixture_logistics[3];

struct str fixture_say(const struct maker *m, struct words w);
struct estimate fixture_estimate(double value, double half, int64_t n);
struct quote fixture_quote(const struct maker *m, const struct quote_line *l);
struct quote *fixture_quotes(const struct maker *m, const struct quote_line *lines, size_t n);

void fixture_issues(const struct maker *m); // issues and dimensions of the week
void fixture_todos(const struct maker *m, size_t n);
void fixture_details(const struct maker *m); // segments, keywords, quality, what was understood
void fixture_segments(const struct maker *m);
void fixture_trend(const struct maker *m, size_t n, int bucket_days);
void fixture_week(const struct maker *m); // all of it

#endif
