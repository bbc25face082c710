// SPDX-License-Identifier: Apache-2.0
// The overview page over generated facts: olap-dashboard ENGINE load WHERE ROWS, olap-dashboard ENGINE ask WHERE
// RUNS, olap-dashboard ENGINE drop WHERE 1. ENGINE is duckdb (ours: olap/store.h), sqlite or postgres; WHERE a
// folder. Prints lines of tab-separated values:
//     insert   rows a second, in batches of 2,000, one transaction each
//     NAME     p50 ms, p95 ms, groups, rows, sum
//     memory   peak resident bytes
// Driven by bench/olap_dashboard.py.
#include "bench/olap_dashboard.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/mem.h"
#include "olap/store.h"

const struct name_size dims[N_DIMS] = {
    [REGION] = {"region", 31},  [CITY] = {"city", 300},       [PRODUCT] = {"product", 700},
    [CHANNEL] = {"channel", 6}, [COURIER] = {"courier", 8},   [SELLER] = {"seller", 40},
    [SEGMENT] = {"segment", 5}, [PLATFORM] = {"platform", 4}, [AGENT] = {"agent", 120},
    [STORE] = {"store", 200},
};
const char *const measures[N_MEASURES] = {"score", "nps", "delivery_days", "amount"};
const char *const questions[N_QUESTIONS] = {
    [OVERVIEW] = "overview",
    [OVERVIEW_BEFORE] = "overview_before",
    [ASPECTS] = "aspects",
    [TREND_DAY] = "trend_day",
    [ISSUES_WEEK] = "issues_week",
    [BY_REGION] = "by_region",
    [BY_PRODUCT] = "by_product",
    [REGION_CHANNEL] = "region_channel",
    [FILTERED_WEEK] = "filtered_week",
    [COMPLAINED] = "complained",
    [LIST] = "list",
};

void give_up(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(1);
}

void make_row(struct random *r, int64_t i, int64_t n, struct row *ret) {
    *ret = (struct row){.id = (i + 1) << 22};
    ret->day = FIRST_DAY + (int32_t)(i * N_DAYS / n);
    ret->at_us = (int64_t)FIRST_DAY * US_PER_DAY + i * (N_DAYS * US_PER_DAY / n);
    ret->flags = (uint32_t)random_below(r, 16) & (uint32_t)random_below(r, 16);
    for (int k = 0; k < N_DIMS; k++) { // smaller numbers more often, as shops have it
        double u = random_unit(r);
        ret->dims[k] = 1 + (int)(u * u * dims[k].size);
    }
    ret->sentiment = random_chance(r, 0.7) ? 2 : (int)random_below(r, 2);
    ret->urgency = (int)random_below(r, 3);
    double stars =
        ret->sentiment == 2 ? 4 + (double)random_below(r, 2) : 1 + (double)random_below(r, 3);
    ret->measures[SCORE] = random_chance(r, 0.85) ? stars : NAN;
    ret->measures[NPS] = random_chance(r, 0.4) ? (double)random_below(r, 11) : NAN;
    ret->measures[DELIVERY_DAYS] = 1 + (double)random_below(r, 9);
    ret->measures[AMOUNT] = (double)(float)exp(3 + random_normal(r));
    ret->n_aspects = (int)random_below(r, 4);
    for (int k = 0; k < ret->n_aspects; k++) {
        ret->aspects[k].dimension = (uint8_t)(k * 3 + (int)random_below(r, 3));
        ret->aspects[k].polarity = (uint8_t)(ret->sentiment == 2 ? 2 : random_below(r, 2));
    }
    ret->n_phrases = (int)random_below(r, 4);
    for (int k = 0; k < ret->n_phrases; k++)
        ret->phrases[k] = (uint32_t)(k * 1000 + (int)random_below(r, 1000));
}

// ── ours ──

struct ours {
    struct fact_store *store;
    struct fact_view *view; // while asked; a page takes a new one each time
    int dims[N_DIMS], measures[N_MEASURES], sentiment, urgency;
    int64_t watermark;
};

static void must(bool ok, const struct error *err) {
    if (!ok)
        give_up(err->en);
}

static int column(struct ours *o, enum column_kind kind, const char *name, int n_classes) {
    struct error err;
    int c = fact_store_column(o->store, kind, str_from(name), str_from(name), n_classes, &err);
    must(c >= 0, &err);
    return c;
}

static void *open_ours(const char *where) {
    struct ours *o = NEW(struct ours);
    struct error err;
    char path[512];
    snprintf(path, sizeof path, "%s/dashboard.duckdb", where);
    must(fact_store_open(&(struct fact_store_options){.path = path, .forgets = true}, &o->store,
                         &err),
         &err);
    for (int i = 0; i < N_DIMS; i++)
        o->dims[i] = column(o, COLUMN_DIMENSION, dims[i].name, 0);
    for (int i = 0; i < N_MEASURES; i++)
        o->measures[i] = column(o, COLUMN_MEASURE, measures[i], 0);
    o->sentiment = column(o, COLUMN_CLASS, "sentiment", 3);
    o->urgency = column(o, COLUMN_CLASS, "urgency", 3);
    return o;
}

