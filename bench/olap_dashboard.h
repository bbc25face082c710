// SPDX-License-Identifier: Apache-2.0
// The parts of the bench olap-dashboard: rows that are the same for every engine, the questions of an overview
// page, and
// the engines that answer them.
#ifndef BENCH_OLAP_DASHBOARD_H
#define BENCH_OLAP_DASHBOARD_H

#include "base/def.h"
#include "num/random.h"

#define N_DAYS    180
#define FIRST_DAY 20000
#define NOW_FROM  (FIRST_DAY + N_DAYS - 30) // the last 30 days against the 30 before
#define BATCH     2000

enum {
    REGION,
    CITY,
    PRODUCT,
    CHANNEL,
    COURIER,
    SELLER,
    SEGMENT,
    PLATFORM,
    AGENT,
    STORE,
    N_DIMS
};
enum {
    SCORE,
    NPS,
    DELIVERY_DAYS,
    AMOUNT,
    N_MEASURES
};

struct name_size {
    const char *name;
    int size; // of a dimension: values
};
extern const struct name_size dims[N_DIMS];
extern const char *const measures[N_MEASURES];

struct row {
    int64_t id, at_us;
    int32_t day;
    uint32_t flags;
    int dims[N_DIMS];
    double measures[N_MEASURES]; // NAN: unknown
    int sentiment, urgency;
    int n_aspects, n_phrases;
    struct {
        uint8_t dimension, polarity;
    } aspects[3];
    uint32_t phrases[3];
};

// Row i of n; `r` runs along.
void make_row(struct random *r, int64_t i, int64_t n, struct row *ret);

enum question {
    OVERVIEW,
    OVERVIEW_BEFORE,
    ASPECTS,
    TREND_DAY,
    ISSUES_WEEK,
    BY_REGION,
    BY_PRODUCT,
    REGION_CHANNEL,
    FILTERED_WEEK,
    COMPLAINED,
    LIST,
    N_QUESTIONS,
};
extern const char *const questions[N_QUESTIONS];

// What is compared between engines.
struct answer {
    int64_t groups, n;
    double sum; // of scores; of ids for LIST
};

struct engine {
    const char *name;
    void *(*open)(const char *where); // ends the program on failure, as the others do
    void (*create)(void *e);          // before the first row
    void (*put)(void *e, const struct row *rows, int n); // one transaction
    void (*finish)(void *e);                             // indexes, statistics
    struct answer (*ask)(void *e, enum question which);
    void (*drop)(void *e); // what create has made, where it is not in the folder
    void (*close)(void *e);
};
extern const struct engine duckdb_engine, sqlite_engine, postgres_engine;

NORETURN void give_up(const char *what);

#endif