static void nothing(UNUSED void *e) {
}

#define N_VALUES (N_DIMS + N_MEASURES + 2)

static void put_ours(void *e, const struct row *rows, int n) {
    struct ours *o = e;
    struct error err;
    struct fact_change *changes = NEW_ARRAY(struct fact_change, n);
    struct fact_value(*values)[N_VALUES] = mem_zero((size_t)n, sizeof *values);
    char(*text)[N_DIMS][8] = mem_zero((size_t)n, sizeof *text);
    for (int i = 0; i < n; i++) {
        int at = 0;
        for (int k = 0; k < N_DIMS; k++) {
            snprintf(text[i][k], sizeof text[i][k], "v%d", rows[i].dims[k]);
            values[i][at++] = (struct fact_value){o->dims[k], str_from(text[i][k]), 0};
        }
        for (int k = 0; k < N_MEASURES; k++)
            values[i][at++] = (struct fact_value){o->measures[k], {0}, rows[i].measures[k]};
        values[i][at++] = (struct fact_value){o->sentiment, {0}, rows[i].sentiment};
        values[i][at++] = (struct fact_value){o->urgency, {0}, rows[i].urgency};
        changes[i] = (struct fact_change){.id = rows[i].id,
                                          .day = rows[i].day,
                                          .at_us = rows[i].at_us,
                                          .flags = rows[i].flags,
                                          .values = values[i],
                                          .n_values = N_VALUES,
                                          .aspects = (const struct fact_aspect *)rows[i].aspects,
                                          .n_aspects = (size_t)rows[i].n_aspects,
                                          .phrases = rows[i].phrases,
                                          .n_phrases = (size_t)rows[i].n_phrases};
    }
    must(fact_store_apply(o->store, changes, (size_t)n, ++o->watermark, &err), &err);
    free(changes);
    free(values);
    free(text);
}

static uint32_t code(const struct ours *o, int dim, int value) {
    char text[8];
    snprintf(text, sizeof text, "v%d", value);
    return facts_code(fact_view_facts(o->view), o->dims[dim], str_from(text));
}

static struct query overview_query(const struct ours *o, int32_t from) {
    static const float nps_cuts[] = {7, 9};
    struct query q = query_init(GRAIN_FEEDBACK);
    query_measure(&q, o->measures[SCORE]);
    query_measure(&q, o->measures[NPS]);
    query_classes(&q, o->sentiment);
    query_cuts(&q, o->measures[NPS], nps_cuts, 2);
    query_days(&q, from, from + 30);
    q.flags_none = 1;
    return q;
}

static struct query grouped_query(const struct ours *o, enum question which) {
    struct query q = query_init(GRAIN_FEEDBACK);
    query_measure(&q, o->measures[SCORE]);
    if (which != REGION_CHANNEL)
        query_classes(&q, o->sentiment);
    if (which == TREND_DAY) {
        query_by_day(&q, TIME_DAY);
        q.flags_none = 1;
    } else if (which == FILTERED_WEEK) {
        query_by_day(&q, TIME_WEEK);
    } else {
        query_by(&q, o->dims[which == BY_PRODUCT ? PRODUCT : REGION]);
        q.order = ORDER_COUNT_DESC;
        q.limit = which == BY_REGION ? 10 : 0;
    }
    if (which == REGION_CHANNEL)
        query_by(&q, o->dims[CHANNEL]);
    return q;
}

static struct query aspect_query(const struct ours *o, enum question which) {
    struct query q = query_init(GRAIN_ASPECT);
    if (which == ASPECTS) {
        query_by(&q, FACTS_ASPECT);
        query_by(&q, FACTS_POLARITY);
        query_days(&q, NOW_FROM, NOW_FROM + 30);
    } else if (which == ISSUES_WEEK) {
        query_by_day(&q, TIME_WEEK);
        query_by(&q, FACTS_ASPECT);
        query_only(&q, FACTS_POLARITY, 0);
    } else {
        query_only(&q, o->dims[REGION], code(o, REGION, 5));
        query_only(&q, FACTS_ASPECT, 1);
        query_only(&q, FACTS_POLARITY, 0);
    }
    return q;
}

static struct answer list_ours(const struct ours *o, const struct query *q) {
    int64_t ids[50], at_us[50];
    size_t n;
    struct error err;
    struct fact_page page = {INT64_MAX, INT64_MAX, ARRAY_LEN(ids)};
    struct answer a = {0};
    must(fact_view_list(o->view, q, &page, ids, at_us, &n, &err), &err);
    for (size_t i = 0; i < n; i++)
        a.sum += (double)ids[i];
    a.groups = a.n = (int64_t)n;
    return a;
}

static struct answer ask_view(const struct ours *o, enum question which) {
    struct error err;
    CLEANUP(result_done) struct result r = {0};
    uint32_t regions[3] = {code(o, REGION, 1), code(o, REGION, 2), code(o, REGION, 3)};
    struct query q;
    if (which == OVERVIEW || which == OVERVIEW_BEFORE || which == COMPLAINED)
        q = overview_query(o, which == OVERVIEW_BEFORE ? NOW_FROM - 30 : NOW_FROM);
    else if (which == ASPECTS || which == ISSUES_WEEK || which == LIST)
        q = aspect_query(o, which);
    else
        q = grouped_query(o, which);
    if (which == FILTERED_WEEK) {
        query_in(&q, o->dims[REGION], regions, 3);
        query_only(&q, o->dims[CHANNEL], code(o, CHANNEL, 2));
    }
    if (which == COMPLAINED) {
        q.with_dimensions = 1 << 1;
        q.with_polarities = 1 << 0;
    }
    if (which == LIST)
        return list_ours(o, &q);
    must(facts_query(fact_view_facts(o->view), &q, 2, &r, &err), &err);
    struct answer a = {.groups = (int64_t)r.n_groups};
    for (size_t g = 0; g < r.n_groups; g++) {
        a.n += r.n[g];
        a.sum += r.n_measures ? result_moments(&r, g, 0).sum : 0;
    }
    return a;
}

static struct answer ask_ours(void *e, enum question which) {
    struct ours *o = e;
    o->view = fact_store_view(o->store);
    struct answer a = ask_view(o, which);
    fact_view_free(o->view);
    return a;
}

static void close_ours(void *e) {
    struct ours *o = e;
    fact_store_close(o->store);
    free(o);
}

const struct engine duckdb_engine = {"duckdb", open_ours, nothing, put_ours,
                                     nothing,  ask_ours,  nothing, close_ours};

// ── measuring ──

static int by_value(const void *a, const void *b) {
    const double *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void load(const struct engine *engine, void *e, int64_t rows) {
    struct random r = random_init(7);
    struct row *batch = NEW_ARRAY(struct row, BATCH);
    int64_t spent_us = 0;
    engine->create(e);
    for (int64_t i = 0; i < rows; i += BATCH) {
        int n = (int)MIN((int64_t)BATCH, rows - i);
        for (int k = 0; k < n; k++)
            make_row(&r, i + k, rows, &batch[k]);
        int64_t start = clock_monotonic_us();
        engine->put(e, batch, n);
        spent_us += clock_monotonic_us() - start;
    }
    engine->finish(e);
    printf("insert\t%.0f\n", (double)rows * 1e6 / (double)spent_us);
    free(batch);
}

static void ask(const struct engine *engine, void *e, int runs) {
    double *ms = NEW_ARRAY(double, runs);
    for (int which = 0; which < N_QUESTIONS; which++) {
        struct answer a = engine->ask(e, (enum question)which); // warm, as on a server
        for (int i = 0; i < runs; i++) {
            int64_t start = clock_monotonic_us();
            engine->ask(e, (enum question)which);
            ms[i] = (double)(clock_monotonic_us() - start) / 1000;
        }
        qsort(ms, (size_t)runs, sizeof *ms, by_value);
        printf("%s\t%.3f\t%.3f\t%" PRId64 "\t%" PRId64 "\t%.17g\n", questions[which], ms[runs / 2],
               ms[runs * 95 / 100], a.groups, a.n, a.sum);
        fflush(stdout);
    }
    free(ms);
}

int main(int argc, char **argv) {
    static const struct engine *const engines[] = {&duckdb_engine, &sqlite_engine,
                                                   &postgres_engine};
    int64_t number = 0;
    const struct engine *engine = NULL;
    for (size_t i = 0; argc == 5 && i < ARRAY_LEN(engines); i++)
        if (str_eq(str_from(argv[1]), str_from(engines[i]->name)))
            engine = engines[i];
    if (!engine || !str_to_int64(str_from(argv[4]), &number) || number < 1)
        give_up("usage: olap-dashboard duckdb|sqlite|postgres load|ask|drop FOLDER NUMBER");
    void *e = engine->open(argv[3]);
    if (str_eq(str_from(argv[2]), STR("load")))
        load(engine, e, number);
    else if (str_eq(str_from(argv[2]), STR("drop")))
        engine->drop(e);
    else
        ask(engine, e, (int)number);
    engine->close(e);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("memory\t%ld\n", usage.ru_maxrss * 1024);
    return 0;
}
